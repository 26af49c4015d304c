//! Which inspections' status is to be read from the vendor, because a delivery spoke of them.
//!
//! The call is written in the transaction that settles the delivery and cleared after the reading, so that neither a
//! crash nor a vendor that does not answer loses it. It is bookkeeping: no row gets a new `change_seq` by it.

use std::fmt;

use async_trait::async_trait;
use chrono::{DateTime, Utc};
use uuid::Uuid;

use super::StoreError;

/// An inspection whose status is to be read. `Debug` leaves out the token, which opens the inspection.
#[derive(Clone, PartialEq, Eq)]
pub struct StatusDue {
    /// The inspection's ledger id.
    pub inspection_id: Uuid,
    /// The account at the vendor.
    pub account: String,
    /// The vendor's environment.
    pub environment: String,
    /// The vendor's public token.
    pub token_uid: String,
    /// How often something has called for a reading; it identifies the latest call.
    pub calls: i64,
    /// How many readings have failed since the latest call.
    pub failures: i64,
}

impl fmt::Debug for StatusDue {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("StatusDue")
            .field("inspection_id", &self.inspection_id)
            .field("account", &self.account)
            .field("environment", &self.environment)
            .field("calls", &self.calls)
            .field("failures", &self.failures)
            .finish_non_exhaustive()
    }
}

/// Which inspections are asked for although nothing spoke of them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PollQuery {
    /// The tenant.
    pub tenant: String,
    /// The vendor's id.
    pub vendor: String,
    /// The vendor's number of the status behind which nothing comes.
    pub finished: i64,
    /// The first question comes so many milliseconds after an inspection was last seen.
    pub first_millis: i64,
    /// Inspections that were to expire before this are left alone, whatever the vendor last said of them.
    pub expiring_after: DateTime<Utc>,
    /// A finished inspection without a report is asked for so many times at most.
    pub most_for_report: i64,
}

/// An inspection that is to be asked for. `Debug` leaves out the token, which opens the inspection.
#[derive(Clone, PartialEq, Eq)]
pub struct PollDue {
    /// The inspection's ledger id.
    pub inspection_id: Uuid,
    /// The account at the vendor.
    pub account: String,
    /// The vendor's environment.
    pub environment: String,
    /// The vendor's public token.
    pub token_uid: String,
    /// The status that the ledger knows.
    pub status_code: i64,
    /// How often it was asked for since that status is known.
    pub polls: i64,
}

impl fmt::Debug for PollDue {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("PollDue")
            .field("inspection_id", &self.inspection_id)
            .field("account", &self.account)
            .field("status_code", &self.status_code)
            .field("polls", &self.polls)
            .finish_non_exhaustive()
    }
}

/// The part of the store that keeps which statuses are to be read.
///
/// A call that comes while an earlier one waits does not delay it: both are answered by one reading. A call that comes
/// while the reading is on its way is not answered by it, which is why `calls` goes out and comes back.
#[async_trait]
pub trait Statuses: Send + Sync {
    /// At most `limit` inspections of a tenant at a vendor whose status is due at `now`, by their id after `after`.
    async fn statuses_due(
        &self,
        tenant: &str,
        vendor: &str,
        now: DateTime<Utc>,
        after: Option<Uuid>,
        limit: usize,
    ) -> Result<Vec<StatusDue>, StoreError>;

    /// When the next status of a tenant at a vendor is due, or has been; `None` when none waits.
    async fn next_status_due(&self, tenant: &str, vendor: &str) -> Result<Option<DateTime<Utc>>, StoreError>;

    /// Records that the status was read, or is not to be read any more; false if there has been a newer call since.
    async fn status_read(&self, tenant: &str, inspection_id: Uuid, calls: i64) -> Result<bool, StoreError>;

    /// Records that a reading failed and when the next is due; false if there has been a newer call since.
    async fn put_off_status(
        &self,
        tenant: &str,
        inspection_id: Uuid,
        calls: i64,
        until: DateTime<Utc>,
    ) -> Result<bool, StoreError>;

    /// At most `limit` inspections that are to be asked for at `now`: those that are not finished, and those that are
    /// and have no report; the ones that wait for longest first.
    async fn polls_due(&self, query: &PollQuery, now: DateTime<Utc>, limit: usize) -> Result<Vec<PollDue>, StoreError>;

    /// When the next inspection is to be asked for, or was; `None` when none waits.
    async fn next_poll_due(&self, query: &PollQuery) -> Result<Option<DateTime<Utc>>, StoreError>;

    /// Records that an inspection was asked for, and when it is to be asked for next, unless its status has become
    /// another one since: then the questions begin anew.
    async fn polled(&self, tenant: &str, poll: &PollDue, next: DateTime<Utc>) -> Result<(), StoreError>;
}
