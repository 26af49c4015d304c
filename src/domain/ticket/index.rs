//! What reading tickets tells the vehicle index.

use std::collections::BTreeMap;
use std::sync::Arc;

use crate::auth::AccountId;
use crate::domain::services::Caller;
use crate::store::VehicleTouch;

use super::model::Ticket;

/// Notes in the index which vehicles have an open ticket, as far as `tickets` tell.
///
/// The read itself stands whatever becomes of this: the next one tells again.
pub(super) async fn note<'a>(caller: &Caller, account: &AccountId, tickets: impl Iterator<Item = &'a Ticket>) {
    let mut vehicles: BTreeMap<&str, VehicleTouch> = BTreeMap::new();
    for ticket in tickets {
        let Some(vin) = ticket.vin.as_ref() else { continue };
        let open = ticket.state.and_then(super::model::TicketState::is_open);
        let Some(open) = open.or_else(|| ticket.finished_at.map(|_| false)) else { continue };
        let touch = vehicles.entry(vin.as_str()).or_insert_with(|| VehicleTouch {
            tenant: caller.session.tenant.as_ref().to_owned(),
            vendor: account.vendor.to_owned(),
            account: account.name.as_ref().to_owned(),
            vin: vin.as_str().to_owned(),
            ..VehicleTouch::default()
        });
        touch.last_activity_at = touch.last_activity_at.max(ticket.created_at);
        if open {
            touch.has_open_ticket = Some(true);
            touch.open_ticket = Some(ticket.id.0.clone());
        } else {
            touch.has_open_ticket.get_or_insert(false);
            touch.closed_tickets.push(ticket.id.0.clone());
        }
    }
    if vehicles.is_empty() {
        return;
    }
    let (services, touches) = (Arc::clone(&caller.services), vehicles.into_values().collect());
    if let Err(error) = services.store.touch_vehicles(touches, services.clock.now()).await {
        tracing::warn!(%error, "the index could not be told of tickets");
    }
}
