//! The hub that is told whenever a ticket or a connector changes, and what subscribers are told of it.

use serde_json::Value;
use serde_json::json;
use tokio::sync::broadcast;
use uuid::Uuid;

use super::Jifeline;

/// How many changes a listener may lag behind before it has to look at everything anew.
const BACKLOG: usize = 256;

/// What changed; the present state is to be asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Change {
    /// The ticket with this id.
    Ticket(i64),
    /// The connector with this id.
    Connector(i64),
    /// Nothing, but the sockets of this garage are to hear of a channel.
    Pinged { garage: u8, channel: Uuid },
    /// Nothing, but every socket is to end.
    Dropped { abrupt: bool },
}

/// Tells every listener of every change.
#[derive(Debug)]
pub(super) struct Changes(broadcast::Sender<Change>);

impl Default for Changes {
    fn default() -> Self {
        Self(broadcast::Sender::new(BACKLOG))
    }
}

impl Changes {
    /// Tells of a change. That nobody listens is no fault.
    pub(super) fn tell(&self, change: Change) {
        let listeners = self.0.send(change).unwrap_or(0);
        tracing::trace!(?change, listeners, "a change in the diagnostics sandbox");
    }

    /// How many listen.
    pub(super) fn listeners(&self) -> usize {
        self.0.receiver_count()
    }

    /// Listens from now on.
    pub(super) fn listen(&self) -> broadcast::Receiver<Change> {
        self.0.subscribe()
    }
}

impl Jifeline {
    /// What a subscriber of this ticket is told now; none when the ticket is not known or not the garage's.
    pub(super) fn ticket_message(&self, garage: u8, id: i64) -> Option<Value> {
        let now = self.core.clock.now();
        let orders = self.orders();
        let order = orders.get(id).filter(|order| order.garage == garage)?;
        let held = order.held.as_ref().filter(|held| held.until > now);
        Some(json!({
            "id": order.id,
            "ticket_id": order.id,
            "ticket_uuid": order.uuid,
            "state": order.state.number(),
            "connection_id": order.connection.map(|_| order.connection_id()),
            "connection_uuid": order.connection,
            "cancelled_reason": order.cancelled_reason(),
            "chat_state": 0,
            "vehicle_model_id": order.line.model.id,
            "is_script_composition_running": order.connection.is_some() && order.is_open() && order.is_unattended(),
            "vehicle_model_variant_id": order.line.variant.id,
            "vin": order.vin,
            "schedule": held.map(|held| json!({"message": held.message, "until": held.until.to_rfc3339()})),
        }))
    }

    /// What a subscriber of this connector is told now; none when the connector is not known or not the garage's.
    ///
    /// Inferred: the fields are those of the partners' message.
    pub(super) fn connector_message(&self, garage: u8, id: i64) -> Option<Value> {
        let (connector, device) = self.device(id).filter(|(connector, _)| connector.garage == garage)?;
        Some(json!({
            "connector_id": connector.id,
            "voltage": device.online.then_some(device.voltage),
            "vin_number": device.vin,
            "round_trip_time": device.online.then_some(23),
        }))
    }

    /// What a subscriber of this connection is told now; none when the connection is not known or not the garage's.
    pub(super) fn connection_message(&self, garage: u8, uuid: Uuid) -> Option<Value> {
        let orders = self.orders();
        let order = orders.all().find(|order| order.garage == garage && order.connection == Some(uuid))?;
        let autonomous = order.is_unattended();
        Some(json!({
            "connection_uuid": uuid,
            "script_ui_wss_url": null,
            "script_ui_available": if autonomous { 1_300 } else { 0 },
            "is_autonomous": autonomous,
        }))
    }
}
