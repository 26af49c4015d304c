//! A small fixed story for tests that only read: what a dealer did before the first question.

use std::collections::BTreeMap;

use chrono::TimeDelta;
use serde_json::Value;
use serde_json::json;

use super::gateway::Rig;
use super::gateway::SHOWPIECE;

/// The two cars that bear one plate, `B-120-HT`.
pub(crate) const SAME_PLATE: [&str; 2] = ["WBASAYSE2KA416760", "YV1RK0JJ8MA424679"];
/// A car that the catalogue does not know.
pub(crate) const NOT_CATALOGUED: &str = "WBAA0NSP1HA313813";
/// A car of another make, with one ticket.
pub(crate) const OTHER: &str = "KMHM2PGLHJA115838";

const CREATE_INSPECTION: &str = "mutation($input: CreateInspectionInput!) { createInspection(input: $input) { inspection { id tokenUid } userErrors { message field } } }";
const CREATE_LISTING: &str = "mutation($input: CreateListingInput!) { createListing(input: $input) { listing { id } userErrors { message field } } }";

/// What the story made, by the name under which queries ask for it.
pub(crate) type Names = BTreeMap<&'static str, String>;

/// Tells the story and starts the gateway anew: nothing is cached, and nothing is on its way any more.
///
/// Every step has its own hour, so that times and their order are the same in every run.
pub(crate) async fn told(settings: &[(&str, &str)]) -> (Rig, Names) {
    let rig = Rig::with(settings).await;
    rig.set_webhook().await;
    let mut names = Names::new();
    for (plate, (vin, number)) in [("B-120-HT", (SAME_PLATE[0], "STOCK-41")), ("b 120 ht", (SAME_PLATE[1], "STOCK-42"))]
    {
        list(&rig, &json!({ "internalId": number, "make": "bmw", "model": "3", "vin": vin, "licensePlate": plate }))
            .await;
    }
    let chased = json!({ "vin": OTHER, "licensePlate": "1-BVL-006", "locale": "de" });
    inspect(&rig, &chased, &[1, 6]).await;
    let reviewed = json!({ "vin": NOT_CATALOGUED, "licensePlate": "NL-081-P", "damageReview": "CUSTOMER" });
    let (id, _) = inspect(&rig, &reviewed, &[1, 2, 3, 4]).await;
    reported(&rig, &id).await;
    let listing = list(&rig, &showpiece()).await;
    let (begun, _) = inspect(&rig, &json!({ "vin": SHOWPIECE, "damageReview": "CUSTOMER" }), &[1, 2]).await;
    let customer = json!({
        "firstName": "Sofie", "lastName": "Peeters", "email": "sofie.peeters@example.com", "phone": "+31612345678",
        "gender": "FEMALE",
    });
    let done = json!({ "vin": SHOWPIECE, "licensePlate": "AB-123-CD", "locale": "nl-BE", "customer": customer });
    let (id, token) = inspect(&rig, &done, &[1, 2, 3, 5]).await;
    reported(&rig, &id).await;
    names.extend([("inspection", id), ("token", token), ("begun", begun), ("listing", listing)]);
    statuses(&rig).await;
    let query = "query($vin: Vin!) { vehicle(by: {vin: $vin}) { tickets(first: 1) { nodes { id } } } }";
    let data = rig.data(query, json!({ "vin": SHOWPIECE })).await;
    let ticket = data["vehicle"]["tickets"]["nodes"][0]["id"].as_str().unwrap();
    names.insert("ticket", ticket.to_owned());
    garage(&rig, &mut names).await;
    (rig.restart(settings).await, names)
}

/// Makes room for a file in the chat of the showpiece's open ticket; names that and one of the garage's employees.
async fn garage(rig: &Rig, names: &mut Names) {
    let query = "query($vin: Vin!) {
        employees(first: 1) { nodes { id } }
        vehicle(by: {vin: $vin}) { activeTicket { chat { id channel { id } } } }
    }";
    let data = rig.data(query, json!({ "vin": SHOWPIECE })).await;
    let text = |data: &Value, pointer: &str| data.pointer(pointer).unwrap().as_str().unwrap().to_owned();
    let channel = text(&data, "/vehicle/activeTicket/chat/channel/id");
    names.insert("employee", text(&data, "/employees/nodes/0/id"));
    names.insert("chat", text(&data, "/vehicle/activeTicket/chat/id"));
    let mutation = "mutation($channel: ID) { createChannelAttachment(input: {channelId: $channel, fileName: \"engine-bay.jpg\"}) { attachment { fileReference } } }";
    let data = rig.data(mutation, json!({ "channel": channel })).await;
    names.insert("file", text(&data, "/createChannelAttachment/attachment/fileReference"));
    names.insert("channel", channel);
}

/// Creates an inspection and walks it through `states`; gives its id and token.
async fn inspect(rig: &Rig, input: &Value, states: &[u8]) -> (String, String) {
    rig.clock.advance(TimeDelta::hours(1));
    let data = rig.data(CREATE_INSPECTION, json!({ "input": input })).await;
    assert_eq!(data["createInspection"]["userErrors"], json!([]));
    let text = |name: &str| data["createInspection"]["inspection"][name].as_str().unwrap().to_owned();
    let (id, token) = (text("id"), text("tokenUid"));
    for state in states {
        rig.clock.advance(TimeDelta::minutes(1));
        rig.control("POST", &format!("tokens/{token}/advance"), &json!({ "to": state })).await;
        if *state == 3 {
            // Otherwise the clock may have moved on when the detection's delivery arrives.
            reported(rig, &id).await;
        }
    }
    (id, token)
}

/// Lists a car; gives the listing's id.
async fn list(rig: &Rig, input: &Value) -> String {
    rig.clock.advance(TimeDelta::hours(1));
    let data = rig.data(CREATE_LISTING, json!({ "input": input })).await;
    assert_eq!(data["createListing"]["userErrors"], json!([]));
    data["createListing"]["listing"]["id"].as_str().unwrap().to_owned()
}

/// Waits until the inspection has its report; a delivery that arrived has the time of the step that caused it.
async fn reported(rig: &Rig, id: &str) {
    let query = "query($id: ID!) { inspection(by: {id: $id}) { report { revision } } }";
    rig.until("the report has arrived", async || {
        rig.data(query, json!({ "id": id })).await["inspection"]["report"] != Value::Null
    })
    .await;
}

/// Lets the ledger see every status, so that no later question brings it news.
async fn statuses(rig: &Rig) {
    let query = "query($vin: Vin!) { vehicle(by: {vin: $vin}) { inspections { nodes { status } } } }";
    for vin in [SHOWPIECE, OTHER, NOT_CATALOGUED] {
        rig.data(query, json!({ "vin": vin })).await;
    }
}

fn showpiece() -> Value {
    json!({
        "internalId": "STOCK-1", "make": "volvo", "model": "v60", "version": "Momentum", "vin": SHOWPIECE,
        "licensePlate": "AB-123-CD", "bodyColor": "white", "bodyType": "stationwagon", "fuelType": "diesel",
        "transmission": "manual", "gears": 6, "doors": 5, "powerKw": 140, "engineDisplacementCcm": 1969,
        "co2EmissionGramsPerKm": 117, "constructionYear": 2020, "firstRegistration": "2020-03-17",
        "mileage": { "value": 41250, "unit": "KILOMETRE" }, "currency": "EUR", "salesPrice": "27950.00",
        "salesPriceExVat": "23099.17", "tradePrice": "24500.5", "taxAmount": "4850.83", "vatDeductible": true,
        "options": ["abs", "navigation_system"], "images": ["https://img.example.com/1.jpg"], "tags": ["lease-return"],
        "description": "One owner, complete service history",
    })
}
