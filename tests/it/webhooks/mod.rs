//! Deliveries of the inspection vendor: who may bring one, what is kept, and what becomes of it.

mod backstop;
mod commands;
mod events;
mod forwarding;
mod many;
mod order;
mod registering;

pub(crate) use events::subscribe;

use std::path::Path;

use chrono::TimeDelta;
use forecourt::clock::Clock;
use forecourt::shutdown::Shutdown;
use forecourt::store;
use forecourt::store::Access;
use forecourt::store::DeliveryRow;
use forecourt::store::DeliveryState;
use forecourt::store::ReportRow;
use serde_json::Value;
use serde_json::json;
use tempfile::TempDir;

use crate::support::clients::client;
use crate::support::gateway::Rig;
use crate::support::gateway::SHOWPIECE;
use crate::support::gateway::WEBHOOK_SECRET;
use crate::support::gateway::send;
use crate::support::gateway::today;
use crate::support::gateway::try_send;
use crate::support::process::post;
use crate::support::vendors::Vendors;
use crate::support::vendors::make_token;

const READ: &str = "tchek.tokens.status";
const KEY: &str = "sandbox-tchek-key";
const DEFAULT: &str = "default";
/// A result about a token that nobody has made.
const STRANGE: &str = r#"{"dataAPI":{"status":200,"data":{"tokenId":"TFFFFFF","damageNumber":0}}}"#;

/// The deliveries that the ledger has for a tenant, in the order of arrival.
async fn kept(data: &Path, tenant: &str) -> Vec<DeliveryRow> {
    let store = store::open(data, Access::Tool).await.unwrap();
    let rows = store.deliveries(tenant, None, None, 1000).await.unwrap();
    store.close().await;
    rows
}

async fn states(rig: &Rig, tenant: &str) -> Vec<DeliveryState> {
    kept(rig.data.path(), tenant).await.iter().map(|row| row.state).collect()
}

/// Waits until no delivery of the default tenant waits to be worked on; gives their states.
async fn settled(rig: &Rig, count: usize) -> Vec<DeliveryState> {
    rig.until("every delivery is settled", async || {
        let states = states(rig, DEFAULT).await;
        states.len() == count && !states.contains(&DeliveryState::Received)
    })
    .await;
    states(rig, DEFAULT).await
}

/// The revisions of the report of a token's inspection, oldest first.
async fn revisions(rig: &Rig, uid: &str) -> Vec<ReportRow> {
    let store = store::open(rig.data.path(), Access::Tool).await.unwrap();
    let inspections = store.inspections_by_token(DEFAULT, None, &[uid.to_owned()]).await.unwrap();
    let id = inspections.first().unwrap().id;
    let mut rows = store.report_revisions(DEFAULT, id, None, 1000).await.unwrap();
    store.close().await;
    rows.reverse();
    rows
}

/// Posts `body` to a tenant's address; gives the status.
async fn bring(rig: &Rig, tenant: &str, secret: &str, body: &str) -> u16 {
    let url = format!("{}/webhooks/tchek/{tenant}", rig.base);
    post(&url, &[("x-api-key", secret)], body).await.unwrap().0
}

/// Lets the vendor deliver a result of `uid` with the content `revision`; gives the status of each attempt.
async fn deliver(rig: &Rig, uid: &str, revision: u32, copies: u32) -> Value {
    let body = json!({ "uid": uid, "event": "detectionFinished", "revision": revision, "copies": copies });
    let told = rig.control("POST", "tchek/deliver", &body).await;
    told["deliveries"].as_array().unwrap().iter().map(|delivery| delivery["attempts"].clone()).collect()
}

/// A token that was made past the gateway and has its photos; the vendor could deliver its result to nobody.
async fn made_elsewhere(rig: &Rig) -> String {
    let uid = make_token(&rig.sandbox, KEY, SHOWPIECE).await;
    walk(rig, &uid).await;
    uid
}

/// An inspection of the gateway with its photos; the vendor could deliver its result to nobody.
async fn photographed(rig: &Rig) -> String {
    let uid = rig.inspect(SHOWPIECE, &[]).await;
    walk(rig, &uid).await;
    rig.forget_calls().await;
    uid
}

/// Walks a token to its photos and waits until the vendor has found nobody to deliver to.
async fn walk(rig: &Rig, uid: &str) {
    for state in 1..=3 {
        rig.control("POST", &format!("tokens/{uid}/advance"), &json!({ "to": state })).await;
    }
    rig.until("the vendor would have delivered", async || {
        let told = rig.control("GET", "tchek/tokens", &Value::Null).await;
        let tokens = told["tokens"].as_array().unwrap();
        let token = tokens.iter().find(|token| token["uid"] == uid).unwrap();
        token["deliveries"].as_array().is_some_and(|deliveries| deliveries.len() == 1)
    })
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_delivery_needs_the_secret_and_is_kept_as_it_came() {
    let rig = Rig::start().await;
    let post_to = |tenant: &str| rig.client.post(format!("{}/webhooks/tchek/{tenant}", rig.base)).body(STRANGE);
    let json = ("content-type", "application/json");
    let mut refusals = Vec::new();
    for (tenant, secret) in [
        (DEFAULT, Some("wrong")),
        (DEFAULT, Some("sandbox-webhook-secre")),
        (DEFAULT, Some("sandbox-webhook-secrets")),
        (DEFAULT, Some("")),
        (DEFAULT, None),
        ("nobody", Some(WEBHOOK_SECRET)),
        ("nobody", None),
    ] {
        let mut request = post_to(tenant).header(json.0, json.1);
        if let Some(secret) = secret {
            request = request.header("x-api-key", secret);
        }
        let response = send(request).await;
        let status = response.status().as_u16();
        let mut problem: Value = response.json().await.unwrap();
        assert!(problem.as_object_mut().unwrap().remove("requestId").is_some(), "it can be found in the log");
        refusals.push((status, problem));
    }
    assert!(refusals.iter().all(|refusal| refusal == &refusals[0]), "nobody is told which: {refusals:#?}");
    assert_eq!(refusals[0].0, 401);
    assert_eq!(kept(rig.data.path(), DEFAULT).await, []);
    assert_eq!(kept(rig.data.path(), "nobody").await, []);

    let response = send(post_to(DEFAULT).header("x-api-key", WEBHOOK_SECRET).header(json.0, json.1)).await;
    assert_eq!(response.status(), 200);
    let receipt: Value = response.json().await.unwrap();
    let rows = kept(rig.data.path(), DEFAULT).await;
    assert_eq!(rows.len(), 1);
    assert_eq!(receipt["delivery"], rows[0].id.to_string());
    assert_eq!((rows[0].body.as_slice(), rows[0].content_type.as_deref()), (STRANGE.as_bytes(), Some(json.1)));
    let store = store::open(rig.data.path(), Access::Tool).await.unwrap();
    let pragmas = store.pragmas().await.unwrap();
    assert_eq!((pragmas.synchronous, pragmas.journal_mode.as_str()), (2, "wal"), "a commit has reached the disk");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn only_json_of_a_sensible_size_is_taken() {
    let rig = Rig::start().await;
    let url = format!("{}/webhooks/tchek/{DEFAULT}", rig.base);
    let long = format!("\"{}\"", "x".repeat(8 * 1024 * 1024));
    let cases = [
        (None, STRANGE, 415),
        (Some("text/plain"), STRANGE, 415),
        (Some("application/jsonp"), STRANGE, 415),
        (Some("Application/JSON; charset=utf-8"), STRANGE, 200),
    ];
    for (content_type, body, expected) in cases {
        let mut request = rig.client.post(&url).header("x-api-key", WEBHOOK_SECRET).body(body.to_owned());
        if let Some(content_type) = content_type {
            request = request.header("content-type", content_type);
        }
        assert_eq!(send(request).await.status(), expected, "{content_type:?}");
    }
    let too_long = rig.client.post(&url).header("x-api-key", WEBHOOK_SECRET).header("content-type", "application/json");
    // It is refused by its announced length, so the connection can end before all of it was sent.
    if let Ok(answer) = try_send(too_long.body(long)).await {
        assert_eq!(answer.status(), 413);
    }
    assert_eq!(kept(rig.data.path(), DEFAULT).await.len(), 1);
    assert_eq!(send(rig.client.get(&url)).await.status(), 405);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_same_result_twice_is_one_revision_and_a_return_is_a_new_one() {
    let rig = Rig::start().await;
    let uid = photographed(&rig).await;
    rig.set_webhook().await;
    assert_eq!(deliver(&rig, &uid, 1, 2).await, json!([[200], [200]]));
    let (applied, unchanged) = (DeliveryState::Applied, DeliveryState::Unchanged);
    assert_eq!(settled(&rig, 2).await, [applied, unchanged]);
    assert_eq!(revisions(&rig, &uid).await.len(), 1);

    // Further apart than results that could have overtaken each other.
    rig.clock.advance(TimeDelta::minutes(2));
    deliver(&rig, &uid, 3, 1).await;
    assert_eq!(settled(&rig, 3).await, [applied, unchanged, applied]);
    rig.clock.advance(TimeDelta::minutes(2));
    deliver(&rig, &uid, 1, 1).await;
    assert_eq!(settled(&rig, 4).await, [applied, unchanged, applied, applied]);
    let hashes: Vec<_> = revisions(&rig, &uid).await.into_iter().map(|row| row.content_hash).collect();
    assert!(hashes.len() == 3 && hashes[0] == hashes[2] && hashes[0] != hashes[1], "{hashes:?}");
    let query = "query($uid: String!) { inspection(by: {tokenUid: $uid}) { report { revision } } }";
    let data = rig.data(query, json!({ "uid": uid })).await;
    assert_eq!(data["inspection"]["report"]["revision"], 3);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn many_deliveries_cause_one_reading_of_the_status() {
    let rig = Rig::start().await;
    let uid = photographed(&rig).await;
    rig.set_webhook().await;
    deliver(&rig, &uid, 1, 5).await;
    rig.until("the status is read", async || rig.count(READ).await > 0).await;
    assert_eq!(rig.count(READ).await, 1);
    // A sixth, which says nothing new either: had each of the first five caused a reading, they would be counted here.
    deliver(&rig, &uid, 1, 1).await;
    rig.until("the status is read again", async || rig.count(READ).await > 1).await;
    assert_eq!(rig.count(READ).await, 2);
    let store = store::open(rig.data.path(), Access::Tool).await.unwrap();
    rig.until("the ledger has the status", async || {
        let rows = store.inspections_by_token(DEFAULT, None, std::slice::from_ref(&uid)).await.unwrap();
        rows.first().unwrap().status_code == 3
    })
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_inspection_that_was_made_elsewhere_is_met_by_its_delivery() {
    let rig = Rig::start().await;
    let uid = made_elsewhere(&rig).await;
    rig.set_webhook().await;
    rig.control("PUT", "faults", &json!([{ "operation": READ, "hold": "before" }])).await;
    assert_eq!(deliver(&rig, &uid, 1, 1).await, json!([[200]]), "thanked while the vendor is held");
    rig.until("the vendor is asked", async || rig.count(READ).await == 1).await;
    assert_eq!(states(&rig, DEFAULT).await, [DeliveryState::Received]);
    rig.control("DELETE", "faults", &Value::Null).await;
    assert_eq!(settled(&rig, 1).await, [DeliveryState::Applied]);
    let query = "query($uid: String!) { inspection(by: {tokenUid: $uid}) {
        vin customer { email } damageReview locale createdAt environment lastProgressStatus report { revision }
    } }";
    let data = rig.data(query, json!({ "uid": uid })).await;
    insta::assert_json_snapshot!(data["inspection"], @r#"
    {
      "createdAt": "2026-10-02T08:00:00Z",
      "customer": null,
      "damageReview": null,
      "environment": "production",
      "lastProgressStatus": "SHOT",
      "locale": null,
      "report": {
        "revision": 1
      },
      "vin": null
    }
    "#);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_cannot_be_read_or_matched_is_kept_and_holds_nobody_up() {
    let rig = Rig::start().await;
    let uid = photographed(&rig).await;
    rig.set_webhook().await;
    for body in ["{", "[]", "{}", STRANGE] {
        assert_eq!(bring(&rig, DEFAULT, WEBHOOK_SECRET, body).await, 200);
    }
    deliver(&rig, &uid, 1, 1).await;
    let unreadable = DeliveryState::Unreadable;
    let expected = [unreadable, unreadable, unreadable, DeliveryState::Unmatched, DeliveryState::Applied];
    assert_eq!(settled(&rig, 5).await, expected);
    let rows = kept(rig.data.path(), DEFAULT).await;
    assert_eq!(rows[0].body, b"{");
    assert!(rows[..4].iter().all(|row| row.note.is_some()), "each says why: {rows:?}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_delivery_waits_for_a_vendor_that_fails_and_keeps_its_place() {
    let rig = Rig::start().await;
    let (known, new) = (photographed(&rig).await, made_elsewhere(&rig).await);
    rig.set_webhook().await;
    rig.control("PUT", "faults", &json!([{ "operation": READ, "status": 503 }])).await;
    deliver(&rig, &new, 3, 1).await;
    rig.until("the vendor has failed", async || kept(rig.data.path(), DEFAULT).await[0].attempts == 1).await;
    deliver(&rig, &known, 1, 10).await;
    deliver(&rig, &new, 4, 1).await;
    rig.until("the known ones are settled", async || {
        states(&rig, DEFAULT).await.iter().filter(|state| **state == DeliveryState::Received).count() == 2
    })
    .await;
    let rows = kept(rig.data.path(), DEFAULT).await;
    let waiting = |row: &&DeliveryRow| row.state == DeliveryState::Received;
    let attempts: Vec<_> = rows.iter().filter(waiting).map(|row| row.attempts).collect();
    assert!(attempts.iter().all(|tried| *tried < 5), "arrivals use up no attempts: {attempts:?}");
    rig.control("DELETE", "faults", &Value::Null).await;
    rig.clock.advance(TimeDelta::hours(1));
    deliver(&rig, &known, 1, 1).await;
    settled(&rig, rows.len() + 1).await;
    let deliveries: Vec<_> = rows.iter().filter(waiting).map(|row| Some(row.id)).collect();
    let applied: Vec<_> = revisions(&rig, &new).await.iter().map(|row| row.delivery_id).collect();
    // Which of the two is tried again first depends on how long this took; which one holds in the end does not.
    assert_eq!((deliveries.len(), applied.last()), (2, deliveries.last()), "what came last is the current one");
}

const TENANTS: &str = r#"
[tenants.alpha.vendors.tchek]
mode = "sandbox"
accounts.main = { api_key = "sandbox-tchek-key", webhook_secret = "secret-of-alpha" }

[tenants.beta.vendors.tchek]
mode = "sandbox"
accounts.main = { api_key = "sandbox-tchek-key-2", webhook_secret = "secret-of-beta" }

[tenants.bare.vendors.tchek]
mode = "live"
base_url = "SANDBOX/tchek"
web_url = "SANDBOX/tchek/webapp"
accounts.main = { api_key = "sandbox-tchek-key" }
"#;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn tenants_have_addresses_secrets_and_tokens_of_their_own() {
    let (clock, data) = (Clock::settable(today()), TempDir::new().unwrap());
    let vendors = Vendors::start(clock.clone()).await;
    let file = data.path().join("forecourt.toml");
    std::fs::write(&file, TENANTS.replace("SANDBOX", &vendors.url)).unwrap();
    // One of the vendors is live, so somebody must have a key.
    client(data.path(), "alpha", "crm").await;
    let settings = [("FORECOURT_CONFIG", file.to_str().unwrap())];
    let rig = Rig::beside(vendors.url.clone(), Shutdown::new(), clock, data, &settings).await;
    let uid = make_token(&vendors.url, "sandbox-tchek-key-2", SHOWPIECE).await;
    let result = STRANGE.replace("TFFFFFF", &uid);
    for (tenant, secret, expected) in [
        ("bare", "secret-of-alpha", 404),
        ("bare", "", 404),
        ("alpha", "secret-of-beta", 401),
        ("beta", "secret-of-alpha", 401),
        ("beta", "secret-of-beta", 200),
        ("alpha", "secret-of-alpha", 200),
    ] {
        assert_eq!(bring(&rig, tenant, secret, &result).await, expected, "{tenant} {secret}");
    }
    for (tenant, state) in
        [("bare", None), ("alpha", Some(DeliveryState::Unmatched)), ("beta", Some(DeliveryState::Applied))]
    {
        rig.until("the tenant's delivery is settled", async || states(&rig, tenant).await == Vec::from_iter(state))
            .await;
    }
    let store = store::open(rig.data.path(), Access::Tool).await.unwrap();
    assert_eq!(store.inspections_by_token("alpha", None, std::slice::from_ref(&uid)).await.unwrap(), []);
    assert_eq!(store.inspections_by_token("beta", None, &[uid]).await.unwrap().len(), 1);
}
