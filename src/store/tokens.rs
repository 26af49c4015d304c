//! Inspections: every token that the gateway made or met.

use std::fmt;

use async_trait::async_trait;
use chrono::{DateTime, Utc};
use serde_json::Value;
use uuid::Uuid;

use super::{AccountKey, CreatedCursor, Page, StoreError, TimelineRow, Trail};

/// An inspection as the ledger knows it.
///
/// One row for each tenant, vendor, account, environment and token. `Debug` leaves out what names a person or a car.
#[derive(Clone, PartialEq)]
pub struct InspectionRow {
    /// The ledger's own id, given at first sight and kept for ever.
    pub id: Uuid,
    /// The tenant.
    pub tenant: String,
    /// The vendor's id.
    pub vendor: String,
    /// The account at the vendor.
    pub account: String,
    /// The vendor's environment, such as `production`.
    pub environment: String,
    /// The vendor's public token; whoever has it can open the inspection.
    pub token_uid: String,
    /// The vendor's internal id of the token.
    pub vendor_token_id: Option<String>,
    /// The vendor's id of the inspection, known once it has begun.
    pub vendor_inspection_id: Option<String>,
    /// The vendor's id of the vehicle.
    pub vendor_vehicle_id: Option<String>,
    /// The vehicle's VIN.
    pub vin: Option<String>,
    /// The plate as it was written.
    pub license_plate: Option<String>,
    /// The language of the inspection, as the vendor writes it.
    pub locale: Option<String>,
    /// Who reviews the damages, as the caller spells it.
    pub damage_review: Option<String>,
    /// How the link is sent, as the caller spells it.
    pub delivery: Option<String>,
    /// The vendor's latest status.
    pub status_code: i64,
    /// The latest status that was a step forward.
    pub last_progress_status: Option<i64>,
    /// When the status last changed, as far as the gateway knows.
    pub status_changed_at: Option<DateTime<Utc>>,
    /// When the inspection was made.
    pub created_at: DateTime<Utc>,
    /// When the link stops working.
    pub expires_at: Option<DateTime<Utc>>,
    /// Whether the vendor called it expired.
    pub expired: bool,
    /// The person who was asked to inspect; null when nobody was named.
    pub customer: Option<Value>,
    /// The vendor's id of the agent in whose name it runs.
    pub agent_id: Option<String>,
    /// The client that made it; null when the gateway only met it.
    pub created_by: Option<String>,
    /// When the vendor told that it was deleted.
    pub deleted_at: Option<DateTime<Utc>>,
    /// When the gateway last had the vendor's word on it.
    pub seen_at: DateTime<Utc>,
    /// The number of the row's latest change; a new `seen_at` alone is no change.
    pub change_seq: i64,
}

impl fmt::Debug for InspectionRow {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("InspectionRow")
            .field("id", &self.id)
            .field("tenant", &self.tenant)
            .field("vendor", &self.vendor)
            .field("account", &self.account)
            .field("environment", &self.environment)
            .field("status_code", &self.status_code)
            .field("expired", &self.expired)
            .field("change_seq", &self.change_seq)
            .finish_non_exhaustive()
    }
}

/// What has become known of an inspection; `None` keeps what the ledger has.
#[derive(Clone, Default, PartialEq)]
pub struct InspectionPatch {
    /// The vendor's internal id of the token.
    pub vendor_token_id: Option<String>,
    /// The vendor's id of the inspection.
    pub vendor_inspection_id: Option<String>,
    /// The vendor's id of the vehicle.
    pub vendor_vehicle_id: Option<String>,
    /// The vehicle's VIN.
    pub vin: Option<String>,
    /// The plate as it was written.
    pub license_plate: Option<String>,
    /// The language of the inspection.
    pub locale: Option<String>,
    /// The vendor's latest status.
    pub status_code: Option<i64>,
    /// The latest status that was a step forward.
    pub last_progress_status: Option<i64>,
    /// When the status last changed.
    pub status_changed_at: Option<DateTime<Utc>>,
    /// When the link stops working.
    pub expires_at: Option<DateTime<Utc>>,
    /// Whether the vendor called it expired.
    pub expired: Option<bool>,
    /// The person who was asked to inspect.
    pub customer: Option<Value>,
    /// The vendor's id of the agent.
    pub agent_id: Option<String>,
    /// When the vendor told that it was deleted; the first word on it holds, until the token leads to another inspection.
    pub deleted_at: Option<DateTime<Utc>>,
    /// When the vendor said all this; an earlier time than the ledger's keeps the ledger's.
    pub seen_at: Option<DateTime<Utc>>,
}

impl fmt::Debug for InspectionPatch {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("InspectionPatch")
            .field("status_code", &self.status_code)
            .field("expired", &self.expired)
            .field("seen_at", &self.seen_at)
            .finish_non_exhaustive()
    }
}

/// What a patch has led to.
#[derive(Clone, Debug, PartialEq)]
pub struct Patched {
    /// The row after the patch.
    pub inspection: InspectionRow,
    /// Whether the row is another than before (a new `seen_at` alone does not count).
    pub changed: bool,
    /// The timeline entries that were new.
    pub timeline: Vec<TimelineRow>,
}

/// Which inspections a list holds; `None` lets all through.
#[derive(Clone, Default, PartialEq)]
pub struct InspectionQuery {
    /// The tenant.
    pub tenant: String,
    /// The accounts whose rows may be seen.
    pub accounts: Vec<AccountKey>,
    /// Only of this VIN.
    pub vin: Option<String>,
    /// Only with this status.
    pub status_code: Option<i64>,
    /// Only those that are, or are not, expired.
    pub expired: Option<bool>,
    /// Only rows with a higher `change_seq`.
    pub changed_after_seq: Option<i64>,
    /// Only with this plate, in the form that is compared.
    pub plate_key: Option<String>,
    /// Only those that have, or have not, a vehicle: by VIN, or by a plate that one VIN alone has.
    pub has_vehicle: Option<bool>,
    /// Also those that were deleted.
    pub with_deleted: bool,
}

impl fmt::Debug for InspectionQuery {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("InspectionQuery")
            .field("tenant", &self.tenant)
            .field("accounts", &self.accounts)
            .field("status_code", &self.status_code)
            .field("expired", &self.expired)
            .field("changed_after_seq", &self.changed_after_seq)
            .finish_non_exhaustive()
    }
}

/// Which inspections are to be looked at again.
#[derive(Clone, Debug, PartialEq)]
pub struct OpenInspections {
    /// Only of this tenant; all tenants when absent.
    pub tenant: Option<String>,
    /// The status that ends an inspection.
    pub done_status: i64,
    /// The present moment: links that have run out by then are not open.
    pub now: DateTime<Utc>,
    /// Only rows that were last seen before this.
    pub seen_before: DateTime<Utc>,
    /// At most so many rows.
    pub limit: usize,
}

/// The part of the store that keeps inspections.
#[async_trait]
pub trait Tokens: Send + Sync {
    /// Keeps an inspection and returns it as stored.
    ///
    /// A row with the same tenant, vendor, account, environment and token keeps its id, `created_at` and `created_by`,
    /// and every column for which `row` has no value; `seen_at` becomes the later one.
    async fn upsert_inspection(&self, row: InspectionRow, now: DateTime<Utc>) -> Result<InspectionRow, StoreError>;

    /// Adds what has become known of an inspection, with its trail, in one transaction; `None` if there is no such row.
    async fn patch_inspection(
        &self,
        tenant: &str,
        id: Uuid,
        patch: InspectionPatch,
        trail: Trail,
        now: DateTime<Utc>,
    ) -> Result<Option<Patched>, StoreError>;

    /// The inspections with these ids, in no certain order; unknown ids are left out.
    async fn inspections_by_id(&self, tenant: &str, ids: &[Uuid]) -> Result<Vec<InspectionRow>, StoreError>;

    /// The inspections with these tokens, in one environment or in all.
    async fn inspections_by_token(
        &self,
        tenant: &str,
        environment: Option<&str>,
        token_uids: &[String],
    ) -> Result<Vec<InspectionRow>, StoreError>;

    /// The inspection with the vendor's own inspection id, newest first when several environments have one.
    async fn inspections_by_vendor_id(
        &self,
        tenant: &str,
        vendor: &str,
        vendor_inspection_ids: &[String],
    ) -> Result<Vec<InspectionRow>, StoreError>;

    /// The inspections of these VINs without those that were deleted, newest first.
    async fn inspections_by_vin(
        &self,
        tenant: &str,
        accounts: &[AccountKey],
        vins: &[String],
    ) -> Result<Vec<InspectionRow>, StoreError>;

    /// The inspections without a VIN that were not deleted, whose plate is that of one of these VINs and of no other,
    /// each with that VIN, newest first.
    async fn inspections_by_plate_of(
        &self,
        tenant: &str,
        accounts: &[AccountKey],
        vins: &[String],
    ) -> Result<Vec<(String, InspectionRow)>, StoreError>;

    /// One page of inspections, newest first.
    async fn inspection_page(
        &self,
        query: &InspectionQuery,
        after: Option<CreatedCursor>,
        first: usize,
    ) -> Result<Page<InspectionRow>, StoreError>;

    /// How many inspections the list holds.
    async fn inspection_count(&self, query: &InspectionQuery) -> Result<u64, StoreError>;

    /// Inspections that are neither done nor expired, those first that were not seen for longest.
    async fn open_inspections(&self, query: &OpenInspections) -> Result<Vec<InspectionRow>, StoreError>;
}
