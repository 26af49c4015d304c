//! What a frame from the vendor means.

use serde::de::DeserializeOwned;
use serde_json::value::RawValue;

use crate::domain::messenger::model::ChannelId;
use crate::domain::status::model::Status;
use crate::telemetry::metrics::SOCKET_IGNORED;
use crate::transport::Operation;
use crate::transport::decode;

use super::super::api::VENDOR;
use super::super::api::socket;
use super::super::map;
use super::super::map::Reading;
use super::frames::PingDto;
use super::frames::Received;

/// The longest reason of the vendor that is passed on, in characters.
const LONGEST_REASON: usize = 200;

/// The meaning of a frame.
pub(super) enum Heard {
    Status(Box<Status>),
    Ping(Option<ChannelId>),
    /// The vendor's reason.
    Refusal(String),
    /// Nothing that we know; it was counted.
    Nothing,
}

/// Reads a frame. What means nothing is counted and left out: the vendor may add actions at any time.
pub(super) fn read(text: &str, reading: &Reading) -> Heard {
    let Ok(received) = serde_json::from_str::<Received>(text) else { return ignored("no_frame") };
    let Some(message) = received.message else { return ignored("no_message") };
    if let Ok(reason) = serde_json::from_str::<String>(message.get()) {
        return Heard::Refusal(reason.chars().filter(|letter| !letter.is_control()).take(LONGEST_REASON).collect());
    }
    let status = match received.action.as_deref() {
        Some("subscribeToConnector") => {
            parse(&socket::SUBSCRIBE_CONNECTOR, &message).and_then(map::map_connector_update).map(Status::Connector)
        }
        Some("subscribeToTicket") => parse(&socket::SUBSCRIBE_TICKET, &message)
            .and_then(|update| map::map_ticket_update(update, reading))
            .map(Status::Ticket),
        Some("subscribeToConnection") => {
            parse(&socket::SUBSCRIBE_CONNECTION, &message).and_then(map::map_connection_update).map(Status::Connection)
        }
        // Inferred: a control message is announced, its form is not.
        Some("ping") => {
            let channel = parse::<PingDto>(&socket::CONNECT, &message).and_then(|ping| ping.channel_id);
            return Heard::Ping(channel.map(|id| ChannelId(id.into())));
        }
        _ => return ignored("action"),
    };
    status.map_or_else(|| ignored("message"), |status| Heard::Status(Box::new(status)))
}

fn parse<T: DeserializeOwned>(operation: &'static Operation, message: &RawValue) -> Option<T> {
    decode::from_slice(operation, message.get().as_bytes()).ok()
}

fn ignored(reason: &'static str) -> Heard {
    metrics::counter!(SOCKET_IGNORED, "vendor" => VENDOR, "reason" => reason).increment(1);
    Heard::Nothing
}
