//! What the diagnostics vendor's refusals mean to the caller of a mutation.

use crate::error::VendorError;
use crate::error::VendorErrorKind;
use crate::graphql::user_error::UserError;
use crate::graphql::user_error::UserErrorCode;

/// What the caller can mend of a refusal by the vendor; none when it is not the caller's to mend.
pub fn refusal(error: &VendorError) -> Option<Vec<UserError>> {
    match error.kind {
        VendorErrorKind::Rejected | VendorErrorKind::Conflict | VendorErrorKind::NotFound => {
            let message = format!("the diagnostics vendor refused it: {}", error.context);
            Some(vec![UserError::new(UserErrorCode::RefusedByVendor, message)])
        }
        VendorErrorKind::Auth
        | VendorErrorKind::RateLimited
        | VendorErrorKind::Connection
        | VendorErrorKind::Interrupted
        | VendorErrorKind::Unavailable
        | VendorErrorKind::Timeout
        | VendorErrorKind::Deadline
        | VendorErrorKind::Protocol
        | VendorErrorKind::Unsupported => None,
    }
}
