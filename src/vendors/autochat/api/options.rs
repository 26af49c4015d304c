//! Options that a car can have.

use tokio::time::Instant;

use crate::error::VendorError;
use crate::transport::Call;
use crate::transport::Operation;
use crate::transport::Transport;
use crate::transport::decode::Id;
use crate::transport::decode::dto;

use super::READ;

/// Lists the options of the environment.
///
/// Source: vendor text "API documentation", section on options; the method is inferred.
pub(in crate::vendors::autochat) const LIST: Operation =
    Operation { name: "autochat.options.list", path: "/api/options", ..READ };

dto! {
    /// An option.
    pub(in crate::vendors::autochat) struct OptionDto {
        name: String,
        #[serde(rename = "prettyName")]
        pretty_name: String,
        /// No car may name an option by it.
        uuid: Id,
        /// A number in a catalogue of somebody else.
        esaco_identifier: i32,
    }
}

/// Lists the options.
pub(in crate::vendors::autochat) async fn list(
    transport: &Transport,
    deadline: Instant,
) -> Result<Vec<OptionDto>, VendorError> {
    let reply = transport.call(Call::new(&LIST, deadline)).await?;
    super::list::read(&LIST, &reply)
}
