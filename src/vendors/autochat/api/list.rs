//! Lists, bare or in one of the envelopes that the vendor's framework may put around them.

use serde::Deserialize;

use crate::error::VendorError;
use crate::error::VendorErrorKind;
use crate::transport::Operation;
use crate::transport::Reply;
use crate::transport::decode;
use crate::transport::decode::FromWire;
use crate::transport::decode::dto_from_wire;
use crate::transport::decode::soft;

#[derive(Deserialize)]
#[serde(bound = "T: FromWire")]
struct EnvelopeDto<T> {
    #[serde(rename = "hydra:member", default, deserialize_with = "soft")]
    hydra_member: Option<Vec<T>>,
    #[serde(default, deserialize_with = "soft")]
    member: Option<Vec<T>>,
    #[serde(default, deserialize_with = "soft")]
    data: Option<Vec<T>>,
}

struct ListDto<T>(Vec<T>);

impl<T: FromWire> FromWire for ListDto<T> {
    fn from_wire(text: &str) -> Option<Self> {
        if text.starts_with('[') {
            return Vec::from_wire(text).map(Self);
        }
        let envelope: EnvelopeDto<T> = dto_from_wire(text)?;
        envelope.hydra_member.or(envelope.member).or(envelope.data).map(Self)
    }
}

#[derive(Deserialize)]
#[serde(transparent, bound = "T: FromWire")]
struct BodyDto<T> {
    #[serde(deserialize_with = "soft")]
    list: Option<ListDto<T>>,
}

/// The items of the list in `reply`.
pub(super) fn read<T: FromWire>(operation: &'static Operation, reply: &Reply) -> Result<Vec<T>, VendorError> {
    let body: BodyDto<T> = decode::json(operation, reply)?;
    body.list
        .map(|list| list.0)
        .ok_or_else(|| operation.error(VendorErrorKind::Protocol, "the answer is not a list").with_status(reply.status))
}
