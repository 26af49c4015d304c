//! The ways in: what lets a garage in, what keeps it out, and how often it may try.

use std::collections::BTreeMap;

use chrono::TimeDelta;
use forecourt::auth::Scope;
use serde_json::Value;
use serde_json::json;
use tempfile::TempDir;

use super::APP;
use super::GRACE;
use super::PAYLOAD;
use super::PUBLIC;
use super::RING;
use super::RING_TWO;
use super::SITE;
use super::TOM;
use super::ask;
use super::data;
use super::log_in;
use super::one_time_password;
use super::rig;
use super::token;
use super::try_connector;
use super::try_password;
use crate::support::gateway::Rig;
use crate::support::keys::Client;
use crate::support::keys::give_keys;

const VIEWER: &str = "{ viewer { userId employee { givenName } } customer { reference } }";

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn every_way_in_leads_to_the_same_account() {
    let rig = rig(&[]).await;
    let by_uuid = try_connector(&rig, &SITE, RING).await;
    let own_account = json!({ "vendor": "jifeline", "account": "garage:208003" });
    assert_eq!(by_uuid["session"]["source"], own_account);
    assert_eq!(by_uuid["session"]["customer"]["reference"], "208003");
    assert_eq!(by_uuid["session"]["expiresAt"], "2026-10-02T20:00:00Z");
    let expected =
        BTreeMap::from([("jifeline.customers.get".to_owned(), 1), ("jifeline.sessions.create".to_owned(), 1)]);
    assert_eq!(rig.calls().await, expected, "one log-in, and one question who that is");

    let query = format!(
        "mutation {{ logInWithConnectorId(input: {{connectorNumber: \"910000102\", pincode: \"{}\"}}) {{ {PAYLOAD} }} }}",
        RING_TWO.1
    );
    let by_number = data(&rig, None, &query, json!({})).await["logInWithConnectorId"].take();
    assert_eq!(by_number["session"]["source"], own_account);
    let password = one_time_password(&rig, TOM).await;
    let by_password = try_password(&rig, &password).await;
    assert_eq!(by_password["session"]["source"], own_account);
    // The vendor's token ends after an hour, and no other follows it.
    assert_eq!(by_password["session"]["expiresAt"], "2026-10-02T09:00:00Z");

    rig.forget_calls().await;
    for session in [&by_uuid, &by_number] {
        let data = data(&rig, Some(&token(session)), VIEWER, json!({})).await;
        assert_eq!(data["viewer"]["userId"], "b7c1d7aa-90f4-4d55-8f0e-2d6a3c5e0002");
        assert_eq!(data["viewer"]["employee"], Value::Null);
    }
    assert_eq!(rig.count("jifeline.customers.get").await, 1, "what is the garage's own is read once for both");
    let data = data(&rig, Some(&token(&by_password)), VIEWER, json!({})).await;
    assert_eq!(data["viewer"]["employee"]["givenName"], "Tom");
    let log_ins = ["create", "create_by_connector_id", "create_by_otp"];
    for operation in log_ins.map(|name| format!("jifeline.sessions.{name}")) {
        assert_eq!(rig.count(&operation).await, 0, "{operation}: the log-in itself is used");
    }

    let again = try_password(&rig, &password).await;
    assert_eq!(again["session"], Value::Null);
    assert_eq!(again["userErrors"][0]["code"], "INVALID_CREDENTIALS");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn two_employees_of_one_garage_are_not_taken_for_each_other() {
    let rig = rig(&[]).await;
    for (employee, name) in [(GRACE, "Grace"), (TOM, "Tom"), (GRACE, "Grace")] {
        let session = token(&try_password(&rig, &one_time_password(&rig, employee).await).await);
        let data = data(&rig, Some(&session), VIEWER, json!({})).await;
        assert_eq!(data["viewer"]["employee"]["givenName"], name);
        assert_eq!(data["customer"]["reference"], "208003");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_wrong_pincode_and_an_unknown_connector_look_alike_and_five_are_enough() {
    let rig = rig(&[]).await;
    let unknown = ("11111111-2222-4333-8444-555555555555", "54321");
    let mut told = Vec::new();
    for connector in [(RING.0, "54322"), unknown] {
        for _ in 0..5 {
            told.push(try_connector(&rig, &SITE, connector).await);
        }
    }
    assert!(told.iter().all(|payload| *payload == told[0]), "{told:#?}");
    assert_eq!(told[0]["session"], Value::Null);
    assert_eq!(told[0]["userErrors"][0]["code"], "INVALID_CREDENTIALS");
    assert_eq!(rig.count("jifeline.sessions.create").await, 10);
    rig.forget_calls().await;

    // Now the right pincode does not help either; the spelling of the connector is no way around it.
    let upper = RING.0.to_uppercase();
    for connector in [RING, (upper.as_str(), RING.1), unknown] {
        let payload = try_connector(&rig, &SITE, connector).await;
        assert_eq!(payload["session"], Value::Null);
        assert_eq!(payload["retryAt"], "2026-10-02T08:15:00Z");
        assert_eq!(payload["userErrors"][0]["code"], "TOO_MANY_ATTEMPTS");
        let message = payload["userErrors"][0]["message"].as_str().unwrap();
        assert!(message.contains("2026-10-02T08:15:00Z"), "{message}");
    }
    assert_eq!(rig.calls().await, BTreeMap::new());
    log_in(&rig, RING_TWO).await;

    // Another client is another matter, as far as the vendor agrees, who counts by itself.
    rig.clock.advance(TimeDelta::minutes(2));
    token(&try_connector(&rig, &APP, RING).await);
    rig.clock.advance(TimeDelta::minutes(13));
    log_in(&rig, RING).await;
    // A success in between starts the count anew.
    for _ in 0..4 {
        try_connector(&rig, &SITE, (RING.0, "54322")).await;
    }
    log_in(&rig, RING).await;
    try_connector(&rig, &SITE, (RING.0, "54322")).await;
    rig.clock.advance(TimeDelta::minutes(1));
    log_in(&rig, RING).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_document_has_one_log_in_however_it_is_written() {
    let rig = rig(&[]).await;
    let one = |pincode: &str| {
        format!("logInWithConnector(input: {{connectorUuid: \"{}\", pincode: \"{pincode}\"}}) {{ retryAt }}", RING.0)
    };
    let number = "logInWithConnectorId(input: {connectorNumber: \"910000101\", pincode: \"1\"}) { retryAt }";
    let password = "logInWithOneTimePassword(input: {oneTimePassword: \"1\"}) { retryAt }";
    let (first, second) = (one("54321"), one("54322"));
    let cases = [
        format!("mutation {{ a: {first} b: {second} }}"),
        format!("mutation {{ {first} {number} }}"),
        format!("mutation {{ {number} {password} }}"),
        format!("mutation {{ ...f }} fragment f on Mutation {{ a: {first} ... on Mutation {{ b: {second} }} }}"),
        format!("mutation {{ a: {first} ...f }} fragment f on Mutation {{ ... @skip(if: true) {{ b: {second} }} }}"),
    ];
    for query in cases {
        let answer = ask(&rig, &SITE, None, &query, json!({})).await;
        assert_eq!(answer["errors"][0]["extensions"]["code"], "QUERY_TOO_COSTLY", "{answer:#}");
        assert_eq!(answer["errors"][0]["message"], "the document logs in 2 times; at most 1 are allowed");
        assert_eq!(answer.get("data"), None);
    }
    assert_eq!(rig.calls().await, BTreeMap::new());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_vendor_that_fails_is_no_wrong_pincode() {
    let rig = rig(&[]).await;
    let fault = json!({ "operation": "jifeline.sessions.create", "status": 503 });
    rig.control("PUT", "faults", &json!([fault])).await;
    let query = format!(
        "mutation {{ logInWithConnector(input: {{connectorUuid: \"{}\", pincode: \"{}\"}}) {{ {PAYLOAD} }} }}",
        RING.0, RING.1
    );
    for _ in 0..6 {
        let answer = ask(&rig, &SITE, None, &query, json!({})).await;
        assert_eq!(answer["data"], json!({ "logInWithConnector": null }));
        assert_eq!(answer["errors"][0]["extensions"]["code"], "VENDOR_UNAVAILABLE", "{answer:#}");
    }
    rig.control("DELETE", "faults", &json!({})).await;
    log_in(&rig, RING).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn who_may_not_write_the_account_may_not_log_in() {
    let reader = Client { name: "reader", scopes: &[Scope::AccountRead], ..SITE };
    let folder = TempDir::new().unwrap();
    give_keys(folder.path(), &[reader]).await;
    let rig = Rig::on(folder, &[PUBLIC]).await;
    let query = "mutation {
        logInWithConnector(input: {}) { retryAt }
        logOut { loggedOut }
        requestPasswordReset(input: {}) { accepted }
    }";
    let answer = ask(&rig, &reader, None, query, json!({})).await;
    let codes: Vec<_> = answer["errors"].as_array().unwrap().iter().map(|e| &e["extensions"]["code"]).collect();
    assert_eq!(codes, ["FORBIDDEN"; 3], "{answer:#}");
    assert_eq!(rig.calls().await, BTreeMap::new());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_mail_for_a_forgotten_password_tells_nothing_about_its_address() {
    let query = "mutation($email: String) { requestPasswordReset(input: {email: $email}) { accepted retryAt userErrors { code field } } }";
    let ask_mail = async |rig: &Rig, email: &str| {
        data(rig, None, query, json!({ "email": email })).await["requestPasswordReset"].take()
    };
    let rig = rig(&[]).await;
    let refused = json!({ "accepted": false, "retryAt": null, "userErrors": [{ "code": "DISABLED", "field": null }] });
    assert_eq!(ask_mail(&rig, "workshop@ringmotors.example").await, refused);
    assert_eq!(rig.calls().await, BTreeMap::new());

    let rig = rig.restart(&[PUBLIC, ("FORECOURT_SESSIONS__PASSWORD_RESET", "true")]).await;
    let accepted = json!({ "accepted": true, "retryAt": null, "userErrors": [] });
    for email in ["workshop@ringmotors.example", "nobody@nowhere.example"] {
        assert_eq!(ask_mail(&rig, email).await, accepted, "{email}");
    }
    // Neither does a failure of the vendor's, which may depend on the address.
    rig.until("both are sent", async || rig.count("jifeline.passwords.request_reset").await == 2).await;
    let fault = json!({ "operation": "jifeline.passwords.request_reset", "status": 404 });
    rig.control("PUT", "faults", &json!([fault])).await;
    for email in
        ["Nobody@nowhere.example", "nobody@Nowhere.example", "nobody@nowhere.example", "nobody@nowhere.example"]
    {
        assert_eq!(ask_mail(&rig, email).await, accepted);
    }
    rig.until("all are sent", async || rig.count("jifeline.passwords.request_reset").await == 6).await;
    let blocked = ask_mail(&rig, "nobody@nowhere.example").await;
    assert_eq!((&blocked["accepted"], &blocked["retryAt"]), (&json!(false), &json!("2026-10-02T08:15:00Z")));
    assert_eq!(blocked["userErrors"][0]["code"], "TOO_MANY_ATTEMPTS");
    let malformed = ask_mail(&rig, "nobody").await;
    assert_eq!(malformed["userErrors"], json!([{ "code": "INVALID_EMAIL", "field": ["email"] }]));
}
