//! What only the joined graph can tell: timeline, discrepancies, readiness; and the lists behind them.

use std::collections::BTreeMap;
use std::collections::BTreeSet;

use chrono::TimeDelta;
use forecourt::auth::Scope;
use forecourt::ids::Ids;
use forecourt::store;
use forecourt::store::Access;
use forecourt::store::TimelineRow;
use serde_json::Value;
use serde_json::json;
use tempfile::TempDir;

use crate::support::gateway::Rig;
use crate::support::gateway::SHOWPIECE;
use crate::support::gateway::today;
use crate::support::keys::Client;
use crate::support::keys::give_keys;
use crate::support::story::NOT_CATALOGUED;
use crate::support::story::OTHER;
use crate::support::story::told;

const CREATE_INSPECTION: &str = "mutation($input: CreateInspectionInput!) { createInspection(input: $input) { inspection { tokenUid } userErrors { message field } } }";
const CREATE_LISTING: &str = "mutation($input: CreateListingInput!) { createListing(input: $input) { listing { id } userErrors { message field } } }";
const DISCREPANCIES: &str = "query($vin: Vin!) { vehicle(by: {vin: $vin}) { vin discrepancies { field severity reason values { value origin mileage { value unit } } } } }";
const READINESS: &str = "query($vin: Vin!) { vehicle(by: {vin: $vin}) { readiness { inspected { state reasons } diagnosed { state reasons } listed { state reasons } } } }";

/// Replays what the sandbox's dealer did with all of its cars.
async fn replay(rig: &Rig) -> Value {
    rig.set_webhook().await;
    let story = rig.control("GET", "story", &Value::Null).await;
    let mut reports = 0;
    for step in story["steps"].as_array().unwrap() {
        if !step["createListing"].is_null() {
            let data = rig.data(CREATE_LISTING, json!({ "input": step["createListing"] })).await;
            assert_eq!(data["createListing"]["userErrors"], json!([]));
        }
        let mut input = step["createInspection"].clone();
        let Some(members) = input.as_object_mut() else { continue };
        let (states, _) = (members.remove("advance").unwrap(), members.remove("expireAfter"));
        let data = rig.data(CREATE_INSPECTION, json!({ "input": input })).await;
        let uid = data["createInspection"]["inspection"]["tokenUid"].as_str().unwrap();
        for state in states.as_array().unwrap() {
            rig.control("POST", &format!("tokens/{uid}/advance"), &json!({ "to": state })).await;
        }
        reports += usize::from(states.as_array().unwrap().contains(&json!(3)));
    }
    let query = "{ inspections(first: 200) { nodes { report { revision } } } }";
    rig.until("every report has arrived", async || {
        let data = rig.data(query, json!({})).await;
        let nodes = data["inspections"]["nodes"].as_array().unwrap();
        nodes.iter().filter(|node| !node["report"].is_null()).count() == reports
    })
    .await;
    rig.control("GET", "fleet", &Value::Null).await
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn exactly_the_contradictions_of_the_seed_are_found() {
    let rig = Rig::of_fleet(100, TempDir::new().unwrap(), &[]).await;
    let fleet = replay(&rig).await;
    let mut met = BTreeSet::new();
    for car in fleet["cars"].as_array().unwrap() {
        let data = rig.data(DISCREPANCIES, json!({ "vin": car["vin"] })).await;
        if data["vehicle"].is_null() {
            continue;
        }
        let found = data["vehicle"]["discrepancies"].as_array().unwrap();
        let fields: Vec<&str> = found.iter().map(|one| one["field"].as_str().unwrap()).collect();
        let expected = match car["contradiction"].as_str() {
            Some("mileage") => vec!["MILEAGE"],
            Some("plate") => vec!["LICENSE_PLATE"],
            Some("model") => vec!["MODEL"],
            _ => vec![],
        };
        assert_eq!(fields, expected, "{car:#} {found:#?}");
        met.extend(expected);
    }
    assert_eq!(met, BTreeSet::from(["LICENSE_PLATE", "MILEAGE", "MODEL"]), "a hundred cars show each kind");
}

/// Lists the car of [`OTHER`] with a mileage and gives what contradicts.
async fn listed_with(settings: &[(&str, &str)], mileage: Value) -> Value {
    let rig = Rig::with(settings).await;
    let input =
        json!({ "internalId": "STOCK-1", "make": "hyundai", "model": "kona", "vin": OTHER, "mileage": mileage });
    let data = rig.data(CREATE_LISTING, json!({ "input": input })).await;
    assert_eq!(data["createListing"]["userErrors"], json!([]));
    let mut data = rig.data(DISCREPANCIES, json!({ "vin": OTHER })).await;
    let found = data["vehicle"]["discrepancies"].as_array_mut().unwrap();
    let mileage = found.iter_mut().find(|one| one["field"] == "MILEAGE");
    mileage.map_or(Value::Null, |one| json!([one["severity"], one["reason"]]))
}

/// What it shows, the settings, the listing's mileage, and what contradicts.
type Case<'a> = (&'a str, &'a [(&'a str, &'a str)], Value, Value);

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_mileage_contradicts_by_time_rate_and_unit() {
    let query = "query($vin: Vin!) { vehicle(by: {vin: $vin}) { tickets { nodes { odometer { value unit } } } } }";
    let rig = Rig::start().await;
    let data = rig.data(query, json!({ "vin": OTHER })).await;
    let read = data["vehicle"]["tickets"]["nodes"][0]["odometer"]["value"].as_i64().unwrap();
    let slow = ("FORECOURT_DISCREPANCIES__KILOMETRES_PER_DAY", "1");
    let unclear = [
        ("FORECOURT_TENANTS__DEFAULT__VENDORS__TCHEK__MODE", "sandbox"),
        ("FORECOURT_TENANTS__DEFAULT__VENDORS__AUTOCHAT__MODE", "sandbox"),
        ("FORECOURT_TENANTS__DEFAULT__VENDORS__JIFELINE__MODE", "sandbox"),
        ("FORECOURT_TENANTS__DEFAULT__VENDORS__JIFELINE__ODOMETER_UNIT", "unknown"),
    ];
    let kilometres = |value: i64| json!({ "value": value, "unit": "KILOMETRE" });
    let cases: [Case<'_>; 7] = [
        ("the same", &[], kilometres(read), Value::Null),
        ("one less", &[], kilometres(read - 1), json!(["CRITICAL", "LATER_IS_LOWER"])),
        ("a little more", &[], kilometres(read + 900), Value::Null),
        ("too much in so few days", &[slow], kilometres(read + 5_000), json!(["WARNING", "GROWS_TOO_FAST"])),
        ("fewer miles are more", &[], json!({ "value": read * 2 / 3, "unit": "MILE" }), Value::Null),
        ("far fewer miles", &[], json!({ "value": read / 2, "unit": "MILE" }), json!(["CRITICAL", "LATER_IS_LOWER"])),
        ("of unknown unit", &unclear, kilometres(read - 1), json!(["INFO", "LATER_IS_LOWER"])),
    ];
    for (name, settings, mileage, expected) in cases {
        assert_eq!(listed_with(settings, mileage).await, expected, "{name}");
    }
}

fn fault(operation: &str) -> Value {
    json!([{ "operation": operation, "status": 503 }])
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_side_that_cannot_be_read_is_told_and_nothing_is_claimed() {
    let (mut rig, _) = told(&[]).await;
    let both = "query($vin: Vin!) { vehicle(by: {vin: $vin}) { vin discrepancies { field } readiness { inspected { state } diagnosed { state reasons } listed { state } } } }";
    let cases = [
        // An open ticket is reason enough, whatever the history would say.
        ("jifeline.tickets.list_historical", false, "TICKET_OPEN"),
        ("jifeline.tickets.get_active", true, "VENDOR_DID_NOT_ANSWER"),
        ("jifeline.connectors.list", true, "VENDOR_DID_NOT_ANSWER"),
        ("jifeline.vehicles.find", false, "TICKET_OPEN"),
        ("autochat.options.list", true, "TICKET_OPEN"),
    ];
    for (operation, is_compared, diagnosed) in cases {
        rig.control("PUT", "faults", &fault(operation)).await;
        let answer = rig.ask(both, json!({ "vin": SHOWPIECE })).await;
        let vehicle = &answer["data"]["vehicle"];
        assert_eq!(vehicle["vin"], SHOWPIECE, "{operation}");
        assert_eq!(!vehicle["discrepancies"].is_null(), is_compared, "{operation} {answer:#}");
        let errors = answer["errors"].as_array().map_or(0, Vec::len);
        assert_eq!(errors, usize::from(!is_compared), "{operation} {answer:#}");
        let readiness = &vehicle["readiness"];
        assert_eq!(readiness["diagnosed"]["reasons"], json!([diagnosed]), "{operation} {answer:#}");
        let state = if diagnosed == "TICKET_OPEN" { "NOT_MET" } else { "UNKNOWN" };
        assert_eq!(readiness["diagnosed"]["state"], state, "{operation}");
        assert_eq!((&readiness["inspected"]["state"], &readiness["listed"]["state"]), (&json!("MET"), &json!("MET")));
        rig.control("DELETE", "faults", &Value::Null).await;
        rig = rig.restart(&[]).await;
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn readiness_says_why() {
    let (rig, _) = told(&[]).await;
    let cases = [
        (SHOWPIECE, ["INSPECTION_COMPLETED", "TICKET_OPEN", "LISTING_ACCEPTED"]),
        (OTHER, ["NO_REPORT", "TICKET_OPEN", "NOT_LISTED"]),
        (NOT_CATALOGUED, ["INSPECTION_NOT_COMPLETED", "NO_CLOSED_TICKET", "NOT_LISTED"]),
    ];
    for (vin, expected) in cases {
        let data = rig.data(READINESS, json!({ "vin": vin })).await;
        let readiness = &data["vehicle"]["readiness"];
        let reasons = ["inspected", "diagnosed", "listed"].map(|step| readiness[step]["reasons"].clone());
        assert_eq!(reasons, expected.map(|reason| json!([reason])), "{vin}");
    }
    let query = "{ vehicles(first: 200) { nodes { vin readiness { diagnosed { state reasons at } } } } }";
    let data = rig.data(query, json!({})).await;
    let nodes = data["vehicles"]["nodes"].as_array().unwrap();
    let done = nodes.iter().find(|node| node["readiness"]["diagnosed"]["state"] == "MET").unwrap();
    assert_eq!(done["readiness"]["diagnosed"]["reasons"], json!(["TICKET_CLOSED"]));
    assert!(done["readiness"]["diagnosed"]["at"].is_string());
    rig.control(
        "PUT",
        "faults",
        &json!([
            { "operation": "tchek.tokens.status", "status": 503 },
            { "operation": "jifeline.tickets.list_historical", "status": 503 },
        ]),
    )
    .await;
    rig.clock.advance(TimeDelta::days(2));
    let rig = rig.restart(&[]).await;
    let data = rig.data(READINESS, json!({ "vin": NOT_CATALOGUED })).await;
    let inspected = &data["vehicle"]["readiness"]["inspected"];
    assert_eq!(*inspected, json!({ "state": "UNKNOWN", "reasons": ["VENDOR_DID_NOT_ANSWER"] }));
    let data = rig.data(READINESS, json!({ "vin": SHOWPIECE })).await;
    assert_eq!(data["vehicle"]["readiness"]["inspected"]["state"], "MET", "completed is final");
    let data = rig.data(READINESS, json!({ "vin": done["vin"] })).await;
    assert_eq!(data["vehicle"]["readiness"]["diagnosed"]["reasons"], json!(["VENDOR_DID_NOT_ANSWER"]));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_pages_of_a_timeline_join_without_gap_and_cost_no_call() {
    let (rig, _) = told(&[]).await;
    let query = "query($vin: Vin!, $first: Int!, $after: String) { vehicle(by: {vin: $vin}) { timeline(first: $first, after: $after) { nodes { __typename at } pageInfo { hasNextPage endCursor } } } }";
    let page = async |first: i32, after: &Value| {
        let variables = json!({ "vin": SHOWPIECE, "first": first, "after": after });
        rig.data(query, variables).await["vehicle"]["timeline"].take()
    };
    let whole = page(200, &Value::Null).await["nodes"].take();
    let times: Vec<&str> = whole.as_array().unwrap().iter().map(|node| node["at"].as_str().unwrap()).collect();
    assert!(times.len() == 6 && times.is_sorted_by(|newer, older| newer >= older), "{whole:#}");
    let (mut joined, mut after) = (Vec::new(), Value::Null);
    loop {
        let mut next = page(2, &after).await;
        joined.append(next["nodes"].as_array_mut().unwrap());
        if next["pageInfo"]["hasNextPage"] == false {
            break;
        }
        after = next["pageInfo"]["endCursor"].take();
    }
    assert_eq!(Value::from(joined), whole);
    assert_eq!(rig.calls().await, BTreeMap::new());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_another_version_wrote_down_is_shown_in_its_own_word() {
    let data = TempDir::new().unwrap();
    let store = store::open(data.path(), Access::Tool).await.unwrap();
    let entry = TimelineRow {
        id: Ids::system().uuid(today()),
        tenant: "default".to_owned(),
        vendor: "tchek".to_owned(),
        account: "main".to_owned(),
        vin: Some(SHOWPIECE.to_owned()),
        subject: "7".to_owned(),
        kind: "VEHICLE_SOLD".to_owned(),
        at: today(),
        data: json!([]),
        dedupe_key: "sold".to_owned(),
        change_seq: 0,
    };
    store.append(vec![entry], today()).await.unwrap();
    store.close().await;
    let rig = Rig::on(data, &[]).await;
    let query = "query($vin: Vin!) { vehicle(by: {vin: $vin}) { timeline { nodes { __typename at ... on UnknownEvent { kindRaw } } } } }";
    let data = rig.data(query, json!({ "vin": SHOWPIECE })).await;
    let expected = json!([{ "__typename": "UnknownEvent", "at": "2026-10-02T08:00:00Z", "kindRaw": "VEHICLE_SOLD" }]);
    assert_eq!(data["vehicle"]["timeline"]["nodes"], expected);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn every_part_needs_its_scope() {
    let data = TempDir::new().unwrap();
    let client = Client {
        tenant: "default",
        name: "inspector",
        scopes: &[Scope::VehiclesRead, Scope::InspectionsRead],
        accounts: None,
    };
    give_keys(data.path(), &[client]).await;
    let rig = Rig::on(data, &[("FORECOURT_SERVER__HOSTS", "graph.example.com")]).await;
    let query = "query($vin: Vin!) { vehicle(by: {vin: $vin}) { timeline { nodes { at } } discrepancies { field } readiness { inspected { state } diagnosed { state } listed { state } } } inspections { totalCount } listings { totalCount } tickets(vin: $vin) { totalCount } }";
    let answer = rig.ask_with(&[("authorization", &client.bearer())], query, json!({ "vin": SHOWPIECE })).await;
    let errors = answer["errors"].as_array().unwrap();
    let refused: BTreeSet<String> = errors
        .iter()
        .inspect(|error| assert_eq!(error["extensions"]["code"], "FORBIDDEN"))
        .map(|error| error["path"].as_array().unwrap().last().unwrap().as_str().unwrap().to_owned())
        .collect();
    let expected = ["diagnosed", "discrepancies", "listed", "listings", "tickets", "timeline"];
    assert_eq!(refused, expected.map(str::to_owned).into());
    assert_eq!(answer["data"]["vehicle"]["readiness"]["inspected"]["state"], "NOT_MET");
    assert_eq!(answer["data"]["inspections"]["totalCount"], 0);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn lists_of_the_ledger_join_without_gap() {
    let (rig, _) = told(&[]).await;
    for (list, node) in [("inspections", "createdAt"), ("listings", "pushedAt")] {
        let query = format!(
            "query($first: Int!, $after: String) {{ {list}(first: $first, after: $after) {{ totalCount nodes {{ id {node} }} pageInfo {{ hasNextPage endCursor }} }} }}"
        );
        let mut whole = rig.data(&query, json!({ "first": 200 })).await[list].take();
        let (mut joined, mut after) = (Vec::new(), Value::Null);
        loop {
            let mut page = rig.data(&query, json!({ "first": 1, "after": after })).await[list].take();
            joined.append(page["nodes"].as_array_mut().unwrap());
            if page["pageInfo"]["hasNextPage"] == false {
                break;
            }
            after = page["pageInfo"]["endCursor"].take();
        }
        assert_eq!(whole["totalCount"], joined.len());
        assert!(joined.is_sorted_by(|newer, older| newer[node].as_str() >= older[node].as_str()));
        assert_eq!(whole["nodes"].take(), Value::from(joined));
    }
    assert_eq!(rig.calls().await, BTreeMap::new());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_the_vendor_finds_is_joined_with_the_ledger() {
    let (rig, names) = told(&[]).await;
    let query = "query($plate: String) { searchInspections(licensePlate: $plate) { nodes { inspection { id } } } }";
    for _ in 0..2 {
        let data = rig.data(query, json!({ "plate": "AB-123-CD" })).await;
        let nodes = data["searchInspections"]["nodes"].as_array().unwrap();
        assert!(nodes.iter().any(|node| node["inspection"]["id"] == names["inspection"].as_str()), "{data:#}");
    }
    assert_eq!(rig.count("tchek.inspections.search").await, 1, "the second search is answered from the cache");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn tickets_are_listed_by_vehicle_or_connector_with_one_call_each() {
    let (rig, _) = told(&[]).await;
    let query = "query($vin: Vin!) { tickets(vin: $vin) { nodes { number connector { id } } } vehicle(by: {vin: $vin}) { tickets { nodes { number } } } }";
    let data = rig.data(query, json!({ "vin": SHOWPIECE })).await;
    let of_vehicle = data["tickets"]["nodes"].as_array().unwrap();
    assert_eq!(rig.count("jifeline.tickets.list_historical").await, 1);
    let first = of_vehicle.iter().find(|ticket| !ticket["connector"].is_null()).unwrap();
    let query = "query($id: ID!, $vin: Vin!) { on: tickets(connectorId: $id, first: 200) { nodes { number } } both: tickets(vin: $vin, connectorId: $id) { nodes { number } } node(id: $id) { ... on Connector { tickets(first: 200) { nodes { number } } } } }";
    let data = rig.data(query, json!({ "id": first["connector"]["id"], "vin": SHOWPIECE })).await;
    assert_eq!(rig.count("jifeline.tickets.list_historical").await, 2);
    let number = json!({ "number": first["number"] });
    assert!(data["on"]["nodes"].as_array().unwrap().contains(&number));
    assert_eq!(data["on"]["nodes"], data["node"]["tickets"]["nodes"]);
    let both = data["both"]["nodes"].as_array().unwrap();
    assert!(both.contains(&number) && both.len() <= of_vehicle.len());
}
