//! Inspections that have a plate and no VIN: found, joined with the vehicle that alone has the plate, never guessed.

use serde_json::Value;
use serde_json::json;

use crate::support::gateway::Rig;
use crate::support::gateway::SHOWPIECE;
use crate::support::story::OTHER;

const CREATE: &str = "mutation($input: CreateInspectionInput!) { createInspection(input: $input) { inspection { tokenUid } userErrors { message } } }";
const LIST: &str = "query($filter: InspectionsFilter) { inspections(filter: $filter) { totalCount nodes { tokenUid identity vehicle { vin } } } }";
const OF_VEHICLE: &str =
    "query($vin: Vin!) { vehicle(by: {vin: $vin}) { inspections { totalCount nodes { tokenUid identity } } } }";

async fn inspect(rig: &Rig, input: Value) -> String {
    rig.clock.advance(chrono::TimeDelta::minutes(1));
    let data = rig.data(CREATE, json!({ "input": input })).await;
    assert_eq!(data["createInspection"]["userErrors"], json!([]));
    data["createInspection"]["inspection"]["tokenUid"].as_str().unwrap().to_owned()
}

async fn list(rig: &Rig, filter: Value) -> Value {
    rig.data(LIST, json!({ "filter": filter })).await["inspections"].take()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_orphan_is_found_by_its_plate_and_joins_the_vehicle_that_alone_has_it() {
    let rig = Rig::start().await;
    let orphan = inspect(&rig, json!({ "licensePlate": "AB-123-CD" })).await;
    let alone = json!({ "totalCount": 1, "nodes": [{ "tokenUid": orphan, "identity": null, "vehicle": null }] });
    for filter in
        [json!({ "hasVehicle": false }), json!({ "licensePlate": "ab 123cd" }), json!({ "licensePlate": "AB.123–CD" })]
    {
        assert_eq!(list(&rig, filter).await, alone);
    }
    for filter in [json!({ "hasVehicle": true }), json!({ "licensePlate": "AB-123-CE" })] {
        assert_eq!(list(&rig, filter).await["totalCount"], 0);
    }

    let known = inspect(&rig, json!({ "vin": SHOWPIECE, "licensePlate": "ab123cd" })).await;
    let joined = json!({ "totalCount": 2, "nodes": [
        { "tokenUid": known, "identity": "VIN", "vehicle": { "vin": SHOWPIECE } },
        { "tokenUid": orphan, "identity": "PLATE", "vehicle": { "vin": SHOWPIECE } },
    ] });
    assert_eq!(list(&rig, json!({ "hasVehicle": true })).await, joined);
    assert_eq!(list(&rig, json!({ "licensePlate": "AB-123-CD" })).await, joined);
    assert_eq!(list(&rig, json!({ "hasVehicle": false })).await["totalCount"], 0);
    let data = rig.data(OF_VEHICLE, json!({ "vin": SHOWPIECE })).await;
    let both = json!({ "totalCount": 2, "nodes": [
        { "tokenUid": known, "identity": "VIN" }, { "tokenUid": orphan, "identity": "PLATE" },
    ] });
    assert_eq!(data["vehicle"]["inspections"], both);

    // A second car with the plate: nobody knows any more which of them was inspected.
    inspect(&rig, json!({ "vin": OTHER, "licensePlate": "AB 123 CD" })).await;
    assert_eq!(list(&rig, json!({ "hasVehicle": false })).await, alone);
    for vin in [SHOWPIECE, OTHER] {
        assert_eq!(rig.data(OF_VEHICLE, json!({ "vin": vin })).await["vehicle"]["inspections"]["totalCount"], 1);
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_orphan_proves_nothing_about_the_vehicle() {
    let rig = Rig::start().await;
    let orphan = inspect(&rig, json!({ "licensePlate": "AB-123-CD" })).await;
    for state in [1, 2, 3, 5] {
        rig.control("POST", &format!("tokens/{orphan}/advance"), &json!({ "to": state })).await;
    }
    rig.list(SHOWPIECE, "STOCK-1").await;
    let listing = "mutation($input: CreateListingInput!) { createListing(input: $input) { userErrors { message } } }";
    let car = json!({ "internalId": "STOCK-2", "make": "volvo", "model": "v60", "vin": SHOWPIECE, "licensePlate": "AB123CD" });
    rig.data(listing, json!({ "input": car })).await;
    let query = "query($vin: Vin!) { vehicle(by: {vin: $vin}) { inspections { nodes { identity } } readiness { inspected { state } } } }";
    let data = rig.data(query, json!({ "vin": SHOWPIECE })).await;
    assert_eq!(
        data["vehicle"]["inspections"]["nodes"],
        json!([{ "identity": "PLATE" }]),
        "a listing tells the plate too"
    );
    assert_eq!(data["vehicle"]["readiness"]["inspected"]["state"], "NOT_MET");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_blank_plate_is_no_filter() {
    let rig = Rig::start().await;
    let answer = rig.ask(LIST, json!({ "filter": { "licensePlate": " - " } })).await;
    assert_eq!(answer["errors"][0]["extensions"]["code"], "BAD_INPUT", "{answer:#}");
}
