//! Creations that happen once, and clients' keys.

use std::collections::HashSet;
use std::sync::Arc;

use forecourt::shutdown::Shutdown;
use forecourt::store::{
    AccountKey, ApiKeyRow, Begin, Creation, JournalKey, JournalState, StoreError, TicketRow, TicketSighting, Trail,
};
use serde_json::json;

use super::{Ledger, TENANT, VIN, accounts, at, entry, id, inspection, listing, open, ticket, touch};

fn key(key: &str) -> JournalKey {
    JournalKey {
        tenant: TENANT.to_owned(),
        client: "crm".to_owned(),
        mutation: "createInspection".to_owned(),
        key: key.to_owned(),
    }
}

fn creation() -> Creation {
    Creation {
        inspection: Some(inspection(1, "token")),
        listing: Some(listing(2, "stock-1")),
        ticket: Some(ticket(4, "7014045")),
        trail: Trail { timeline: vec![entry(3, "created", 0)], vehicles: vec![touch("tchek", VIN)] },
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn of_a_hundred_callers_one_begins() {
    let ledger = Ledger::new().await;
    let tasks = Shutdown::new();
    let callers: Vec<_> = (0..100)
        .map(|_| {
            let store = Arc::clone(&ledger.store);
            tasks.spawn(async move { store.begin(&key("k"), "hash", at(0)).await.unwrap() })
        })
        .collect();
    let mut begun = 0;
    for caller in callers {
        let answer = caller.await.unwrap();
        assert!(matches!(answer, Begin::New | Begin::InFlight), "{answer:?}");
        begun += u32::from(answer == Begin::New);
    }
    assert_eq!(begun, 1);
}

#[tokio::test]
async fn a_key_stands_for_one_input_of_one_client() {
    let ledger = Ledger::new().await;
    assert_eq!(ledger.begin(&key("k"), "hash", at(0)).await.unwrap(), Begin::New);
    assert_eq!(ledger.begin(&key("k"), "other", at(0)).await.unwrap(), Begin::Mismatch);
    let others = [
        JournalKey { tenant: "south".to_owned(), ..key("k") },
        JournalKey { client: "bi".to_owned(), ..key("k") },
        JournalKey { mutation: "createListing".to_owned(), ..key("k") },
        key("l"),
    ];
    for other in others {
        assert_eq!(ledger.begin(&other, "other", at(0)).await.unwrap(), Begin::New);
    }
}

#[tokio::test]
async fn an_answer_is_kept_with_everything_that_was_created() {
    let ledger = Ledger::new().await;
    ledger.begin(&key("k"), "hash", at(0)).await.unwrap();
    let created = ledger.finish_creation(&key("k"), json!({ "ok": true }), creation(), at(5)).await.unwrap();

    let done = Begin::Done { answer: json!({ "ok": true }), subject_id: Some(id(1)) };
    assert_eq!(ledger.begin(&key("k"), "hash", at(6)).await.unwrap(), done);
    assert_eq!(ledger.begin(&key("k"), "other", at(6)).await.unwrap(), Begin::Mismatch);
    let row = ledger.find(&key("k")).await.unwrap().unwrap();
    assert_eq!((row.state, row.created_at, row.finished_at), (JournalState::Done, at(0), Some(at(5))));

    assert_eq!(ledger.inspections_by_id(TENANT, &[id(1)]).await.unwrap(), [created.inspection.unwrap()]);
    assert_eq!(ledger.listings_by_id(TENANT, &[id(2)]).await.unwrap(), [created.listing.unwrap()]);
    assert_eq!(ledger.tickets_by_id(TENANT, &[id(4)]).await.unwrap(), [created.ticket.unwrap()]);
    assert!(ledger.tickets_by_id("south", &[id(4)]).await.unwrap().is_empty());
    assert_eq!(ledger.timeline(TENANT, &accounts(), VIN, None, 10).await.unwrap(), created.timeline);
    assert_eq!(ledger.vehicles_by_vin(TENANT, &accounts(), &[VIN.to_owned()]).await.unwrap().len(), 1);
}

#[tokio::test]
async fn a_creation_without_its_key_leaves_nothing() {
    let ledger = Ledger::new().await;
    let never_begun = ledger.finish_creation(&key("k"), json!({}), creation(), at(0)).await;
    assert!(matches!(never_begun, Err(StoreError::Conflict { .. })));
    assert!(ledger.inspections_by_id(TENANT, &[id(1)]).await.unwrap().is_empty());
    assert!(ledger.listings_by_id(TENANT, &[id(2)]).await.unwrap().is_empty());
    assert!(ledger.tickets_by_id(TENANT, &[id(4)]).await.unwrap().is_empty());
    assert!(ledger.timeline(TENANT, &accounts(), VIN, None, 10).await.unwrap().is_empty());
    assert!(ledger.vehicles_by_vin(TENANT, &accounts(), &[VIN.to_owned()]).await.unwrap().is_empty());

    ledger.begin(&key("k"), "hash", at(0)).await.unwrap();
    ledger.finish_creation(&key("k"), json!(1), Creation::default(), at(0)).await.unwrap();
    let twice = ledger.finish_creation(&key("k"), json!(2), creation(), at(0)).await;
    assert!(matches!(twice, Err(StoreError::Conflict { .. })));
    assert_eq!(ledger.find(&key("k")).await.unwrap().unwrap().answer, Some(json!(1)));
    assert!(ledger.inspections_by_id(TENANT, &[id(1)]).await.unwrap().is_empty());
}

#[tokio::test]
async fn a_ticket_that_is_kept_already_stays_as_it_is() {
    let ledger = Ledger::new().await;
    let made = |number| Creation { ticket: Some(ticket(number, "7014045")), ..Creation::default() };
    for (name, number) in [("k", 4), ("l", 5)] {
        ledger.begin(&key(name), "hash", at(0)).await.unwrap();
        let created = ledger.finish_creation(&key(name), json!({}), made(number), at(0)).await.unwrap();
        let seq = i64::try_from(number).unwrap() - 3;
        assert_eq!(created.ticket, Some(TicketRow { change_seq: seq, ..ticket(4, "7014045") }));
        assert_eq!(ledger.find(&key(name)).await.unwrap().unwrap().subject_id, Some(id(4)));
    }
}

#[tokio::test]
async fn a_token_that_was_met_before_keeps_its_id() {
    let ledger = Ledger::new().await;
    ledger.upsert_inspection(inspection(9, "token"), at(0)).await.unwrap();
    ledger.begin(&key("k"), "hash", at(0)).await.unwrap();
    let mut creation = creation();
    creation.trail.timeline[0].subject = id(1).to_string();
    let created = ledger.finish_creation(&key("k"), json!({}), creation, at(0)).await.unwrap();
    assert_eq!(created.inspection.unwrap().id, id(9));
    assert_eq!(created.timeline[0].subject, id(9).to_string(), "the timeline tells of the row that there is");
    assert_eq!(ledger.find(&key("k")).await.unwrap().unwrap().subject_id, Some(id(9)));
}

#[tokio::test]
async fn a_key_without_effect_is_free_again() {
    let ledger = Ledger::new().await;
    assert!(!ledger.release(&key("k")).await.unwrap());
    ledger.begin(&key("k"), "hash", at(0)).await.unwrap();
    assert!(ledger.release(&key("k")).await.unwrap());
    assert_eq!(ledger.begin(&key("k"), "other", at(0)).await.unwrap(), Begin::New);
    ledger.finish_creation(&key("k"), json!({}), Creation::default(), at(0)).await.unwrap();
    assert!(!ledger.release(&key("k")).await.unwrap(), "an answer stays");
}

#[tokio::test]
async fn an_unknown_outcome_is_remembered_and_can_be_resolved() {
    let ledger = Ledger::new().await;
    assert!(!ledger.mark_unknown(&key("k")).await.unwrap());
    ledger.begin(&key("k"), "hash", at(3)).await.unwrap();
    assert!(ledger.mark_unknown(&key("k")).await.unwrap());
    assert_eq!(ledger.begin(&key("k"), "hash", at(9)).await.unwrap(), Begin::Unknown { since: at(3), sought: None });
    let unknown = ledger.unknown_creations(at(3), 10).await.unwrap();
    assert_eq!(unknown.iter().map(|row| &row.key).collect::<Vec<_>>(), [&key("k")]);
    assert!(ledger.unknown_creations(at(4), 10).await.unwrap().is_empty(), "it was begun before");

    ledger.finish_creation(&key("k"), json!("found"), Creation::default(), at(10)).await.unwrap();
    assert!(matches!(ledger.begin(&key("k"), "hash", at(11)).await.unwrap(), Begin::Done { .. }));
    assert!(ledger.unknown_creations(at(0), 10).await.unwrap().is_empty());
}

#[tokio::test]
async fn after_a_crash_nobody_knows_what_became_of_it() {
    let ledger = Ledger::new().await;
    for (name, seconds) in [("second", 2), ("first", 1), ("done", 0)] {
        ledger.begin(&key(name), "hash", at(seconds)).await.unwrap();
    }
    ledger.finish_creation(&key("done"), json!({}), Creation::default(), at(3)).await.unwrap();
    let Ledger { store, directory } = ledger;
    drop(store);

    let store = open(directory.path()).await;
    let orphans = store.orphans_to_unknown().await.unwrap();
    assert_eq!(orphans.iter().map(|row| row.key.key.as_str()).collect::<Vec<_>>(), ["first", "second"]);
    assert!(orphans.iter().all(|row| row.state == JournalState::Unknown));
    assert!(store.orphans_to_unknown().await.unwrap().is_empty());
    assert_eq!(store.begin(&key("first"), "hash", at(9)).await.unwrap(), Begin::Unknown { since: at(1), sought: None });
}

#[tokio::test]
async fn what_an_order_is_found_again_by_is_kept_until_it_is_found() {
    let ledger = Ledger::new().await;
    let sought = json!({ "reference": "WO-1001" });
    assert!(!ledger.note_sought(&key("k"), sought.clone()).await.unwrap(), "the key was never begun");
    ledger.begin(&key("k"), "hash", at(0)).await.unwrap();
    assert!(ledger.note_sought(&key("k"), sought.clone()).await.unwrap());
    let Ledger { store, directory } = ledger;
    drop(store);

    let store = open(directory.path()).await;
    let orphans = store.orphans_to_unknown().await.unwrap();
    assert_eq!(orphans.iter().map(|row| row.sought.clone()).collect::<Vec<_>>(), [Some(sought.clone())]);
    let unknown = Begin::Unknown { since: at(0), sought: Some(sought.clone()) };
    assert_eq!(store.begin(&key("k"), "hash", at(9)).await.unwrap(), unknown);
    assert!(!format!("{unknown:?} {orphans:?}").contains("WO-1001"));
    assert!(!store.note_sought(&key("k"), json!({})).await.unwrap(), "it was sent before");
    store.finish_creation(&key("k"), json!({}), Creation::default(), at(10)).await.unwrap();
    assert_eq!(store.find(&key("k")).await.unwrap().unwrap().sought, None);
}

#[tokio::test]
async fn a_ticket_is_seen_in_a_new_state_once() {
    let ledger = Ledger::new().await;
    ledger.begin(&key("k"), "hash", at(0)).await.unwrap();
    ledger.finish_creation(&key("k"), json!({}), creation(), at(0)).await.unwrap();
    let account = AccountKey::new("jifeline", "main");
    let rows = async |tenant| {
        ledger.tickets_by_number(tenant, &account, &["7014045".to_owned(), "1".to_owned()]).await.unwrap()
    };
    assert!(rows("south").await.is_empty());
    let sighting = |state: &str, code, seconds| TicketSighting {
        id: id(4),
        before: Some("PENDING".to_owned()),
        code_before: Some(1),
        state: Some(state.to_owned()),
        state_code: Some(code),
        asked_at: at(seconds),
    };
    let trail = |number| Trail { timeline: vec![entry(number, "changed", 5)], vehicles: Vec::new() };
    let see = async |sighting, number| ledger.see_ticket(TENANT, sighting, trail(number), at(9)).await.unwrap();
    assert!(!ledger.see_ticket("south", sighting("CLOSED", 7, 5), trail(20), at(9)).await.unwrap());
    assert!(!see(sighting("CLOSED", 7, -1), 21).await, "whoever saw it had asked before the ticket was made");
    assert!(see(sighting("IN_PROGRESS", 2, 5), 22).await);
    assert!(!see(sighting("IN_PROGRESS", 2, 6), 23).await, "the second who saw the change is too late");
    let row = rows(TENANT).await.remove(0);
    assert_eq!((row.state.as_deref(), row.state_code, row.seen_at), (Some("IN_PROGRESS"), Some(2), at(5)));
    let timeline = ledger.timeline(TENANT, &accounts(), VIN, None, 10).await.unwrap();
    assert_eq!(timeline.iter().map(|entry| entry.id).collect::<Vec<_>>(), [id(22), id(3)]);
}

fn api_key(number: u8, tenant: &str, name: &str) -> ApiKeyRow {
    ApiKeyRow {
        id: id(number.into()),
        tenant: tenant.to_owned(),
        name: name.to_owned(),
        key_sha256: [number; 32],
        scopes: vec!["vehicles:read".to_owned()],
        accounts: (number == 1).then(|| vec!["tchek/main".to_owned()]),
        max_rows: (number == 1).then_some(500),
        created_at: at(number.into()),
        revoked_at: None,
    }
}

#[tokio::test]
async fn a_client_is_known_by_the_hash_of_its_key() {
    let ledger = Ledger::new().await;
    let keys =
        [api_key(1, TENANT, "crm"), api_key(2, TENANT, "crm"), api_key(3, "south", "crm"), api_key(4, TENANT, "bi")];
    for key in &keys {
        ledger.create_api_key(key.clone()).await.unwrap();
    }
    let same_hash = ApiKeyRow { id: id(99), ..api_key(1, TENANT, "crm") };
    assert!(matches!(ledger.create_api_key(same_hash).await, Err(StoreError::Conflict { .. })));

    assert_eq!(ledger.api_keys(None).await.unwrap(), keys);
    assert_eq!(ledger.api_keys(Some("south")).await.unwrap(), [keys[2].clone()]);
    assert_eq!(ledger.api_key_by_hash(&[1; 32]).await.unwrap(), Some(keys[0].clone()));
    assert_eq!(ledger.api_key_by_hash(&[5; 32]).await.unwrap(), None);

    let revoked = ledger.revoke_api_keys(Some(TENANT), "crm", at(60)).await.unwrap();
    assert_eq!(revoked.iter().map(|key| key.id).collect::<HashSet<_>>(), HashSet::from([id(1), id(2)]));
    assert!(revoked.iter().all(|key| key.revoked_at == Some(at(60))));
    assert_eq!(ledger.api_key_by_hash(&[1; 32]).await.unwrap(), None);
    assert!(ledger.api_key_by_hash(&[3; 32]).await.unwrap().is_some());
    assert_eq!(ledger.revoke_api_keys(None, &id(4).to_string(), at(61)).await.unwrap().len(), 1);
    assert!(ledger.revoke_api_keys(None, "nobody", at(62)).await.unwrap().is_empty());
    assert_eq!(ledger.api_keys(None).await.unwrap().len(), 4, "revoked keys stay in the list");
}

#[tokio::test]
async fn debug_shows_no_secret_and_no_person() {
    let ledger = Ledger::new().await;
    ledger.begin(&key("k"), "hash", at(0)).await.unwrap();
    let created = ledger.finish_creation(&key("k"), json!("Ada Example"), creation(), at(0)).await.unwrap();
    let done = ledger.begin(&key("k"), "hash", at(0)).await.unwrap();
    let shown = format!("{created:?} {done:?} {:?} {:?}", api_key(77, TENANT, "crm"), creation());
    for secret in [VIN, "Ada Example", "AB-12-CD", "\"token\"", "77, 77", "12500"] {
        assert!(!shown.contains(secret), "{secret} in {shown}");
    }
}
