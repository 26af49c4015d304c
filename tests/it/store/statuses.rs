//! Which statuses are to be read, and that neither a crash nor a failure forgets one.

use forecourt::store::{DeliveryState, InspectionPatch, Settlement, StatusDue, Trail};

use super::{Ledger, TENANT, at, delivery, id, inspection, open, report};

const VENDOR: &str = "tchek";

async fn due(ledger: &Ledger, seconds: i64) -> Vec<StatusDue> {
    ledger.statuses_due(TENANT, VENDOR, at(seconds), None, 100).await.unwrap()
}

/// Settles a delivery that is a reason to read the status of inspection 1 at second `seconds`.
async fn call(ledger: &Ledger, number: u128, seconds: i64) {
    ledger.insert_delivery(delivery(number), at(0)).await.unwrap();
    let settlement = Settlement {
        inspection_id: Some(id(1)),
        read_status_at: Some(at(seconds)),
        ..Settlement::new(DeliveryState::Noted)
    };
    assert!(ledger.settle_delivery(TENANT, id(number), settlement, at(0)).await.unwrap());
}

#[tokio::test]
async fn calls_that_come_together_are_answered_by_one_reading() {
    let ledger = Ledger::new().await;
    let before = ledger.upsert_inspection(inspection(1, "token"), at(0)).await.unwrap();
    ledger.upsert_inspection(inspection(2, "silent"), at(0)).await.unwrap();
    assert_eq!(ledger.next_status_due(TENANT, VENDOR).await.unwrap(), None);
    call(&ledger, 11, 2).await;
    call(&ledger, 12, 4).await;
    assert_eq!(ledger.next_status_due(TENANT, VENDOR).await.unwrap(), Some(at(2)), "a later call delays nothing");
    assert!(due(&ledger, 1).await.is_empty());
    let expected = StatusDue {
        inspection_id: id(1),
        account: "main".to_owned(),
        environment: "production".to_owned(),
        token_uid: "token".to_owned(),
        calls: 2,
        failures: 0,
    };
    assert_eq!(due(&ledger, 2).await, [expected]);
    assert!(ledger.statuses_due("south", VENDOR, at(9), None, 10).await.unwrap().is_empty());
    assert!(ledger.statuses_due(TENANT, "other", at(9), None, 10).await.unwrap().is_empty());
    assert!(ledger.statuses_due(TENANT, VENDOR, at(9), Some(id(1)), 10).await.unwrap().is_empty());

    assert!(!ledger.status_read(TENANT, id(1), 1).await.unwrap(), "the second call came during the reading");
    assert_eq!(due(&ledger, 2).await.len(), 1);
    assert!(ledger.status_read(TENANT, id(1), 2).await.unwrap());
    assert!(due(&ledger, 9_000).await.is_empty());
    assert_eq!(ledger.inspections_by_id(TENANT, &[id(1)]).await.unwrap(), [before], "bookkeeping is no change");
}

#[tokio::test]
async fn a_reading_that_failed_is_due_again_and_a_new_call_hastens_it() {
    let ledger = Ledger::new().await;
    ledger.upsert_inspection(inspection(1, "token"), at(0)).await.unwrap();
    call(&ledger, 11, 2).await;
    assert!(ledger.put_off_status(TENANT, id(1), 1, at(500)).await.unwrap());
    assert!(due(&ledger, 499).await.is_empty());
    assert_eq!(due(&ledger, 500).await[0].failures, 1);
    call(&ledger, 12, 60).await;
    let hastened = due(&ledger, 60).await;
    assert_eq!((hastened[0].failures, hastened[0].calls), (0, 2));
    assert!(!ledger.put_off_status(TENANT, id(1), 1, at(900)).await.unwrap());
    assert_eq!(due(&ledger, 60).await, hastened);
}

#[tokio::test]
async fn a_call_is_written_with_the_report_and_outlives_the_process() {
    let directory = tempfile::tempdir().unwrap();
    let store = open(directory.path()).await;
    store.upsert_inspection(inspection(1, "token"), at(0)).await.unwrap();
    for (number, hash) in [(21, "a"), (22, "a")] {
        store.insert_delivery(delivery(number), at(0)).await.unwrap();
        let mut new = report(number, 1, hash);
        (new.delivery_id, new.read_status_at) = (Some(id(number)), Some(at(12)));
        store.apply_report(new, InspectionPatch::default(), Trail::default(), at(10)).await.unwrap();
    }
    drop(store);
    let store = open(directory.path()).await;
    let due = store.statuses_due(TENANT, VENDOR, at(12), None, 10).await.unwrap();
    assert_eq!(due.iter().map(|due| due.calls).collect::<Vec<_>>(), [2], "the unchanged one calls for it as well");
}
