//! Cars that were pushed to a stock vendor, which cannot be read back there.

use std::fmt;

use async_trait::async_trait;
use chrono::{DateTime, Utc};
use serde_json::Value;
use uuid::Uuid;

use super::{AccountKey, CreatedCursor, Page, StoreError};

/// A car as it was pushed. `Debug` leaves out what names the car.
#[derive(Clone, PartialEq)]
pub struct ListingRow {
    /// The ledger's own id.
    pub id: Uuid,
    /// The tenant.
    pub tenant: String,
    /// The vendor's id.
    pub vendor: String,
    /// The account at the vendor.
    pub account: String,
    /// The vendor's environment, such as `production`.
    pub environment: String,
    /// The vendor's id of the car; null when the vendor told none.
    pub vendor_car_id: Option<String>,
    /// The dealership, by its name in the configuration.
    pub dealership: String,
    /// The tenant's own number of the car, unique within the dealership and environment.
    pub internal_id: String,
    /// The vehicle's VIN.
    pub vin: Option<String>,
    /// The plate as it was written.
    pub license_plate: Option<String>,
    /// All that was sent.
    pub car: Value,
    /// When the vendor accepted it.
    pub pushed_at: DateTime<Utc>,
    /// The client that pushed it.
    pub created_by: String,
    /// The number of the row's latest change.
    pub change_seq: i64,
}

impl fmt::Debug for ListingRow {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ListingRow")
            .field("id", &self.id)
            .field("tenant", &self.tenant)
            .field("vendor", &self.vendor)
            .field("account", &self.account)
            .field("environment", &self.environment)
            .field("vendor_car_id", &self.vendor_car_id)
            .field("dealership", &self.dealership)
            .field("pushed_at", &self.pushed_at)
            .field("change_seq", &self.change_seq)
            .finish_non_exhaustive()
    }
}

/// Which listings a list holds; `None` lets all through.
#[derive(Clone, Default, PartialEq)]
pub struct ListingQuery {
    /// The tenant.
    pub tenant: String,
    /// The accounts whose rows may be seen.
    pub accounts: Vec<AccountKey>,
    /// Only of this VIN.
    pub vin: Option<String>,
    /// Only of this dealership.
    pub dealership: Option<String>,
    /// Only with this number of the tenant.
    pub internal_id: Option<String>,
    /// Only rows with a higher `change_seq`.
    pub changed_after_seq: Option<i64>,
}

impl fmt::Debug for ListingQuery {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ListingQuery")
            .field("tenant", &self.tenant)
            .field("accounts", &self.accounts)
            .field("dealership", &self.dealership)
            .field("changed_after_seq", &self.changed_after_seq)
            .finish_non_exhaustive()
    }
}

/// The part of the store that keeps listings.
#[async_trait]
pub trait Listings: Send + Sync {
    /// Keeps a listing and returns it as stored.
    ///
    /// A row with the same tenant, vendor, account, environment, dealership and `internal_id` keeps its id; all else is
    /// replaced, save that a missing `vendor_car_id` keeps the known one.
    async fn upsert_listing(&self, row: ListingRow, now: DateTime<Utc>) -> Result<ListingRow, StoreError>;

    /// The listings with these ids, in no certain order; unknown ids are left out.
    async fn listings_by_id(&self, tenant: &str, ids: &[Uuid]) -> Result<Vec<ListingRow>, StoreError>;

    /// The listings of these VINs, newest first.
    async fn listings_by_vin(
        &self,
        tenant: &str,
        accounts: &[AccountKey],
        vins: &[String],
    ) -> Result<Vec<ListingRow>, StoreError>;

    /// The listings of one dealership with these numbers of the tenant, in one environment or in all.
    async fn listings_by_internal_id(
        &self,
        tenant: &str,
        account: &AccountKey,
        environment: Option<&str>,
        dealership: &str,
        internal_ids: &[String],
    ) -> Result<Vec<ListingRow>, StoreError>;

    /// One page of listings, newest first.
    async fn listing_page(
        &self,
        query: &ListingQuery,
        after: Option<CreatedCursor>,
        first: usize,
    ) -> Result<Page<ListingRow>, StoreError>;

    /// How many listings the list holds.
    async fn listing_count(&self, query: &ListingQuery) -> Result<u64, StoreError>;
}
