//! Tickets that were made through the gateway.

use std::fmt;

use async_trait::async_trait;
use chrono::{DateTime, Utc};
use uuid::Uuid;

use super::StoreError;

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

/// The part of the store that keeps the tickets that were made.
#[async_trait]
pub trait Tickets: Send + Sync {
    /// The tickets with these ids, in no certain order; unknown ids are left out.
    async fn tickets_by_id(&self, tenant: &str, ids: &[Uuid]) -> Result<Vec<TicketRow>, StoreError>;
}
