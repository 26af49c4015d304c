//! Mutations that change one thing at the diagnostics vendor and create nothing: ratings, favourites, calls for attention.

use std::collections::BTreeMap;

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde_json::Value;
use serde_json::json;

use crate::support::gateway::Rig;
use crate::support::gateway::SHOWPIECE;

const RATE: &str = "mutation($input: RateTicketInput!) { rateTicket(input: $input) {
    ticket { number } userErrors { code field }
} }";
const DISMISS: &str = "mutation($input: DismissConnectorAttentionInput!) { dismissConnectorAttention(input: $input) {
    connector { number } userErrors { code field }
} }";
const ADD: &str = "mutation($input: FavoriteProductInput!) { addFavoriteProduct(input: $input) {
    productId favorite userErrors { code field }
} }";
const REMOVE: &str = "mutation($input: FavoriteProductInput!) { removeFavoriteProduct(input: $input) {
    productId favorite userErrors { code field }
} }";

async fn send(rig: &Rig, mutation: &str, name: &str, input: &Value) -> Value {
    rig.data(mutation, json!({ "input": input })).await[name].take()
}

fn id(kind: &str, key: &str) -> String {
    URL_SAFE_NO_PAD.encode(format!("1:{kind}:{key}"))
}

/// Ids of the README's car's newest closed ticket and of its open one.
async fn tickets(rig: &Rig) -> (Value, Value) {
    let query =
        "query($vin: Vin!) { vehicle(by: {vin: $vin}) { tickets(first: 1) { nodes { id } } activeTicket { id } } }";
    let data = rig.data(query, json!({ "vin": SHOWPIECE })).await;
    let vehicle = &data["vehicle"];
    (vehicle["tickets"]["nodes"][0]["id"].clone(), vehicle["activeTicket"]["id"].clone())
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_rating_has_bounds_and_a_closed_ticket() {
    let rig = Rig::start().await;
    let (closed, open) = tickets(&rig).await;
    rig.forget_calls().await;
    let fault = |code: &str, field: Value| json!({ "code": code, "field": field });
    for (input, expected) in [
        (json!({}), vec![fault("REQUIRED", json!(["ticketId"])), fault("REQUIRED", json!(["score"]))]),
        (json!({ "ticketId": closed, "score": "1.01" }), vec![fault("OUT_OF_RANGE", json!(["score"]))]),
        (json!({ "ticketId": closed, "score": "-1.5" }), vec![fault("OUT_OF_RANGE", json!(["score"]))]),
        (json!({ "ticketId": "7000000", "score": "1" }), vec![fault("UNKNOWN_TICKET", json!(["ticketId"]))]),
    ] {
        let payload = send(&rig, RATE, "rateTicket", &input).await;
        assert_eq!((&payload["userErrors"], &payload["ticket"]), (&json!(expected), &Value::Null), "{input}");
    }
    assert_eq!(rig.calls().await, BTreeMap::new());

    for (ticket, expected) in [
        (open, fault("REFUSED_BY_VENDOR", Value::Null)),
        (json!(id("DiagnosticTicket", "jifeline/main/1")), fault("UNKNOWN_TICKET", json!(["ticketId"]))),
    ] {
        let payload = send(&rig, RATE, "rateTicket", &json!({ "ticketId": ticket, "score": "1" })).await;
        assert_eq!(payload["userErrors"], json!([expected]));
    }
    for score in ["-1", "0.5", "1"] {
        let input = json!({ "ticketId": closed, "score": score, "comment": "Quick." });
        let payload = send(&rig, RATE, "rateTicket", &input).await;
        assert_eq!(payload["userErrors"], json!([]), "{score}");
        assert!(payload["ticket"]["number"].is_string(), "{payload}");
    }
    assert_eq!(rig.count("jifeline.tickets.rate").await, 5);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_product_is_marked_and_unmarked() {
    let rig = Rig::start().await;
    for (mutation, name, favorite) in
        [(ADD, "addFavoriteProduct", true), (ADD, "addFavoriteProduct", true), (REMOVE, "removeFavoriteProduct", false)]
    {
        let payload = send(&rig, mutation, name, &json!({ "productId": "52351" })).await;
        assert_eq!(payload, json!({ "productId": "52351", "favorite": favorite, "userErrors": [] }));
    }
    for (input, code, field) in [
        (json!({ "productId": " " }), "REQUIRED", json!(["productId"])),
        (json!({ "productId": "52351", "account": "north" }), "INVALID_VALUE", json!(["account"])),
        (json!({ "productId": "1" }), "REFUSED_BY_VENDOR", Value::Null),
    ] {
        let payload = send(&rig, ADD, "addFavoriteProduct", &input).await;
        let faults = json!([{ "code": code, "field": field }]);
        assert_eq!(payload, json!({ "productId": null, "favorite": null, "userErrors": faults }), "{input}");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_call_for_attention_is_dismissed() {
    let rig = Rig::start().await;
    let known = id("Connector", "jifeline/main/910000001");
    let payload = send(&rig, DISMISS, "dismissConnectorAttention", &json!({ "connectorId": known })).await;
    assert_eq!(payload, json!({ "connector": { "number": "910000001" }, "userErrors": [] }));
    insta::assert_debug_snapshot!(rig.calls().await, @r#"
    {
        "jifeline.connectors.dismiss_attention": 1,
        "jifeline.connectors.get": 1,
    }
    "#);
    let unknown = id("Connector", "jifeline/main/910000999");
    for (input, code) in [
        (json!({}), "REQUIRED"),
        (json!({ "connectorId": "910000001" }), "UNKNOWN_CONNECTOR"),
        (json!({ "connectorId": unknown }), "UNKNOWN_CONNECTOR"),
    ] {
        let payload = send(&rig, DISMISS, "dismissConnectorAttention", &input).await;
        let faults = json!([{ "code": code, "field": ["connectorId"] }]);
        assert_eq!(payload, json!({ "connector": null, "userErrors": faults }), "{input}");
    }
    assert_eq!(rig.count("jifeline.connectors.dismiss_attention").await, 1);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_vendor_that_fails_is_an_error_and_no_fault_of_the_caller() {
    let rig = Rig::start().await;
    let fault = json!([{ "operation": "jifeline.*", "status": 500 }]);
    let (closed, _) = tickets(&rig).await;
    rig.control("PUT", "faults", &fault).await;
    for (mutation, name, input) in [
        (RATE, "rateTicket", json!({ "ticketId": closed, "score": "1" })),
        (ADD, "addFavoriteProduct", json!({ "productId": "52351" })),
        (REMOVE, "removeFavoriteProduct", json!({ "productId": "52351" })),
    ] {
        let answer = rig.ask(mutation, json!({ "input": input })).await;
        assert_eq!(answer["data"][name], Value::Null, "{answer:#}");
        assert_eq!(answer["errors"][0]["extensions"]["code"], "VENDOR_UNAVAILABLE", "{answer:#}");
    }
}
