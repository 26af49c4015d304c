//! Dealer groups share nothing: neither what they made, nor what was read for them, nor their keys of any kind.

use std::collections::BTreeSet;

use forecourt::auth::Scope;
use serde_json::Value;
use serde_json::json;
use tempfile::TempDir;

use crate::support::gateway::Rig;
use crate::support::gateway::SHOWPIECE;
use crate::support::keys::Client;
use crate::support::keys::give_keys;

const NORTH: Client<'_> = Client { tenant: "north", name: "website", scopes: &Scope::ALL, accounts: None };
const SOUTH: Client<'_> = Client { tenant: "south", ..NORTH };
const OTHER: Client<'_> = Client { name: "stock-sync", ..NORTH };

/// Two tenants with the same vendors; each has one client of the same name, north has another.
async fn two_tenants() -> Rig {
    let data = TempDir::new().unwrap();
    let settings = [
        ("FORECOURT_SERVER__HOSTS", "graph.example.com"),
        ("FORECOURT_TENANTS__NORTH__VENDORS__TCHEK__MODE", "sandbox"),
        ("FORECOURT_TENANTS__NORTH__VENDORS__AUTOCHAT__MODE", "sandbox"),
        ("FORECOURT_TENANTS__NORTH__VENDORS__JIFELINE__MODE", "sandbox"),
        ("FORECOURT_TENANTS__SOUTH__VENDORS__TCHEK__MODE", "sandbox"),
        ("FORECOURT_TENANTS__SOUTH__VENDORS__AUTOCHAT__MODE", "sandbox"),
        ("FORECOURT_TENANTS__SOUTH__VENDORS__JIFELINE__MODE", "sandbox"),
    ];
    give_keys(data.path(), &[NORTH, SOUTH, OTHER]).await;
    Rig::on(data, &settings).await
}

async fn data_as(rig: &Rig, client: &Client<'_>, query: &str, variables: Value) -> Value {
    let mut answer = rig.ask_with(&[("authorization", &client.bearer())], query, variables).await;
    assert_eq!(answer.get("errors"), None, "{answer:#}");
    answer["data"].take()
}

/// Inspects and lists the showpiece; gives inspection and listing.
async fn story(rig: &Rig, client: &Client<'_>, number: &str) -> (Value, Value) {
    let mutation = "mutation($vin: String, $number: String) {
        createInspection(input: {vin: $vin}) { inspection { id tokenUid } }
        createListing(input: {vin: $vin, licensePlate: $number, internalId: $number, make: \"volvo\", model: \"v60\"}) { listing { id } }
    }";
    let mut data = data_as(rig, client, mutation, json!({ "vin": SHOWPIECE, "number": number })).await;
    (data["createInspection"]["inspection"].take(), data["createListing"]["listing"].take())
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_same_car_has_another_past_in_each_tenant() {
    let rig = two_tenants().await;
    let (north, north_listing) = story(&rig, &NORTH, "NORTH-1").await;
    let (south, south_listing) = story(&rig, &SOUTH, "SOUTH-1").await;
    let query = "query($vin: Vin!, $plate: String!) {
        vehicle(by: {vin: $vin}) {
            licensePlate
            inspections { nodes { id tokenUid } }
            listings { nodes { id internalId } }
        }
        other: vehicle(by: {licensePlate: $plate}) { vin }
        vehicles(filter: {listed: true}) { totalCount }
    }";
    let tenants =
        [(NORTH, "NORTH-1", "SOUTH-1", &north, &north_listing), (SOUTH, "SOUTH-1", "NORTH-1", &south, &south_listing)];
    for (client, own, other, inspection, listing) in tenants {
        let data = data_as(&rig, &client, query, json!({ "vin": SHOWPIECE, "plate": other })).await;
        let vehicle = json!({
            "licensePlate": own,
            "inspections": { "nodes": [inspection] },
            "listings": { "nodes": [{ "id": listing["id"], "internalId": own }] },
        });
        assert_eq!(data, json!({ "vehicle": vehicle, "other": null, "vehicles": { "totalCount": 1 } }));
    }

    let query = "query($inspection: ID!, $listing: ID!, $token: String!) {
        inspection(by: {id: $inspection}) { id }
        token: inspection(by: {tokenUid: $token}) { id }
        listing(id: $listing) { id }
        node(id: $inspection) { id }
        nodes(ids: [$inspection, $listing]) { id }
    }";
    let variables = json!({ "inspection": north["id"], "listing": north_listing["id"], "token": north["tokenUid"] });
    let seen = data_as(&rig, &NORTH, query, variables.clone()).await;
    assert!(seen.as_object().unwrap().values().all(|value| !value.is_null()), "{seen}");
    let nothing = json!({ "inspection": null, "token": null, "listing": null, "node": null, "nodes": [null, null] });
    assert_eq!(data_as(&rig, &SOUTH, query, variables).await, nothing);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_cursor_of_another_tenant_opens_nothing_of_it() {
    let rig = two_tenants().await;
    rig.clock.advance(chrono::TimeDelta::hours(1));
    story(&rig, &NORTH, "NORTH-1").await;
    let page = "query($after: String) { vehicles(first: 200, after: $after) { nodes { vin lastActivityAt } } }";
    let first = "{ vehicles(first: 1) { nodes { vin } pageInfo { endCursor } } }";
    let whole = data_as(&rig, &SOUTH, page, json!({})).await["vehicles"]["nodes"].take();
    let north = data_as(&rig, &NORTH, first, json!({})).await;
    assert_eq!(north["vehicles"]["nodes"], json!([{ "vin": SHOWPIECE }]));

    let after = data_as(&rig, &SOUTH, page, json!({ "after": north["vehicles"]["pageInfo"]["endCursor"] })).await;
    let key = |node: &Value| node.to_string();
    let own: BTreeSet<String> = whole.as_array().unwrap().iter().map(key).collect();
    let shown: BTreeSet<String> = after["vehicles"]["nodes"].as_array().unwrap().iter().map(key).collect();
    assert!(shown.is_subset(&own) && !shown.is_empty(), "the south sees its own rows only: {after}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_was_read_for_one_tenant_is_not_shown_to_the_other() {
    let rig = two_tenants().await;
    let query = "query($vin: Vin!) { vehicle(by: {vin: $vin}) { make { name } tickets { totalCount } } vehicleOptions { name } }";
    for client in [NORTH, SOUTH, NORTH, OTHER, SOUTH] {
        data_as(&rig, &client, query, json!({ "vin": SHOWPIECE })).await;
    }
    let calls = rig.calls().await;
    for operation in ["jifeline.vehicles.find", "jifeline.tickets.list_historical", "autochat.options.list"] {
        assert_eq!(calls.get(operation), Some(&2), "once for each tenant: {calls:?}");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn idempotency_keys_are_each_clients_own() {
    let rig = two_tenants().await;
    let mutation = "mutation($vin: String) { createInspection(input: {vin: $vin, idempotencyKey: \"order-1\"}) { outcome inspection { id } userErrors { code } } }";
    let mut made = Vec::new();
    for client in [NORTH, OTHER, SOUTH] {
        let first = data_as(&rig, &client, mutation, json!({ "vin": SHOWPIECE })).await;
        let again = data_as(&rig, &client, mutation, json!({ "vin": SHOWPIECE })).await;
        assert_eq!(first, again);
        assert_eq!(first["createInspection"]["outcome"], "CREATED");
        made.push(first["createInspection"]["inspection"]["id"].to_string());
    }
    assert_eq!(made.iter().collect::<BTreeSet<_>>().len(), 3, "{made:?}");
    assert_eq!(rig.count("tchek.tokens.create").await, 3);
    let other = data_as(&rig, &SOUTH, mutation, json!({ "vin": "YV1RK0JJ8MA424679" })).await;
    assert_eq!(other["createInspection"]["userErrors"], json!([{ "code": "IDEMPOTENCY_MISMATCH" }]));
}
