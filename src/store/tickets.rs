//! Tickets that were made through the gateway.

use std::fmt;

use async_trait::async_trait;
use chrono::{DateTime, Utc};
use uuid::Uuid;

use super::{AccountKey, StoreError, Trail};

/// A ticket as it was made. `Debug` leaves out what names the car and what the garage wrote.
#[derive(Clone, PartialEq, Eq)]
pub struct TicketRow {
    /// The ledger's own id.
    pub id: Uuid,
    /// The tenant.
    pub tenant: String,
    /// The vendor's id.
    pub vendor: String,
    /// The account at the vendor.
    pub account: String,
    /// The vendor's number of the ticket.
    pub ticket_id: String,
    /// The vendor's UUID of the ticket; null when the vendor told none.
    pub ticket_uuid: Option<String>,
    /// The vehicle's VIN.
    pub vin: String,
    /// The connector that was plugged into it.
    pub connector_id: String,
    /// What was ordered.
    pub product_ids: Vec<String>,
    /// The reference that the ticket was made with.
    pub reference: Option<String>,
    /// The client that made it.
    pub created_by: String,
    /// When the vendor was known to have it.
    pub created_at: DateTime<Utc>,
    /// Where it stood when it was last seen, as the caller spells it; null when nobody has said it yet.
    pub state: Option<String>,
    /// The vendor's number of that state.
    pub state_code: Option<i32>,
    /// When whoever saw it last had asked.
    pub seen_at: DateTime<Utc>,
    /// The number of the row's latest change.
    pub change_seq: i64,
}

impl fmt::Debug for TicketRow {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("TicketRow")
            .field("id", &self.id)
            .field("tenant", &self.tenant)
            .field("vendor", &self.vendor)
            .field("account", &self.account)
            .field("ticket_id", &self.ticket_id)
            .field("created_at", &self.created_at)
            .field("change_seq", &self.change_seq)
            .finish_non_exhaustive()
    }
}

/// Where a ticket of the ledger was seen to stand.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TicketSighting {
    /// The ticket's ledger id.
    pub id: Uuid,
    /// Where it stood when it was seen before; a sighting of a ticket that has moved on since is none.
    pub before: Option<String>,
    /// The vendor's number of that state.
    pub code_before: Option<i32>,
    /// Where it stands.
    pub state: Option<String>,
    /// The vendor's number of that state.
    pub state_code: Option<i32>,
    /// When whoever saw it had asked; a sighting that is older than the last one is none.
    pub asked_at: DateTime<Utc>,
}

/// The part of the store that keeps the tickets that were made.
#[async_trait]
pub trait Tickets: Send + Sync {
    /// The tickets of an account that have these numbers, in no certain order; unknown numbers are left out.
    async fn tickets_by_number(
        &self,
        tenant: &str,
        account: &AccountKey,
        numbers: &[String],
    ) -> Result<Vec<TicketRow>, StoreError>;

    /// Keeps where a ticket was seen, with what that leaves in the timeline; returns whether it was news.
    async fn see_ticket(
        &self,
        tenant: &str,
        sighting: TicketSighting,
        trail: Trail,
        now: DateTime<Utc>,
    ) -> Result<bool, StoreError>;

    /// The tickets with these ids, in no certain order; unknown ids are left out.
    async fn tickets_by_id(&self, tenant: &str, ids: &[Uuid]) -> Result<Vec<TicketRow>, StoreError>;
}
