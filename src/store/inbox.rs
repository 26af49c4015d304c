//! Webhook deliveries, kept as they came before anybody reads them.

use std::fmt;

use async_trait::async_trait;
use chrono::{DateTime, Utc};
use uuid::Uuid;

use super::StoreError;

/// How far a delivery has come.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum DeliveryState {
    /// Kept, not yet worked on.
    Received,
    /// Its content became the current one.
    Applied,
    /// Its content was the current one already.
    Unchanged,
    /// It speaks of an inspection that the ledger does not know.
    Unmatched,
    /// Its body cannot be read.
    Unreadable,
}

impl DeliveryState {
    /// The state's name in the database and in listings.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Received => "received",
            Self::Applied => "applied",
            Self::Unchanged => "unchanged",
            Self::Unmatched => "unmatched",
            Self::Unreadable => "unreadable",
        }
    }

    /// Reads a state's name.
    #[must_use]
    pub fn from_name(name: &str) -> Option<Self> {
        [Self::Received, Self::Applied, Self::Unchanged, Self::Unmatched, Self::Unreadable]
            .into_iter()
            .find(|state| state.as_str() == name)
    }
}

/// A delivery as it came. `Debug` shows the size of the body only.
#[derive(Clone, PartialEq, Eq)]
pub struct NewDelivery {
    /// The delivery's id.
    pub id: Uuid,
    /// The tenant whose address it came to.
    pub tenant: String,
    /// The vendor's id.
    pub vendor: String,
    /// When it came.
    pub received_at: DateTime<Utc>,
    /// The sender's `Content-Type`.
    pub content_type: Option<String>,
    /// The bytes as sent.
    pub body: Vec<u8>,
}

impl fmt::Debug for NewDelivery {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("NewDelivery")
            .field("id", &self.id)
            .field("tenant", &self.tenant)
            .field("vendor", &self.vendor)
            .field("received_at", &self.received_at)
            .field("content_type", &self.content_type)
            .field("body_bytes", &self.body.len())
            .finish()
    }
}

/// A delivery as the ledger has it. `Debug` shows the size of the body only.
#[derive(Clone, PartialEq, Eq)]
pub struct DeliveryRow {
    /// The delivery's id.
    pub id: Uuid,
    /// Its number in the order of arrival, over all tenants.
    pub arrival: i64,
    /// The tenant whose address it came to.
    pub tenant: String,
    /// The vendor's id.
    pub vendor: String,
    /// When it came.
    pub received_at: DateTime<Utc>,
    /// The sender's `Content-Type`.
    pub content_type: Option<String>,
    /// The bytes as sent.
    pub body: Vec<u8>,
    /// How far it has come.
    pub state: DeliveryState,
    /// Why it came no further, in one safe line.
    pub note: Option<String>,
    /// The inspection it speaks of, once known.
    pub inspection_id: Option<Uuid>,
    /// How often it was worked on.
    pub attempts: i64,
    /// The number of the row's latest change.
    pub change_seq: i64,
}

impl fmt::Debug for DeliveryRow {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("DeliveryRow")
            .field("id", &self.id)
            .field("arrival", &self.arrival)
            .field("tenant", &self.tenant)
            .field("vendor", &self.vendor)
            .field("received_at", &self.received_at)
            .field("content_type", &self.content_type)
            .field("body_bytes", &self.body.len())
            .field("state", &self.state)
            .field("note", &self.note)
            .field("inspection_id", &self.inspection_id)
            .field("attempts", &self.attempts)
            .field("change_seq", &self.change_seq)
            .finish()
    }
}

/// How work on a delivery ended.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Settlement {
    /// The state it is in now; [`DeliveryState::Received`] leaves it to be worked on again.
    pub state: DeliveryState,
    /// Why it came no further, in one safe line; `None` clears an earlier note.
    pub note: Option<String>,
    /// The inspection it speaks of; `None` keeps what is known.
    pub inspection_id: Option<Uuid>,
}

/// The part of the store that keeps webhook deliveries.
#[async_trait]
pub trait Inbox: Send + Sync {
    /// Keeps a delivery; it is on disk when this returns, and only then may the sender be answered.
    async fn insert_delivery(&self, delivery: NewDelivery) -> Result<DeliveryRow, StoreError>;

    /// The delivery with this id.
    async fn delivery(&self, tenant: &str, id: Uuid) -> Result<Option<DeliveryRow>, StoreError>;

    /// At most `limit` deliveries of any tenant that wait to be worked on, in the order of arrival.
    async fn pending_deliveries(&self, limit: usize) -> Result<Vec<DeliveryRow>, StoreError>;

    /// At most `limit` deliveries of a tenant that arrived after the number `after`, in the order of arrival.
    async fn deliveries(
        &self,
        tenant: &str,
        state: Option<DeliveryState>,
        after: Option<i64>,
        limit: usize,
    ) -> Result<Vec<DeliveryRow>, StoreError>;

    /// Records how work on a delivery ended and counts the attempt; `None` if there is no such delivery.
    async fn settle_delivery(
        &self,
        tenant: &str,
        id: Uuid,
        settlement: Settlement,
        now: DateTime<Utc>,
    ) -> Result<Option<DeliveryRow>, StoreError>;
}
