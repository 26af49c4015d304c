//! From a body to a vendor's own types, tolerant of what a vendor may change.
//!
//! A body that is no JSON, or whose outline is another than expected, fails the call: nothing in it can be trusted.
//! A single member that cannot be read does not: it becomes `None` and is counted, and everything beside it stands.
//! DTOs are declared with `dto!`, which makes all their members so; what a type accepts is said at its [`FromWire`].

mod decimal;
mod dto;
mod listed;
mod soft;
mod time;

use serde::de::DeserializeOwned;
use serde_path_to_error::Segment;

use crate::error::VendorError;
use crate::error::VendorErrorKind;

use super::call::Operation;
use super::call::Reply;

pub use decimal::ExactDecimal;
pub(crate) use dto::dto;
pub use listed::Listed;
pub use soft::Flat;
pub use soft::FromWire;
pub use soft::Id;
pub use soft::dto_from_wire;
pub use soft::soft;
pub use time::parse_date;
pub use time::parse_time;

/// Counts members that could not be read, by `vendor` and `operation`.
const UNREAD: &str = "forecourt_vendor_members_unread_total";

/// Reads the body of `reply` as JSON.
///
/// # Errors
/// [`VendorErrorKind::Protocol`] when it is no JSON or has another outline; the context names the place, never a value.
pub fn json<T: DeserializeOwned>(operation: &'static Operation, reply: &Reply) -> Result<T, VendorError> {
    from_slice(operation, &reply.body).map_err(|error| error.with_status(reply.status))
}

/// Reads the body of `reply` as JSON; an empty body and `null` are `None`.
///
/// # Errors
/// As [`json`].
pub fn json_or_none<T: DeserializeOwned>(
    operation: &'static Operation,
    reply: &Reply,
) -> Result<Option<T>, VendorError> {
    if reply.body.iter().all(u8::is_ascii_whitespace) { Ok(None) } else { json(operation, reply) }
}

/// Reads `body` as JSON on behalf of `operation`.
///
/// # Errors
/// As [`json`].
pub fn from_slice<T: DeserializeOwned>(operation: &'static Operation, body: &[u8]) -> Result<T, VendorError> {
    let mut reader = serde_json::Deserializer::from_slice(body);
    let (read, unread) = soft::counting(|| serde_path_to_error::deserialize(&mut reader));
    if unread > 0 {
        metrics::counter!(UNREAD, "vendor" => operation.vendor, "operation" => operation.name).increment(unread);
        tracing::warn!(operation = operation.name, unread, "members of the vendor's answer cannot be read");
    }
    // The reader's own message may quote a value, so it goes neither into the error nor into the log.
    read.map_err(|error| {
        let fault = match error.inner().classify() {
            serde_json::error::Category::Data => "is not what it was expected to be",
            serde_json::error::Category::Syntax => "is not JSON",
            serde_json::error::Category::Eof | serde_json::error::Category::Io => "ends too early",
        };
        operation.error(VendorErrorKind::Protocol, format!("{} {fault}", place(error.path())))
    })
    .and_then(|value| match reader.end() {
        Ok(()) => Ok(value),
        Err(_) => Err(operation.error(VendorErrorKind::Protocol, "the answer goes on after its end")),
    })
}

/// The place in the body, such as `result[3].vin`; member names are kept only as far as they are plain.
fn place(path: &serde_path_to_error::Path) -> String {
    let place: String = path
        .iter()
        .map(|segment| match segment {
            Segment::Seq { index } => format!("[{index}]"),
            Segment::Map { key } | Segment::Enum { variant: key } if is_plain(key) => format!(".{key}"),
            Segment::Map { .. } | Segment::Enum { .. } => ".…".to_owned(),
            Segment::Unknown => ".?".to_owned(),
        })
        .collect();
    match place.trim_start_matches('.') {
        "" => "the answer".to_owned(),
        path => format!("`{path}`"),
    }
}

fn is_plain(key: &str) -> bool {
    key.len() <= 40 && key.chars().all(|c| c.is_ascii_alphabetic() || matches!(c, '_' | '@' | ':'))
}

#[cfg(test)]
mod tests;
