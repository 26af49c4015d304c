//! `inspectionStatus`: the present state, then each change, from deliveries and from readings.

use forecourt::auth::Scope;
use serde_json::Value;
use serde_json::json;
use tempfile::TempDir;

use super::client::Client;
use super::inspection;
use crate::support::gateway::Rig;
use crate::support::gateway::SHOWPIECE;
use crate::support::keys;
use crate::support::keys::give_keys;

const STATUS: &str = "subscription($id: ID!) {
    inspectionStatus(id: $id) { id status lastProgressStatus vehicle { vin licensePlate } }
}";
const READ: &str = "tchek.tokens.status";
/// Long enough to happen in no test.
const NEVER: (&str, &str) = ("FORECOURT_LIVE__LOOK_AGAIN", "1h");

async fn advance(rig: &Rig, uid: &str, to: u8) {
    rig.control("POST", &format!("tokens/{uid}/advance"), &json!({ "to": to })).await;
}

/// Lets the vendor deliver a result, which makes the gateway read the status.
async fn deliver(rig: &Rig, uid: &str) {
    rig.control(
        "POST",
        "tchek/deliver",
        &json!({ "uid": uid, "event": "detectionFinished", "revision": 1, "copies": 1 }),
    )
    .await;
}

fn status(data: &Value) -> &Value {
    &data["inspectionStatus"]["status"]
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_present_state_comes_first_and_then_what_a_delivery_brings() {
    let rig = Rig::with(&[NEVER]).await;
    let (uid, id) = inspection(&rig, SHOWPIECE).await;
    let mut client = Client::ready(&rig).await;
    client.subscribe("1", STATUS, &json!({ "id": id })).await;
    let first = client.data("1").await;
    assert_eq!(status(&first), "CREATED");
    assert_eq!(first["inspectionStatus"]["id"], id);
    assert_eq!(first["inspectionStatus"]["vehicle"]["vin"], SHOWPIECE);

    for to in 1..=3 {
        advance(&rig, &uid, to).await;
    }
    rig.set_webhook().await;
    deliver(&rig, &uid).await;
    // The event is resolved anew: nothing in it is remembered from the one before.
    let second = client.data("1").await;
    assert_eq!((status(&second), &second["inspectionStatus"]["lastProgressStatus"]), (&json!("SHOT"), &json!("SHOT")));

    // Who comes back begins with the present state.
    let mut again = Client::ready(&rig).await;
    again.subscribe("1", STATUS, &json!({ "id": id })).await;
    assert_eq!(status(&again.data("1").await), "SHOT");
    client.say(&json!({ "type": "complete", "id": "1" })).await;
    client.subscribe("1", STATUS, &json!({ "id": id })).await;
    assert_eq!(status(&client.data("1").await), "SHOT");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn without_deliveries_the_vendor_is_asked_once_for_all_who_watch() {
    let rig =
        Rig::with(&[("FORECOURT_LIVE__LOOK_AGAIN", "1ms"), ("FORECOURT_CACHE__FRESH__TCHEK__TOKENS__STATUS", "0s")])
            .await;
    let (uid, id) = inspection(&rig, SHOWPIECE).await;
    let mut clients = Vec::new();
    for _ in 0..5 {
        let mut client = Client::ready(&rig).await;
        client.subscribe("1", STATUS, &json!({ "id": id })).await;
        assert_eq!(status(&client.data("1").await), "CREATED");
        clients.push(client);
    }
    advance(&rig, &uid, 1).await;
    for client in &mut clients {
        assert_eq!(status(&client.data("1").await), "OPENED");
    }
    drop(clients);
    // Nobody watches, so nobody asks: the count stays the same while many other requests are answered.
    rig.until("the vendor is asked no more", async || {
        let before = rig.count(READ).await;
        for _ in 0..20 {
            rig.get_json("/readyz").await;
        }
        rig.count(READ).await == before
    })
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_the_caller_may_not_see_does_not_exist() {
    const NORTH: keys::Client<'_> =
        keys::Client { tenant: "north", name: "website", scopes: &Scope::ALL, accounts: None };
    const SOUTH: keys::Client<'_> = keys::Client { tenant: "south", ..NORTH };
    let data = TempDir::new().unwrap();
    give_keys(data.path(), &[NORTH, SOUTH]).await;
    let rig = Rig::on(
        data,
        &[
            NEVER,
            ("FORECOURT_SERVER__HOSTS", "graph.example.com"),
            ("FORECOURT_TENANTS__NORTH__VENDORS__TCHEK__MODE", "sandbox"),
            ("FORECOURT_TENANTS__SOUTH__VENDORS__TCHEK__MODE", "sandbox"),
        ],
    )
    .await;
    let mutation = "mutation($vin: String) { createInspection(input: {vin: $vin}) { inspection { id } } }";
    let made =
        rig.ask_with(&[("authorization", &NORTH.bearer())], mutation, json!({ "vin": SHOWPIECE })).await["data"].take();
    let id = &made["createInspection"]["inspection"]["id"];
    let mut south = Client::ready_as(&rig, &json!({ "authorization": SOUTH.bearer() })).await;
    south.subscribe("1", STATUS, &json!({ "id": id })).await;
    assert_eq!(south.refusal("1").await, ("next".to_owned(), "NOT_FOUND".to_owned()));
    let mut north = Client::ready_as(&rig, &json!({ "authorization": NORTH.bearer() })).await;
    north.subscribe("1", STATUS, &json!({ "id": id })).await;
    assert_eq!(status(&north.data("1").await), "CREATED");

    // The other tenant listens to the same car, and hears only of its own inspection.
    let activity = "subscription($vin: Vin!) { vehicleActivity(vin: $vin) { __typename cursor } }";
    south.hear().await;
    south.subscribe("2", activity, &json!({ "vin": SHOWPIECE })).await;
    south.subscribe("3", "{ __typename }", &json!({})).await;
    south.data("3").await;
    south.hear().await;
    for client in [NORTH, SOUTH] {
        let bearer = client.bearer();
        rig.ask_with(&[("authorization", &bearer)], mutation, json!({ "vin": SHOWPIECE })).await;
    }
    let first = south.data("2").await["vehicleActivity"]["cursor"].clone();
    let query = "query($vin: Vin!) { vehicle(by: {vin: $vin}) { timeline { nodes { cursor } } } }";
    let own = rig.ask_with(&[("authorization", &SOUTH.bearer())], query, json!({ "vin": SHOWPIECE })).await;
    assert_eq!(own["data"]["vehicle"]["timeline"]["nodes"], json!([{ "cursor": first }]));
}
