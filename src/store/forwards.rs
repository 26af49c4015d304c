//! Deliveries that are handed on to a receiver of the tenant's own.
//!
//! The row is written in the transaction that keeps the delivery, so that whatever the vendor was thanked for is handed
//! on, also after a crash.

use async_trait::async_trait;
use chrono::{DateTime, Utc};
use uuid::Uuid;

use super::StoreError;

/// How far the handing on of a delivery has come.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ForwardState {
    /// It is to be handed on.
    Waiting,
    /// The receiver has taken it.
    Taken,
    /// The receiver has not taken it for so long that it is not tried any more.
    GivenUp,
}

impl ForwardState {
    const ALL: [Self; 3] = [Self::Waiting, Self::Taken, Self::GivenUp];

    /// The state's name in the database, in listings and in the metric.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Waiting => "waiting",
            Self::Taken => "taken",
            Self::GivenUp => "given_up",
        }
    }

    /// Reads a state's name.
    #[must_use]
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|state| state.as_str() == name)
    }
}

/// A delivery that is to be handed on now.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ForwardDue {
    /// The delivery's number in the order of arrival.
    pub arrival: i64,
    /// The delivery's id.
    pub delivery_id: Uuid,
    /// How often it was tried.
    pub attempts: i64,
}

/// How the handing on of a delivery stands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ForwardRow {
    /// How far it has come.
    pub state: ForwardState,
    /// Why the last try failed.
    pub note: Option<String>,
    /// How often it was tried.
    pub attempts: i64,
    /// When it is tried next; means something only while it waits.
    pub next_try_at: DateTime<Utc>,
}

/// The part of the store that keeps what is handed on. It is bookkeeping: no row gets a new `change_seq` by it.
#[async_trait]
pub trait Forwards: Send + Sync {
    /// At most `limit` deliveries of a vendor to a tenant that are to be handed on at `now` and arrived after the
    /// number `after`, in the order of arrival.
    async fn forwards_due(
        &self,
        tenant: &str,
        vendor: &str,
        now: DateTime<Utc>,
        after: Option<i64>,
        limit: usize,
    ) -> Result<Vec<ForwardDue>, StoreError>;

    /// When the next delivery is to be handed on, or was; `None` when none waits.
    async fn next_forward_due(&self, tenant: &str, vendor: &str) -> Result<Option<DateTime<Utc>>, StoreError>;

    /// Records how a try has ended.
    async fn settle_forward(&self, arrival: i64, outcome: ForwardRow) -> Result<(), StoreError>;

    /// How the handing on of a delivery stands; none when it is not handed on.
    async fn forward(&self, arrival: i64) -> Result<Option<ForwardRow>, StoreError>;
}
