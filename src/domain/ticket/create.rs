//! Creating tickets: judged, sent once, looked for when no answer comes, and kept.

use std::sync::Arc;

use serde_json::json;
use uuid::Uuid;

use crate::auth::AccountId;
use crate::cache::Tag;
use crate::domain::connector::model::ConnectorId;
use crate::domain::creation::Ending;
use crate::domain::creation::Order;
use crate::domain::creation::Sent;
use crate::domain::creation::create_once;
use crate::domain::creation::idempotency_key;
use crate::domain::desk::TicketDesk;
use crate::domain::place::place;
use crate::domain::refusal::refusal;
use crate::domain::rules::Faults;
use crate::domain::services::Caller;
use crate::domain::services::Services;
use crate::domain::timeline::model::TICKET_CREATED;
use crate::error::VendorError;
use crate::error::VendorErrorKind;
use crate::graphql::Result;
use crate::store::Creation;
use crate::store::TicketRow;
use crate::store::TimelineRow;
use crate::store::Trail;
use crate::store::VehicleTouch;

use super::check::Refusal;
use super::check::judge;
use super::check::pending;
use super::input::CreateTicketInput;
use super::input::TicketOrder;
use super::input::check_order;
use super::lookup::Earlier;
use super::lookup::look_for;
use super::model::NewTicket;
use super::model::Ticket;

const MUTATION: &str = "createTicket";

/// In whose name, and for whom, a ticket is made.
struct By {
    tenant: Arc<str>,
    client: String,
    account: AccountId,
}

/// Creates the ticket, unless the key's creation is known already; gives the ending and the key that it is known by.
pub async fn create(caller: &Caller, input: CreateTicketInput) -> Result<(Ending, Option<String>)> {
    let place = place(&caller.session.accounts, input.connector_id.as_ref());
    let checked = check_order(&input);
    let key = idempotency_key(&caller.services, input.idempotency_key.as_deref());
    let ((account, connector), order, key) = match (place, checked, key) {
        (Ok(place), Ok(order), Ok(key)) => (place, order, key),
        (place, checked, key) => {
            let single = place.err().into_iter().chain(key.err());
            return Ok((Ending::Refused(single.chain(checked.err().unwrap_or_default()).collect()), None));
        }
    };
    let desk = TicketDesk::of(caller, &account)?;
    let journal = Order::new(&caller.session, MUTATION, &key, &(account.to_string(), &connector, &order))?;
    let by =
        By { tenant: Arc::clone(&caller.session.tenant), client: caller.session.client.as_ref().to_owned(), account };
    let services = Arc::clone(&caller.services);
    let send = move || async move { send(&services, &by, &desk, &connector, &order).await };
    let ending = create_once(&caller.services, journal, caller.deadline, send).await;
    Ok((ending, Some(key)))
}

async fn send(services: &Services, by: &By, desk: &TicketDesk, connector: &ConnectorId, order: &TicketOrder) -> Sent {
    let mut ticket = match judge(desk, order, connector).await {
        Ok(ticket) => ticket,
        Err(Refusal::Faults(faults)) => return Sent::Refused(faults),
        Err(Refusal::Failed(error)) => return Sent::Failed(error),
    };
    // A reference of our own is on no other ticket; the client's may be on an earlier one.
    let earlier = if ticket.reference.is_some() {
        match Earlier::of(desk, &ticket).await {
            Ok(earlier) => earlier,
            Err(error) => return Sent::Failed(error.into()),
        }
    } else {
        ticket.reference = Some(marker(services));
        Earlier::default()
    };
    let outcome = desk.create(&ticket).await;
    let mut tags = vec![Tag::vehicle(ticket.vin.as_str()), Tag::connector(connector.0.as_str())];
    let made = match outcome {
        Ok(made) => Ok(made),
        Err(error) if error.nothing_happened() => return refused(desk, connector, error).await,
        Err(error) => {
            services.invalidate(&by.tenant, &by.account, &tags);
            look_for(desk, &ticket, &earlier, &services.shutdown).await.ok_or(error)
        }
    };
    if let Ok(made) = &made {
        tags.push(Tag::ticket(made.id.0.as_str()));
    }
    services.invalidate(&by.tenant, &by.account, &tags);
    match made {
        Ok(made) => {
            let id = services.ids.uuid(services.clock.now());
            Sent::Created(id, Box::new(creation(services, by, id, &ticket, made)))
        }
        Err(error) => Sent::Unknown(error.into()),
    }
}

/// A reference that no other ticket has.
fn marker(services: &Services) -> String {
    let id = services.ids.uuid(services.clock.now()).simple().to_string();
    // The end of the id is random, its beginning is the time.
    format!("FC-{}", id.get(20..).unwrap_or(&id))
}

/// What a refusal means; the vendor documents no way to tell an open ticket from other conflicts, so it is asked.
async fn refused(desk: &TicketDesk, connector: &ConnectorId, error: VendorError) -> Sent {
    if error.kind == VendorErrorKind::Conflict && matches!(desk.active(connector).await, Ok(Some(_))) {
        let mut faults = Faults::default();
        pending(&mut faults);
        return Sent::Refused(faults.none_or(None::<()>).err().unwrap_or_default());
    }
    match refusal(&error) {
        Some(faults) => Sent::Refused(faults),
        None => Sent::Failed(error.into()),
    }
}

fn creation(services: &Services, by: &By, id: Uuid, ticket: &NewTicket, made: Ticket) -> Creation {
    let now = services.clock.now();
    let vin = ticket.vin.as_str().to_owned();
    let row = TicketRow {
        id,
        tenant: by.tenant.as_ref().to_owned(),
        vendor: by.account.vendor.to_owned(),
        account: by.account.name.as_ref().to_owned(),
        ticket_id: made.id.0,
        ticket_uuid: made.uuid,
        vin: vin.clone(),
        connector_id: ticket.connector_id.0.clone(),
        product_ids: ticket.product_ids.iter().map(|product| product.0.clone()).collect(),
        reference: ticket.reference.clone(),
        created_by: by.client.clone(),
        created_at: now,
        change_seq: 0,
    };
    let entry = TimelineRow {
        id: services.ids.uuid(now),
        tenant: row.tenant.clone(),
        vendor: row.vendor.clone(),
        account: row.account.clone(),
        vin: Some(vin.clone()),
        subject: id.to_string(),
        kind: TICKET_CREATED.to_owned(),
        at: now,
        data: json!({
            "ticketId": row.ticket_id, "connectorId": row.connector_id, "productIds": row.product_ids,
            "reference": row.reference,
        }),
        dedupe_key: format!("ticket:{}:{}:created", by.account, row.ticket_id),
        change_seq: 0,
    };
    let vehicle = VehicleTouch {
        tenant: row.tenant.clone(),
        vendor: row.vendor.clone(),
        account: row.account.clone(),
        vin,
        last_activity_at: Some(now),
        ..VehicleTouch::default()
    };
    let trail = Trail { timeline: vec![entry], vehicles: vec![vehicle] };
    Creation { ticket: Some(row), trail, ..Creation::default() }
}
