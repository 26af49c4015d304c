//! Metrics in the text form of Prometheus.
//!
//! All names stand in [`METRICS`]. Labels never hold personal data, ids, tenants or anything a client can choose.

use std::sync::OnceLock;
use std::time::Duration;

use metrics_exporter_prometheus::{BuildError, Matcher, PrometheusBuilder, PrometheusHandle};

/// Requests answered over HTTP.
pub const HTTP_REQUESTS: &str = "forecourt_http_requests_total";
/// How long a request over HTTP took.
pub const HTTP_SECONDS: &str = "forecourt_http_request_seconds";
/// GraphQL operations carried out or refused.
pub const GRAPHQL_OPERATIONS: &str = "forecourt_graphql_operations_total";
/// Channels that are open.
pub const LIVE_CHANNELS: &str = "forecourt_live_channels";
/// Subscriptions that run.
pub const LIVE_SUBSCRIPTIONS: &str = "forecourt_live_subscriptions";
/// Answers sent over channels.
pub const LIVE_EVENTS: &str = "forecourt_live_events_total";
/// Errors in GraphQL answers.
pub const GRAPHQL_ERRORS: &str = "forecourt_graphql_errors_total";
/// Calls of a vendor's operation.
pub const VENDOR_CALLS: &str = "forecourt_vendor_calls_total";
/// How long a call of a vendor's operation took, waiting for its turn included.
pub const VENDOR_SECONDS: &str = "forecourt_vendor_call_seconds";
/// Members of vendors' answers that could not be read.
pub const VENDOR_UNREAD: &str = "forecourt_vendor_members_unread_total";
/// Reads that were tried again.
pub const VENDOR_RETRIES: &str = "forecourt_vendor_retries_total";
/// Calls that waited for their turn in our own quota, or were refused one.
pub const QUOTA_WAITS: &str = "forecourt_vendor_quota_waits_total";
/// Changes of circuits.
pub const CIRCUIT_CHANGES: &str = "forecourt_vendor_circuit_changes_total";
/// Circuits that are open now.
pub const CIRCUITS_OPEN: &str = "forecourt_vendor_circuits_open";
/// Calls under way.
pub const IN_FLIGHT: &str = "forecourt_vendor_calls_in_flight";
/// Frames of vendors' sockets that mean nothing to us.
pub const SOCKET_IGNORED: &str = "forecourt_vendor_socket_frames_ignored_total";
/// Reads that the cache answered.
pub const CACHE_HITS: &str = "forecourt_cache_hits_total";
/// Reads that joined a call under way.
pub const CACHE_JOINS: &str = "forecourt_cache_joins_total";
/// Reads that started a call.
pub const CACHE_MISSES: &str = "forecourt_cache_misses_total";
/// Webhooks received.
pub const WEBHOOKS: &str = "forecourt_webhooks_total";
/// Deliveries worked off.
pub const DELIVERIES: &str = "forecourt_deliveries_total";
/// Tries to hand a delivery on.
pub const FORWARDS: &str = "forecourt_forwards_total";
/// Scheduled extracts.
pub const EXTRACTS: &str = "forecourt_extracts_total";
/// Always 1; its labels tell what runs.
pub const BUILD: &str = "forecourt_build_info";

/// What a metric counts or measures.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// Only grows.
    Counter,
    /// Goes up and down.
    Gauge,
    /// How often which size occurred.
    Histogram,
}

/// One row of the table of metrics.
#[derive(Clone, Copy, Debug)]
pub struct Metric {
    /// The full name.
    pub name: &'static str,
    /// What it counts or measures.
    pub kind: Kind,
    /// The labels it bears.
    pub labels: &'static [&'static str],
    /// What it means.
    pub help: &'static str,
}

/// Every metric that the gateway gives out.
pub const METRICS: &[Metric] = &[
    row(HTTP_REQUESTS, Kind::Counter, &["route", "method", "status"], "requests answered over HTTP"),
    row(HTTP_SECONDS, Kind::Histogram, &["route", "method"], "seconds from a request's head to the head of its answer"),
    row(GRAPHQL_OPERATIONS, Kind::Counter, &["kind", "outcome"], "GraphQL operations carried out or refused"),
    row(GRAPHQL_ERRORS, Kind::Counter, &["code"], "errors in GraphQL answers by their code"),
    row(LIVE_CHANNELS, Kind::Gauge, &["transport"], "WebSockets and event streams that are open"),
    row(LIVE_SUBSCRIPTIONS, Kind::Gauge, &["transport"], "subscriptions that run"),
    row(LIVE_EVENTS, Kind::Counter, &["transport"], "answers of operations sent over WebSockets and event streams"),
    row(VENDOR_CALLS, Kind::Counter, &["vendor", "operation", "outcome"], "calls of a vendor's operation"),
    row(
        VENDOR_SECONDS,
        Kind::Histogram,
        &["vendor", "operation", "outcome"],
        "seconds that a call took, waiting for its turn included",
    ),
    row(VENDOR_UNREAD, Kind::Counter, &["vendor", "operation"], "members of answers that could not be read"),
    row(VENDOR_RETRIES, Kind::Counter, &["vendor", "operation"], "reads that were tried again"),
    row(QUOTA_WAITS, Kind::Counter, &["vendor"], "calls that waited for a turn in our own quota or were refused one"),
    row(CIRCUIT_CHANGES, Kind::Counter, &["vendor", "state"], "changes of accounts' circuits, by the new state"),
    row(CIRCUITS_OPEN, Kind::Gauge, &["vendor"], "circuits that are open now, of all accounts"),
    row(IN_FLIGHT, Kind::Gauge, &["vendor"], "calls under way, waiting for their turn included"),
    row(SOCKET_IGNORED, Kind::Counter, &["vendor", "reason"], "frames of vendors' sockets that mean nothing to us"),
    row(CACHE_HITS, Kind::Counter, &["vendor", "operation"], "reads that the cache answered"),
    row(CACHE_JOINS, Kind::Counter, &["vendor", "operation"], "reads that joined a call under way"),
    row(CACHE_MISSES, Kind::Counter, &["vendor", "operation"], "reads that started a call"),
    row(WEBHOOKS, Kind::Counter, &["vendor", "outcome"], "webhooks received"),
    row(DELIVERIES, Kind::Counter, &["vendor", "state"], "webhooks worked off, by what became of them"),
    row(FORWARDS, Kind::Counter, &["vendor", "outcome"], "tries to hand a webhook on, by how they ended"),
    row(EXTRACTS, Kind::Counter, &["report", "outcome"], "scheduled extracts, by how they ended"),
    row(BUILD, Kind::Gauge, &["version", "commit"], "always 1; the labels tell what runs"),
];

const fn row(name: &'static str, kind: Kind, labels: &'static [&'static str], help: &'static str) -> Metric {
    Metric { name, kind, labels, help }
}

/// The bounds of the histograms, in seconds.
const SECONDS: &[f64] = &[0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 30.0];

/// How often old samples are put into their buckets.
const UPKEEP: Duration = Duration::from_secs(5);

/// The metrics of this process; cheap to clone.
#[derive(Clone)]
pub struct Metrics(PrometheusHandle);

impl Metrics {
    /// The metrics of this process; the first call starts the recording.
    ///
    /// # Errors
    /// When another recorder was installed in this process before.
    pub fn of_process() -> Result<Self, MetricsError> {
        static HANDLE: OnceLock<Result<PrometheusHandle, MetricsError>> = OnceLock::new();
        HANDLE.get_or_init(install).clone().map(Self)
    }

    /// Everything recorded so far as text.
    #[must_use]
    pub fn render(&self) -> String {
        self.0.render()
    }

    /// Keeps the recorded samples small until `end` resolves; a task for the whole life of the gateway.
    pub async fn keep_up(self, end: impl Future<Output = ()>) {
        tokio::pin!(end);
        let mut ticks = tokio::time::interval(UPKEEP);
        loop {
            tokio::select! {
                () = &mut end => return,
                _ = ticks.tick() => self.0.run_upkeep(),
            }
        }
    }
}

/// Why metrics cannot be recorded.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum MetricsError {
    /// Another recorder has this process.
    #[error("another recorder of metrics was installed in this process before")]
    Taken,
    /// The bounds of the histograms do not fit.
    #[error("the bounds of the histograms do not fit")]
    Bounds,
}

fn install() -> Result<PrometheusHandle, MetricsError> {
    let buckets = |_: BuildError| MetricsError::Bounds;
    let builder = PrometheusBuilder::new()
        .set_buckets_for_metric(Matcher::Suffix("_seconds".to_owned()), SECONDS)
        .map_err(buckets)?;
    let recorder = builder.build_recorder();
    let handle = recorder.handle();
    metrics::set_global_recorder(recorder).map_err(|_| MetricsError::Taken)?;
    METRICS.iter().for_each(Metric::describe);
    metrics::gauge!(BUILD, "version" => VERSION, "commit" => COMMIT.unwrap_or("unknown")).set(1.0);
    Ok(handle)
}

impl Metric {
    fn describe(&self) {
        match self.kind {
            Kind::Counter => metrics::describe_counter!(self.name, self.help),
            Kind::Gauge => metrics::describe_gauge!(self.name, self.help),
            Kind::Histogram => metrics::describe_histogram!(self.name, metrics::Unit::Seconds, self.help),
        }
    }
}

/// The version of this build.
pub const VERSION: &str = env!("CARGO_PKG_VERSION");

/// The commit of this build, when the build was told in `GIT_COMMIT`.
pub const COMMIT: Option<&str> = option_env!("GIT_COMMIT");

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn names_are_rendered_with_their_help_and_bounds() {
        let metrics = Metrics::of_process().expect("no other recorder in this process");
        metrics::counter!(CACHE_HITS, "vendor" => "tchek", "operation" => "tchek.tokens.status").increment(1);
        metrics::histogram!(VENDOR_SECONDS, "vendor" => "tchek", "operation" => "o", "outcome" => "ok").record(0.03);
        metrics.clone().keep_up(async {}).await;
        let text = metrics.render();
        for line in [
            "# HELP forecourt_cache_hits_total reads that the cache answered",
            "forecourt_cache_hits_total{vendor=\"tchek\",operation=\"tchek.tokens.status\"} 1",
            "# TYPE forecourt_vendor_call_seconds histogram",
            "le=\"0.05\"} 1",
        ] {
            assert!(text.contains(line), "`{line}` is missing in\n{text}");
        }
        assert!(text.contains(&format!("forecourt_build_info{{version=\"{VERSION}\"")), "{text}");
    }

    #[test]
    fn every_name_stands_once_in_the_table_and_tells_its_kind() {
        let mut names: Vec<&str> = METRICS.iter().map(|metric| metric.name).collect();
        names.sort_unstable();
        names.dedup();
        assert_eq!(names.len(), METRICS.len());
        for metric in METRICS {
            assert_eq!(metric.name.ends_with("_total"), metric.kind == Kind::Counter, "{}", metric.name);
        }
    }
}
