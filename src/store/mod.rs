//! The ledger: what has passed through the gateway and what no vendor can tell again.
//!
//! This is a port. [`Store`] names what every engine must do; [`SqliteStore`] is the engine that stands on one file in
//! the data directory. The store knows no domain type and no vendor: it keeps rows, their meaning is given above it.
//! It reads no clock and makes no ids; times and ids come in as arguments, so that tests decide them.
//!
//! Rules that hold for every engine:
//!
//! - **Durable first.** A method that writes returns after the write is on disk, all of it or nothing.
//! - **Tenants never meet.** Every row carries its tenant and every question names one.
//! - **Change order.** Each change of a ledger, index or timeline row gives that row the next `change_seq`, assigned
//!   in commit order. Whoever has read all rows up to a number misses nothing by asking for those above it.
//!   A row that shows what another one holds takes the number of that one's change too: a vehicle those of its
//!   inspections and listings, an inspection those of its reports.
//!   A `change_seq` in a row that is handed to the store is ignored.
//! - **Accounts.** Where a method takes `accounts`, rows of other accounts do not exist for it; no accounts, no rows.
//!   Methods without that argument serve the gateway's own work, and their callers compare the row's account.

mod account;
mod api_keys;
mod deliveries;
mod error;
mod forwards;
mod garage_sessions;
mod idempotency;
mod inbox;
mod index;
mod listings;
mod maintenance;
mod page;
mod reports;
mod sqlite;
mod statuses;
mod tickets;
mod timeline;
mod tokens;

use std::path::Path;
use std::sync::Arc;

pub use account::AccountKey;
pub use api_keys::{ApiKeyRow, ApiKeys};
pub use deliveries::{Deliveries, DeliveryLine, DeliveryQuery};
pub use error::StoreError;
pub use forwards::{ForwardDue, ForwardRow, ForwardState, Forwards};
pub use garage_sessions::{GarageSessionRow, GarageSessions};
pub use idempotency::{Begin, Created, Creation, Idempotency, JournalKey, JournalRow, JournalState};
pub use inbox::{DeliveryRow, DeliveryState, Inbox, Named, NewDelivery, PendingDelivery, Settlement};
pub use index::{
    MergedVehicle, VehicleCursor, VehicleFilter, VehicleIndex, VehicleOrder, VehicleQuery, VehicleRow, VehicleTouch,
};
pub use listings::{ListingQuery, ListingRow, Listings};
pub use maintenance::{Expired, Maintenance, Pragmas};
pub use page::{CreatedCursor, Page};
pub use reports::{NewReport, ReportOutcome, ReportRow, Reports};
pub use sqlite::{Access, SqliteStore};
pub use statuses::{PollDue, PollQuery, StatusDue, Statuses};
pub use tickets::{TicketRow, TicketSighting, Tickets};
pub use timeline::{Timeline, TimelineCursor, TimelineRow, Trail};
pub use tokens::{InspectionPatch, InspectionQuery, InspectionRow, OpenInspections, Patched, Tokens};

/// Everything the gateway keeps, used as `Arc<dyn Store>`; an engine implements each part.
pub trait Store:
    Tokens
    + Inbox
    + Deliveries
    + Forwards
    + Statuses
    + Reports
    + Listings
    + Tickets
    + VehicleIndex
    + Timeline
    + Idempotency
    + ApiKeys
    + GarageSessions
    + Maintenance
{
}

impl<T> Store for T where
    T: Tokens
        + Inbox
        + Deliveries
        + Forwards
        + Statuses
        + Reports
        + Listings
        + Tickets
        + VehicleIndex
        + Timeline
        + Idempotency
        + ApiKeys
        + GarageSessions
        + Maintenance
{
}

/// Opens the store of a data directory with the one engine there is at present, [`SqliteStore`].
///
/// # Errors
/// Those of [`SqliteStore::open`].
pub async fn open(directory: &Path, access: Access) -> Result<Arc<dyn Store>, StoreError> {
    Ok(Arc::new(SqliteStore::open(directory, access).await?))
}
