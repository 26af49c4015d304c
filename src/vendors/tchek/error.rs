//! What this vendor's refusals mean. It publishes no error bodies at all; all of this is inferred.

use crate::error::VendorError;
use crate::error::VendorErrorKind;
use crate::error::VendorErrorKind as Kind;
use crate::transport::RefusalRule;

/// What this vendor's refusals mean. Inferred as a whole: it publishes none.
pub(super) const REFUSALS: &[RefusalRule] = &[
    RefusalRule::new(401..=401, Kind::Auth),
    RefusalRule::new(403..=403, Kind::Auth),
    RefusalRule::new(404..=404, Kind::NotFound),
    RefusalRule::new(408..=408, Kind::Unavailable),
    RefusalRule::new(409..=409, Kind::Conflict),
    RefusalRule::new(410..=410, Kind::NotFound),
    RefusalRule::new(429..=429, Kind::RateLimited),
    RefusalRule::new(400..=499, Kind::Rejected),
    RefusalRule::new(500..=599, Kind::Unavailable),
];

/// The vendor's members beside our input fields; a member that is not here is filled by us, so no caller can mend it.
const FIELDS: [(&str, &str); 13] = [
    ("customer", "customer"),
    ("customer.email", "customer.email"),
    ("customer.firstname", "customer.firstName"),
    ("customer.gender", "customer.gender"),
    ("customer.lastname", "customer.lastName"),
    ("customer.phone", "customer.phone"),
    ("customer.locale", "locale"),
    ("options.fastTrack", "damageReview"),
    ("tradeIn.immat", "licensePlate"),
    ("tradeIn.sendingType", "delivery"),
    ("tradeIn.vin", "vin"),
    ("creatorUserId", "agentId"),
    ("validity", "validityDays"),
];

/// Gives faults of single fields our names.
///
/// A reason that begins with the name of a member, such as `tradeIn.vin: must have 17 characters`, is about that member.
/// A fault of a member that is no input field becomes part of the reason.
pub(super) fn interpret(mut error: VendorError) -> VendorError {
    if error.violations.is_empty() {
        let placed = error.context.split_once(": ").and_then(|(path, text)| Some((our_path(path)?, text.to_owned())));
        error.violations.extend(placed.map(|(path, text)| (path.to_owned(), text)));
        return error;
    }
    for (path, message) in std::mem::take(&mut error.violations) {
        match our_path(&path) {
            Some(ours) => error.violations.push((ours.to_owned(), message)),
            None if error.context.contains(&message) => {}
            None => error.context = format!("{path}: {message}"),
        }
    }
    error
}

fn our_path(theirs: &str) -> Option<&'static str> {
    FIELDS.iter().find(|(path, _)| *path == theirs).map(|(_, ours)| *ours)
}

/// Turns a 404 into `None`.
pub(super) fn not_found_is_none<T>(answer: Result<T, VendorError>) -> Result<Option<T>, VendorError> {
    match answer {
        Ok(value) => Ok(Some(value)),
        Err(error) if error.kind == VendorErrorKind::NotFound => Ok(None),
        Err(error) => Err(error),
    }
}
