//! What happened to a car, across all vendors.

use std::fmt;

use async_trait::async_trait;
use chrono::{DateTime, Utc};
use serde_json::Value;
use uuid::Uuid;

use super::{AccountKey, StoreError, VehicleTouch};

/// One thing that happened. `Debug` leaves out VIN and content.
#[derive(Clone, PartialEq)]
pub struct TimelineRow {
    /// The entry's id.
    pub id: Uuid,
    /// The tenant.
    pub tenant: String,
    /// The vendor's id.
    pub vendor: String,
    /// The account at the vendor.
    pub account: String,
    /// The vehicle's VIN; null when it was not known then.
    pub vin: Option<String>,
    /// What it happened to: a ledger id or a vendor's id as text.
    pub subject: String,
    /// What happened, as the caller spells it.
    pub kind: String,
    /// When it happened.
    pub at: DateTime<Utc>,
    /// The content of the entry.
    pub data: Value,
    /// The same key within a tenant is the same happening, which is kept once.
    pub dedupe_key: String,
    /// The number of the change that added the entry.
    pub change_seq: i64,
}

impl fmt::Debug for TimelineRow {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("TimelineRow")
            .field("id", &self.id)
            .field("tenant", &self.tenant)
            .field("vendor", &self.vendor)
            .field("account", &self.account)
            .field("kind", &self.kind)
            .field("at", &self.at)
            .field("change_seq", &self.change_seq)
            .finish_non_exhaustive()
    }
}

/// The place of an entry in a timeline that runs from the newest entry to the oldest.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct TimelineCursor {
    /// When it happened.
    pub at: DateTime<Utc>,
    /// The entry's `change_seq`, which decides between entries of one moment.
    pub change_seq: i64,
}

impl TimelineRow {
    /// The place of this entry.
    #[must_use]
    pub const fn cursor(&self) -> TimelineCursor {
        TimelineCursor { at: self.at, change_seq: self.change_seq }
    }
}

/// What a change leaves in timeline and vehicle index, written in the transaction of the change.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Trail {
    /// Entries to add.
    pub timeline: Vec<TimelineRow>,
    /// What has become known of vehicles.
    pub vehicles: Vec<VehicleTouch>,
}

/// The part of the store that keeps the timeline.
#[async_trait]
pub trait Timeline: Send + Sync {
    /// Adds entries and returns those that were new, as stored.
    ///
    /// An entry whose `dedupe_key` the tenant has already is left out.
    async fn append(&self, entries: Vec<TimelineRow>, now: DateTime<Utc>) -> Result<Vec<TimelineRow>, StoreError>;

    /// At most `limit` entries of a VIN that come after a place, newest first.
    async fn timeline(
        &self,
        tenant: &str,
        accounts: &[AccountKey],
        vin: &str,
        after: Option<TimelineCursor>,
        limit: usize,
    ) -> Result<Vec<TimelineRow>, StoreError>;

    /// At most `limit` entries of a VIN that were added after the change `after_seq`, in the order they were added.
    ///
    /// This is what a listener that comes back has missed.
    async fn timeline_since(
        &self,
        tenant: &str,
        accounts: &[AccountKey],
        vin: &str,
        after_seq: i64,
        limit: usize,
    ) -> Result<Vec<TimelineRow>, StoreError>;

    /// The number of the latest change of all, after which a new listener listens.
    async fn last_change(&self) -> Result<i64, StoreError>;

    /// The number of the tenant's latest change of a vehicle, an inspection or a listing; 0 before the first.
    async fn last_change_of_lists(&self, tenant: &str) -> Result<i64, StoreError>;

    /// At most `limit` entries of one subject, newest first.
    async fn timeline_of_subject(
        &self,
        tenant: &str,
        accounts: &[AccountKey],
        subject: &str,
        limit: usize,
    ) -> Result<Vec<TimelineRow>, StoreError>;
}
