//! What the ledger keeps of a ticket: the row, and what it leaves in the timeline and the vehicle index.

use std::sync::Arc;

use chrono::DateTime;
use chrono::Utc;
use serde_json::Value;
use serde_json::json;
use uuid::Uuid;

use crate::auth::AccountId;
use crate::domain::services::Services;
use crate::domain::timeline::model::TICKET_CLOSED;
use crate::domain::timeline::model::TICKET_CREATED;
use crate::store::Creation;
use crate::store::TicketRow;
use crate::store::TimelineRow;
use crate::store::Trail;
use crate::store::VehicleTouch;

use super::lookup::Wanted;
use super::model::Ticket;
use super::model::TicketState;

/// Whose a ticket is.
pub(super) struct Owner<'a> {
    /// The tenant.
    pub(super) tenant: &'a Arc<str>,
    /// The client that ordered it.
    pub(super) client: &'a str,
    /// The account.
    pub(super) account: &'a AccountId,
}

/// What the ledger keeps of a ticket that was made.
pub(super) fn creation(services: &Services, by: &Owner<'_>, id: Uuid, wanted: &Wanted, made: Ticket) -> Creation {
    let now = services.clock.now();
    let row = TicketRow {
        id,
        tenant: by.tenant.as_ref().to_owned(),
        vendor: by.account.vendor.to_owned(),
        account: by.account.name.as_ref().to_owned(),
        ticket_id: made.id.0,
        ticket_uuid: made.uuid,
        vin: wanted.vin.as_str().to_owned(),
        connector_id: wanted.connector_id.0.clone(),
        product_ids: wanted.product_ids.clone(),
        reference: wanted.reference.clone(),
        created_by: by.client.to_owned(),
        created_at: now,
        state: made.state.and_then(name_of),
        state_code: made.state_code,
        seen_at: now,
        change_seq: 0,
    };
    let about = json!({
        "ticketId": row.ticket_id, "connectorId": row.connector_id, "productIds": row.product_ids,
        "reference": row.reference,
    });
    let new_id = || services.ids.uuid(now);
    let at = made.created_at.unwrap_or(now);
    let mut timeline = vec![entry(new_id(), &row, TICKET_CREATED, "created", at, about)];
    if made.state.is_some_and(is_settled) {
        // It was found only after it had been finished.
        let (at, about) = (made.finished_at.unwrap_or(now), change(&row, None, row.state.as_deref(), made.state_code));
        timeline.push(entry(new_id(), &row, TICKET_CLOSED, "closed", at, about));
    }
    let is_open = !made.state.is_some_and(is_settled);
    let vehicle = VehicleTouch {
        has_open_ticket: is_open.then_some(true),
        open_ticket: is_open.then(|| row.ticket_id.clone()),
        ..touch(&row, now)
    };
    let trail = Trail { timeline, vehicles: vec![vehicle] };
    Creation { ticket: Some(row), trail, ..Creation::default() }
}

/// What has become known of the vehicle of a ticket to which something happened.
pub(in crate::domain) fn touch(row: &TicketRow, at: DateTime<Utc>) -> VehicleTouch {
    VehicleTouch {
        tenant: row.tenant.clone(),
        vendor: row.vendor.clone(),
        account: row.account.clone(),
        vin: row.vin.clone(),
        last_activity_at: Some(at),
        ..VehicleTouch::default()
    }
}

/// An entry of the timeline about a ticket; `happening` tells it from the ticket's other entries.
pub(in crate::domain) fn entry(
    id: Uuid,
    row: &TicketRow,
    kind: &str,
    happening: &str,
    at: DateTime<Utc>,
    data: Value,
) -> TimelineRow {
    TimelineRow {
        id,
        tenant: row.tenant.clone(),
        vendor: row.vendor.clone(),
        account: row.account.clone(),
        vin: Some(row.vin.clone()),
        subject: row.id.to_string(),
        kind: kind.to_owned(),
        at,
        data,
        dedupe_key: format!("ticket:{}/{}:{}:{happening}", row.vendor, row.account, row.ticket_id),
        change_seq: 0,
    }
}

/// What an entry says of a change of a ticket's state.
pub(in crate::domain) fn change(
    row: &TicketRow,
    before: Option<&TicketRow>,
    since: Option<&str>,
    code: Option<i32>,
) -> Value {
    json!({
        "ticketId": row.ticket_id,
        "before": before.and_then(|before| before.state.as_deref()), "from": before.and_then(|before| before.state_code),
        "since": since, "to": code,
    })
}

/// The ledger's word for a state.
pub(in crate::domain) fn name_of(state: TicketState) -> Option<String> {
    json!(state).as_str().map(str::to_owned)
}

/// Whether nothing more is to come.
pub(in crate::domain) fn is_settled(state: TicketState) -> bool {
    state.is_open() == Some(false)
}
