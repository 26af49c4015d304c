//! The frames that a client sends, and what they are about.

use serde_json::Value;
use serde_json::json;
use uuid::Uuid;

use crate::sandbox::jifeline::Jifeline;
use crate::sandbox::jifeline::body::as_integer;

/// What a client can follow.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Subject {
    /// A connector, by its number.
    Connector(i64),
    /// A ticket, by its number.
    Ticket(i64),
    /// The connection between a car and an operator.
    Connection(Uuid),
}

/// What a client wants.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Wish {
    /// To hear of this from now on.
    Subscribe(Subject),
    /// To hear no more of it.
    Unsubscribe(Subject),
}

/// Why a frame is not obeyed, in the words of the gateway in front.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Refusal {
    /// There is no such action, or the thing is unknown or another garage's.
    Forbidden,
    /// The frame cannot be read.
    InternalServerError,
}

#[derive(Clone, Copy)]
enum Kind {
    Connector,
    Ticket,
    Connection,
}

struct Action {
    /// The vendor's spelling, then the one that its other actions suggest.
    names: &'static [&'static str],
    operation: &'static str,
    kind: Kind,
    starts: bool,
}

/// Every action.
#[rustfmt::skip]
const ACTIONS: [Action; 6] = [
    Action { names: &["subscribeToConnector"], operation: "jifeline.socket.subscribe_connector", kind: Kind::Connector, starts: true },
    Action { names: &["subscribeToTicket"], operation: "jifeline.socket.subscribe_ticket", kind: Kind::Ticket, starts: true },
    Action { names: &["subscribeToConnection"], operation: "jifeline.socket.subscribe_connection", kind: Kind::Connection, starts: true },
    Action { names: &["unsubscribeFromConnector", "unsubscribeToConnector"], operation: "jifeline.socket.unsubscribe_connector", kind: Kind::Connector, starts: false },
    Action { names: &["unsubscribeToTicket", "unsubscribeFromTicket"], operation: "jifeline.socket.unsubscribe_ticket", kind: Kind::Ticket, starts: false },
    Action { names: &["unsubscribeToConnection", "unsubscribeFromConnection"], operation: "jifeline.socket.unsubscribe_connection", kind: Kind::Connection, starts: false },
];

/// What `frame` is called and asks for.
pub(super) fn read(frame: &[u8]) -> (&'static str, Result<Wish, Refusal>) {
    let unmatched = |refusal| ("unmatched", Err(refusal));
    let Ok(frame) = serde_json::from_slice::<Value>(frame) else { return unmatched(Refusal::InternalServerError) };
    let name = frame.get("action").and_then(Value::as_str).unwrap_or_default();
    let Some(action) = ACTIONS.iter().find(|action| action.names.contains(&name)) else {
        return unmatched(Refusal::Forbidden);
    };
    let subject = match action.kind {
        Kind::Connector => frame.get("connector_id").and_then(as_integer).map(Subject::Connector),
        Kind::Ticket => frame.get("ticket_id").and_then(as_integer).map(Subject::Ticket),
        Kind::Connection => {
            let uuid = frame.get("connection_uuid").and_then(Value::as_str);
            uuid.and_then(|uuid| uuid.parse().ok()).map(Subject::Connection)
        }
    };
    let wish = if action.starts { Wish::Subscribe } else { Wish::Unsubscribe };
    (action.operation, subject.map(wish).ok_or(Refusal::InternalServerError))
}

impl Subject {
    /// The frame that tells how this stands now; none when it is not known or not the garage's.
    pub(super) fn update(self, jifeline: &Jifeline, garage: u8) -> Option<Value> {
        let (action, message) = match self {
            Self::Connector(id) => ("subscribeToConnector", jifeline.connector_message(garage, id)),
            Self::Ticket(id) => ("subscribeToTicket", jifeline.ticket_message(garage, id)),
            Self::Connection(uuid) => ("subscribeToConnection", jifeline.connection_message(garage, uuid)),
        };
        message.map(|message| json!({"action": action, "message": message}))
    }
}

impl Refusal {
    /// The status under which the journal keeps it.
    pub(super) const fn status(self) -> u16 {
        match self {
            Self::Forbidden => 403,
            Self::InternalServerError => 500,
        }
    }

    /// The words in the answer.
    pub(super) const fn words(self) -> &'static str {
        match self {
            Self::Forbidden => "Forbidden",
            Self::InternalServerError => "Internal server error",
        }
    }
}
