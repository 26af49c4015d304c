//! Ordering diagnostic work: the rules of `createTicket`, what the vendor is asked before, and what becomes of an order
//! whose answer never comes.

use std::collections::BTreeMap;

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use chrono::TimeDelta;
use serde_json::Value;
use serde_json::json;

use crate::support::gateway::Rig;

const CREATE: &str = "mutation($input: CreateTicketInput!) { createTicket(input: $input) {
    outcome idempotencyKey userErrors { code field message }
    ticket { id number state vin productIds reference connector { number } }
} }";
const OPERATION: &str = "jifeline.tickets.create";
/// A catalogued car that is plugged into the free connector [`FREE`].
const VIN: &str = "YV1DRMUJWLA123757";
const FREE: &str = "910000002";
/// A connector with an open ticket.
const BUSY: &str = "910000001";
/// A connector that speaks no DoIP.
const OLD: &str = "910000004";
const ATTENDED: &str = "52351";
const UNATTENDED: &str = "52362";
const TOW_BAR: &str = "52384";
/// Diagnostics only, and a vendor that takes too long after a moment.
const IMPATIENT: [(&str, &str); 2] = [
    ("FORECOURT_TENANTS__DEFAULT__VENDORS__JIFELINE__MODE", "sandbox"),
    ("FORECOURT_TENANTS__DEFAULT__VENDORS__JIFELINE__TIMEOUT", "2s"),
];

fn connector(number: &str) -> String {
    URL_SAFE_NO_PAD.encode(format!("1:Connector:jifeline/main/{number}"))
}

/// An order that keeps every rule, with `more`.
fn order(more: Value) -> Value {
    let mut order = json!({ "connectorId": connector(FREE), "vin": VIN, "productIds": [ATTENDED] });
    let Value::Object(more) = more else { unreachable!("members are given as an object") };
    order.as_object_mut().unwrap().extend(more);
    order
}

async fn ask(rig: &Rig, input: &Value) -> Value {
    rig.ask(CREATE, json!({ "input": input })).await
}

async fn create(rig: &Rig, input: &Value) -> Value {
    rig.data(CREATE, json!({ "input": input })).await["createTicket"].take()
}

async fn break_vendor(rig: &Rig, operation: &str, mut fault: Value) {
    fault["operation"] = json!(operation);
    rig.control("PUT", "faults", &json!([fault])).await;
}

async fn mend_vendor(rig: &Rig) {
    rig.control("DELETE", "faults", &Value::Null).await;
}

/// The faults of an input as (code, path); a fault of the whole input has no path.
fn faults(payload: &Value) -> Vec<(String, String)> {
    let part = |part: &Value| part.as_str().unwrap().to_owned();
    let path = |field: &Value| {
        field.as_array().map_or(String::new(), |parts| parts.iter().map(part).collect::<Vec<_>>().join("."))
    };
    let fault = |error: &Value| (error["code"].as_str().unwrap().to_owned(), path(&error["field"]));
    payload["userErrors"].as_array().unwrap().iter().map(fault).collect()
}

fn owned(expected: &[(&str, &str)]) -> Vec<(String, String)> {
    expected.iter().map(|(code, path)| ((*code).to_owned(), (*path).to_owned())).collect()
}

/// Asks for every case and compares the faults; nothing is created.
async fn refuse(rig: &Rig, cases: &[(Value, &[(&str, &str)])]) {
    for (input, expected) in cases {
        let payload = create(rig, input).await;
        assert_eq!(faults(&payload), owned(expected), "{input}: {payload:#}");
        assert_eq!((&payload["outcome"], &payload["ticket"]), (&json!("NOT_CREATED"), &Value::Null), "{input}");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn rules_of_form_are_told_together_before_anybody_is_called() {
    let rig = Rig::start().await;
    let of_another_kind = URL_SAFE_NO_PAD.encode("1:Vehicle:jifeline/main/910000002");
    let of_nobody = URL_SAFE_NO_PAD.encode("1:Connector:jifeline/ring/910000002");
    let cases: &[(Value, &[(&str, &str)])] = &[
        (json!({}), &[("REQUIRED", "connectorId"), ("REQUIRED", "vin")]),
        (order(json!({ "vin": "YV1DRMUJWLA12375" })), &[("INVALID_VIN", "vin")]),
        (order(json!({ "connectorId": FREE })), &[("UNKNOWN_CONNECTOR", "connectorId")]),
        (order(json!({ "connectorId": of_another_kind })), &[("UNKNOWN_CONNECTOR", "connectorId")]),
        (order(json!({ "connectorId": of_nobody })), &[("UNKNOWN_CONNECTOR", "connectorId")]),
        (order(json!({ "productIds": [ATTENDED, " "] })), &[("REQUIRED", "productIds.1")]),
        (order(json!({ "productIds": [ATTENDED, ATTENDED] })), &[("INVALID_VALUE", "productIds.1")]),
        (
            order(json!({ "prerequisites": [{ "prerequisiteId": "1", "value": "true" }, {}] })),
            &[("REQUIRED", "prerequisites.1.prerequisiteId"), ("REQUIRED", "prerequisites.1.value")],
        ),
        (order(json!({ "locale": "Dutch" })), &[("INVALID_LOCALE", "locale")]),
        (order(json!({ "idempotencyKey": " " })), &[("OUT_OF_RANGE", "idempotencyKey")]),
    ];
    refuse(&rig, cases).await;
    assert_eq!(rig.calls().await, BTreeMap::new());
}

/// A car of the index whose model needs DoIP.
async fn needs_doip(rig: &Rig) -> String {
    let data = rig.data("{ vehicles(first: 60) { nodes { vin requiresDoip } } }", json!({})).await;
    let cars = data["vehicles"]["nodes"].as_array().unwrap();
    cars.iter().find(|car| car["requiresDoip"] == true).unwrap()["vin"].as_str().unwrap().to_owned()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_the_vendor_would_refuse_is_told_before_the_order() {
    let rig = Rig::start().await;
    let doip = needs_doip(&rig).await;
    let answers = json!([{ "prerequisiteId": "1", "value": "true" }]);
    let cases: &[(Value, &[(&str, &str)])] = &[
        (order(json!({ "connectorId": connector("910000999") })), &[("UNKNOWN_CONNECTOR", "connectorId")]),
        (order(json!({ "connectorId": connector("910000101") })), &[("UNKNOWN_CONNECTOR", "connectorId")]),
        (order(json!({ "connectorId": connector(BUSY) })), &[("PENDING_TICKET", "connectorId")]),
        (order(json!({ "connectorId": connector(OLD), "vin": doip })), &[("DOIP_MISMATCH", "connectorId")]),
        (order(json!({ "productIds": [] })), &[("REQUIRED", "productIds")]),
        (
            order(json!({ "productIds": [UNATTENDED] })),
            &[("UNCONFIRMED_UNATTENDED_SERVICE", "unattendedServiceConfirmed")],
        ),
        (
            order(json!({ "productIds": [TOW_BAR], "unattendedServiceConfirmed": true })),
            &[("UNANSWERED_PREREQUISITE", "prerequisites"), ("UNANSWERED_PREREQUISITE", "prerequisites")],
        ),
        (
            order(json!({ "productIds": [TOW_BAR], "unattendedServiceConfirmed": true, "prerequisites": answers })),
            &[("UNANSWERED_PREREQUISITE", "prerequisites")],
        ),
        (order(json!({ "vin": "YV1AAAAAAAA000001" })), &[("REQUIRED", "modelId"), ("REQUIRED", "variantId")]),
        (order(json!({ "modelId": "1" })), &[("REQUIRED", "variantId")]),
        (order(json!({ "voucher": "NO-SUCH-VOUCHER" })), &[("REFUSED_BY_VENDOR", "")]),
        (
            order(json!({ "connectorId": connector(BUSY), "productIds": [] })),
            &[("PENDING_TICKET", "connectorId"), ("REQUIRED", "productIds")],
        ),
    ];
    refuse(&rig, cases).await;
    assert_eq!(rig.count(OPERATION).await, 0);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_ticket_is_ordered_once_and_shows_at_once() {
    let rig = Rig::start().await;
    let open = "query($vin: Vin!) { vehicle(by: {vin: $vin}) { activeTicket { id number } } }";
    let before = rig.data(open, json!({ "vin": VIN })).await;
    assert_eq!(before["vehicle"]["activeTicket"], Value::Null);
    rig.forget_calls().await;

    let input = order(json!({ "idempotencyKey": "one", "locale": "nl_nl" }));
    let first = create(&rig, &input).await;
    assert_eq!((&first["outcome"], &first["userErrors"]), (&json!("CREATED"), &json!([])));
    assert_eq!(create(&rig, &input).await, first, "the same key gives the same answer");
    let ticket = &first["ticket"];
    assert_eq!((&ticket["vin"], &ticket["state"]), (&json!(VIN), &json!("PENDING")));
    assert_eq!((&ticket["productIds"], &ticket["connector"]["number"]), (&json!([ATTENDED]), &json!(FREE)));
    insta::assert_debug_snapshot!(rig.calls().await, @r#"
    {
        "jifeline.cart.calculate_prices": 1,
        "jifeline.connectors.get": 2,
        "jifeline.products.list_prerequisites": 1,
        "jifeline.tickets.create": 1,
        "jifeline.tickets.get_active": 2,
        "jifeline.vehicles.find": 1,
    }
    "#);
    let sent = rig.journal().await;
    let sent = sent.iter().find(|entry| entry["operation"] == OPERATION).unwrap();
    let body = &sent["body"];
    assert!(body["reference"].as_str().unwrap().starts_with("FC-"), "{sent:#}");
    assert_eq!(body["metadata"]["locale"], "nl_NL");
    assert_eq!(body["metadata"]["vin_is_found_by_reader"], true);

    let after = rig.data(open, json!({ "vin": VIN })).await;
    assert_eq!(after["vehicle"]["activeTicket"]["number"], ticket["number"], "what was cached is dropped");
    let other = create(&rig, &order(json!({ "idempotencyKey": "one", "voucher": "WELCOME10" }))).await;
    assert_eq!(faults(&other), owned(&[("IDEMPOTENCY_MISMATCH", "idempotencyKey")]));
    let next = create(&rig, &order(json!({}))).await;
    assert_eq!(faults(&next), owned(&[("PENDING_TICKET", "connectorId")]));

    let rig = rig.restart(&[]).await;
    assert_eq!(create(&rig, &input).await, first, "the ledger remembers");
    assert_eq!(rig.count(OPERATION).await, 0);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_refusal_of_the_order_itself_leaves_the_key_free() {
    let rig = Rig::start().await;
    let problem = json!({ "title": "Connector is offline", "status": 409 }).to_string();
    for (fault, codes) in [
        (json!({ "status": 409, "body": problem }), vec![("REFUSED_BY_VENDOR", "")]),
        (json!({ "status": 400 }), vec![("REFUSED_BY_VENDOR", "")]),
        (json!({ "status": 404 }), vec![("REFUSED_BY_VENDOR", "")]),
        (json!({ "status": 429, "retryAfter": 7 }), vec![]),
    ] {
        break_vendor(&rig, OPERATION, fault.clone()).await;
        let answer = ask(&rig, &order(json!({ "idempotencyKey": "one" }))).await;
        mend_vendor(&rig).await;
        let payload = &answer["data"]["createTicket"];
        assert_eq!((&payload["outcome"], faults(payload)), (&json!("NOT_CREATED"), owned(&codes)), "{fault}");
        assert_eq!(answer.get("errors").is_some(), codes.is_empty(), "{fault}: {answer:#}");
    }
    // A ticket that was opened after the look at the connector.
    break_vendor(&rig, "jifeline.tickets.get_active", json!({ "body": "null", "times": 1 })).await;
    let late = create(&rig, &order(json!({ "idempotencyKey": "one", "connectorId": connector(BUSY) }))).await;
    assert_eq!(faults(&late), owned(&[("PENDING_TICKET", "connectorId")]), "{late:#}");
    let payload = create(&rig, &order(json!({ "idempotencyKey": "one" }))).await;
    assert_eq!(payload["outcome"], "CREATED");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_question_that_fails_sends_no_order() {
    let rig = Rig::start().await;
    for operation in ["jifeline.tickets.get_active", "jifeline.products.list_prerequisites", "jifeline.vehicles.find"] {
        break_vendor(&rig, operation, json!({ "status": 500 })).await;
        let answer = ask(&rig, &order(json!({}))).await;
        assert_eq!(answer["data"]["createTicket"]["outcome"], "NOT_CREATED", "{operation}");
        assert_eq!(answer["errors"][0]["extensions"]["operation"], operation);
        mend_vendor(&rig).await;
    }
    assert_eq!(rig.count(OPERATION).await, 0);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_order_without_an_answer_is_found_once_a_ticket_tells_its_reference() {
    let rig = Rig::start().await;
    for (turn, fault) in [
        json!({ "status": 500, "acts": true }),
        json!({ "reset": "after" }),
        json!({ "status": 200, "body": "<html>", "acts": true }),
    ]
    .into_iter()
    .enumerate()
    {
        let reference = if turn == 0 { Value::Null } else { json!("WO-77") };
        let input = order(json!({ "idempotencyKey": fault.to_string(), "reference": reference }));
        rig.forget_calls().await;
        break_vendor(&rig, OPERATION, fault.clone()).await;
        let hasty = [("x-request-timeout", "1")];
        let first = rig.ask_with(&hasty, CREATE, json!({ "input": input })).await;
        mend_vendor(&rig).await;
        // The open ticket may be somebody else's: the vendor does not tell its reference.
        assert_eq!(first["data"]["createTicket"]["outcome"], "UNKNOWN", "{fault}");
        assert_eq!(first["errors"][0]["extensions"]["retryable"], true, "{fault}: {first:#}");
        let number = ticket(&rig).await.unwrap();
        rig.control("POST", &format!("tickets/{number}/transition"), &json!({ "to": "cancelled" })).await;
        let payload = create(&rig, &input).await;
        assert_eq!(payload["outcome"], "CREATED", "{fault}");
        assert_eq!(payload["ticket"]["number"], json!(number.to_string()), "{fault}");
        assert_eq!(rig.count(OPERATION).await, 1, "{fault}");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_open_ticket_that_tells_the_reference_of_the_order_is_it() {
    let rig = Rig::start().await;
    let shown = json!({
        "id": "8000009", "vin": VIN, "connector_id": 910_000_002, "product_ids": [[52351]], "state": 1,
        "reference": "WO-79",
    });
    rig.control(
        "PUT",
        "faults",
        &json!([
            { "operation": "jifeline.tickets.get_active", "body": "null", "times": 1 },
            { "operation": "jifeline.tickets.get_active", "body": shown.to_string() },
            { "operation": OPERATION, "status": 500 },
        ]),
    )
    .await;
    let payload = create(&rig, &order(json!({ "reference": "WO-79" }))).await;
    assert_eq!((&payload["outcome"], &payload["ticket"]["number"]), (&json!("CREATED"), &json!("8000009")));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_ticket_that_was_closed_meanwhile_is_found_in_the_history() {
    let rig = Rig::with(&IMPATIENT).await;
    break_vendor(&rig, OPERATION, json!({ "hold": "after" })).await;
    let close = async {
        rig.until("the vendor has the order", async || ticket(&rig).await.is_some()).await;
        let number = ticket(&rig).await.unwrap();
        rig.control("POST", &format!("tickets/{number}/transition"), &json!({ "to": "cancelled" })).await;
        number
    };
    let input = order(json!({ "reference": "WO-78" }));
    let (payload, number) = tokio::join!(create(&rig, &input), close);
    assert_eq!((&payload["outcome"], &payload["ticket"]["number"]), (&json!("CREATED"), &json!(number.to_string())));
}

/// The number of the ticket that the sandbox has open for the test's car.
async fn ticket(rig: &Rig) -> Option<i64> {
    let tickets = rig.control("GET", "tickets", &Value::Null).await;
    let is_ours = |ticket: &&Value| ticket["vin"] == VIN && ticket["endedAt"].is_null();
    let ours = tickets["tickets"].as_array().unwrap().iter().find(is_ours);
    ours.map(|ticket| ticket["id"].as_i64().unwrap())
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_order_that_shows_nowhere_stays_unknown_and_is_never_sent_again() {
    let rig = Rig::with(&IMPATIENT).await;
    break_vendor(&rig, OPERATION, json!({ "status": 500 })).await;
    let input = json!({ "input": order(json!({ "idempotencyKey": "one" })) });
    let hasty = [("x-request-timeout", "1.5")];
    let first = rig.ask_with(&hasty, CREATE, input.clone()).await;
    mend_vendor(&rig).await;
    assert_eq!(first["data"]["createTicket"]["outcome"], "UNKNOWN");
    assert_eq!(first["errors"][0]["extensions"]["retryable"], true, "it is still looked for: {first:#}");

    // Another order of the same products on the same connector is not taken for it.
    let other = create(&rig, &order(json!({ "idempotencyKey": "two" }))).await;
    assert_eq!(other["outcome"], "CREATED");
    let again = rig.ask_with(&hasty, CREATE, input.clone()).await;
    assert_eq!(again["data"]["createTicket"]["outcome"], "UNKNOWN");

    let rig = rig.restart(&IMPATIENT).await;
    let late = rig.ask_with(&hasty, CREATE, input.clone()).await;
    assert_eq!(late["data"]["createTicket"]["outcome"], "UNKNOWN");
    assert_eq!(late["errors"][0]["extensions"]["retryable"], true, "it is looked for again: {late:#}");

    // After ten minutes nobody looks unless somebody asks.
    rig.clock.advance(TimeDelta::minutes(10));
    let rig = rig.restart(&IMPATIENT).await;
    let late = rig.ask(CREATE, input).await;
    assert_eq!(late["data"]["createTicket"]["outcome"], "UNKNOWN");
    assert_eq!(late["errors"][0]["extensions"]["retryable"], false, "{late:#}");
    assert!(late["errors"][0]["message"].as_str().unwrap().contains("activeTicket"), "it says what to do: {late:#}");
    assert_eq!(rig.count(OPERATION).await, 0);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_order_that_a_restart_finds_unanswered_is_found_when_its_ticket_is_over() {
    let rig = Rig::with(&IMPATIENT).await;
    break_vendor(&rig, OPERATION, json!({ "status": 500, "acts": true })).await;
    let input = json!({ "input": order(json!({ "idempotencyKey": "one" })) });
    let hasty = [("x-request-timeout", "1.5")];
    let first = rig.ask_with(&hasty, CREATE, input.clone()).await;
    assert_eq!(first["data"]["createTicket"]["outcome"], "UNKNOWN");
    mend_vendor(&rig).await;
    let number = ticket(&rig).await.unwrap();

    // In the background, before anybody asks.
    let rig = rig.restart(&IMPATIENT).await;
    rig.control("POST", &format!("tickets/{number}/transition"), &json!({ "to": "cancelled" })).await;
    let told = "query($vin: Vin!) { vehicle(by: {vin: $vin}) { timeline { nodes { __typename } } } }";
    let events = async || rig.data(told, json!({ "vin": VIN })).await["vehicle"]["timeline"]["nodes"].take();
    let both = json!([{ "__typename": "TicketClosed" }, { "__typename": "TicketCreated" }]);
    rig.until("the timeline tells of it", async || events().await == both).await;
    let payload = create(&rig, &input["input"]).await;
    assert_eq!((&payload["outcome"], &payload["ticket"]["number"]), (&json!("CREATED"), &json!(number.to_string())));
    assert_eq!(rig.count(OPERATION).await, 0);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_order_is_found_by_who_asks_however_late() {
    let rig = Rig::with(&IMPATIENT).await;
    break_vendor(&rig, OPERATION, json!({ "status": 500, "acts": true })).await;
    let input = json!({ "input": order(json!({ "idempotencyKey": "one" })) });
    let hasty = [("x-request-timeout", "1.5")];
    rig.ask_with(&hasty, CREATE, input.clone()).await;
    mend_vendor(&rig).await;
    let number = ticket(&rig).await.unwrap();
    rig.clock.advance(TimeDelta::hours(1));
    let rig = rig.restart(&IMPATIENT).await;
    assert_eq!(rig.ask(CREATE, input.clone()).await["data"]["createTicket"]["outcome"], "UNKNOWN");
    rig.control("POST", &format!("tickets/{number}/transition"), &json!({ "to": "cancelled" })).await;
    let payload = create(&rig, &input["input"]).await;
    assert_eq!((&payload["outcome"], &payload["ticket"]["number"]), (&json!("CREATED"), &json!(number.to_string())));
    assert_eq!(rig.count(OPERATION).await, 0);
}
