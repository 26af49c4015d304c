//! The vehicle index: one row for each VIN and account, since no vendor can list all vehicles.

use std::fmt;

use async_trait::async_trait;
use chrono::{DateTime, Utc};

use super::{AccountKey, Page, StoreError};

/// What one account knows of a vehicle. `Debug` leaves out VIN and plate.
#[derive(Clone, PartialEq, Eq)]
pub struct VehicleRow {
    /// The tenant.
    pub tenant: String,
    /// The vendor's id.
    pub vendor: String,
    /// The account at the vendor.
    pub account: String,
    /// The VIN.
    pub vin: String,
    /// The plate as it was written.
    pub license_plate: Option<String>,
    /// The plate in the form that is compared.
    pub plate_key: Option<String>,
    /// The make's name.
    pub make: Option<String>,
    /// The model group's name.
    pub model_group: Option<String>,
    /// The model's name.
    pub model: Option<String>,
    /// The variant's name.
    pub variant: Option<String>,
    /// When the vehicle was last serviced.
    pub last_serviced_at: Option<DateTime<Utc>>,
    /// When anything last happened to it.
    pub last_activity_at: DateTime<Utc>,
    /// Whether a listing was pushed.
    pub listed: bool,
    /// The status of its latest inspection.
    pub inspection_status: Option<i64>,
    /// Whether it has an open ticket; null when nobody has told.
    pub has_open_ticket: Option<bool>,
    /// The vendor's number of the open ticket.
    pub open_ticket: Option<String>,
    /// The number of the row's latest change.
    pub change_seq: i64,
}

impl fmt::Debug for VehicleRow {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("VehicleRow")
            .field("tenant", &self.tenant)
            .field("vendor", &self.vendor)
            .field("account", &self.account)
            .field("last_activity_at", &self.last_activity_at)
            .field("listed", &self.listed)
            .field("inspection_status", &self.inspection_status)
            .field("has_open_ticket", &self.has_open_ticket)
            .field("change_seq", &self.change_seq)
            .finish_non_exhaustive()
    }
}

/// What has become known of a vehicle; `None` keeps what the index has. `Debug` leaves out VIN and plate.
#[derive(Clone, Default, PartialEq, Eq)]
pub struct VehicleTouch {
    /// The tenant.
    pub tenant: String,
    /// The vendor's id.
    pub vendor: String,
    /// The account at the vendor.
    pub account: String,
    /// The VIN.
    pub vin: String,
    /// The plate as it was written.
    pub license_plate: Option<String>,
    /// The plate in upper case without spaces and hyphens, set together with `license_plate`.
    pub plate_key: Option<String>,
    /// The make's name.
    pub make: Option<String>,
    /// The model group's name.
    pub model_group: Option<String>,
    /// The model's name.
    pub model: Option<String>,
    /// The variant's name.
    pub variant: Option<String>,
    /// When the vehicle was serviced; the latest time stays.
    pub last_serviced_at: Option<DateTime<Utc>>,
    /// When something happened to it; the latest time stays. Absent, a new row takes `last_serviced_at`, else 1970.
    pub last_activity_at: Option<DateTime<Utc>>,
    /// Whether a listing was pushed.
    pub listed: Option<bool>,
    /// The status of its latest inspection.
    pub inspection_status: Option<i64>,
    /// The status that the index has is that of an inspection which was deleted.
    pub forgets_inspection: bool,
    /// Whether it has an open ticket. False is not believed while the index knows an open one that is not among
    /// `closed_tickets`.
    pub has_open_ticket: Option<bool>,
    /// The vendor's number of the open ticket.
    pub open_ticket: Option<String>,
    /// The vendor's numbers of tickets that have ended.
    pub closed_tickets: Vec<String>,
}

impl fmt::Debug for VehicleTouch {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("VehicleTouch")
            .field("tenant", &self.tenant)
            .field("vendor", &self.vendor)
            .field("account", &self.account)
            .field("last_activity_at", &self.last_activity_at)
            .field("listed", &self.listed)
            .field("inspection_status", &self.inspection_status)
            .field("has_open_ticket", &self.has_open_ticket)
            .finish_non_exhaustive()
    }
}

/// What all visible accounts together know of a vehicle. `Debug` leaves out VIN and plate.
///
/// Each value comes from the row with the latest activity that has one; rows with the same activity stand in the
/// order of vendor and account.
#[derive(Clone, PartialEq, Eq)]
pub struct MergedVehicle {
    /// The VIN.
    pub vin: String,
    /// The accounts that know it, the one with the latest activity first.
    pub accounts: Vec<AccountKey>,
    /// The plate as it was written.
    pub license_plate: Option<String>,
    /// The plate in the form that is compared.
    pub plate_key: Option<String>,
    /// The make's name.
    pub make: Option<String>,
    /// The model group's name.
    pub model_group: Option<String>,
    /// The model's name.
    pub model: Option<String>,
    /// The variant's name.
    pub variant: Option<String>,
    /// The latest service of all accounts.
    pub last_serviced_at: Option<DateTime<Utc>>,
    /// The latest activity of all accounts.
    pub last_activity_at: DateTime<Utc>,
    /// Whether any account pushed a listing.
    pub listed: bool,
    /// The status of its latest inspection.
    pub inspection_status: Option<i64>,
    /// Whether any account has an open ticket; null when nobody has told.
    pub has_open_ticket: Option<bool>,
    /// The latest change of all accounts.
    pub change_seq: i64,
}

impl fmt::Debug for MergedVehicle {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("MergedVehicle")
            .field("accounts", &self.accounts)
            .field("last_activity_at", &self.last_activity_at)
            .field("listed", &self.listed)
            .field("inspection_status", &self.inspection_status)
            .field("has_open_ticket", &self.has_open_ticket)
            .field("change_seq", &self.change_seq)
            .finish_non_exhaustive()
    }
}

impl MergedVehicle {
    /// Joins the rows of one VIN; `None` without rows.
    #[must_use]
    pub fn of(mut rows: Vec<VehicleRow>) -> Option<Self> {
        rows.sort_by(|a, b| {
            (b.last_activity_at, &a.vendor, &a.account).cmp(&(a.last_activity_at, &b.vendor, &b.account))
        });
        let mut rows = rows.into_iter();
        let first = rows.next()?;
        let mut merged = Self {
            vin: first.vin,
            accounts: vec![AccountKey { vendor: first.vendor, account: first.account }],
            license_plate: first.license_plate,
            plate_key: first.plate_key,
            make: first.make,
            model_group: first.model_group,
            model: first.model,
            variant: first.variant,
            last_serviced_at: first.last_serviced_at,
            last_activity_at: first.last_activity_at,
            listed: first.listed,
            inspection_status: first.inspection_status,
            has_open_ticket: first.has_open_ticket,
            change_seq: first.change_seq,
        };
        for row in rows {
            merged.join(row);
        }
        Some(merged)
    }

    /// The place of this vehicle in a list.
    #[must_use]
    pub fn cursor(&self) -> VehicleCursor {
        VehicleCursor { last_activity_at: self.last_activity_at, vin: self.vin.clone() }
    }

    fn join(&mut self, row: VehicleRow) {
        self.accounts.push(AccountKey { vendor: row.vendor, account: row.account });
        if self.plate_key.is_none() {
            // a plate and its key come from one row, so that they never speak of two plates
            self.license_plate = row.license_plate.or(self.license_plate.take());
            self.plate_key = row.plate_key;
        }
        self.make = self.make.take().or(row.make);
        self.model_group = self.model_group.take().or(row.model_group);
        self.model = self.model.take().or(row.model);
        self.variant = self.variant.take().or(row.variant);
        self.last_serviced_at = self.last_serviced_at.max(row.last_serviced_at);
        self.listed |= row.listed;
        self.inspection_status = self.inspection_status.or(row.inspection_status);
        // `None < Some(false) < Some(true)`: an open ticket anywhere wins, then a known absence
        self.has_open_ticket = self.has_open_ticket.max(row.has_open_ticket);
        self.change_seq = self.change_seq.max(row.change_seq);
    }
}

/// The place of a vehicle in a list.
#[derive(Clone, PartialEq, Eq)]
pub struct VehicleCursor {
    /// The vehicle's latest activity when the page was cut; unused in the order of VINs.
    pub last_activity_at: DateTime<Utc>,
    /// The VIN.
    pub vin: String,
}

impl fmt::Debug for VehicleCursor {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("VehicleCursor").field("last_activity_at", &self.last_activity_at).finish_non_exhaustive()
    }
}

/// The order of a list of vehicles.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum VehicleOrder {
    /// The latest activity first; VINs from Z to A within one moment.
    #[default]
    LastActivity,
    /// VINs from A to Z.
    Vin,
}

/// Which vehicles a list holds; `None` lets all through. `Debug` leaves out plate and text.
///
/// A vehicle is judged by what all visible accounts together know of it, as [`MergedVehicle`] joins it; plate and text
/// are found in any of its rows.
#[derive(Clone, Default, PartialEq, Eq)]
pub struct VehicleFilter {
    /// The make's name; upper and lower case of A to Z are the same.
    pub make: Option<String>,
    /// The model's name; upper and lower case of A to Z are the same.
    pub model: Option<String>,
    /// The plate in the form that is compared.
    pub plate_key: Option<String>,
    /// Words that must all occur in VIN, plate, make, model group, model or variant, upper or lower case.
    pub text: Option<String>,
    /// Whether any account pushed a listing.
    pub listed: Option<bool>,
    /// The status of the latest inspection.
    pub inspection_status: Option<i64>,
    /// Whether there is an open ticket; a vehicle of which nobody has told is in neither list.
    pub has_open_ticket: Option<bool>,
    /// Only vehicles that a visible account changed after this number.
    pub changed_after_seq: Option<i64>,
}

impl fmt::Debug for VehicleFilter {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("VehicleFilter")
            .field("make", &self.make)
            .field("model", &self.model)
            .field("listed", &self.listed)
            .field("inspection_status", &self.inspection_status)
            .field("has_open_ticket", &self.has_open_ticket)
            .field("changed_after_seq", &self.changed_after_seq)
            .finish_non_exhaustive()
    }
}

/// A list of vehicles, or one page of it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct VehicleQuery {
    /// The tenant.
    pub tenant: String,
    /// The accounts whose rows may be seen.
    pub accounts: Vec<AccountKey>,
    /// Which vehicles.
    pub filter: VehicleFilter,
    /// In which order.
    pub order: VehicleOrder,
    /// The place after which the page begins; the start when absent.
    pub after: Option<VehicleCursor>,
    /// How many vehicles the page holds at most.
    pub first: usize,
}

/// The part of the store that keeps the vehicle index.
#[async_trait]
pub trait VehicleIndex: Send + Sync {
    /// Adds what has become known of vehicles, all or nothing; returns how many rows changed.
    ///
    /// A touch that tells nothing new changes nothing and takes no `change_seq`.
    async fn touch_vehicles(&self, touches: Vec<VehicleTouch>, now: DateTime<Utc>) -> Result<u64, StoreError>;

    /// The rows of these VINs, one for each visible account that knows one.
    async fn vehicles_by_vin(
        &self,
        tenant: &str,
        accounts: &[AccountKey],
        vins: &[String],
    ) -> Result<Vec<VehicleRow>, StoreError>;

    /// The VINs that any visible account knows with this plate, from A to Z.
    async fn vins_by_plate(
        &self,
        tenant: &str,
        accounts: &[AccountKey],
        plate_key: &str,
    ) -> Result<Vec<String>, StoreError>;

    /// One page of vehicles, each VIN once however many accounts know it.
    async fn vehicle_page(&self, query: &VehicleQuery) -> Result<Page<MergedVehicle>, StoreError>;

    /// How many vehicles the whole list holds; `after` and `first` do not count.
    async fn vehicle_count(&self, query: &VehicleQuery) -> Result<u64, StoreError>;

    /// The number below every change that was made at or after `time`.
    ///
    /// Never too high, so that nothing is missed; up to one second too early, for times more than 30 days before the
    /// last [`super::Maintenance::expire`] up to one hour.
    async fn seq_at(&self, time: DateTime<Utc>) -> Result<i64, StoreError>;
}
