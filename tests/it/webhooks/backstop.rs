//! Inspections of which no delivery speaks: the vendor delivers to nobody here, and is asked.

use chrono::TimeDelta;
use forecourt::store;
use forecourt::store::Access;
use forecourt::store::AccountKey;
use forecourt::store::PollQuery;
use serde_json::Value;
use serde_json::json;

use crate::support::gateway::Rig;
use crate::support::gateway::SHOWPIECE;
use crate::support::gateway::TRIED_ONCE;
use crate::support::gateway::send;

use super::DEFAULT;
use super::KEY;
use super::READ;
use super::deliver;
use super::revisions;
use super::settled;
use super::walk;

const REPORT: &str = "tchek.reports.get";
const STATUS: &str = "query($uid: String!) { inspection(by: {tokenUid: $uid}) {
    lastProgressStatus report { damageCount damages { part kindRaw } images { originUrl } }
} }";
/// The first question comes after a moment of the clock that the test moves, and each further one ten times later.
const SETTINGS: [(&str, &str); 3] = [
    ("FORECOURT_WEBHOOKS__POLL_FIRST", "100ms"),
    ("FORECOURT_WEBHOOKS__POLL_FACTOR", "10"),
    ("FORECOURT_WEBHOOKS__POLL_CAP", "1h"),
];

async fn ledger(rig: &Rig, uid: &str) -> Value {
    let store = store::open(rig.data.path(), Access::Tool).await.unwrap();
    let rows = store.inspections_by_token(DEFAULT, None, &[uid.to_owned()]).await.unwrap();
    let row = rows.first().unwrap();
    let accounts = [AccountKey::new("tchek", row.account.as_str())];
    let entries = store.timeline_of_subject(DEFAULT, &accounts, &row.id.to_string(), 100).await.unwrap();
    let reports = store.report_revisions(DEFAULT, row.id, None, 100).await.unwrap();
    store.close().await;
    let mut kinds: Vec<_> = entries.into_iter().map(|entry| entry.kind).collect();
    kinds.reverse();
    json!({ "status": row.status_code, "expired": row.expired, "timeline": kinds, "reports": reports.len() })
}

/// How often an inspection was asked for since its status is known.
async fn polls(rig: &Rig, uid: &str) -> i64 {
    let query = PollQuery {
        tenant: DEFAULT.to_owned(),
        vendor: "tchek".to_owned(),
        finished: 5,
        first_millis: 0,
        expiring_after: rig.clock.now(),
        most_for_report: 1,
    };
    let store = store::open(rig.data.path(), Access::Tool).await.unwrap();
    let all = store.polls_due(&query, rig.clock.now() + TimeDelta::days(9), 100).await.unwrap();
    store.close().await;
    all.iter().find(|poll| poll.token_uid == uid).unwrap().polls
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_status_and_a_report_that_no_delivery_brought_are_fetched() {
    let rig = Rig::with(&SETTINGS).await;
    let uid = rig.inspect(SHOWPIECE, &[]).await;
    walk(&rig, &uid).await;
    rig.forget_calls().await;
    assert_eq!(ledger(&rig, &uid).await["status"], 0);
    rig.clock.advance(TimeDelta::seconds(1));
    rig.until("the status is known", async || ledger(&rig, &uid).await["status"] == 3).await;

    for state in [4, 5] {
        rig.control("POST", &format!("tokens/{uid}/advance"), &json!({ "to": state })).await;
    }
    rig.clock.advance(TimeDelta::seconds(1));
    rig.until("the end is known", async || ledger(&rig, &uid).await["status"] == 5).await;
    assert_eq!((rig.count(READ).await, rig.count(REPORT).await), (2, 0), "a delivery has some time to come");

    rig.clock.advance(TimeDelta::seconds(1));
    rig.until("the report is there", async || ledger(&rig, &uid).await["reports"] == 1).await;
    let changed = "INSPECTION_STATUS_CHANGED";
    let expected = json!(["INSPECTION_CREATED", changed, changed, "INSPECTION_REPORT_RECEIVED"]);
    assert_eq!(ledger(&rig, &uid).await["timeline"], expected);
    let url = format!("{}/tchek/apiV1/report/loadtchek?token={uid}", rig.sandbox);
    let request = rig.client.get(url).header("x-api-key", KEY);
    let held: Value = send(request).await.json().await.unwrap();
    let held = held.get("data").unwrap_or(&held);
    let kept: Vec<&Value> = held["damages"].as_array().unwrap().iter().filter(|one| one["isDeleted"] != true).collect();
    let told = rig.data(STATUS, json!({ "uid": uid })).await["inspection"].take();
    assert_eq!(told["lastProgressStatus"], "COMPLETED");
    let damages = told["report"]["damages"].as_array().unwrap();
    assert_eq!((told["report"]["damageCount"].as_u64(), damages.len()), (Some(kept.len() as u64), kept.len()));
    for (damage, held) in damages.iter().zip(kept) {
        assert_eq!([&damage["part"], &damage["kindRaw"]], [&held["location"], &held["type"]]);
    }
    assert!(told["report"]["images"][0]["originUrl"].as_str().unwrap().starts_with("http"));

    // What comes after all has more in it, and takes its place.
    let asked = rig.count(REPORT).await;
    rig.set_webhook().await;
    deliver(&rig, &uid, 2, 1).await;
    settled(&rig, 1).await;
    let revisions = revisions(&rig, &uid).await;
    assert!(revisions.len() == 2 && revisions[0].delivery_id.is_none() && revisions[1].delivery_id.is_some());
    assert_eq!(rig.count(REPORT).await, asked, "an inspection with a report is not asked for");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn questions_come_less_and_less_often_and_a_restart_repeats_none() {
    let rig = Rig::with(&SETTINGS).await;
    let quiet = rig.inspect(SHOWPIECE, &[]).await;
    rig.clock.advance(TimeDelta::milliseconds(200));
    rig.until("it was asked for", async || polls(&rig, &quiet).await == 1).await;
    let other = rig.inspect(SHOWPIECE, &[]).await;
    let rig = rig.restart(&SETTINGS).await;
    // The first one has a second to wait now, the other one a tenth of it.
    rig.clock.advance(TimeDelta::milliseconds(300));
    rig.until("the other one was asked for", async || polls(&rig, &other).await == 1).await;
    assert_eq!(rig.count(READ).await, 1);
    rig.clock.advance(TimeDelta::seconds(2));
    rig.until("both were asked for", async || (polls(&rig, &quiet).await, polls(&rig, &other).await) == (2, 2)).await;
    assert_eq!(rig.count(READ).await, 3);

    // Both run out. The vendor is asked once more, says so, and is left alone.
    for uid in [&quiet, &other] {
        rig.control("POST", &format!("tokens/{uid}/expire"), &json!({})).await;
        rig.clock.advance(TimeDelta::hours(1));
        rig.until("the ledger knows", async || ledger(&rig, uid).await["expired"] == true).await;
    }
    rig.forget_calls().await;
    rig.clock.advance(TimeDelta::hours(1));
    let third = rig.inspect(SHOWPIECE, &[]).await;
    rig.clock.advance(TimeDelta::seconds(1));
    rig.until("the third one was asked for", async || rig.count(READ).await > 0).await;
    assert_eq!(rig.count(READ).await, 1, "{third} only");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_vendor_that_fails_is_asked_again_later() {
    let settings: Vec<_> = SETTINGS.into_iter().chain(TRIED_ONCE).collect();
    let rig = Rig::with(&settings).await;
    let uid = rig.inspect(SHOWPIECE, &[1]).await;
    rig.control("PUT", "faults", &json!([{ "operation": READ, "status": 503 }])).await;
    rig.clock.advance(TimeDelta::seconds(1));
    rig.until("the vendor has failed", async || polls(&rig, &uid).await == 1).await;
    assert_eq!(rig.count(READ).await, 1);
    rig.control("DELETE", "faults", &Value::Null).await;
    rig.clock.advance(TimeDelta::seconds(2));
    rig.until("the status is known", async || ledger(&rig, &uid).await["status"] == 1).await;
}
