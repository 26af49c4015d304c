//! The gateway's own log, on standard error: lines for people, or one JSON object in each line for machines.

use std::fmt;

use chrono::{DateTime, SecondsFormat, Utc};
use serde_json::{Map, Value};
use tracing::field::{Field, Visit};
use tracing::{Event, Span, Subscriber};
use tracing_subscriber::EnvFilter;
use tracing_subscriber::fmt::format::{JsonFields, Writer};
use tracing_subscriber::fmt::time::FormatTime;
use tracing_subscriber::fmt::{FmtContext, FormatEvent, FormattedFields};
use tracing_subscriber::layer::SubscriberExt;
use tracing_subscriber::registry::{LookupSpan, Scope};
use tracing_subscriber::util::{SubscriberInitExt, TryInitError};

/// How a line looks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Lines {
    /// For people.
    Text,
    /// One JSON object in each line, for machines.
    Json,
}

/// Starts the log of this process.
///
/// `level` is a level or directives per module, as `log.level` of the configuration; `now` gives the time of a line.
///
/// # Errors
/// When the process has a log already.
pub fn init(
    level: &str,
    lines: Lines,
    now: impl Fn() -> DateTime<Utc> + Send + Sync + 'static,
) -> Result<(), TryInitError> {
    let filter = EnvFilter::new(level);
    let registry = tracing_subscriber::registry().with(filter);
    let layer = tracing_subscriber::fmt::layer().with_writer(std::io::stderr);
    match lines {
        Lines::Text => {
            let colours = std::io::IsTerminal::is_terminal(&std::io::stderr());
            registry.with(layer.with_timer(Timer(now)).with_ansi(colours)).try_init()
        }
        Lines::Json => registry.with(layer.fmt_fields(JsonFields::new()).event_format(JsonLines(now))).try_init(),
    }
}

/// The span that everything done for one request stands in, so that each line bears its id.
#[must_use]
pub fn request_span(request_id: &str) -> Span {
    tracing::info_span!("request", request_id)
}

fn stamp(time: DateTime<Utc>) -> String {
    time.to_rfc3339_opts(SecondsFormat::Millis, true)
}

/// Writes the time that its function gives.
struct Timer<N>(N);

impl<N: Fn() -> DateTime<Utc>> FormatTime for Timer<N> {
    fn format_time(&self, writer: &mut Writer<'_>) -> fmt::Result {
        write!(writer, "{}", stamp((self.0)()))
    }
}

/// One flat JSON object in each line: `time`, `level`, `target`, the fields of all spans around (outermost first, so
/// that `request_id` is always there), the fields of the event, `message`.
struct JsonLines<N>(N);

impl<S, N> FormatEvent<S, JsonFields> for JsonLines<N>
where
    N: Fn() -> DateTime<Utc>,
    S: Subscriber + for<'a> LookupSpan<'a>,
{
    fn format_event(
        &self,
        context: &FmtContext<'_, S, JsonFields>,
        mut writer: Writer<'_>,
        event: &Event<'_>,
    ) -> fmt::Result {
        let mut line = Line(Map::new());
        line.put("time", stamp((self.0)()));
        line.put("level", event.metadata().level().as_str());
        line.put("target", event.metadata().target());
        for span in context.event_scope().into_iter().flat_map(Scope::from_root) {
            let extensions = span.extensions();
            let fields = extensions.get::<FormattedFields<JsonFields>>().map(|fields| fields.fields.as_str());
            if let Some(Ok(Value::Object(fields))) = fields.map(serde_json::from_str) {
                line.0.extend(fields);
            }
        }
        event.record(&mut line);
        writeln!(writer, "{}", Value::Object(line.0))
    }
}

/// The members of one line.
struct Line(Map<String, Value>);

impl Line {
    fn put(&mut self, name: &str, value: impl Into<Value>) {
        self.0.insert(name.to_owned(), value.into());
    }
}

impl Visit for Line {
    fn record_f64(&mut self, field: &Field, value: f64) {
        self.put(field.name(), value);
    }

    fn record_i64(&mut self, field: &Field, value: i64) {
        self.put(field.name(), value);
    }

    fn record_u64(&mut self, field: &Field, value: u64) {
        self.put(field.name(), value);
    }

    fn record_bool(&mut self, field: &Field, value: bool) {
        self.put(field.name(), value);
    }

    fn record_str(&mut self, field: &Field, value: &str) {
        self.put(field.name(), value);
    }

    fn record_error(&mut self, field: &Field, value: &(dyn std::error::Error + 'static)) {
        self.put(field.name(), chain(value));
    }

    fn record_debug(&mut self, field: &Field, value: &dyn fmt::Debug) {
        self.put(field.name(), format!("{value:?}"));
    }
}

/// An error and its causes on one line, outermost first.
#[must_use]
pub fn chain(error: &(dyn std::error::Error + 'static)) -> String {
    let causes = std::iter::successors(Some(error), |error| error.source());
    causes.map(ToString::to_string).collect::<Vec<_>>().join(": ")
}

#[cfg(test)]
mod tests {
    use std::io::{self, Write};
    use std::sync::{Arc, Mutex};

    use tracing_subscriber::fmt::MakeWriter;

    use super::*;

    #[derive(Clone, Default)]
    struct Sink(Arc<Mutex<Vec<u8>>>);

    impl Write for Sink {
        fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
            self.0.lock().expect("no writer panics").write(bytes)
        }

        fn flush(&mut self) -> io::Result<()> {
            Ok(())
        }
    }

    impl<'a> MakeWriter<'a> for Sink {
        type Writer = Self;

        fn make_writer(&'a self) -> Self {
            self.clone()
        }
    }

    #[test]
    fn a_json_line_bears_the_request_id_whatever_span_is_innermost() {
        let sink = Sink::default();
        let now = || DateTime::from_timestamp_millis(1_700_000_000_123).expect("a valid time");
        let layer = tracing_subscriber::fmt::layer().with_writer(sink.clone());
        let subscriber =
            tracing_subscriber::registry().with(layer.fmt_fields(JsonFields::new()).event_format(JsonLines(now)));
        tracing::subscriber::with_default(subscriber, || {
            let _request = request_span("r-1").entered();
            let _call = tracing::info_span!("call", operation = "tchek.tokens.create").entered();
            tracing::warn!(attempt = 2, retried = true, "the vendor \"hesitates\"");
        });
        let text = String::from_utf8(sink.0.lock().expect("no writer panics").clone()).expect("the log is UTF-8");
        let line: Value = serde_json::from_str(&text).expect("a line is JSON");
        let expected = serde_json::json!({
            "time": "2023-11-14T22:13:20.123Z",
            "level": "WARN",
            "target": "forecourt::telemetry::logs::tests",
            "request_id": "r-1",
            "operation": "tchek.tokens.create",
            "attempt": 2,
            "retried": true,
            "message": "the vendor \"hesitates\"",
        });
        assert_eq!(line, expected);
    }
}
