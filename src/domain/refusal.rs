//! What vendors' refusals mean to the caller of a mutation.

use crate::error::VendorError;
use crate::error::VendorErrorKind;
use crate::graphql::user_error::UserError;
use crate::graphql::user_error::UserErrorCode;

/// A vendor that refuses things, and what can be read from that.
#[derive(Clone, Copy, Debug)]
pub struct Refuser {
    /// What it is called to the caller.
    name: &'static str,
    /// Whether the fields that it finds fault with are named as in our inputs.
    names_our_fields: bool,
    /// Whether what it does not know is something that the caller named.
    knows_not_the_callers: bool,
}

/// Who runs inspections.
pub const INSPECTIONS: Refuser =
    Refuser { name: "the inspection vendor", names_our_fields: true, knows_not_the_callers: false };
/// Who lists cars.
pub const LISTINGS: Refuser =
    Refuser { name: "the listing vendor", names_our_fields: true, knows_not_the_callers: false };
/// Who takes orders for diagnostic work.
pub const DIAGNOSTICS: Refuser =
    Refuser { name: "the diagnostics vendor", names_our_fields: false, knows_not_the_callers: true };
/// Who keeps a garage's own affairs.
pub const GARAGES: Refuser =
    Refuser { name: "the garage's vendor", names_our_fields: false, knows_not_the_callers: false };

impl Refuser {
    /// What the caller can mend of a refusal; none when it is not the caller's to mend.
    pub fn refusal(self, error: &VendorError) -> Option<Vec<UserError>> {
        let by_caller = match error.kind {
            VendorErrorKind::Rejected | VendorErrorKind::Conflict => true,
            VendorErrorKind::NotFound => self.knows_not_the_callers,
            VendorErrorKind::Auth
            | VendorErrorKind::RateLimited
            | VendorErrorKind::Quota
            | VendorErrorKind::CircuitOpen
            | VendorErrorKind::Connection
            | VendorErrorKind::Interrupted
            | VendorErrorKind::Unavailable
            | VendorErrorKind::Timeout
            | VendorErrorKind::Deadline
            | VendorErrorKind::Protocol
            | VendorErrorKind::Unsupported => false,
        };
        let text = |message: &str| format!("{} refused it: {message}", self.name);
        let fault = |(field, message): &(String, String)| {
            if self.names_our_fields {
                UserError::at(field, UserErrorCode::RefusedByVendor, text(message))
            } else {
                UserError::new(UserErrorCode::RefusedByVendor, text(message))
            }
        };
        by_caller.then(|| match error.violations.as_slice() {
            [] => vec![UserError::new(UserErrorCode::RefusedByVendor, text(&error.context))],
            violations => violations.iter().map(fault).collect(),
        })
    }
}
