//! Reports: revisions, the order of arrival, links that are renewed.

use forecourt::store::{
    DeliveryState, InspectionPatch, NewReport, ReportOutcome, ReportRow, StoreError, TimelineRow, Trail,
};
use serde_json::json;

use super::{Ledger, TENANT, VIN, at, delivery, entry, id, inspection, report, touch};

async fn apply(ledger: &Ledger, number: u128, content_hash: &str, delivered: bool) -> ReportOutcome {
    let mut new = report(number, 1, content_hash);
    if delivered {
        new.delivery_id = Some(ledger.insert_delivery(delivery(number), at(0)).await.unwrap().id);
    }
    let patch = InspectionPatch { vendor_inspection_id: Some("v-1".to_owned()), ..InspectionPatch::default() };
    let trail = Trail { timeline: vec![entry(number, content_hash, 10)], vehicles: vec![touch("tchek", VIN)] };
    ledger.apply_report(new, patch, trail, at(10)).await.unwrap()
}

/// Applies a report that came in a delivery which waits already.
async fn apply_kept(ledger: &Ledger, number: u128, content_hash: &str, data: serde_json::Value) -> ReportOutcome {
    let new = NewReport { data, delivery_id: Some(id(number)), ..report(number + 100, 1, content_hash) };
    ledger.apply_report(new, InspectionPatch::default(), Trail::default(), at(20)).await.unwrap()
}

fn applied(outcome: ReportOutcome) -> Option<(ReportRow, Vec<TimelineRow>)> {
    match outcome {
        ReportOutcome::Applied { report, timeline } => Some((report, timeline)),
        ReportOutcome::Unchanged { .. } | ReportOutcome::Superseded { .. } => None,
    }
}

async fn state(ledger: &Ledger, number: u128) -> DeliveryState {
    ledger.delivery(TENANT, id(number)).await.unwrap().unwrap().state
}

#[tokio::test]
async fn a_report_becomes_a_revision_when_it_says_something_new() {
    let ledger = Ledger::new().await;
    ledger.upsert_inspection(inspection(1, "token"), at(0)).await.unwrap();
    let (first, timeline) = applied(apply(&ledger, 21, "a", true).await).unwrap();
    assert_eq!((first.revision, timeline.len()), (1, 1));
    assert_eq!((first.vendor.as_str(), first.account.as_str()), ("tchek", "main"));
    let row = ledger.delivery(TENANT, id(21)).await.unwrap().unwrap();
    assert_eq!((row.state, row.inspection_id), (DeliveryState::Applied, Some(id(1))));
    assert_eq!((row.account.as_deref(), first.arrival), (Some("main"), Some(row.arrival)));
    let patched = ledger.inspections_by_id(TENANT, &[id(1)]).await.unwrap();
    assert_eq!(patched[0].vendor_inspection_id.as_deref(), Some("v-1"));

    let same = ReportRow { arrival: Some(row.arrival + 1), ..first };
    assert_eq!(apply(&ledger, 22, "a", true).await, ReportOutcome::Unchanged { current: same.clone() });
    let row = ledger.delivery(TENANT, id(22)).await.unwrap().unwrap();
    assert_eq!((row.state, row.inspection_id), (DeliveryState::Unchanged, Some(id(1))));

    assert!(matches!(apply(&ledger, 23, "b", false).await, ReportOutcome::Applied { .. }));
    let (back, timeline) = applied(apply(&ledger, 24, "a", false).await).expect("only the current revision counts");
    assert_eq!((back.revision, timeline.len()), (3, 0), "the timeline has this key already");

    assert_eq!(ledger.current_reports(TENANT, &[id(1), id(2), id(1)]).await.unwrap(), [back]);
    assert!(ledger.current_reports("south", &[id(1)]).await.unwrap().is_empty());
    let revisions = ledger.report_revisions(TENANT, id(1), None, 2).await.unwrap();
    assert_eq!(revisions.iter().map(|row| row.revision).collect::<Vec<_>>(), [3, 2]);
    assert_eq!(ledger.report_revisions(TENANT, id(1), Some(2), 2).await.unwrap(), [same]);
}

#[tokio::test]
async fn the_same_report_again_renews_the_links() {
    let ledger = Ledger::new().await;
    ledger.upsert_inspection(inspection(1, "token"), at(0)).await.unwrap();
    for number in 31..=33 {
        ledger.insert_delivery(delivery(number), at(0)).await.unwrap();
    }
    let link = |signature: &str| json!({ "url": format!("https://photos.example/1?{signature}") });
    let (first, _) = applied(apply_kept(&ledger, 31, "a", link("first")).await).unwrap();
    let ReportOutcome::Unchanged { current } = apply_kept(&ledger, 33, "a", link("third")).await else {
        panic!("it says the same")
    };
    assert_eq!((current.id, current.revision, &current.data), (first.id, 1, &link("third")));
    assert!(current.change_seq > first.change_seq);
    assert_eq!(current.received_at, first.received_at, "it is the revision that came first");
    let ReportOutcome::Unchanged { current: kept } = apply_kept(&ledger, 32, "a", link("second")).await else {
        panic!("it says the same")
    };
    assert_eq!(kept, current, "links that came earlier end earlier");
    assert_eq!(ledger.current_reports(TENANT, &[id(1)]).await.unwrap(), [current]);
    assert_eq!(state(&ledger, 32).await, DeliveryState::Unchanged);
}

#[tokio::test]
async fn what_came_earlier_does_not_replace_what_came_later() {
    let ledger = Ledger::new().await;
    ledger.upsert_inspection(inspection(1, "token"), at(0)).await.unwrap();
    for number in 31..=33 {
        ledger.insert_delivery(delivery(number), at(0)).await.unwrap();
    }
    let (later, _) = applied(apply_kept(&ledger, 32, "b", json!(2)).await).unwrap();
    let outcome = apply_kept(&ledger, 31, "a", json!(1)).await;
    assert_eq!(outcome, ReportOutcome::Superseded { current: later.clone() });
    assert_eq!(state(&ledger, 31).await, DeliveryState::Superseded);
    assert_eq!(ledger.current_reports(TENANT, &[id(1)]).await.unwrap(), [later]);
    assert_eq!(applied(apply_kept(&ledger, 33, "a", json!(3)).await).unwrap().0.revision, 2);
}

#[tokio::test]
async fn a_report_on_nothing_leaves_nothing() {
    let ledger = Ledger::new().await;
    ledger.upsert_inspection(inspection(1, "token"), at(0)).await.unwrap();
    let arrived = ledger.insert_delivery(delivery(31), at(0)).await.unwrap();
    let wrong = [
        NewReport { delivery_id: Some(id(31)), ..report(31, 9, "a") },
        NewReport { tenant: "south".to_owned(), ..report(31, 1, "a") },
        NewReport { delivery_id: Some(id(99)), ..report(31, 1, "a") },
    ];
    for new in wrong {
        let failed = ledger.apply_report(new, InspectionPatch::default(), Trail::default(), at(10)).await;
        assert!(matches!(failed, Err(StoreError::Conflict { .. })), "{failed:?}");
    }
    assert_eq!(ledger.delivery(TENANT, id(31)).await.unwrap(), Some(arrived));
    assert!(ledger.current_reports(TENANT, &[id(1), id(9)]).await.unwrap().is_empty());
}
