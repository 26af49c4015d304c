//! Webhook deliveries: the order in which they wait, and what opens them again.

use forecourt::store::{
    Creation, DeliveryRow, DeliveryState, InspectionPatch, InspectionRow, JournalKey, Named, NewDelivery, Settlement,
    Store, Trail,
};
use serde_json::json;
use sqlx::Connection;
use sqlx::sqlite::SqliteConnection;

use super::{Ledger, TENANT, at, delivery, id, inspection, text};

const VENDOR: &str = "tchek";

/// The deliveries that are due at second `seconds`.
async fn due(ledger: &Ledger, seconds: i64) -> Vec<u128> {
    let pending = ledger.pending_deliveries(TENANT, VENDOR, at(seconds), None, 100).await.unwrap();
    pending.into_iter().map(|pending| pending.id.as_u128()).collect()
}

async fn row(ledger: &dyn Store, number: u128) -> DeliveryRow {
    ledger.delivery(TENANT, id(number)).await.unwrap().unwrap()
}

fn token(uid: &str) -> Named {
    Named { token_uid: Some(uid.to_owned()), vendor_inspection_id: None }
}

/// Keeps a delivery that names an inspection which the ledger does not know.
async fn unmatched(ledger: &Ledger, number: u128, names: Named, accounts: &[&str]) {
    let new = NewDelivery { accounts: text(accounts), ..delivery(number) };
    ledger.insert_delivery(new, at(0)).await.unwrap();
    let note = Some("nobody knows it".to_owned());
    let settlement = Settlement { note, names, ..Settlement::new(DeliveryState::Unmatched) };
    assert!(ledger.settle_delivery(TENANT, id(number), settlement, at(1)).await.unwrap());
}

#[tokio::test]
async fn deliveries_wait_in_the_order_of_arrival() {
    let ledger = Ledger::new().await;
    ledger.upsert_inspection(inspection(1, "token"), at(0)).await.unwrap();
    for number in [12, 11, 13] {
        let kept = ledger.insert_delivery(delivery(number), at(0)).await.unwrap();
        assert_eq!((kept.state, kept.attempts, &kept.body), (DeliveryState::Received, 0, &delivery(number).body));
        assert_eq!((kept.accounts, kept.account.as_deref()), (text(&["main"]), Some("main")));
    }
    assert_eq!(due(&ledger, 0).await, [12, 11, 13]);
    let page = ledger.pending_deliveries(TENANT, VENDOR, at(0), None, 2).await.unwrap();
    let rest = ledger.pending_deliveries(TENANT, VENDOR, at(0), Some(page[1].arrival), 2).await.unwrap();
    assert_eq!((page.len(), rest.len(), rest[0].id), (2, 1, id(13)));
    assert!(ledger.pending_deliveries("south", VENDOR, at(0), None, 10).await.unwrap().is_empty());
    assert!(ledger.pending_deliveries(TENANT, "other", at(0), None, 10).await.unwrap().is_empty());

    let unreadable = Settlement {
        note: Some("no JSON".to_owned()),
        inspection_id: Some(id(1)),
        ..Settlement::new(DeliveryState::Unreadable)
    };
    assert!(ledger.settle_delivery(TENANT, id(12), unreadable.clone(), at(1)).await.unwrap());
    let settled = row(&*ledger, 12).await;
    assert_eq!((settled.attempts, settled.note.as_deref(), settled.inspection_id), (1, Some("no JSON"), Some(id(1))));
    assert!(!ledger.settle_delivery("south", id(11), unreadable, at(1)).await.unwrap());
    assert_eq!(due(&ledger, 1).await, [11, 13]);

    let again = Settlement::new(DeliveryState::Received);
    assert!(ledger.settle_delivery(TENANT, id(12), again, at(2)).await.unwrap());
    let again = row(&*ledger, 12).await;
    assert_eq!((again.attempts, again.note, again.inspection_id), (2, None, Some(id(1))));
    assert!(again.change_seq > settled.change_seq);

    let ids = |rows: Vec<DeliveryRow>| rows.iter().map(|row| row.id.as_u128()).collect::<Vec<_>>();
    assert_eq!(ids(ledger.deliveries(TENANT, None, Some(settled.arrival), 10).await.unwrap()), [11, 13]);
    assert_eq!(ids(ledger.deliveries(TENANT, Some(DeliveryState::Received), None, 10).await.unwrap()), [12, 11, 13]);
    assert!(ledger.deliveries(TENANT, Some(DeliveryState::Applied), None, 10).await.unwrap().is_empty());
    assert!(ledger.deliveries("south", None, None, 10).await.unwrap().is_empty());
}

#[tokio::test]
async fn a_delivery_that_was_put_off_waits_for_its_time() {
    let ledger = Ledger::new().await;
    assert_eq!(ledger.next_delivery_due(TENANT, VENDOR).await.unwrap(), None);
    for number in 1..=2 {
        ledger.insert_delivery(delivery(number), at(0)).await.unwrap();
    }
    let later = |seconds| Settlement {
        note: Some("the vendor does not answer".to_owned()),
        names: token("new"),
        next_try_at: Some(at(seconds)),
        ..Settlement::new(DeliveryState::Received)
    };
    ledger.settle_delivery(TENANT, id(1), later(30), at(1)).await.unwrap();
    assert_eq!((due(&ledger, 29).await, due(&ledger, 30).await), (vec![2], vec![1, 2]));
    assert_eq!(ledger.next_delivery_due(TENANT, VENDOR).await.unwrap(), Some(at(0)));
    ledger.settle_delivery(TENANT, id(2), later(20), at(1)).await.unwrap();
    assert_eq!(ledger.next_delivery_due(TENANT, VENDOR).await.unwrap(), Some(at(20)));
    assert_eq!(ledger.next_delivery_due("south", VENDOR).await.unwrap(), None);
    let put_off = row(&*ledger, 1).await;
    assert_eq!((put_off.attempts, put_off.names, put_off.next_try_at), (1, token("new"), at(30)));
}

#[tokio::test]
async fn what_names_a_new_inspection_is_opened_again() {
    let ledger = Ledger::new().await;
    let reopened = ledger.reopened();
    unmatched(&ledger, 11, token("new"), &["main", "other"]).await;
    unmatched(&ledger, 12, token("another"), &["main"]).await;
    unmatched(&ledger, 13, token("new"), &["other"]).await;
    ledger.insert_delivery(delivery(14), at(0)).await.unwrap();
    let waits =
        Settlement { names: token("new"), next_try_at: Some(at(9_000)), ..Settlement::new(DeliveryState::Received) };
    ledger.settle_delivery(TENANT, id(14), waits, at(1)).await.unwrap();
    let elsewhere = NewDelivery { tenant: "south".to_owned(), ..delivery(15) };
    ledger.insert_delivery(elsewhere, at(0)).await.unwrap();
    let settlement = Settlement { names: token("new"), ..Settlement::new(DeliveryState::Unmatched) };
    ledger.settle_delivery("south", id(15), settlement, at(1)).await.unwrap();
    assert!(!reopened.has_changed().unwrap());

    let before = row(&*ledger, 11).await;
    ledger.upsert_inspection(inspection(1, "new"), at(60)).await.unwrap();
    assert_eq!(due(&ledger, 60).await, [11, 14], "of the account, of the token, in the order of arrival");
    assert!(reopened.has_changed().unwrap());
    let opened = row(&*ledger, 11).await;
    assert_eq!((opened.attempts, opened.note, opened.next_try_at), (0, None, at(60)));
    assert!(opened.change_seq > before.change_seq);
    assert_eq!(row(&*ledger, 12).await.state, DeliveryState::Unmatched);
    assert_eq!(row(&*ledger, 13).await.state, DeliveryState::Unmatched, "it came with another account's secret");
    let south = ledger.delivery("south", id(15)).await.unwrap().unwrap();
    assert_eq!(south.state, DeliveryState::Unmatched);
}

#[tokio::test]
async fn what_names_the_vendors_inspection_is_opened_when_that_becomes_known() {
    let ledger = Ledger::new().await;
    let of_vendor = |id: &str| Named { token_uid: None, vendor_inspection_id: Some(id.to_owned()) };
    unmatched(&ledger, 11, of_vendor("v-1"), &["main"]).await;
    unmatched(&ledger, 12, Named { token_uid: Some("other".to_owned()), ..of_vendor("v-1") }, &["main"]).await;
    let known = InspectionRow { vendor_inspection_id: None, ..inspection(1, "token") };
    ledger.upsert_inspection(known, at(0)).await.unwrap();
    assert!(due(&ledger, 100).await.is_empty());

    let patch = InspectionPatch { vendor_inspection_id: Some("v-1".to_owned()), ..InspectionPatch::default() };
    ledger.patch_inspection(TENANT, id(1), patch.clone(), Trail::default(), at(50)).await.unwrap();
    assert_eq!(due(&ledger, 50).await, [11], "a token that is named counts before the id");

    ledger.settle_delivery(TENANT, id(11), Settlement::new(DeliveryState::Unmatched), at(51)).await.unwrap();
    ledger.patch_inspection(TENANT, id(1), patch, Trail::default(), at(52)).await.unwrap();
    assert!(due(&ledger, 100).await.is_empty(), "nothing has become known that was not");
}

#[tokio::test]
async fn what_becomes_known_while_a_delivery_is_worked_on_opens_it_too() {
    let ledger = Ledger::new().await;
    let named = Named { token_uid: None, vendor_inspection_id: Some("inspection".to_owned()) };
    ledger.insert_delivery(delivery(11), at(0)).await.unwrap();
    let known = InspectionRow { vendor_inspection_id: Some("inspection".to_owned()), ..inspection(1, "token") };
    ledger.upsert_inspection(known, at(1)).await.unwrap();
    let settlement = Settlement { names: named, ..Settlement::new(DeliveryState::Unmatched) };
    ledger.settle_delivery(TENANT, id(11), settlement.clone(), at(2)).await.unwrap();
    assert_eq!(row(&*ledger, 11).await.state, DeliveryState::Received);
    assert_eq!(due(&ledger, 2).await, [11]);
    // Worked on with that known, and still in vain: it is not asked again and again.
    ledger.settle_delivery(TENANT, id(11), settlement, at(3)).await.unwrap();
    assert_eq!(row(&*ledger, 11).await.state, DeliveryState::Unmatched);
}

#[tokio::test]
async fn a_creation_opens_what_came_before_it() {
    let ledger = Ledger::new().await;
    unmatched(&ledger, 11, token("token"), &["main"]).await;
    let key = JournalKey {
        tenant: TENANT.to_owned(),
        client: "crm".to_owned(),
        mutation: "createInspection".to_owned(),
        key: "k".to_owned(),
    };
    ledger.begin(&key, "hash", at(2)).await.unwrap();
    let creation = Creation { inspection: Some(inspection(1, "token")), ..Creation::default() };
    ledger.finish_creation(&key, json!({}), creation, at(3)).await.unwrap();
    assert_eq!(due(&ledger, 3).await, [11]);
}

#[tokio::test]
async fn a_damaged_delivery_hides_no_other_and_can_be_put_off() {
    let ledger = Ledger::new().await;
    for number in 1..=2 {
        ledger.insert_delivery(delivery(number), at(0)).await.unwrap();
    }
    let path = ledger.directory.path().join("forecourt.db");
    let mut raw = SqliteConnection::connect(path.to_str().unwrap()).await.unwrap();
    let damage = format!("UPDATE deliveries SET accounts = '[' WHERE id = '{}'", id(1));
    sqlx::query(sqlx::AssertSqlSafe(damage)).execute(&mut raw).await.unwrap();
    assert!(ledger.delivery(TENANT, id(1)).await.is_err());
    assert_eq!(due(&ledger, 0).await, [1, 2]);
    let later = Settlement { next_try_at: Some(at(5)), ..Settlement::new(DeliveryState::Received) };
    assert!(ledger.settle_delivery(TENANT, id(1), later, at(0)).await.unwrap());
    assert_eq!(due(&ledger, 0).await, [2]);
}
