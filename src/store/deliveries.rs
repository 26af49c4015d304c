//! Looking through the webhook deliveries, and having some worked on again.

use async_trait::async_trait;
use chrono::{DateTime, Utc};
use uuid::Uuid;

use super::{DeliveryState, StoreError};

/// Which deliveries are meant; what is `None` or empty asks for nothing.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct DeliveryQuery {
    /// This delivery only.
    pub id: Option<Uuid>,
    /// Those to this tenant.
    pub tenant: Option<String>,
    /// Those in one of these states.
    pub states: Vec<DeliveryState>,
    /// Those that came at this time or later.
    pub since: Option<DateTime<Utc>>,
}

/// A delivery without its body.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DeliveryLine {
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
    /// How far it has come.
    pub state: DeliveryState,
    /// Why it came no further.
    pub note: Option<String>,
    /// The inspection it speaks of, once known.
    pub inspection_id: Option<Uuid>,
    /// How often it was worked on.
    pub attempts: i64,
    /// The length of its body, in bytes.
    pub body_bytes: i64,
}

/// The part of the store by which an operator looks after deliveries.
#[async_trait]
pub trait Deliveries: Send + Sync {
    /// At most `limit` deliveries, the latest first.
    async fn delivery_lines(&self, query: &DeliveryQuery, limit: usize) -> Result<Vec<DeliveryLine>, StoreError>;

    /// What the sender of a delivery said beside the body, without secrets.
    async fn delivery_headers(&self, arrival: i64) -> Result<Vec<(String, String)>, StoreError>;

    /// Makes deliveries due as if they had just come, in their old places in the order of arrival; gives how many.
    ///
    /// That is why it does no harm to one that was applied: what came after it stays the current content.
    async fn reopen_deliveries(&self, query: &DeliveryQuery, now: DateTime<Utc>) -> Result<u64, StoreError>;
}
