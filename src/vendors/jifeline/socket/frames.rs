//! The frames in both directions, as the vendor spells them.

use rust_decimal::Decimal;
use serde::Deserialize;
use serde::Serialize;
use serde_json::value::RawValue;

use crate::domain::status::model::Subject;
use crate::transport::Operation;
use crate::transport::decode::FromWire;
use crate::transport::decode::Id;
use crate::transport::decode::dto;

use super::super::api::socket;

/// A frame to the vendor.
///
/// The vendor's words are `unsubscribeFromConnector`, but `unsubscribeToTicket` and `unsubscribeToConnection`. The two
/// others, with `From`, are inferred and sent only where these do not help.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(tag = "action", rename_all = "camelCase", rename_all_fields = "snake_case")]
pub(super) enum Frame {
    SubscribeToConnector { connector_id: Number },
    SubscribeToTicket { ticket_id: Number },
    SubscribeToConnection { connection_uuid: String },
    UnsubscribeFromConnector { connector_id: Number },
    UnsubscribeToTicket { ticket_id: Number },
    UnsubscribeToConnection { connection_uuid: String },
    UnsubscribeFromTicket { ticket_id: Number },
    UnsubscribeFromConnection { connection_uuid: String },
}

/// An id that the vendor wants as a number; one that is none goes out as it is, and the vendor may refuse it.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(untagged)]
pub(super) enum Number {
    Whole(u64),
    Text(String),
}

impl From<&str> for Number {
    fn from(id: &str) -> Self {
        id.parse().map_or_else(|_| Self::Text(id.to_owned()), Self::Whole)
    }
}

impl Frame {
    /// The frame that asks for updates of `subject`.
    pub(super) fn subscribe(subject: &Subject) -> Self {
        match subject {
            Subject::Connector(id) => Self::SubscribeToConnector { connector_id: id.0.as_str().into() },
            Subject::Ticket(id) => Self::SubscribeToTicket { ticket_id: id.0.as_str().into() },
            Subject::Connection(id) => Self::SubscribeToConnection { connection_uuid: id.0.clone() },
        }
    }

    /// The frame that wants no more updates of `subject`.
    pub(super) fn unsubscribe(subject: &Subject) -> Self {
        match subject {
            Subject::Connector(id) => Self::UnsubscribeFromConnector { connector_id: id.0.as_str().into() },
            Subject::Ticket(id) => Self::UnsubscribeToTicket { ticket_id: id.0.as_str().into() },
            Subject::Connection(id) => Self::UnsubscribeToConnection { connection_uuid: id.0.clone() },
        }
    }

    /// The other spelling of [`Frame::unsubscribe`], where there is another.
    pub(super) fn unsubscribe_otherwise(subject: &Subject) -> Self {
        match subject {
            Subject::Connector(_) => Self::unsubscribe(subject),
            Subject::Ticket(id) => Self::UnsubscribeFromTicket { ticket_id: id.0.as_str().into() },
            Subject::Connection(id) => Self::UnsubscribeFromConnection { connection_uuid: id.0.clone() },
        }
    }

    /// The operation that sends this frame.
    pub(super) fn operation(&self) -> &'static Operation {
        match self {
            Self::SubscribeToConnector { .. } => &socket::SUBSCRIBE_CONNECTOR,
            Self::SubscribeToTicket { .. } => &socket::SUBSCRIBE_TICKET,
            Self::SubscribeToConnection { .. } => &socket::SUBSCRIBE_CONNECTION,
            Self::UnsubscribeFromConnector { .. } => &socket::UNSUBSCRIBE_CONNECTOR,
            Self::UnsubscribeToTicket { .. } | Self::UnsubscribeFromTicket { .. } => &socket::UNSUBSCRIBE_TICKET,
            Self::UnsubscribeToConnection { .. } | Self::UnsubscribeFromConnection { .. } => {
                &socket::UNSUBSCRIBE_CONNECTION
            }
        }
    }
}

/// A frame from the vendor: an update, a control message, or with a text for a message an error.
#[derive(Deserialize)]
pub(super) struct Received {
    #[serde(default)]
    pub(super) action: Option<String>,
    #[serde(default)]
    pub(super) message: Option<Box<RawValue>>,
}

dto! {
    /// An update of a connector. Inferred from the partner side.
    pub(in crate::vendors::jifeline) struct ConnectorUpdateDto {
        connector_id: Id,
        voltage: Decimal,
        vin_number: Id,
        round_trip_time: i64,
    }
}

dto! {
    /// An update of a ticket.
    pub(in crate::vendors::jifeline) struct TicketUpdateDto {
        id: Id,
        /// The same as `id`.
        ticket_id: Id,
        ticket_uuid: Id,
        state: i32,
        /// Has 13 digits.
        connection_id: i64,
        connection_uuid: Id,
        cancelled_reason: i64,
        chat_state: i64,
        vehicle_model_id: Id,
        is_script_composition_running: bool,
        vehicle_model_variant_id: Id,
        vin: Id,
        schedule: ScheduleUpdateDto,
    }
}

dto! {
    /// Until when a ticket is held back.
    pub(in crate::vendors::jifeline) struct ScheduleUpdateDto {
        message: String,
        /// A text of a form that is not documented.
        until: String,
    }
}

dto! {
    /// An update of a connection.
    pub(in crate::vendors::jifeline) struct ConnectionUpdateDto {
        connection_uuid: Id,
        script_ui_wss_url: String,
        script_ui_available: Availability,
        is_autonomous: bool,
    }
}

dto! {
    /// A ping. Its members are inferred.
    pub(in crate::vendors::jifeline) struct PingDto {
        channel_id: Id,
    }
}

/// Yes or no, also as a number, of which any but 0 is yes. Inferred: the sample is 1300, the name sounds like yes or no.
#[derive(Clone)]
pub(in crate::vendors::jifeline) struct Availability {
    pub(in crate::vendors::jifeline) available: bool,
    /// The value as the vendor spells it.
    pub(in crate::vendors::jifeline) raw: String,
}

impl FromWire for Availability {
    fn from_wire(text: &str) -> Option<Self> {
        let available = bool::from_wire(text).or_else(|| Decimal::from_wire(text).map(|number| !number.is_zero()))?;
        Some(Self { available, raw: text.trim_matches('"').to_owned() })
    }
}
