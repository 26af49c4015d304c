//! What this vendor's refusals mean.

use crate::error::VendorError;
use crate::error::VendorErrorKind;
use crate::error::VendorErrorKind as Kind;
use crate::transport::RefusalRule;

use super::api::catalogue;
use super::api::channels;
use super::api::chats;
use super::api::connectors;
use super::api::employees;
use super::api::ordering;
use super::api::sessions;
use super::api::tickets;

/// Every operation that shows nothing but credentials.
const LOG_INS: &[&str] = &[sessions::CREATE.name, sessions::CREATE_BY_CONNECTOR_ID.name, sessions::CREATE_BY_OTP.name];

/// The reads of one thing by its id, which is all that they can get wrong. The vendor documents no 404 for them, so an id
/// that it does not know, or that is another customer's, can come as 400, 403 or 404.
const BY_ID: &[&str] = &[
    connectors::GET.name,
    connectors::GET_BY_UUID.name,
    tickets::GET_HISTORICAL.name,
    catalogue::GET_MODEL_GROUP.name,
    catalogue::GET_MODEL.name,
    catalogue::GET_VARIANT.name,
    employees::GET.name,
    channels::GET.name,
    channels::GET_ATTACHMENT.name,
    chats::GET.name,
];

/// How the vendor says that the connector has a ticket already; it documents neither the words nor the status.
const OPEN_TICKET: &[&str] = &["pending ticket", "active ticket", "open ticket"];

/// What this vendor's refusals mean. It documents 400, 401, 403 and 500 for nearly everything; the rest is inferred.
///
/// A 403 is about the thing asked for (another customer's, say), not about our credentials, which are refused with 401.
/// A log-in asks for nothing but our credentials, so whatever way it is refused, they are what is wrong.
pub(super) const REFUSALS: &[RefusalRule] = &[
    RefusalRule::new(400..=404, Kind::Auth).of(LOG_INS),
    RefusalRule::new(410..=410, Kind::Auth).of(LOG_INS),
    RefusalRule::new(422..=422, Kind::Auth).of(LOG_INS),
    RefusalRule::new(401..=401, Kind::Auth),
    RefusalRule::new(400..=404, Kind::NotFound).of(BY_ID),
    RefusalRule::new(422..=422, Kind::NotFound).of(BY_ID),
    RefusalRule::new(400..=422, Kind::Conflict).of(&[ordering::CREATE.name]).saying(OPEN_TICKET),
    RefusalRule::new(404..=404, Kind::NotFound),
    RefusalRule::new(408..=408, Kind::Unavailable),
    RefusalRule::new(409..=409, Kind::Conflict),
    RefusalRule::new(410..=410, Kind::NotFound),
    RefusalRule::new(429..=429, Kind::RateLimited),
    RefusalRule::new(400..=499, Kind::Rejected),
    RefusalRule::new(500..=599, Kind::Unavailable),
];

/// Turns "no such thing" into `None`.
pub(super) fn not_found_is_none<T>(answer: Result<Option<T>, VendorError>) -> Result<Option<T>, VendorError> {
    match answer {
        Err(error) if error.kind == VendorErrorKind::NotFound => Ok(None),
        other => other,
    }
}
