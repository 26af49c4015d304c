//! One span and one set of metrics per call. Neither ever carries a path value, a query, a body, a credential or a word
//! of the vendor's: of a refusal they tell the status and which fields were at fault.

use std::future::Future;
use std::time::Instant;

use tracing::Instrument;
use tracing::field;

use crate::error::VendorError;
use crate::error::VendorErrorKind;

use super::call::Operation;
use super::call::Reply;

/// Counts calls by `vendor`, `operation` and `outcome`.
const CALLS: &str = "forecourt_vendor_calls_total";
/// Seconds that calls took, by `vendor`, `operation` and `outcome`.
const SECONDS: &str = "forecourt_vendor_call_seconds";

/// Runs `inner` in the call's span and records how it went.
pub(super) async fn observed(
    operation: &'static Operation,
    inner: impl Future<Output = Result<Reply, VendorError>>,
) -> Result<Reply, VendorError> {
    let span = tracing::info_span!(
        "vendor_call",
        vendor = operation.vendor,
        operation = operation.name,
        status = field::Empty,
        outcome = field::Empty,
    );
    async {
        let started = Instant::now();
        let result = inner.await;
        let (outcome, status) = match &result {
            Ok(reply) => ("ok", Some(reply.status)),
            Err(error) => (outcome(error.kind), error.status),
        };
        let span = tracing::Span::current();
        span.record("outcome", outcome);
        if let Some(status) = status {
            span.record("status", status);
        }
        let labels = [("vendor", operation.vendor), ("operation", operation.name), ("outcome", outcome)];
        metrics::counter!(CALLS, &labels).increment(1);
        metrics::histogram!(SECONDS, &labels).record(started.elapsed().as_secs_f64());
        match &result {
            Ok(_) => tracing::debug!("the vendor answered"),
            Err(error) if error.violations.is_empty() => tracing::warn!("the vendor call failed"),
            Err(error) => {
                let fields: Vec<&str> = error.violations.iter().map(|(path, _)| path.as_str()).collect();
                tracing::warn!(fields = fields.join(" "), "the vendor call failed");
            }
        }
        result
    }
    .instrument(span)
    .await
}

/// The metric label of a failure.
fn outcome(kind: VendorErrorKind) -> &'static str {
    match kind {
        VendorErrorKind::Rejected => "rejected",
        VendorErrorKind::Auth => "auth",
        VendorErrorKind::NotFound => "not_found",
        VendorErrorKind::Conflict => "conflict",
        VendorErrorKind::RateLimited => "rate_limited",
        VendorErrorKind::Quota => "quota",
        VendorErrorKind::CircuitOpen => "circuit_open",
        VendorErrorKind::Connection => "connection",
        VendorErrorKind::Interrupted => "interrupted",
        VendorErrorKind::Unavailable => "unavailable",
        VendorErrorKind::Timeout => "timeout",
        VendorErrorKind::Deadline => "deadline",
        VendorErrorKind::Protocol => "protocol",
        VendorErrorKind::Unsupported => "unsupported",
    }
}
