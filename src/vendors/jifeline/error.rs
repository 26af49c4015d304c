//! What this vendor's refusals mean.

use crate::error::VendorError;
use crate::error::VendorErrorKind;

use super::api::sessions;

/// Reads a refusal as this vendor means it.
///
/// A 403 is about the thing asked for (another customer's, say), not about our credentials, which are refused with 401.
/// A log-in asks for nothing but our credentials, so whatever way it is refused, they are what is wrong.
pub(super) fn interpret(mut error: VendorError) -> VendorError {
    match error.status {
        Some(400 | 401 | 403 | 404 | 410 | 422) if is_of_log_in(&error) => error.kind = VendorErrorKind::Auth,
        Some(403) => error.kind = VendorErrorKind::Rejected,
        _ => {}
    }
    error
}

/// Whether the log-in failed that the call needed first: that says nothing of the thing that was asked for.
fn is_of_log_in(error: &VendorError) -> bool {
    error.operation == sessions::CREATE.name
}

/// Turns the failures that mean "no such thing" into `None`, for reads of one thing by its id.
///
/// The vendor documents no 404 for them, so an id that it does not know, or that is another customer's, can come as
/// 400, 403 or 404. The id is the only thing that such a call can get wrong.
pub(super) fn unknown_is_none<T>(answer: Result<Option<T>, VendorError>) -> Result<Option<T>, VendorError> {
    match answer {
        Err(error) if !is_of_log_in(&error) && matches!(error.status, Some(400 | 403 | 422)) => Ok(None),
        other => not_found_is_none(other),
    }
}

/// Turns a 404 into `None`.
pub(super) fn not_found_is_none<T>(answer: Result<Option<T>, VendorError>) -> Result<Option<T>, VendorError> {
    match answer {
        Err(error) if !is_of_log_in(&error) && error.kind == VendorErrorKind::NotFound => Ok(None),
        other => other,
    }
}
