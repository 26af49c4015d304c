//! The store through its port, on real files.

mod changes;
mod deliveries;
mod index;
mod journal;
mod ledger;
mod opening;
mod reports;
mod statuses;

use std::path::Path;
use std::sync::Arc;

use chrono::{DateTime, TimeDelta, Utc};
use forecourt::store::{
    Access, AccountKey, InspectionRow, ListingRow, NewDelivery, NewReport, Store, TicketRow, TimelineRow, VehicleTouch,
};
use serde_json::json;
use tempfile::TempDir;
use uuid::Uuid;

const TENANT: &str = "north";
const VIN: &str = "WVWZZZ1JZXW000001";

/// A store in a directory of its own, which goes when the test ends.
struct Ledger {
    store: Arc<dyn Store>,
    directory: TempDir,
}

impl Ledger {
    async fn new() -> Self {
        let directory = tempfile::tempdir().unwrap();
        let store = open(directory.path()).await;
        Self { store, directory }
    }
}

impl std::ops::Deref for Ledger {
    type Target = dyn Store;

    fn deref(&self) -> &Self::Target {
        &*self.store
    }
}

async fn open(directory: &Path) -> Arc<dyn Store> {
    forecourt::store::open(directory, Access::Serve).await.unwrap()
}

/// The moment `seconds` after the tests' beginning of time.
fn at(seconds: i64) -> DateTime<Utc> {
    DateTime::from_timestamp(1_790_000_000, 0).unwrap() + TimeDelta::seconds(seconds)
}

fn id(number: u128) -> Uuid {
    Uuid::from_u128(number)
}

fn accounts() -> Vec<AccountKey> {
    vec![AccountKey::new("tchek", "main"), AccountKey::new("autochat", "main"), AccountKey::new("jifeline", "main")]
}

fn strangers() -> Vec<AccountKey> {
    vec![AccountKey::new("tchek", "other"), AccountKey::new("other", "main")]
}

fn text(texts: &[&str]) -> Vec<String> {
    texts.iter().map(|&text| text.to_owned()).collect()
}

fn inspection(number: u128, token_uid: &str) -> InspectionRow {
    InspectionRow {
        id: id(number),
        tenant: TENANT.to_owned(),
        vendor: "tchek".to_owned(),
        account: "main".to_owned(),
        environment: "production".to_owned(),
        token_uid: token_uid.to_owned(),
        vendor_token_id: Some(format!("token-{number}")),
        vendor_inspection_id: None,
        vendor_vehicle_id: None,
        vin: Some(VIN.to_owned()),
        license_plate: Some("AB-12-CD".to_owned()),
        locale: Some("nl".to_owned()),
        damage_review: Some("DEALER".to_owned()),
        delivery: Some("NONE".to_owned()),
        status_code: 0,
        last_progress_status: Some(0),
        status_changed_at: Some(at(0)),
        created_at: at(0),
        expires_at: Some(at(86_400)),
        expired: false,
        customer: Some(json!({ "name": "Ada Example" })),
        agent_id: Some("agent-1".to_owned()),
        created_by: Some("crm".to_owned()),
        deleted_at: None,
        seen_at: at(0),
        change_seq: 0,
    }
}

fn listing(number: u128, internal_id: &str) -> ListingRow {
    ListingRow {
        id: id(number),
        tenant: TENANT.to_owned(),
        vendor: "autochat".to_owned(),
        account: "main".to_owned(),
        environment: "production".to_owned(),
        vendor_car_id: None,
        dealership: "centre".to_owned(),
        internal_id: internal_id.to_owned(),
        vin: Some(VIN.to_owned()),
        license_plate: None,
        car: json!({ "price": "12500.00" }),
        pushed_at: at(0),
        created_by: "crm".to_owned(),
        change_seq: 0,
    }
}

fn ticket(number: u128, ticket_id: &str) -> TicketRow {
    TicketRow {
        id: id(number),
        tenant: TENANT.to_owned(),
        vendor: "jifeline".to_owned(),
        account: "main".to_owned(),
        ticket_id: ticket_id.to_owned(),
        ticket_uuid: None,
        vin: VIN.to_owned(),
        connector_id: "910000001".to_owned(),
        product_ids: text(&["52351"]),
        reference: Some("WO-1001".to_owned()),
        created_by: "crm".to_owned(),
        created_at: at(0),
        state: Some("PENDING".to_owned()),
        state_code: Some(1),
        seen_at: at(0),
        change_seq: 0,
    }
}

fn delivery(number: u128) -> NewDelivery {
    NewDelivery {
        id: id(number),
        tenant: TENANT.to_owned(),
        vendor: "tchek".to_owned(),
        accounts: text(&["main"]),
        received_at: at(0),
        content_type: Some("application/json".to_owned()),
        headers: Vec::new(),
        body: b"{\"data\":{}}".to_vec(),
        forward: false,
    }
}

fn report(number: u128, inspection: u128, content_hash: &str) -> NewReport {
    NewReport {
        id: id(number),
        tenant: TENANT.to_owned(),
        inspection_id: id(inspection),
        content_hash: content_hash.to_owned(),
        data: json!({ "says": content_hash }),
        delivery_id: None,
        received_at: at(10),
        yields_to: None,
        read_status_at: None,
    }
}

fn entry(number: u128, dedupe_key: &str, seconds: i64) -> TimelineRow {
    TimelineRow {
        id: id(number),
        tenant: TENANT.to_owned(),
        vendor: "tchek".to_owned(),
        account: "main".to_owned(),
        vin: Some(VIN.to_owned()),
        subject: "inspection-1".to_owned(),
        kind: "INSPECTION_STATUS".to_owned(),
        at: at(seconds),
        data: json!({ "status": number.to_string() }),
        dedupe_key: dedupe_key.to_owned(),
        change_seq: 0,
    }
}

fn touch(vendor: &str, vin: &str) -> VehicleTouch {
    VehicleTouch {
        tenant: TENANT.to_owned(),
        vendor: vendor.to_owned(),
        account: "main".to_owned(),
        vin: vin.to_owned(),
        ..VehicleTouch::default()
    }
}
