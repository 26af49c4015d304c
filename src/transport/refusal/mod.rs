//! Answers that are no success: which failure they are, and the vendor's reason in one safe line.

mod mask;
mod reason;
mod rule;
mod sent;

use std::time::Duration;

use http::header;

use crate::clock::Clock;
use crate::error::VendorError;

use super::call::Call;
use super::call::Reply;

pub use rule::RefusalRule;
pub use rule::STANDARD;

use mask::Mask;
use sent::Sent;

/// The longest pause that we let a vendor ask for.
const LONGEST_PAUSE: Duration = Duration::from_hours(1);

/// Passes a success on and turns everything else into an error, of the kind that `table` says.
pub(super) fn judge(table: &[RefusalRule], call: &Call, reply: Reply, clock: &Clock) -> Result<Reply, VendorError> {
    let operation = call.operation();
    if operation.success.contains(&reply.status) {
        return Ok(reply);
    }
    let reason = reason::read(&reply, &Mask::new(Sent::of(call)));
    let said = reason.text.as_deref().unwrap_or_default();
    let kind = rule::kind(table, operation.name, reply.status, said);
    let context = reason.text.unwrap_or_else(|| status_text(reply.status));
    let mut error = operation.error(kind, context).with_status(reply.status);
    error.violations = reason.violations;
    error.retry_after = retry_after(&reply, clock);
    Err(error)
}

/// What to say when the vendor gives no reason.
fn status_text(status: u16) -> String {
    let words = http::StatusCode::from_u16(status).ok().and_then(|status| status.canonical_reason());
    match words {
        Some(words) => format!("status {status} ({})", words.to_ascii_lowercase()),
        None => format!("status {status}"),
    }
}

/// How long the vendor asks us to wait, given in seconds or as a date.
fn retry_after(reply: &Reply, clock: &Clock) -> Option<Duration> {
    let value = reply.headers.get(header::RETRY_AFTER)?.to_str().ok()?.trim();
    let pause = if let Ok(seconds) = value.parse() {
        Duration::from_secs(seconds)
    } else {
        let until = chrono::DateTime::parse_from_rfc2822(value).ok()?;
        until.to_utc().signed_duration_since(clock.now()).to_std().unwrap_or(Duration::ZERO)
    };
    Some(pause.min(LONGEST_PAUSE))
}
