//! Creating once, whatever the vendor, the client or the gateway's end does in between.

use std::collections::BTreeMap;
use std::collections::BTreeSet;
use std::time::Duration;

use forecourt::clock::Clock;
use forecourt::shutdown::Shutdown;
use futures_util::future::join_all;
use serde_json::Value;
use serde_json::json;
use tempfile::TempDir;

use crate::support::clients::client;
use crate::support::gateway::Rig;
use crate::support::gateway::SHOWPIECE;
use crate::support::gateway::today;
use crate::support::process::ask;
use crate::support::vendors::Vendors;

const CREATE: &str = "mutation($input: CreateInspectionInput!) { createInspection(input: $input) {
    outcome idempotencyKey inspection { id tokenUid } userErrors { code field }
} }";
const OPERATION: &str = "tchek.tokens.create";
const OTHER_VIN: &str = "YV1ZWA8UDL1234508";
/// Inspections only, and a vendor that takes too long after a moment.
const IMPATIENT: [(&str, &str); 2] = [
    ("FORECOURT_TENANTS__DEFAULT__VENDORS__TCHEK__MODE", "sandbox"),
    ("FORECOURT_TENANTS__DEFAULT__VENDORS__TCHEK__TIMEOUT", "300ms"),
];

fn input(key: &str, vin: &str) -> Value {
    json!({ "input": { "idempotencyKey": key, "vin": vin } })
}

/// Asks for an inspection of the README's car and gives the whole answer.
async fn create(rig: &Rig, key: &str) -> Value {
    rig.ask(CREATE, input(key, SHOWPIECE)).await
}

/// Asks for an inspection of another car.
async fn create_other(rig: &Rig, key: &str) -> Value {
    rig.ask(CREATE, input(key, OTHER_VIN)).await
}

fn outcome(answer: &Value) -> &str {
    answer["data"]["createInspection"]["outcome"].as_str().unwrap()
}

fn fault_codes(answer: &Value) -> Vec<&str> {
    let faults = answer["data"]["createInspection"]["userErrors"].as_array().unwrap();
    faults.iter().map(|fault| fault["code"].as_str().unwrap()).collect()
}

async fn break_vendor(rig: &Rig, mut fault: Value) {
    fault["operation"] = json!(OPERATION);
    rig.control("PUT", "faults", &json!([fault])).await;
}

async fn mend_vendor(rig: &Rig) {
    rig.control("DELETE", "faults", &Value::Null).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_hundred_calls_with_one_key_are_one_call_and_one_answer() {
    let rig = Rig::start().await;
    let answers = join_all((0..100).map(|_| create(&rig, "one"))).await;
    let distinct: BTreeSet<String> = answers.iter().map(Value::to_string).collect();
    assert_eq!(distinct.len(), 1, "{distinct:?}");
    let answer = answers.first().unwrap();
    assert_eq!((outcome(answer), answer.get("errors")), ("CREATED", None));
    assert_eq!(answer["data"]["createInspection"]["idempotencyKey"], "one");
    assert_eq!(rig.calls().await, BTreeMap::from([(OPERATION.to_owned(), 1)]));
    assert_eq!(create(&rig, "one").await, *answer, "a later call is answered alike");
    assert_eq!(rig.count(OPERATION).await, 1);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_key_belongs_to_its_first_input() {
    let rig = Rig::start().await;
    break_vendor(&rig, json!({ "hold": "before" })).await;
    let others = async {
        rig.until("the vendor is asked", async || rig.count(OPERATION).await == 1).await;
        let early = create_other(&rig, "one").await;
        mend_vendor(&rig).await;
        early
    };
    let (first, early) = tokio::join!(create(&rig, "one"), others);
    let late = create_other(&rig, "one").await;
    assert_eq!(outcome(&first), "CREATED");
    for answer in [early, late] {
        assert_eq!((outcome(&answer), fault_codes(&answer)), ("NOT_CREATED", vec!["IDEMPOTENCY_MISMATCH"]));
        assert_eq!(answer["data"]["createInspection"]["userErrors"][0]["field"], json!(["idempotencyKey"]));
    }
    assert_eq!(rig.count(OPERATION).await, 1);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_refusal_leaves_the_key_free() {
    let rig = Rig::start().await;
    let by_rule = rig.ask(CREATE, input("rule", "YV1ZWA8UDL123450")).await;
    assert_eq!(fault_codes(&by_rule), ["INVALID_VIN"]);
    assert_eq!(outcome(&create(&rig, "rule").await), "CREATED");

    let body = json!({ "message": "the vehicle is on a list" }).to_string();
    for (fault, codes) in [
        (json!({ "status": 422, "body": body }), vec!["REFUSED_BY_VENDOR"]),
        (json!({ "status": 400 }), vec!["REFUSED_BY_VENDOR"]),
        (json!({ "status": 401 }), vec![]),
        (json!({ "status": 429, "retryAfter": 7 }), vec![]),
    ] {
        let key = fault.to_string();
        break_vendor(&rig, fault).await;
        let refused = create(&rig, &key).await;
        assert_eq!((outcome(&refused), fault_codes(&refused)), ("NOT_CREATED", codes.clone()), "{key}");
        assert_eq!(refused.get("errors").is_some(), codes.is_empty(), "what the caller cannot mend is an error: {key}");
        mend_vendor(&rig).await;
        assert_eq!(outcome(&create_other(&rig, &key).await), "CREATED", "{key}");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_creation_of_unknown_outcome_is_told_and_never_sent_again() {
    let rig = Rig::with(&IMPATIENT).await;
    let faults = [
        (json!({ "status": 500 }), "VENDOR_UNAVAILABLE"),
        (json!({ "hang": true }), "VENDOR_TIMEOUT"),
        (json!({ "hold": "after" }), "VENDOR_TIMEOUT"),
        (json!({ "reset": "after" }), "VENDOR_UNAVAILABLE"),
        // From here a vendor that drops the call unread looks like one that drops its answer.
        (json!({ "reset": "before" }), "VENDOR_UNAVAILABLE"),
        (json!({ "status": 200, "body": "<html>" }), "VENDOR_PROTOCOL"),
        (json!({ "status": 302 }), "VENDOR_PROTOCOL"),
    ];
    for (fault, code) in faults {
        let key = fault.to_string();
        rig.forget_calls().await;
        break_vendor(&rig, fault).await;
        let first = create(&rig, &key).await;
        mend_vendor(&rig).await;
        let again = create(&rig, &key).await;
        for answer in [&first, &again] {
            assert_eq!((outcome(answer), fault_codes(answer)), ("UNKNOWN", vec![]), "{key}");
            assert_eq!(answer["errors"][0]["path"], json!(["createInspection", "inspection"]), "{key}");
        }
        assert_eq!(first["errors"][0]["extensions"]["code"], code, "{key}");
        assert_eq!(fault_codes(&create_other(&rig, &key).await), ["IDEMPOTENCY_MISMATCH"], "{key}");
        assert_eq!(rig.count(OPERATION).await, 1, "{key}");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_connection_that_was_never_made_created_nothing() {
    let clock = Clock::settable(today());
    let mut vendors = Vendors::start(clock.clone()).await;
    let rig = Rig::beside(vendors.url.clone(), Shutdown::new(), clock, TempDir::new().unwrap(), &IMPATIENT).await;
    vendors.stop().await;
    let answer = create(&rig, "one").await;
    assert_eq!((outcome(&answer), fault_codes(&answer)), ("NOT_CREATED", vec![]));
    assert_eq!(answer["errors"][0]["extensions"]["code"], "VENDOR_UNAVAILABLE");
    vendors.start_again().await;
    assert_eq!(outcome(&create_other(&rig, "one").await), "CREATED");
    assert_eq!(vendors.tokens().await.len(), 1);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_client_that_leaves_ends_nothing() {
    let rig = Rig::start().await;
    break_vendor(&rig, json!({ "hold": "before" })).await;
    let body = input("one", SHOWPIECE);
    tokio::select! {
        answer = ask(&rig.base, CREATE, body) => panic!("the vendor is held: {answer:?}"),
        () = rig.until("the vendor is asked", async || rig.count(OPERATION).await == 1) => {}
    }
    // The client has left with its connection; another one gives up earlier than the vendor.
    let hasty = rig.ask_with(&[("x-request-timeout", "0.1")], CREATE, input("one", SHOWPIECE)).await;
    assert_eq!((outcome(&hasty), &hasty["errors"][0]["extensions"]["reason"]), ("UNKNOWN", &json!("DEADLINE")));
    mend_vendor(&rig).await;
    let answer = create(&rig, "one").await;
    assert_eq!((outcome(&answer), answer.get("errors")), ("CREATED", None));
    assert_eq!(rig.count(OPERATION).await, 1);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn keys_of_two_clients_and_of_two_mutations_never_meet() {
    let rig = Rig::start().await;
    let clients = [client(rig.data.path(), "default", "crm").await, client(rig.data.path(), "default", "site").await];
    let mut uids = BTreeSet::new();
    for authorization in &clients {
        for _ in 0..2 {
            let headers = [("authorization", authorization.as_str())];
            let answer = rig.ask_with(&headers, CREATE, input("one", SHOWPIECE)).await;
            assert_eq!(outcome(&answer), "CREATED");
            uids.insert(answer["data"]["createInspection"]["inspection"]["tokenUid"].to_string());
        }
    }
    assert_eq!((uids.len(), rig.count(OPERATION).await), (2, 2));
    let listing = "mutation($input: CreateListingInput!) { createListing(input: $input) { outcome } }";
    let car = json!({ "idempotencyKey": "one", "internalId": "STOCK-1", "make": "volvo", "model": "v60" });
    let headers = [("authorization", clients[0].as_str())];
    let answer = rig.ask_with(&headers, listing, json!({ "input": car })).await;
    assert_eq!(answer["data"]["createListing"]["outcome"], "CREATED");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_orderly_stop_waits_for_what_is_being_created() {
    let rig = Rig::start().await;
    break_vendor(&rig, json!({ "hold": "after" })).await;
    let stop = async {
        rig.until("the vendor is asked", async || rig.count(OPERATION).await == 1).await;
        let release = async {
            rig.until("new work is refused", async || {
                ask(&rig.base, "{ __typename }", json!({})).await.is_none_or(|answer| answer["data"].is_null())
            })
            .await;
            mend_vendor(&rig).await;
        };
        tokio::join!(rig.gateway.stop(Duration::from_secs(20)), release).0
    };
    let (answer, ended) = tokio::join!(create(&rig, "one"), stop);
    assert!(ended, "everything that ran has ended");
    assert_eq!(outcome(&answer), "CREATED");
    let rig = rig.restart(&[]).await;
    assert_eq!(create(&rig, "one").await, answer);
    assert_eq!(rig.count(OPERATION).await, 0, "the ledger answers");
}
