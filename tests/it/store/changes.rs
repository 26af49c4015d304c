//! Lists of what has changed give the same rows, whether few have or many.

use forecourt::store::{
    InspectionQuery, InspectionRow, ListingQuery, ListingRow, VehicleFilter, VehicleOrder, VehicleQuery,
};
use sqlx::Connection;
use sqlx::sqlite::SqliteConnection;

use super::{Ledger, TENANT, accounts, at, id, inspection, listing, touch};

/// One more than the store looks up in its index of changes.
const MANY: i64 = 10_001;

/// Fills each list with rows whose order is not that of their changes; the first row to change is the oldest.
async fn fill(ledger: &Ledger) {
    let path = ledger.directory.path().join("forecourt.db");
    let mut database = SqliteConnection::connect(path.to_str().unwrap()).await.unwrap();
    let script = format!(
        "CREATE TEMP TABLE n AS WITH RECURSIVE r (n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM r WHERE n < {MANY}) \
           SELECT n, CASE n WHEN 1 THEN 0 ELSE 1 + n * 7919 % 10007 END AS at FROM r;
         INSERT INTO inspections (id, tenant, vendor, account, environment, token_uid, vin, status_code, created_at, \
           expired, seen_at, change_seq) \
           SELECT printf('00000000-0000-0000-0000-%012x', n), '{TENANT}', 'tchek', 'main', 'test', 'token-' || n, \
           printf('VIN%014d', n), 0, at, 0, at, n FROM n;
         INSERT INTO listings (id, tenant, vendor, account, environment, dealership, internal_id, vin, car, pushed_at, \
           created_by, change_seq) \
           SELECT printf('00000000-0000-0000-0000-%012x', n), '{TENANT}', 'autochat', 'main', 'test', 'centre', \
           'stock-' || n, printf('VIN%014d', n), '{{}}', at, 'crm', n FROM n;
         INSERT INTO vehicles (tenant, vin, vendor, account, last_activity_at, listed, search, change_seq) \
           SELECT '{TENANT}', printf('VIN%014d', {MANY} - n), 'tchek', 'main', at, 0, '', n FROM n;
         UPDATE change_sequence SET last = {MANY};"
    );
    sqlx::raw_sql(sqlx::AssertSqlSafe(script)).execute(&mut database).await.unwrap();
}

#[tokio::test]
async fn few_changes_are_listed_as_many_are() {
    let ledger = Ledger::new().await;
    fill(&ledger).await;
    let (mut inspections, mut listings, mut by_activity, mut by_vin) = (Vec::new(), Vec::new(), Vec::new(), Vec::new());
    // none is asked for, many are, few are
    for changed_after_seq in [None, Some(0), Some(1)] {
        let expected = 10_001 - u64::from(changed_after_seq == Some(1));
        let (tenant, accounts) = (TENANT.to_owned(), accounts());
        let query = InspectionQuery {
            changed_after_seq,
            tenant: tenant.clone(),
            accounts: accounts.clone(),
            ..InspectionQuery::default()
        };
        assert_eq!(ledger.inspection_count(&query).await.unwrap(), expected);
        inspections.push(ledger.inspection_page(&query, None, 500).await.unwrap().rows);
        let query = ListingQuery {
            changed_after_seq,
            tenant: tenant.clone(),
            accounts: accounts.clone(),
            ..ListingQuery::default()
        };
        assert_eq!(ledger.listing_count(&query).await.unwrap(), expected);
        listings.push(ledger.listing_page(&query, None, 500).await.unwrap().rows);
        for (order, pages) in [(VehicleOrder::LastActivity, &mut by_activity), (VehicleOrder::Vin, &mut by_vin)] {
            let query = VehicleQuery {
                tenant: tenant.clone(),
                accounts: accounts.clone(),
                filter: VehicleFilter { changed_after_seq, ..VehicleFilter::default() },
                order,
                first: 500,
                ..VehicleQuery::default()
            };
            assert_eq!(ledger.vehicle_count(&query).await.unwrap(), expected);
            let page = ledger.vehicle_page(&query).await.unwrap();
            pages.push(page.rows.into_iter().map(|vehicle| vehicle.vin).collect::<Vec<_>>());
        }
    }
    assert_eq!(inspections[0].len(), 500);
    assert!(inspections.iter().all(|page| *page == inspections[0]));
    assert!(listings.iter().all(|page| *page == listings[0]));
    assert!(by_activity.iter().all(|page| *page == by_activity[0]));
    assert!(by_vin.iter().all(|page| *page == by_vin[0]));
    assert_ne!(by_activity[0], by_vin[0]);
}

/// The VINs of vehicles that have changed after `seq`.
async fn changed(ledger: &Ledger, seq: i64) -> Vec<String> {
    let filter = VehicleFilter { changed_after_seq: Some(seq), ..VehicleFilter::default() };
    let (tenant, accounts) = (TENANT.to_owned(), accounts());
    let query =
        VehicleQuery { tenant, accounts, filter, order: VehicleOrder::Vin, first: 10, ..VehicleQuery::default() };
    ledger.vehicle_page(&query).await.unwrap().rows.into_iter().map(|vehicle| vehicle.vin).collect()
}

#[tokio::test]
async fn what_leaves_a_vehicle_changes_it() {
    let ledger = Ledger::new().await;
    let touches = ["A", "B", "C"].map(|vin| touch("tchek", vin));
    ledger.touch_vehicles(touches.to_vec(), at(0)).await.unwrap();
    let of = |vin: &str| ListingRow { vin: Some(vin.to_owned()), ..listing(1, "stock-1") };
    let first = ledger.upsert_listing(of("A"), at(1)).await.unwrap();
    assert_eq!(changed(&ledger, first.change_seq - 1).await, ["A"]);
    let moved = ledger.upsert_listing(of("B"), at(2)).await.unwrap();
    assert_eq!(changed(&ledger, first.change_seq).await, ["A", "B"]);
    assert_eq!(ledger.last_change_of_lists(TENANT).await.unwrap(), moved.change_seq);

    let of = |vin: &str| InspectionRow { vin: Some(vin.to_owned()), ..inspection(1, "token-1") };
    let first = ledger.upsert_inspection(of("B"), at(3)).await.unwrap();
    assert_eq!(changed(&ledger, moved.change_seq).await, ["B"]);
    let moved = ledger.upsert_inspection(of("C"), at(4)).await.unwrap();
    assert_eq!(moved.id, id(1));
    assert_eq!(changed(&ledger, first.change_seq).await, ["B", "C"]);
    assert_eq!(ledger.last_change_of_lists("south").await.unwrap(), 0);
}
