//! What this vendor's refusals mean.

use crate::error::VendorError;
use crate::error::VendorErrorKind;

/// Reads a refusal as this vendor means it: a 403 is about the thing asked for (another customer's, say), not about our
/// credentials, which are refused with 401.
pub(super) fn interpret(mut error: VendorError) -> VendorError {
    if error.status == Some(403) {
        error.kind = VendorErrorKind::Rejected;
    }
    error
}

/// Turns the failures that mean "no such thing" into `None`, for reads of one thing by its id.
///
/// The vendor documents no 404 for them, so an id that it does not know, or that is another customer's, can come as
/// 400, 403 or 404. The id is the only thing that such a call can get wrong.
pub(super) fn unknown_is_none<T>(answer: Result<Option<T>, VendorError>) -> Result<Option<T>, VendorError> {
    match answer {
        Err(error) if matches!(error.status, Some(400 | 403 | 422)) => Ok(None),
        other => not_found_is_none(other),
    }
}

/// Turns a 404 into `None`.
pub(super) fn not_found_is_none<T>(answer: Result<Option<T>, VendorError>) -> Result<Option<T>, VendorError> {
    match answer {
        Err(error) if error.kind == VendorErrorKind::NotFound => Ok(None),
        other => other,
    }
}
