//! What a change leaves in the cache and in the ledger, before anybody is told of it.

use std::sync::Arc;

use serde_json::json;

use crate::cache::Tag;
use crate::domain::services::Services;
use crate::domain::sighting::Book;
use crate::domain::sighting::Seen;
use crate::domain::ticket::model::TicketState;
use crate::domain::timeline::model::TICKET_STATE_CHANGED;
use crate::store::AccountKey;
use crate::store::StoreError;
use crate::store::TimelineRow;
use crate::store::VehicleTouch;

use super::lines::Place;
use super::model::Status;
use super::model::TicketStatus;

/// Drops from the cache what `status` makes old, and writes down that a ticket has moved.
///
/// `tags` are what the watched thing itself touches; `before` is the snapshot before, none at first.
pub(super) async fn take(
    services: &Arc<Services>,
    place: &Place,
    mut tags: Vec<Tag>,
    before: Option<&Status>,
    status: &Status,
) {
    match (before, status) {
        // Voltage and round trip are in no answer that is cached, and change with every update.
        (Some(Status::Connector(before)), Status::Connector(status)) if before.vin == status.vin => return,
        (_, Status::Connector(status)) => tags.extend(status.vin.as_ref().map(|vin| Tag::vehicle(vin.as_str()))),
        (_, Status::Ticket(status)) => tags.extend(status.vin.as_ref().map(|vin| Tag::vehicle(vin.as_str()))),
        (_, Status::Connection(_)) => return,
    }
    services.invalidate(&place.tenant, &place.account, &tags);
    let Status::Ticket(ticket) = status else { return };
    let before = match before {
        Some(Status::Ticket(before)) => before.state_code,
        _ => None,
    };
    if let Err(error) = write_down(services, place, before, ticket).await {
        tracing::warn!(%error, "the change of a ticket cannot be written down");
    }
}

async fn write_down(
    services: &Services,
    place: &Place,
    before: Option<i32>,
    ticket: &TicketStatus,
) -> Result<(), StoreError> {
    let Some(vin) = ticket.vin.as_ref().map(|vin| vin.as_str().to_owned()) else { return Ok(()) };
    let now = services.clock.now();
    let (tenant, vendor) = (place.tenant.as_ref().to_owned(), place.account.vendor.to_owned());
    let account = place.account.name.as_ref().to_owned();
    let has_moved = before.is_some() && before != ticket.state_code;
    let number = &ticket.ticket.0;
    let is_open = ticket.state.and_then(TicketState::is_open);
    let touch = VehicleTouch {
        tenant: tenant.clone(),
        vendor: vendor.clone(),
        account: account.clone(),
        vin: vin.clone(),
        last_activity_at: has_moved.then_some(now),
        has_open_ticket: is_open,
        open_ticket: (is_open == Some(true)).then(|| number.clone()),
        closed_tickets: if is_open == Some(false) { vec![number.clone()] } else { Vec::new() },
        ..VehicleTouch::default()
    };
    services.store.touch_vehicles(vec![touch], now).await?;
    let key = AccountKey::new(vendor.as_str(), account.as_str());
    let known = Book::of(services).keep(&tenant, &key, now, &[Seen::over_line(ticket)]).await?;
    // What was created through the gateway has its own entries, whoever hears of it first.
    if !has_moved || !known.is_empty() {
        return Ok(());
    }
    let (from, to) = (before.unwrap_or_default(), ticket.state_code.unwrap_or_default());
    let entry = TimelineRow {
        id: services.ids.uuid(now),
        tenant,
        vendor,
        account,
        vin: Some(vin),
        subject: format!("{}/{number}", place.account),
        kind: TICKET_STATE_CHANGED.to_owned(),
        at: now,
        data: json!({ "ticketId": number, "from": before, "to": ticket.state_code, "state": ticket.state }),
        dedupe_key: format!("ticket:{}:{number}:state:{from}:{to}", place.account),
        change_seq: 0,
    };
    let added = services.store.append(vec![entry], now).await?;
    services.announce(&added);
    Ok(())
}
