//! The socket's operations: to connect, and the frames that are sent through it. A frame has no path and no status.

use crate::transport::Operation;
use crate::transport::Provenance;

use super::READ;

/// Connects to the socket.
///
/// Source: Customer websocket reference, start page; the address and how it is signed are inferred from the partner side.
pub(in crate::vendors::jifeline) const CONNECT: Operation =
    Operation { name: "jifeline.socket.connect", success: &[101], ..READ };

/// What the frames have in common.
const FRAME: Operation = Operation { success: &[], provenance: Provenance::Published, ..READ };

/// Asks for updates of a connector.
///
/// Source: Customer websocket reference, "subscribeToConnector"; what its updates hold is inferred from the partner side.
pub(in crate::vendors::jifeline) const SUBSCRIBE_CONNECTOR: Operation =
    Operation { name: "jifeline.socket.subscribe_connector", ..FRAME };

/// Asks for updates of a ticket.
///
/// Source: Customer websocket reference, "subscribeToTicket".
pub(in crate::vendors::jifeline) const SUBSCRIBE_TICKET: Operation =
    Operation { name: "jifeline.socket.subscribe_ticket", ..FRAME };

/// Asks for updates of a connection.
///
/// Source: Customer websocket reference, "subscribeToConnection".
pub(in crate::vendors::jifeline) const SUBSCRIBE_CONNECTION: Operation =
    Operation { name: "jifeline.socket.subscribe_connection", ..FRAME };

/// Wants no more updates of a connector.
///
/// Source: Customer websocket reference, "unsubscribeFromConnector".
pub(in crate::vendors::jifeline) const UNSUBSCRIBE_CONNECTOR: Operation =
    Operation { name: "jifeline.socket.unsubscribe_connector", ..FRAME };

/// Wants no more updates of a ticket.
///
/// Source: Customer websocket reference, "unsubscribeToTicket".
pub(in crate::vendors::jifeline) const UNSUBSCRIBE_TICKET: Operation =
    Operation { name: "jifeline.socket.unsubscribe_ticket", ..FRAME };

/// Wants no more updates of a connection.
///
/// Source: Customer websocket reference, "unsubscribeToConnection".
pub(in crate::vendors::jifeline) const UNSUBSCRIBE_CONNECTION: Operation =
    Operation { name: "jifeline.socket.unsubscribe_connection", ..FRAME };
