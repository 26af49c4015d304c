//! The vehicle index.

use forecourt::store::{
    AccountKey, MergedVehicle, VehicleCursor, VehicleFilter, VehicleOrder, VehicleQuery, VehicleRow, VehicleTouch,
};

use super::{Ledger, TENANT, accounts, at, strangers, text, touch};

fn everything() -> VehicleQuery {
    VehicleQuery { tenant: TENANT.to_owned(), accounts: accounts(), first: 100, ..VehicleQuery::default() }
}

fn filtered(filter: VehicleFilter) -> VehicleQuery {
    VehicleQuery { filter, ..everything() }
}

async fn vins(ledger: &Ledger, query: &VehicleQuery) -> Vec<String> {
    let page = ledger.vehicle_page(query).await.unwrap();
    assert!(!page.has_next);
    assert_eq!(ledger.vehicle_count(query).await.unwrap(), u64::try_from(page.rows.len()).unwrap(), "{query:?}");
    page.rows.into_iter().map(|vehicle| vehicle.vin).collect()
}

async fn row(ledger: &Ledger, vin: &str) -> VehicleRow {
    ledger.vehicles_by_vin(TENANT, &accounts(), &text(&[vin])).await.unwrap().remove(0)
}

#[tokio::test]
async fn a_touch_keeps_what_it_does_not_tell() {
    let ledger = Ledger::new().await;
    let first = VehicleTouch {
        license_plate: Some("AB-12-CD".to_owned()),
        plate_key: Some("AB12CD".to_owned()),
        make: Some("BMW".to_owned()),
        last_activity_at: Some(at(50)),
        listed: Some(true),
        has_open_ticket: Some(true),
        ..touch("tchek", "A")
    };
    assert_eq!(ledger.touch_vehicles(vec![first.clone()], at(0)).await.unwrap(), 1);
    let stored = row(&ledger, "A").await;
    assert_eq!((stored.make.as_deref(), stored.last_activity_at, stored.change_seq), (Some("BMW"), at(50), 1));

    let nothing_new = VehicleTouch { last_activity_at: Some(at(40)), ..touch("tchek", "A") };
    assert_eq!(ledger.touch_vehicles(vec![first, nothing_new], at(1)).await.unwrap(), 0);
    assert_eq!(row(&ledger, "A").await, stored);

    let later = VehicleTouch {
        model: Some("320d".to_owned()),
        last_activity_at: Some(at(60)),
        last_serviced_at: Some(at(-500)),
        inspection_status: Some(5),
        has_open_ticket: Some(false),
        ..touch("tchek", "A")
    };
    assert_eq!(ledger.touch_vehicles(vec![later], at(2)).await.unwrap(), 1);
    let merged = VehicleRow {
        model: Some("320d".to_owned()),
        last_activity_at: at(60),
        last_serviced_at: Some(at(-500)),
        inspection_status: Some(5),
        has_open_ticket: Some(false),
        change_seq: 2,
        ..stored
    };
    assert_eq!(row(&ledger, "A").await, merged);

    let serviced = VehicleTouch { last_serviced_at: Some(at(-900)), ..touch("jifeline", "B") };
    ledger.touch_vehicles(vec![serviced], at(3)).await.unwrap();
    assert_eq!(row(&ledger, "B").await.last_activity_at, at(-900));
}

/// Five cars; two accounts know car A, and an account that is not ours knows A and Z.
async fn yard() -> Ledger {
    let ledger = Ledger::new().await;
    let car = |vendor: &str, vin: &str, make: &str, seconds: i64| VehicleTouch {
        make: (!make.is_empty()).then(|| make.to_owned()),
        last_activity_at: Some(at(seconds)),
        ..touch(vendor, vin)
    };
    let touches = vec![
        VehicleTouch {
            model: Some("320d".to_owned()),
            plate_key: Some("AB12".to_owned()),
            inspection_status: Some(5),
            ..car("tchek", "A", "BMW", 10)
        },
        VehicleTouch { listed: Some(true), has_open_ticket: Some(false), ..car("jifeline", "A", "", 40) },
        VehicleTouch { has_open_ticket: Some(true), ..car("jifeline", "B", "Škoda", 40) },
        VehicleTouch { plate_key: Some("AB12".to_owned()), ..car("autochat", "C", "bmw", 30) },
        VehicleTouch { inspection_status: Some(1), ..car("tchek", "D", "Audi", 20) },
        VehicleTouch { account: "other".to_owned(), listed: Some(true), ..car("tchek", "A", "Opel", 90) },
        VehicleTouch { account: "other".to_owned(), ..car("tchek", "Z", "Opel", 90) },
    ];
    ledger.touch_vehicles(touches, at(0)).await.unwrap();
    ledger
}

#[tokio::test]
async fn each_vin_is_listed_once_in_either_order() {
    let ledger = yard().await;
    assert_eq!(vins(&ledger, &everything()).await, ["B", "A", "C", "D"]);
    let by_vin = VehicleQuery { order: VehicleOrder::Vin, ..everything() };
    assert_eq!(vins(&ledger, &by_vin).await, ["A", "B", "C", "D"]);
    let others = VehicleQuery { accounts: strangers(), ..everything() };
    assert_eq!(vins(&ledger, &others).await, ["Z", "A"]);
    assert!(vins(&ledger, &VehicleQuery { accounts: Vec::new(), ..everything() }).await.is_empty());
    assert!(vins(&ledger, &VehicleQuery { tenant: "south".to_owned(), ..everything() }).await.is_empty());
}

#[tokio::test]
async fn what_accounts_know_is_merged() {
    let ledger = yard().await;
    let rows = ledger.vehicles_by_vin(TENANT, &accounts(), &text(&["A", "A"])).await.unwrap();
    assert_eq!(rows.len(), 2);
    let merged = MergedVehicle::of(rows).unwrap();
    let known_by = [AccountKey::new("jifeline", "main"), AccountKey::new("tchek", "main")];
    assert_eq!(merged.accounts, known_by, "the latest activity first");
    assert_eq!((merged.make.as_deref(), merged.listed, merged.inspection_status), (Some("BMW"), true, Some(5)));
    assert_eq!((merged.has_open_ticket, merged.last_activity_at), (Some(false), at(40)));
    assert_eq!(ledger.vehicle_page(&everything()).await.unwrap().rows[1], merged);
    assert_eq!(MergedVehicle::of(Vec::new()), None);
}

#[tokio::test]
async fn filters_judge_the_merged_vehicle() {
    let ledger = yard().await;
    let none = VehicleFilter::default;
    let cases: Vec<(VehicleFilter, &[&str])> = vec![
        (VehicleFilter { make: Some("BMW".to_owned()), ..none() }, &["A", "C"]),
        (VehicleFilter { make: Some("opel".to_owned()), ..none() }, &[]),
        (VehicleFilter { model: Some("320D".to_owned()), ..none() }, &["A"]),
        (VehicleFilter { plate_key: Some("AB12".to_owned()), ..none() }, &["A", "C"]),
        (VehicleFilter { plate_key: Some("AB12".to_owned()), listed: Some(true), ..none() }, &["A"]),
        (VehicleFilter { text: Some("škoda".to_owned()), ..none() }, &["B"]),
        (VehicleFilter { text: Some("  ab12 BMW".to_owned()), ..none() }, &["A", "C"]),
        (VehicleFilter { text: Some("bmw audi".to_owned()), ..none() }, &[]),
        (VehicleFilter { text: Some(" ".to_owned()), ..none() }, &["B", "A", "C", "D"]),
        (VehicleFilter { listed: Some(true), ..none() }, &["A"]),
        (VehicleFilter { listed: Some(false), ..none() }, &["B", "C", "D"]),
        (VehicleFilter { inspection_status: Some(5), ..none() }, &["A"]),
        (VehicleFilter { inspection_status: Some(7), ..none() }, &[]),
        (VehicleFilter { has_open_ticket: Some(true), ..none() }, &["B"]),
        (VehicleFilter { has_open_ticket: Some(false), ..none() }, &["A"]),
        (VehicleFilter { changed_after_seq: Some(1), ..none() }, &["B", "A", "C", "D"]),
        (VehicleFilter { changed_after_seq: Some(3), ..none() }, &["C", "D"]),
        (VehicleFilter { changed_after_seq: Some(5), ..none() }, &[]),
    ];
    for (filter, expected) in cases {
        assert_eq!(vins(&ledger, &filtered(filter.clone())).await, expected, "{filter:?}");
        let mut sorted = expected.to_vec();
        sorted.sort_unstable();
        let by_vin = VehicleQuery { order: VehicleOrder::Vin, ..filtered(filter.clone()) };
        assert_eq!(vins(&ledger, &by_vin).await, sorted, "{filter:?}");
    }
}

#[tokio::test]
async fn pages_follow_each_other_without_gap_or_double() {
    let ledger = Ledger::new().await;
    let mut touches = Vec::new();
    for number in 0..50_i64 {
        // five cars share each moment, and each is known to two accounts
        for vendor in ["tchek", "jifeline"] {
            touches.push(VehicleTouch {
                last_activity_at: Some(at(number / 5)),
                ..touch(vendor, &format!("VIN{number:02}"))
            });
        }
    }
    ledger.touch_vehicles(touches, at(0)).await.unwrap();
    let ascending: Vec<String> = (0..50).map(|number| format!("VIN{number:02}")).collect();
    for order in [VehicleOrder::LastActivity, VehicleOrder::Vin] {
        let mut query = VehicleQuery { order, first: 7, ..everything() };
        let mut listed = Vec::new();
        loop {
            let page = ledger.vehicle_page(&query).await.unwrap();
            query.after = page.rows.last().map(MergedVehicle::cursor);
            listed.extend(page.rows.into_iter().map(|vehicle| vehicle.vin));
            if !page.has_next {
                break;
            }
        }
        if order == VehicleOrder::LastActivity {
            listed.reverse();
        }
        assert_eq!(listed, ascending);
        assert_eq!(ledger.vehicle_count(&query).await.unwrap(), 50);
    }
}

#[tokio::test]
async fn a_page_of_nothing_is_empty() {
    let ledger = yard().await;
    let none = ledger.vehicle_page(&VehicleQuery { first: 0, ..everything() }).await.unwrap();
    assert!(none.rows.is_empty() && none.has_next);
    let end = VehicleCursor { last_activity_at: at(-1), vin: "ZZ".to_owned() };
    for order in [VehicleOrder::LastActivity, VehicleOrder::Vin] {
        let page =
            ledger.vehicle_page(&VehicleQuery { after: Some(end.clone()), order, ..everything() }).await.unwrap();
        assert!(page.rows.is_empty() && !page.has_next);
    }
}

#[tokio::test]
async fn a_plate_names_all_its_cars() {
    let ledger = yard().await;
    assert_eq!(ledger.vins_by_plate(TENANT, &accounts(), "AB12").await.unwrap(), ["A", "C"]);
    assert!(ledger.vins_by_plate(TENANT, &accounts(), "XX99").await.unwrap().is_empty());
    assert!(ledger.vins_by_plate(TENANT, &strangers(), "AB12").await.unwrap().is_empty());
}
