//! The messages of `graphql-transport-ws`, and the codes with which a socket is closed.

use async_graphql::Response;
use async_graphql::ServerError;
use serde::Deserialize;
use serde::Serialize;
use serde_json::Map;
use serde_json::Value;

use crate::http::graphql::read::Parameters;

/// What a client sends.
#[derive(Debug, Deserialize)]
#[serde(tag = "type", rename_all = "snake_case")]
pub(super) enum Incoming {
    /// The first message, with which the client says who it is.
    ConnectionInit { payload: Option<Map<String, Value>> },
    /// Is anybody there?
    Ping {},
    /// The answer to a ping.
    Pong {},
    /// Starts an operation.
    Subscribe { id: String, payload: Parameters },
    /// Ends an operation.
    Complete { id: String },
}

/// What is sent to a client.
#[derive(Debug, Serialize)]
#[serde(tag = "type", rename_all = "snake_case")]
pub(super) enum Outgoing<'a> {
    /// The client may start operations.
    ConnectionAck,
    /// The answer to a ping.
    Pong,
    /// An answer of an operation.
    Next { id: &'a str, payload: &'a Response },
    /// An operation that was refused; nothing follows.
    Error { id: &'a str, payload: &'a [ServerError] },
    /// An operation has ended.
    Complete { id: &'a str },
}

/// Why a socket ends.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum End {
    /// The client is told why.
    Close(u16, String),
    /// The client has said that it leaves.
    Left,
    /// The client cannot be reached.
    Gone,
}

impl End {
    /// The client sent what the protocol does not have.
    pub(super) fn malformed(what: impl Into<String>) -> Self {
        Self::Close(4400, what.into())
    }

    /// The client has not shown who it is.
    pub(super) fn unauthorized() -> Self {
        Self::Close(4401, "Unauthorized".to_owned())
    }

    /// What the client presents does not open the graph, or does so no longer.
    pub(super) fn forbidden() -> Self {
        Self::Close(4403, "Forbidden".to_owned())
    }

    /// The client has said too late who it is.
    pub(super) fn late() -> Self {
        Self::Close(4408, "Connection initialisation timeout".to_owned())
    }

    /// An operation with this id runs.
    pub(super) fn duplicate(id: &str) -> Self {
        Self::Close(4409, format!("Subscriber for {id} already exists"))
    }

    /// The client has said twice who it is.
    pub(super) fn repeated() -> Self {
        Self::Close(4429, "Too many initialisation requests".to_owned())
    }

    /// The process ends; another one may take over.
    pub(super) fn stopping() -> Self {
        Self::Close(1001, "the gateway is stopping".to_owned())
    }

    /// The message was longer than allowed.
    pub(super) fn too_long() -> Self {
        Self::Close(1009, "the message is too long".to_owned())
    }

    /// The client has as many channels as it may have; it may try again when it has closed one.
    pub(super) fn crowded() -> Self {
        Self::Close(1013, "too many channels are open for this client".to_owned())
    }

    /// Something of ours failed.
    pub(super) fn internal() -> Self {
        Self::Close(4500, "Internal server error".to_owned())
    }
}

/// Reads a message; what does not fit ends the socket.
pub(super) fn read(text: &str) -> Result<Incoming, End> {
    // The messages of serde tell what was found, which is more than fits into the reason of a close.
    serde_json::from_str(text).map_err(|_| End::malformed("the message is none of graphql-transport-ws"))
}
