//! `[log]`: the gateway's own log.

use tracing_subscriber::EnvFilter;

use super::reading::as_text;
use super::redact::Printout;
use super::section::Section;

/// The gateway's own log, written to standard error.
#[derive(Clone, Debug)]
pub struct Log {
    /// The least important level that is written (`error`, `warn`, `info`, `debug`, `trace`), or directives per module
    /// such as `info,forecourt::transport=debug`.
    pub level: String,
    /// How a line looks.
    pub format: LogFormat,
}

/// How a line of the log looks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LogFormat {
    /// For people.
    Text,
    /// One JSON object in each line, for machines.
    Json,
}

impl LogFormat {
    const CHOICES: &'static [(&'static str, Self)] = &[("text", Self::Text), ("json", Self::Json)];
}

impl Log {
    pub(super) fn read(section: &mut Section<'_>) -> Self {
        let wanted =
            "`error`, `warn`, `info`, `debug` or `trace`, or directives such as `info,forecourt::transport=debug`";
        let level =
            section.value("level", wanted, |value| as_text(value).filter(|text| is_filter(text)).map(str::to_owned));
        Self {
            level: level.unwrap_or_else(|| "info".to_owned()),
            format: section.choice("format", LogFormat::CHOICES).unwrap_or(LogFormat::Text),
        }
    }

    pub(super) fn write(&self, out: &mut Printout) {
        out.table("log");
        out.text("level", &self.level);
        out.choice("format", LogFormat::CHOICES, &self.format);
    }
}

/// Whether `text` holds levels; a lone word that is no level would be taken for a module and silence the log.
fn is_filter(text: &str) -> bool {
    let level = |word: &str| matches!(word, "off" | "error" | "warn" | "info" | "debug" | "trace");
    text.split(',').all(|part| part.contains('=') || level(part.trim())) && EnvFilter::try_new(text).is_ok()
}
