//! Snapshots of what is watched.

use chrono::DateTime;
use chrono::Utc;
use rust_decimal::Decimal;

use crate::domain::connector::model::ConnectorId;
use crate::domain::messenger::model::ChannelId;
use crate::domain::ticket::model::TicketId;
use crate::domain::ticket::model::TicketState;
use crate::error::VendorError;
use crate::graphql::scalars::Vin;

/// The UUID of the connection between a vehicle and whoever works on it.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct ConnectionId(pub String);

/// Something that can be watched.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Subject {
    /// A connector.
    Connector(ConnectorId),
    /// A ticket.
    Ticket(TicketId),
    /// A connection, whose id a ticket's status tells.
    Connection(ConnectionId),
}

/// How a connector is right now.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ConnectorStatus {
    /// The connector.
    pub connector: ConnectorId,
    /// The voltage that it measures in the vehicle, in volts.
    pub voltage: Option<Decimal>,
    /// The VIN that it reads.
    pub vin: Option<Vin>,
    /// How long a message takes to it and back, in milliseconds.
    pub round_trip_time: Option<i64>,
}

/// Where a ticket stands right now.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TicketStatus {
    /// The ticket.
    pub ticket: TicketId,
    /// Its UUID.
    pub uuid: Option<String>,
    /// Its state.
    pub state: Option<TicketState>,
    /// The vendor's number of the state.
    pub state_code: Option<i32>,
    /// The connection through which the vehicle is worked on; none before there is one.
    pub connection: Option<ConnectionId>,
    /// The vendor's number of that connection.
    pub connection_number: Option<i64>,
    /// The vendor's number of the reason why the ticket was cancelled; 0 is none.
    pub cancelled_reason_code: Option<i64>,
    /// The vendor's number of the state of the ticket's chat.
    pub chat_state_code: Option<i64>,
    /// The catalogue id of the vehicle's model.
    pub model_id: Option<String>,
    /// The catalogue id of the model's variant.
    pub variant_id: Option<String>,
    /// Whether a script is being put together.
    pub script_composition_running: Option<bool>,
    /// The vehicle.
    pub vin: Option<Vin>,
    /// What is said of the ticket's being held back.
    pub held_message: Option<String>,
    /// Until when the ticket is held back.
    pub held_until: Option<DateTime<Utc>>,
}

/// How a connection is right now.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ConnectionStatus {
    /// The connection.
    pub connection: ConnectionId,
    /// Where the script's user interface can be reached.
    pub script_ui_url: Option<String>,
    /// Whether that user interface is available.
    pub script_ui_available: Option<bool>,
    /// What the vendor says of that, in its own spelling.
    pub script_ui_available_raw: Option<String>,
    /// Whether a script works on the vehicle, and no operator.
    pub autonomous: Option<bool>,
}

/// A snapshot of something that is watched; it replaces the one before.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Status {
    /// Of a connector.
    Connector(ConnectorStatus),
    /// Of a ticket.
    Ticket(TicketStatus),
    /// Of a connection.
    Connection(ConnectionStatus),
}

impl Status {
    /// What it is a snapshot of.
    #[must_use]
    pub fn subject(&self) -> Subject {
        match self {
            Self::Connector(status) => Subject::Connector(status.connector.clone()),
            Self::Ticket(status) => Subject::Ticket(status.ticket.clone()),
            Self::Connection(status) => Subject::Connection(status.connection.clone()),
        }
    }
}

/// What is heard while watching.
#[derive(Clone, Debug)]
pub enum StatusEvent {
    /// The line to the vendor is open; what is watched is asked for next.
    Connected,
    /// A snapshot that differs from the one before.
    Changed(Status),
    /// A ping through a channel; the channel is none when the vendor does not name it.
    Pinged(Option<ChannelId>),
    /// The vendor refused something in its own words; the subject is none when it cannot be told which one was meant.
    Refused(Option<Subject>, String),
    /// Nothing is heard of the subject though it was asked for again.
    Silent(Subject),
    /// The line to the vendor broke or cannot be made; it is tried again without further ado.
    Disconnected(VendorError),
}
