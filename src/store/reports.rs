//! Inspection reports with all their revisions.

use std::fmt;

use async_trait::async_trait;
use chrono::{DateTime, Utc};
use serde_json::Value;
use uuid::Uuid;

use super::{InspectionPatch, StoreError, TimelineRow, Trail};

/// A report as it came. `Debug` leaves out its content.
#[derive(Clone, PartialEq)]
pub struct NewReport {
    /// The id the report gets if it becomes a revision.
    pub id: Uuid,
    /// The tenant.
    pub tenant: String,
    /// The inspection it reports on, by its ledger id.
    pub inspection_id: Uuid,
    /// The hash of what counts as content; two reports with the same hash say the same.
    pub content_hash: String,
    /// The whole report.
    pub data: Value,
    /// The webhook delivery it came in; null when it was fetched.
    pub delivery_id: Option<Uuid>,
    /// When it came.
    pub received_at: DateTime<Utc>,
    /// A revision that the vendor says still holds: while it is the current one, this report does not take its place.
    pub yields_to: Option<Uuid>,
    /// When the inspection's status is to be read, if the report is a reason to: it does not say which step it ends.
    pub read_status_at: Option<DateTime<Utc>>,
}

impl fmt::Debug for NewReport {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("NewReport")
            .field("id", &self.id)
            .field("tenant", &self.tenant)
            .field("inspection_id", &self.inspection_id)
            .field("content_hash", &self.content_hash)
            .field("delivery_id", &self.delivery_id)
            .field("received_at", &self.received_at)
            .finish_non_exhaustive()
    }
}

/// One revision of a report. `Debug` leaves out its content.
#[derive(Clone, PartialEq)]
pub struct ReportRow {
    /// The revision's id.
    pub id: Uuid,
    /// The tenant.
    pub tenant: String,
    /// The vendor's id.
    pub vendor: String,
    /// The account at the vendor.
    pub account: String,
    /// The inspection it reports on, by its ledger id.
    pub inspection_id: Uuid,
    /// Counts from 1 for each inspection; the highest is the current one.
    pub revision: i64,
    /// The hash of what counts as content.
    pub content_hash: String,
    /// The whole report, with the links of the latest delivery that said the same.
    pub data: Value,
    /// The webhook delivery it came in; null when it was fetched.
    pub delivery_id: Option<Uuid>,
    /// The number of the latest delivery that said the same; null when it was fetched.
    pub arrival: Option<i64>,
    /// When it came.
    pub received_at: DateTime<Utc>,
    /// The number of the row's latest change.
    pub change_seq: i64,
}

impl fmt::Debug for ReportRow {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ReportRow")
            .field("id", &self.id)
            .field("tenant", &self.tenant)
            .field("vendor", &self.vendor)
            .field("account", &self.account)
            .field("inspection_id", &self.inspection_id)
            .field("revision", &self.revision)
            .field("content_hash", &self.content_hash)
            .field("delivery_id", &self.delivery_id)
            .field("received_at", &self.received_at)
            .field("change_seq", &self.change_seq)
            .finish_non_exhaustive()
    }
}

/// What came of a report.
#[derive(Clone, Debug, PartialEq)]
pub enum ReportOutcome {
    /// It says something new and is the current revision now.
    Applied {
        /// The new revision.
        report: ReportRow,
        /// The timeline entries that were new.
        timeline: Vec<TimelineRow>,
    },
    /// It says what the current revision says, which has its links now.
    Unchanged {
        /// The current revision.
        current: ReportRow,
    },
    /// What came after it is current already; only its delivery was settled.
    Superseded {
        /// The current revision.
        current: ReportRow,
    },
}

/// The part of the store that keeps inspection reports.
#[async_trait]
pub trait Reports: Send + Sync {
    /// Keeps a report unless it says what the current revision says, and settles its delivery, in one transaction.
    ///
    /// A content that was current earlier and is not now becomes a new revision. With a new revision, `patch` and
    /// `trail` are written too, and the delivery is `Applied`. A report that says what the current revision says brings
    /// no revision: its `data`, whose links work longer, takes the place of the current one's, and the delivery is
    /// `Unchanged`. Content is in the order of arrival: a delivery that came before the one behind the current revision,
    /// and says something else, is `Superseded`; so is a report that yields to the current revision.
    ///
    /// # Errors
    /// [`StoreError::Conflict`] if the tenant has no such inspection or delivery.
    async fn apply_report(
        &self,
        report: NewReport,
        patch: InspectionPatch,
        trail: Trail,
        now: DateTime<Utc>,
    ) -> Result<ReportOutcome, StoreError>;

    /// The current revision for each of these inspections that has one.
    async fn current_reports(&self, tenant: &str, inspection_ids: &[Uuid]) -> Result<Vec<ReportRow>, StoreError>;

    /// At most `limit` revisions of one inspection below the revision `before`, newest first.
    async fn report_revisions(
        &self,
        tenant: &str,
        inspection_id: Uuid,
        before: Option<i64>,
        limit: usize,
    ) -> Result<Vec<ReportRow>, StoreError>;
}
