//! What this vendor's refusals mean. It publishes no error bodies at all; all of this is inferred.

use crate::error::VendorError;
use crate::error::VendorErrorKind;

/// Turns a 404 into `None`.
pub(super) fn not_found_is_none<T>(answer: Result<T, VendorError>) -> Result<Option<T>, VendorError> {
    match answer {
        Ok(value) => Ok(Some(value)),
        Err(error) if error.kind == VendorErrorKind::NotFound => Ok(None),
        Err(error) => Err(error),
    }
}
