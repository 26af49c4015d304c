//! Webhook deliveries, kept as they came before anybody reads them.

use std::fmt;

use async_trait::async_trait;
use chrono::{DateTime, Utc};
use tokio::sync::watch;
use uuid::Uuid;

use super::StoreError;

/// How far a delivery has come.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum DeliveryState {
    /// Kept, and to be worked on.
    Received,
    /// Its content became the current one.
    Applied,
    /// Its content was the current one already.
    Unchanged,
    /// A later delivery about the same inspection had been worked on before it.
    Superseded,
    /// It brings no content; that it came was reason to ask the vendor for the inspection's status.
    Noted,
    /// It speaks of an inspection that the ledger does not know.
    Unmatched,
    /// Its body cannot be read.
    Unreadable,
}

impl DeliveryState {
    const ALL: [Self; 7] = [
        Self::Received,
        Self::Applied,
        Self::Unchanged,
        Self::Superseded,
        Self::Noted,
        Self::Unmatched,
        Self::Unreadable,
    ];

    /// The state's name in the database and in listings.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Received => "received",
            Self::Applied => "applied",
            Self::Unchanged => "unchanged",
            Self::Superseded => "superseded",
            Self::Noted => "noted",
            Self::Unmatched => "unmatched",
            Self::Unreadable => "unreadable",
        }
    }

    /// Reads a state's name.
    #[must_use]
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|state| state.as_str() == name)
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
    /// The accounts whose secret it carried, by name; it can speak of these only.
    pub accounts: Vec<String>,
    /// When it came.
    pub received_at: DateTime<Utc>,
    /// The sender's `Content-Type`.
    pub content_type: Option<String>,
    /// What the sender said beside the body, without secrets.
    pub headers: Vec<(String, String)>,
    /// The bytes as sent.
    pub body: Vec<u8>,
    /// Whether it is to be handed on to a receiver of the tenant's own.
    pub forward: bool,
}

impl fmt::Debug for NewDelivery {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("NewDelivery")
            .field("id", &self.id)
            .field("tenant", &self.tenant)
            .field("vendor", &self.vendor)
            .field("accounts", &self.accounts)
            .field("received_at", &self.received_at)
            .field("content_type", &self.content_type)
            .field("headers", &self.headers.len())
            .field("body_bytes", &self.body.len())
            .field("forward", &self.forward)
            .finish()
    }
}

/// The inspection that a delivery speaks of, as it names it. `Debug` leaves out the token, which opens the inspection.
#[derive(Clone, Default, PartialEq, Eq)]
pub struct Named {
    /// The vendor's public token.
    pub token_uid: Option<String>,
    /// The vendor's id of the inspection.
    pub vendor_inspection_id: Option<String>,
}

impl fmt::Debug for Named {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Named").field("vendor_inspection_id", &self.vendor_inspection_id).finish_non_exhaustive()
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
    /// The accounts whose secret it carried, by name.
    pub accounts: Vec<String>,
    /// The account that it belongs to; null while several come into question.
    pub account: Option<String>,
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
    /// What it names; empty until it was read.
    pub names: Named,
    /// The inspection it speaks of, once known.
    pub inspection_id: Option<Uuid>,
    /// How often it was worked on since it came, or since it was opened again.
    pub attempts: i64,
    /// When it is to be worked on; means something only while it is [`DeliveryState::Received`].
    pub next_try_at: DateTime<Utc>,
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
            .field("accounts", &self.accounts)
            .field("account", &self.account)
            .field("received_at", &self.received_at)
            .field("content_type", &self.content_type)
            .field("body_bytes", &self.body.len())
            .field("state", &self.state)
            .field("note", &self.note)
            .field("names", &self.names)
            .field("inspection_id", &self.inspection_id)
            .field("attempts", &self.attempts)
            .field("next_try_at", &self.next_try_at)
            .field("change_seq", &self.change_seq)
            .finish()
    }
}

/// A delivery that is due, without all that it takes to work on it.
///
/// So little of it is read that a row which is damaged elsewhere does not hide its neighbours.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PendingDelivery {
    /// The delivery's id.
    pub id: Uuid,
    /// Its number in the order of arrival.
    pub arrival: i64,
    /// How often it was worked on.
    pub attempts: i64,
}

/// How work on a delivery ended.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Settlement {
    /// The state it is in now; [`DeliveryState::Received`] leaves it to be worked on again.
    pub state: DeliveryState,
    /// Why it came no further, in one safe line; `None` clears an earlier note.
    pub note: Option<String>,
    /// What it names; `None` in it keeps what is known.
    pub names: Named,
    /// The account it belongs to; `None` keeps what is known.
    pub account: Option<String>,
    /// The inspection it speaks of; `None` keeps what is known.
    pub inspection_id: Option<Uuid>,
    /// When it is to be worked on again; `None` keeps what is known.
    pub next_try_at: Option<DateTime<Utc>>,
    /// When the status of `inspection_id` is to be read, if the delivery is a reason to.
    pub read_status_at: Option<DateTime<Utc>>,
}

impl Settlement {
    /// A settlement that tells nothing but the new state.
    #[must_use]
    pub const fn new(state: DeliveryState) -> Self {
        Self {
            state,
            note: None,
            names: Named { token_uid: None, vendor_inspection_id: None },
            account: None,
            inspection_id: None,
            next_try_at: None,
            read_status_at: None,
        }
    }
}

/// The part of the store that keeps webhook deliveries.
///
/// Unmatched deliveries are opened again by the store itself: the transaction in which an inspection is added, or its
/// vendor's inspection id becomes known, makes those that name it and carried the secret of its account
/// [`DeliveryState::Received`] and due, as if they had just come.
#[async_trait]
pub trait Inbox: Send + Sync {
    /// Keeps a delivery; it is on disk when this returns, and only then may the sender be answered.
    async fn insert_delivery(&self, delivery: NewDelivery, now: DateTime<Utc>) -> Result<DeliveryRow, StoreError>;

    /// The delivery with this id.
    async fn delivery(&self, tenant: &str, id: Uuid) -> Result<Option<DeliveryRow>, StoreError>;

    /// At most `limit` deliveries of a vendor to a tenant that are due at `now` and arrived after the number `after`,
    /// in the order of arrival.
    async fn pending_deliveries(
        &self,
        tenant: &str,
        vendor: &str,
        now: DateTime<Utc>,
        after: Option<i64>,
        limit: usize,
    ) -> Result<Vec<PendingDelivery>, StoreError>;

    /// When the next delivery of a vendor to a tenant is due, or has been; `None` when none waits.
    async fn next_delivery_due(&self, tenant: &str, vendor: &str) -> Result<Option<DateTime<Utc>>, StoreError>;

    /// Changes whenever the store has made deliveries due that had come before.
    fn reopened(&self) -> watch::Receiver<u64>;

    /// At most `limit` deliveries of a tenant that arrived after the number `after`, in the order of arrival.
    async fn deliveries(
        &self,
        tenant: &str,
        state: Option<DeliveryState>,
        after: Option<i64>,
        limit: usize,
    ) -> Result<Vec<DeliveryRow>, StoreError>;

    /// Records how work on a delivery ended and counts the attempt; false if there is no such delivery.
    ///
    /// Nothing of the row is read for that, so a damaged one can be put off like any other.
    async fn settle_delivery(
        &self,
        tenant: &str,
        id: Uuid,
        settlement: Settlement,
        now: DateTime<Utc>,
    ) -> Result<bool, StoreError>;
}
