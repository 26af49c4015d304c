//! Inspections, listings, timeline.

use chrono::TimeDelta;
use forecourt::store::{
    AccountKey, CreatedCursor, InspectionPatch, InspectionQuery, InspectionRow, ListingQuery, ListingRow,
    OpenInspections, TimelineRow, Trail,
};
use serde_json::json;

use super::{Ledger, TENANT, VIN, accounts, at, entry, id, inspection, listing, strangers, text, touch};

#[tokio::test]
async fn an_inspection_met_again_keeps_what_is_known() {
    let ledger = Ledger::new().await;
    let first = ledger.upsert_inspection(inspection(1, "token"), at(0)).await.unwrap();
    assert_eq!(first, InspectionRow { change_seq: 1, ..inspection(1, "token") });

    let again = InspectionRow {
        vin: None,
        customer: None,
        vendor_inspection_id: Some("v-1".to_owned()),
        status_code: 2,
        created_at: at(500),
        created_by: Some("other".to_owned()),
        seen_at: at(20),
        ..inspection(2, "token")
    };
    let second = ledger.upsert_inspection(again, at(20)).await.unwrap();
    let expected = InspectionRow {
        vendor_token_id: Some("token-2".to_owned()),
        vendor_inspection_id: Some("v-1".to_owned()),
        status_code: 2,
        seen_at: at(20),
        change_seq: 2,
        ..first
    };
    assert_eq!(second, expected);

    let seen = InspectionRow { seen_at: at(30), ..second.clone() };
    let third = ledger.upsert_inspection(seen.clone(), at(30)).await.unwrap();
    assert_eq!(third, seen, "to be seen again is no change");

    let elsewhere = InspectionRow { environment: "test".to_owned(), ..inspection(3, "token") };
    assert_eq!(ledger.upsert_inspection(elsewhere, at(30)).await.unwrap().id, id(3));
}

#[tokio::test]
async fn a_patch_adds_and_never_takes_away() {
    let ledger = Ledger::new().await;
    let before = ledger.upsert_inspection(inspection(1, "token"), at(0)).await.unwrap();
    let patch = InspectionPatch {
        status_code: Some(5),
        last_progress_status: Some(5),
        status_changed_at: Some(at(60)),
        seen_at: Some(at(60)),
        ..InspectionPatch::default()
    };
    let trail = Trail { timeline: vec![entry(7, "status-5", 60)], vehicles: vec![touch("tchek", VIN)] };
    let patched = ledger.patch_inspection(TENANT, id(1), patch.clone(), trail.clone(), at(60)).await.unwrap().unwrap();
    assert!(patched.changed);
    assert_eq!(patched.timeline.len(), 1);
    let after = InspectionRow {
        status_code: 5,
        last_progress_status: Some(5),
        status_changed_at: Some(at(60)),
        seen_at: at(60),
        change_seq: 2,
        ..before
    };
    assert_eq!(patched.inspection, after);

    let same = ledger.patch_inspection(TENANT, id(1), patch, trail, at(61)).await.unwrap().unwrap();
    assert_eq!((same.changed, same.inspection, same.timeline), (false, after, Vec::new()));
    let stranger = ledger.patch_inspection("south", id(1), InspectionPatch::default(), Trail::default(), at(62)).await;
    assert_eq!(stranger.unwrap(), None);
}

#[tokio::test]
async fn inspections_are_found_by_every_key() {
    let ledger = Ledger::new().await;
    for (number, seconds) in [(1, 0), (2, 10), (3, 5)] {
        let row = InspectionRow {
            created_at: at(seconds),
            vendor_inspection_id: Some(format!("v-{number}")),
            ..inspection(number, &format!("token-{number}"))
        };
        ledger.upsert_inspection(row, at(seconds)).await.unwrap();
    }
    let ids = |rows: Vec<InspectionRow>| rows.iter().map(|row| row.id.as_u128()).collect::<Vec<_>>();
    let (mine, vins) = (accounts(), text(&[VIN, "UNKNOWN", VIN]));
    assert_eq!(ids(ledger.inspections_by_vin(TENANT, &mine, &vins).await.unwrap()), [2, 3, 1]);
    assert!(ledger.inspections_by_vin(TENANT, &strangers(), &vins).await.unwrap().is_empty());
    assert!(ledger.inspections_by_vin(TENANT, &[], &vins).await.unwrap().is_empty());
    assert!(ledger.inspections_by_vin("south", &mine, &vins).await.unwrap().is_empty());
    assert!(ledger.inspections_by_id("south", &[id(1)]).await.unwrap().is_empty());

    let tokens = text(&["token-1", "token-3", "nothing"]);
    assert_eq!(ids(ledger.inspections_by_token(TENANT, None, &tokens).await.unwrap()), [3, 1]);
    assert_eq!(ids(ledger.inspections_by_token(TENANT, Some("production"), &tokens).await.unwrap()), [3, 1]);
    assert!(ledger.inspections_by_token(TENANT, Some("test"), &tokens).await.unwrap().is_empty());
    assert_eq!(ids(ledger.inspections_by_vendor_id(TENANT, "tchek", &text(&["v-2"])).await.unwrap()), [2]);
}

#[tokio::test]
async fn inspections_are_listed_page_by_page() {
    let ledger = Ledger::new().await;
    for number in 1..=5_u128 {
        // two of one moment, so that the id decides
        let created_at = at(i64::try_from(number / 2).unwrap());
        let status_code = i64::from(number > 3);
        let row = InspectionRow { created_at, status_code, ..inspection(number, &format!("token-{number}")) };
        ledger.upsert_inspection(row, created_at).await.unwrap();
    }
    let query = InspectionQuery { tenant: TENANT.to_owned(), accounts: accounts(), ..InspectionQuery::default() };
    let mut listed = Vec::new();
    let mut after = None;
    loop {
        let page = ledger.inspection_page(&query, after, 2).await.unwrap();
        listed.extend(page.rows.iter().map(|row| row.id.as_u128()));
        after = page.rows.last().map(|row| CreatedCursor { at: row.created_at, id: row.id });
        if !page.has_next {
            break;
        }
    }
    assert_eq!(listed, [5, 4, 3, 2, 1]);
    assert_eq!(ledger.inspection_count(&query).await.unwrap(), 5);

    let narrow = InspectionQuery { vin: Some(VIN.to_owned()), status_code: Some(1), ..query.clone() };
    assert_eq!(ledger.inspection_count(&narrow).await.unwrap(), 2);
    assert_eq!(ledger.inspection_page(&narrow, None, 10).await.unwrap().rows.len(), 2);
    let changed = InspectionQuery { changed_after_seq: Some(4), expired: Some(false), ..query.clone() };
    assert_eq!(ledger.inspection_count(&changed).await.unwrap(), 1);
    let others = InspectionQuery { accounts: strangers(), ..query };
    assert_eq!(ledger.inspection_count(&others).await.unwrap(), 0);
}

#[tokio::test]
async fn open_inspections_come_longest_unseen_first() {
    let ledger = Ledger::new().await;
    let rows = [
        InspectionRow { seen_at: at(20), ..inspection(1, "a") },
        InspectionRow { seen_at: at(10), ..inspection(2, "b") },
        InspectionRow { status_code: 5, ..inspection(3, "c") },
        InspectionRow { expired: true, ..inspection(4, "d") },
        InspectionRow { expires_at: Some(at(100)), ..inspection(5, "e") },
        InspectionRow { seen_at: at(90), ..inspection(6, "f") },
    ];
    for row in rows {
        ledger.upsert_inspection(row, at(0)).await.unwrap();
    }
    let query = OpenInspections {
        tenant: Some(TENANT.to_owned()),
        done_status: 5,
        now: at(100),
        seen_before: at(80),
        limit: 10,
    };
    let open = ledger.open_inspections(&query).await.unwrap();
    assert_eq!(open.iter().map(|row| row.id.as_u128()).collect::<Vec<_>>(), [2, 1]);
    let everywhere = OpenInspections { tenant: None, limit: 1, ..query.clone() };
    assert_eq!(ledger.open_inspections(&everywhere).await.unwrap().len(), 1);
    let south = OpenInspections { tenant: Some("south".to_owned()), ..query };
    assert!(ledger.open_inspections(&south).await.unwrap().is_empty());
}

#[tokio::test]
async fn listings_are_found_and_listed() {
    let ledger = Ledger::new().await;
    let first = ledger.upsert_listing(listing(1, "stock-1"), at(0)).await.unwrap();
    for number in 2..=3_u128 {
        let pushed_at = at(i64::try_from(number).unwrap());
        let row = ListingRow { pushed_at, ..listing(number, &format!("stock-{number}")) };
        ledger.upsert_listing(row, pushed_at).await.unwrap();
    }
    let ids = |rows: Vec<ListingRow>| rows.iter().map(|row| row.id.as_u128()).collect::<Vec<_>>();
    assert_eq!(ledger.listings_by_id(TENANT, &[id(1)]).await.unwrap(), [first]);
    assert!(ledger.listings_by_id("south", &[id(1)]).await.unwrap().is_empty());
    assert_eq!(ids(ledger.listings_by_vin(TENANT, &accounts(), &text(&[VIN])).await.unwrap()), [3, 2, 1]);
    assert!(ledger.listings_by_vin(TENANT, &strangers(), &text(&[VIN])).await.unwrap().is_empty());
    let account = AccountKey::new("autochat", "main");
    let numbers = text(&["stock-2", "nothing"]);
    assert_eq!(ids(ledger.listings_by_internal_id(TENANT, &account, None, "centre", &numbers).await.unwrap()), [2]);
    let test = ledger.listings_by_internal_id(TENANT, &account, Some("test"), "centre", &numbers).await.unwrap();
    assert!(test.is_empty());

    let query = ListingQuery { tenant: TENANT.to_owned(), accounts: accounts(), ..ListingQuery::default() };
    let page = ledger.listing_page(&query, None, 2).await.unwrap();
    assert!(page.has_next);
    let after = page.rows.last().map(|row| CreatedCursor { at: row.pushed_at, id: row.id });
    let rest = ledger.listing_page(&query, after, 2).await.unwrap();
    assert_eq!((ids(page.rows), ids(rest.rows), rest.has_next), (vec![3, 2], vec![1], false));
    for (query, number) in [
        (ListingQuery { vin: Some(VIN.to_owned()), ..query.clone() }, 3),
        (ListingQuery { internal_id: Some("stock-2".to_owned()), ..query.clone() }, 1),
        (ListingQuery { dealership: Some("elsewhere".to_owned()), ..query.clone() }, 0),
        (ListingQuery { changed_after_seq: Some(1), ..query.clone() }, 2),
        (ListingQuery { accounts: strangers(), ..query }, 0),
    ] {
        assert_eq!(ledger.listing_count(&query).await.unwrap(), number, "{query:?}");
    }
}

#[tokio::test]
async fn a_listing_pushed_again_keeps_its_id() {
    let ledger = Ledger::new().await;
    let first = ListingRow { vendor_car_id: Some("car-1".to_owned()), ..listing(1, "stock-1") };
    ledger.upsert_listing(first, at(0)).await.unwrap();
    let again = ListingRow { car: json!({ "price": "11900.00" }), pushed_at: at(9), ..listing(2, "stock-1") };
    let stored = ledger.upsert_listing(again.clone(), at(9)).await.unwrap();
    let expected = ListingRow { id: id(1), vendor_car_id: Some("car-1".to_owned()), change_seq: 2, ..again };
    assert_eq!(stored, expected);
}

#[tokio::test]
async fn each_dealership_numbers_its_own_cars() {
    let ledger = Ledger::new().await;
    ledger.upsert_listing(listing(1, "stock-1"), at(0)).await.unwrap();
    let south = ListingRow { dealership: "south".to_owned(), ..listing(2, "stock-1") };
    let stored = ledger.upsert_listing(south.clone(), at(1)).await.unwrap();
    assert_eq!(stored, ListingRow { change_seq: 2, ..south }, "another car, not the first one replaced");
    let account = AccountKey::new("autochat", "main");
    for (dealership, expected) in [("centre", vec![id(1)]), ("south", vec![id(2)]), ("north", vec![])] {
        let numbers = text(&["stock-1"]);
        let found = ledger.listings_by_internal_id(TENANT, &account, None, dealership, &numbers).await.unwrap();
        assert_eq!(found.iter().map(|row| row.id).collect::<Vec<_>>(), expected, "{dealership}");
    }
}

#[tokio::test]
async fn a_happening_is_kept_once_and_read_from_both_ends() {
    let ledger = Ledger::new().await;
    let entries = vec![entry(1, "a", 30), entry(2, "b", 10), entry(3, "a", 40), entry(4, "c", 30)];
    let added = ledger.append(entries, at(0)).await.unwrap();
    let ids = |rows: &[TimelineRow]| rows.iter().map(|row| row.id.as_u128()).collect::<Vec<_>>();
    assert_eq!(ids(&added), [1, 2, 4]);
    let elsewhere = TimelineRow { tenant: "south".to_owned(), ..entry(5, "a", 30) };
    assert_eq!(ledger.append(vec![elsewhere], at(1)).await.unwrap().len(), 1);

    let mine = accounts();
    let newest = ledger.timeline(TENANT, &mine, VIN, None, 2).await.unwrap();
    assert_eq!(ids(&newest), [4, 1]);
    let after = newest.last().map(TimelineRow::cursor);
    assert_eq!(ids(&ledger.timeline(TENANT, &mine, VIN, after, 2).await.unwrap()), [2]);
    assert!(ledger.timeline(TENANT, &strangers(), VIN, None, 2).await.unwrap().is_empty());

    let missed = ledger.timeline_since(TENANT, &mine, VIN, added[0].change_seq, 10).await.unwrap();
    assert_eq!(missed, added[1..]);
    assert!(ledger.timeline_since(TENANT, &strangers(), VIN, 0, 10).await.unwrap().is_empty());
    let of_subject = ledger.timeline_of_subject(TENANT, &mine, "inspection-1", 10).await.unwrap();
    assert_eq!(ids(&of_subject), [4, 1, 2]);
    assert_eq!(of_subject[0].at - of_subject[2].at, TimeDelta::seconds(20));
}
