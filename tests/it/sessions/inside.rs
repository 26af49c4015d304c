//! What a garage sees that has logged in: its own things, and nothing of anybody else's.

use std::collections::BTreeMap;

use chrono::TimeDelta;
use serde_json::Value;
use serde_json::json;

use super::APP;
use super::PUBLIC;
use super::RING;
use super::RING_TWO;
use super::SITE;
use super::VOORHOF;
use super::ask;
use super::data;
use super::log_in;
use super::one_time_password;
use super::post;
use super::present;
use super::rig;
use super::token;
use super::try_connector;
use super::try_password;
use crate::support::gateway::Rig;
use crate::support::gateway::SHOWPIECE;

fn error_codes(answer: &Value) -> Vec<String> {
    let errors = answer["errors"].as_array().map(Vec::as_slice).unwrap_or_default();
    errors
        .iter()
        .map(|error| {
            format!("{}: {}", error["path"][0].as_str().unwrap(), error["extensions"]["code"].as_str().unwrap())
        })
        .collect()
}

/// The tickets of a connector's past, as `id number`.
async fn tickets_of(rig: &Rig, session: Option<&str>, connector: &str) -> Vec<String> {
    let query = "query($number: String!) { connector(by: {number: $number}) { tickets(first: 3) { nodes { id } } } }";
    let data = data(rig, session, query, json!({ "number": connector })).await;
    let nodes = data["connector"]["tickets"]["nodes"].as_array().unwrap().iter();
    nodes.map(|node| node["id"].as_str().unwrap().to_owned()).collect()
}

async fn connectors(rig: &Rig, session: Option<&str>) -> Vec<Value> {
    let mut data = data(rig, session, "{ connectors(first: 50) { nodes { id number } } }", json!({})).await;
    data["connectors"]["nodes"].as_array_mut().unwrap().iter_mut().map(Value::take).collect()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_garage_sees_its_own_connectors_and_tickets_and_no_others() {
    let rig = rig(&[]).await;
    let logged_in = log_in(&rig, RING).await;
    let own = connectors(&rig, Some(&logged_in)).await;
    let dealers = connectors(&rig, None).await;
    assert_eq!((own.len(), dealers.len()), (4, 8));
    assert!(own.iter().all(|connector| !dealers.contains(connector)));

    let id = |connector: &Value| connector["id"].as_str().unwrap().to_owned();
    let tickets = tickets_of(&rig, Some(&logged_in), own[0]["number"].as_str().unwrap()).await;
    assert!(!tickets.is_empty());
    rig.forget_calls().await;
    // Nobody else gets at them by their ids: neither the dealer, nor another garage.
    let voorhof = log_in(&rig, VOORHOF).await;
    rig.forget_calls().await;
    for session in [None, Some(voorhof.as_str())] {
        for id in tickets.iter().cloned().chain([id(&own[0])]) {
            let answer =
                ask(&rig, &SITE, session, "query($id: ID!) { node(id: $id) { id } }", json!({ "id": id })).await;
            assert_eq!(answer["data"]["node"], Value::Null, "{answer:#}");
        }
    }
    assert_eq!(rig.calls().await, BTreeMap::new(), "an id of an account that is not seen starts no call");

    // The first garage and the dealer's own account are the same customer at the vendor; nothing is shared even so.
    let same = connectors(&rig, Some(&voorhof)).await;
    let numbers = |connectors: &[Value]| connectors.iter().map(|one| one["number"].clone()).collect::<Vec<_>>();
    assert_eq!(numbers(&same), numbers(&dealers));
    assert!(same.iter().all(|connector| !dealers.contains(connector)), "the ids are those of another account");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_only_the_dealer_has_is_null_and_starts_no_call() {
    let rig = rig(&[]).await;
    let create = "mutation($vin: String) { createInspection(input: {vin: $vin}) { outcome } }";
    data(&rig, None, create, json!({ "vin": SHOWPIECE })).await;
    let logged_in = log_in(&rig, RING).await;
    rig.forget_calls().await;
    let query = "query($vin: Vin!) {
        inspections(first: 1) { totalCount }
        listings(first: 1) { totalCount }
        vehicleOptions { name }
        vehicle(by: {vin: $vin}) { vin inspections { totalCount } }
        vehicles(first: 5) { nodes { vin } }
        customer { reference }
        dealers: customer(account: \"main\") { reference }
    }";
    let answer = ask(&rig, &SITE, Some(&logged_in), query, json!({ "vin": SHOWPIECE })).await;
    let mut errors = error_codes(&answer);
    errors.sort();
    assert_eq!(
        errors,
        [
            "dealers: BAD_INPUT",
            "inspections: UNSUPPORTED",
            "listings: UNSUPPORTED",
            "vehicle: UNSUPPORTED",
            "vehicleOptions: UNSUPPORTED",
        ],
        "{answer:#}"
    );
    assert_eq!(answer["data"]["vehicles"]["nodes"], json!([]), "the index has a garage's own vehicles only");
    assert_eq!(answer["data"]["customer"]["reference"], "208003");
    for (operation, count) in rig.calls().await {
        assert!(operation.starts_with("jifeline."), "{operation}: {count}");
    }
    let message = answer["errors"][0]["message"].as_str().unwrap();
    assert!(message.contains("no account that you may see"), "{message}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn one_key_creates_in_each_garage() {
    let rig = rig(&[]).await;
    let query = "mutation {
        createEmployee(input: {idempotencyKey: \"one\", givenName: \"Ada\", familyName: \"Byron\"}) {
            outcome employee { id } userErrors { code }
        }
    }";
    let mut made = Vec::new();
    for connector in [RING, VOORHOF, RING_TWO] {
        let session = log_in(&rig, connector).await;
        let data = data(&rig, Some(&session), query, json!({})).await;
        assert_eq!(data["createEmployee"]["outcome"], "CREATED", "{data:#}");
        made.push(data["createEmployee"]["employee"]["id"].clone());
    }
    assert_ne!(made[0], made[1]);
    assert_eq!(made[0], made[2], "the same garage by another connector has created it already");
    assert_eq!(rig.count("jifeline.employees.create").await, 2);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_session_serves_nobody_but_its_client() {
    let rig = rig(&[]).await;
    let session = log_in(&rig, RING).await;
    assert_eq!(present(&rig, &SITE, &session).await.0, 200);
    let unknown = "UNAUTHENTICATED LOG_IN_AGAIN the garage's session is not known here: log in again, or leave `Forecourt-Session` out";
    for (client, text) in
        [(&APP, session.as_str()), (&SITE, "fcs_wrong"), (&SITE, ""), (&SITE, session.trim_start_matches('f'))]
    {
        assert_eq!(present(&rig, client, text).await, (401, unknown.to_owned()), "{text}");
    }
    let bearer = SITE.bearer();
    let twice = [("authorization", bearer.as_str()), ("forecourt-session", &session), ("forecourt-session", &session)];
    let (status, body) = post(&rig, &twice).await;
    assert_eq!((status, &body["reason"]), (401, &json!("LOG_IN_AGAIN")));
    // It is no key: without the client's own it opens nothing.
    let (status, body) = post(&rig, &[("forecourt-session", &session)]).await;
    assert_eq!((status, &body["reason"]), (401, &Value::Null));
    let (status, _) = post(&rig, &[("authorization", &format!("Bearer {session}"))]).await;
    assert_eq!(status, 401);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn who_logs_out_is_out_at_once_and_alone() {
    let rig = rig(&[]).await;
    let (first, second) = (log_in(&rig, RING).await, log_in(&rig, RING).await);
    let query = "mutation { logOut { loggedOut userErrors { code field } } }";
    let nobody = data(&rig, None, query, json!({})).await;
    let fault = json!([{ "code": "REQUIRED", "field": null }]);
    assert_eq!(nobody, json!({ "logOut": { "loggedOut": false, "userErrors": fault } }));
    let out = data(&rig, Some(&first), query, json!({})).await;
    assert_eq!(out, json!({ "logOut": { "loggedOut": true, "userErrors": [] } }));
    let (status, told) = present(&rig, &SITE, &first).await;
    assert_eq!(status, 401);
    assert!(told.contains("LOG_IN_AGAIN the garage's session was ended: log in again"), "{told}");
    assert_eq!(present(&rig, &SITE, &second).await.0, 200);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_session_ends_in_time_and_is_renewed_until_then() {
    let rig = rig(&[("FORECOURT_SESSIONS__TTL", "3h")]).await;
    let by_connector = log_in(&rig, RING).await;
    let password = one_time_password(&rig, super::TOM).await;
    let by_password = token(&try_password(&rig, &password).await);
    let expired = |told: &str| told.contains("LOG_IN_AGAIN the garage's session has expired: log in again");
    rig.clock.advance(TimeDelta::minutes(59));
    for session in [&by_connector, &by_password] {
        assert_eq!(present(&rig, &SITE, session).await.0, 200);
    }
    rig.clock.advance(TimeDelta::minutes(1));
    let (status, told) = present(&rig, &SITE, &by_password).await;
    assert!(status == 401 && expired(&told), "{told}");
    rig.forget_calls().await;
    rig.clock.advance(TimeDelta::minutes(119));
    let query = "{ wallet { state } }";
    data(&rig, Some(&by_connector), query, json!({})).await;
    assert_eq!(rig.count("jifeline.sessions.create").await, 1, "the vendor's token had ended, the session had not");
    rig.clock.advance(TimeDelta::minutes(1));
    let (status, told) = present(&rig, &SITE, &by_connector).await;
    assert!(status == 401 && expired(&told), "{told}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_open_gateway_has_sessions_too() {
    let rig = Rig::start().await;
    let query = format!(
        "mutation {{ logInWithConnector(input: {{connectorUuid: \"{}\", pincode: \"{}\"}}) {{ session {{ token }} }} }}",
        RING.0, RING.1
    );
    let data = rig.data(&query, json!({})).await;
    let session = data["logInWithConnector"]["session"]["token"].as_str().unwrap();
    let answer = rig.ask_with(&[("forecourt-session", session)], "{ customer { reference } }", json!({})).await;
    assert_eq!(answer, json!({ "data": { "customer": { "reference": "208003" } } }));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_tenant_without_that_vendor_lets_no_garage_in() {
    let settings = [PUBLIC, ("FORECOURT_TENANTS__DEFAULT__VENDORS__TCHEK__MODE", "sandbox")];
    let rig = rig(&[]).await.restart(&settings).await;
    let query = "mutation { logInWithOneTimePassword(input: {oneTimePassword: \"x\"}) { retryAt } }";
    let answer = ask(&rig, &SITE, None, query, json!({})).await;
    assert_eq!(error_codes(&answer), ["logInWithOneTimePassword: UNSUPPORTED"]);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_vendor_that_is_switched_off_later_ends_the_sessions() {
    let rig = rig(&[]).await;
    let session = token(&try_connector(&rig, &SITE, RING).await);
    let rig = rig.restart(&[PUBLIC, ("FORECOURT_TENANTS__DEFAULT__VENDORS__TCHEK__MODE", "sandbox")]).await;
    let (status, told) = present(&rig, &SITE, &session).await;
    assert_eq!(status, 401);
    assert!(told.contains("LOG_IN_AGAIN the garage's session cannot be served any more"), "{told}");
}
