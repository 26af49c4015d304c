//! Options that a car can have.

use tokio::time::Instant;

use crate::error::VendorError;
use crate::error::VendorErrorKind;
use crate::transport::Call;
use crate::transport::Operation;
use crate::transport::Transport;
use crate::transport::decode;
use crate::transport::decode::FromWire;
use crate::transport::decode::dto;
use crate::transport::decode::dto_from_wire;
use crate::transport::decode::soft;

use super::READ;

/// Lists the options of the environment.
///
/// Source: vendor text "API documentation", section on options; the method is inferred.
pub(in crate::vendors::autochat) const LIST: Operation =
    Operation { name: "autochat.options.list", path: "/api/options", ..READ };

dto! {
    /// An option. It also has a `uuid`, which no car may name.
    pub(in crate::vendors::autochat) struct OptionDto {
        name: String,
        #[serde(rename = "prettyName")]
        pretty_name: String,
    }
}

dto! {
    /// The envelopes that the vendor's framework may put around a list.
    struct EnvelopeDto {
        #[serde(rename = "hydra:member")]
        hydra_member: Vec<OptionDto>,
        member: Vec<OptionDto>,
        data: Vec<OptionDto>,
    }
}

/// A list, bare or in an envelope.
#[derive(Clone)]
struct ListDto(Vec<OptionDto>);

impl FromWire for ListDto {
    fn from_wire(text: &str) -> Option<Self> {
        if text.starts_with('[') {
            return Vec::from_wire(text).map(Self);
        }
        let envelope: EnvelopeDto = dto_from_wire(text)?;
        envelope.hydra_member.or(envelope.member).or(envelope.data).map(Self)
    }
}

#[derive(serde::Deserialize)]
#[serde(transparent)]
struct BodyDto {
    #[serde(deserialize_with = "soft")]
    list: Option<ListDto>,
}

/// Lists the options.
pub(in crate::vendors::autochat) async fn list(
    transport: &Transport,
    deadline: Instant,
) -> Result<Vec<OptionDto>, VendorError> {
    let reply = transport.call(Call::new(&LIST, deadline)).await?;
    let body: BodyDto = decode::json(&LIST, &reply)?;
    body.list.map(|list| list.0).ok_or_else(|| {
        LIST.error(VendorErrorKind::Protocol, "the answer is not a list of options").with_status(reply.status)
    })
}
