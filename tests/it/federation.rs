//! The graph as a part of a federation: what its gateway reads, and what it asks by keys.

use std::collections::BTreeMap;
use std::collections::BTreeSet;

use forecourt::auth::Scope;
use forecourt::domain::entity::MOST_REPRESENTATIONS;
use forecourt::domain::representation::KEYS;
use serde_json::Value;
use serde_json::json;
use tempfile::TempDir;

use crate::support::gateway::Rig;
use crate::support::gateway::SHOWPIECE;
use crate::support::gateway::send;
use crate::support::keys::Client;
use crate::support::keys::give_keys;

/// A car that the catalogue knows and the gateway has never met.
const NEVER_MET: &str = "WDD7Y24F0JA163352";
/// A number that no car has.
const UNKNOWN: &str = "ZZZZZZZZZZZ000000";

/// Makes the gateway ask for keys.
const PUBLIC: (&str, &str) = ("FORECOURT_SERVER__HOSTS", "graph.example.com");

const NAMES: &str = "query($of: [_Any!]!) { _entities(representations: $of) { __typename ... on Node { id } } }";
const MAKES: &str = "query($of: [_Any!]!) { _entities(representations: $of) { ... on Vehicle { vin make { name } } } }";

fn vehicle(vin: &str) -> Value {
    json!({ "__typename": "Vehicle", "vin": vin })
}

fn of(representations: &[Value]) -> Value {
    json!({ "of": representations })
}

/// Each error as its path, code and message.
fn told(answer: &Value) -> Vec<String> {
    let errors = answer["errors"].as_array().map(Vec::as_slice).unwrap_or_default().iter();
    let told = errors.map(|error| {
        let path = error["path"].as_array().map(Vec::as_slice).unwrap_or_default();
        let path: Vec<_> = path.iter().map(|part| part.to_string().replace('"', "")).collect();
        format!("{} {}: {}", path.join("."), error["extensions"]["code"].as_str().unwrap(), error["message"])
    });
    let mut told: Vec<String> = told.collect();
    told.sort();
    told
}

/// Text at `pointer`.
fn text(data: &Value, pointer: &str) -> String {
    let found = data.pointer(pointer).and_then(Value::as_str);
    found.unwrap_or_else(|| unreachable!("{pointer} is a text: {data:#}")).to_owned()
}

/// One representation of each type that has a global id, and of each level of the catalogue, around the showpiece.
async fn everything(rig: &Rig, headers: &[(&str, &str)]) -> Vec<Value> {
    let mutation = "mutation($vin: String) {
        createInspection(input: {vin: $vin}) { outcome }
        createListing(input: {vin: $vin, internalId: \"STOCK-1\", make: \"volvo\", model: \"v60\"}) { outcome }
    }";
    let variables = json!({ "vin": SHOWPIECE });
    let made = rig.ask_with(headers, mutation, variables.clone()).await;
    assert_eq!(made.get("errors"), None, "{made:#}");
    let query = "query($vin: Vin!) {
        vehicle(by: {vin: $vin}) {
            id
            make { catalogueId } modelGroup { catalogueId } model { catalogueId } variant { catalogueId }
            inspections { nodes { id } } listings { nodes { id } } connector { id }
            activeTicket { id chat { id channel { id } } }
        }
        employees(first: 1) { nodes { id } }
    }";
    let found = rig.ask_with(headers, query, variables).await;
    let data = &found["data"];
    let by_id = [
        ("Vehicle", "/vehicle/id"),
        ("Inspection", "/vehicle/inspections/nodes/0/id"),
        ("Listing", "/vehicle/listings/nodes/0/id"),
        ("Connector", "/vehicle/connector/id"),
        ("DiagnosticTicket", "/vehicle/activeTicket/id"),
        ("Chat", "/vehicle/activeTicket/chat/id"),
        ("Channel", "/vehicle/activeTicket/chat/channel/id"),
        ("Employee", "/employees/nodes/0/id"),
    ];
    let by_number = [
        ("VehicleMake", "/vehicle/make/catalogueId"),
        ("VehicleModelGroup", "/vehicle/modelGroup/catalogueId"),
        ("VehicleModel", "/vehicle/model/catalogueId"),
        ("VehicleModelVariant", "/vehicle/variant/catalogueId"),
    ];
    let ids = by_id.map(|(kind, at)| json!({ "__typename": kind, "id": text(data, at) }));
    let numbers = by_number.map(|(kind, at)| json!({ "__typename": kind, "catalogueId": text(data, at) }));
    [vehicle(SHOWPIECE)].into_iter().chain(ids).chain(numbers).collect()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_subgraph_says_what_can_be_named_and_the_plain_schema_does_not() {
    let rig = Rig::start().await;
    let data = rig.data("{ _service { sdl } __type(name: \"_Entity\") { possibleTypes { name } } }", json!({})).await;
    let sdl = text(&data, "/_service/sdl");
    assert_eq!(sdl, forecourt::schema::federation::sdl());
    let marked: Vec<&str> =
        sdl.lines().filter(|line| line.contains("@key(") || line.contains("@shareable {")).collect();
    insta::assert_snapshot!(marked.join("\n"), @r#"
    type Channel implements Node @key(fields: "id") {
    type Chat implements Node @key(fields: "id") {
    type Connector implements Node @key(fields: "id") {
    type DiagnosticTicket implements Node @key(fields: "id") {
    type Employee implements Node @key(fields: "id") {
    type Inspection implements Node @key(fields: "id") {
    type Listing implements Node @key(fields: "id") {
    type PageInfo @shareable {
    type Vehicle implements Node @key(fields: "vin") @key(fields: "id") {
    type VehicleMake @key(fields: "catalogueId") {
    type VehicleModel @key(fields: "catalogueId") {
    type VehicleModelGroup @key(fields: "catalogueId") {
    type VehicleModelVariant @key(fields: "catalogueId") {
    "#);
    let link = r#"import: ["@key", "@shareable"]"#;
    assert!(sdl.contains("extend schema @link(") && sdl.contains(link), "{sdl}");
    assert!(!sdl.contains("directive @rows"), "a federation keeps a directive of queries only if all graphs have it");
    assert!(!sdl.contains("answered as a table"), "a description without what it describes");
    let named: BTreeSet<&str> =
        data["__type"]["possibleTypes"].as_array().unwrap().iter().map(|ty| ty["name"].as_str().unwrap()).collect();
    assert_eq!(named, KEYS.iter().map(|(kind, _)| *kind).collect());

    let served = send(rig.client.get(format!("{}/schema.graphql", rig.base))).await.text().await.unwrap();
    for word in ["_entities", "_service", "_Any", "@key"] {
        assert!(!served.contains(word) && !sdl.contains(&format!("{word}:")), "{word}");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn every_entity_is_found_by_each_of_its_keys() {
    let rig = Rig::start().await;
    let representations = everything(&rig, &[]).await;
    let kinds: BTreeSet<&str> = representations.iter().map(|one| one["__typename"].as_str().unwrap()).collect();
    assert_eq!(kinds, KEYS.iter().map(|(kind, _)| *kind).collect(), "each type is asked for");
    let query = "query($of: [_Any!]!) { _entities(representations: $of) {
        __typename
        ... on Node { id }
        ... on Vehicle { vin }
        ... on VehicleMake { catalogueId name }
        ... on VehicleModelGroup { catalogueId name }
        ... on VehicleModel { catalogueId name }
        ... on VehicleModelVariant { catalogueId name }
    } }";
    let data = rig.data(query, of(&representations)).await;
    let entities = data["_entities"].as_array().unwrap();
    assert_eq!(entities.len(), representations.len());
    for (entity, representation) in entities.iter().zip(&representations) {
        for (field, value) in representation.as_object().unwrap() {
            assert_eq!(&entity[field], value, "{entity}");
        }
        let is_named = entity.get("catalogueId").is_none() || entity["name"].is_string();
        assert!(is_named, "the catalogue tells of it: {entity}");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_hundred_representations_cost_what_their_distinct_keys_cost() {
    let rig = Rig::start().await;
    let data = rig.data("{ vehicles(first: 50, orderBy: VIN) { nodes { vin } } }", json!({})).await;
    let once: Vec<Value> =
        data["vehicles"]["nodes"].as_array().unwrap().iter().map(|one| vehicle(one["vin"].as_str().unwrap())).collect();
    assert_eq!(once.len(), 50);
    let twice: Vec<Value> = once.iter().chain(&once).cloned().collect();
    let query = "query($of: [_Any!]!) { _entities(representations: $of) {
        ... on Vehicle { vin make { name } connector { number } inspections { totalCount } tickets { totalCount } }
    } }";
    rig.forget_calls().await;
    let data = rig.data(query, of(&twice)).await;
    assert_eq!(data["_entities"].as_array().unwrap().len(), 100);
    let expected =
        [("jifeline.connectors.list", 1), ("jifeline.tickets.list_historical", 50), ("jifeline.vehicles.find", 50)];
    let expected: BTreeMap<String, usize> =
        expected.into_iter().map(|(name, calls)| (name.to_owned(), calls)).collect();
    assert_eq!(rig.calls().await, expected);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn one_that_cannot_be_read_leaves_the_others_whole() {
    let rig = Rig::start().await;
    let representations = [
        vehicle(SHOWPIECE),
        vehicle("not a VIN"),
        json!({ "__typename": "Vehicle" }),
        vehicle(UNKNOWN),
        json!({ "__typename": "Spaceship", "id": "7" }),
        json!({ "__typename": "Vehicle", "vin": 7 }),
        json!({ "vin": SHOWPIECE }),
        json!("a text"),
        json!({ "__typename": "Listing", "id": "no id" }),
        json!({ "__typename": "VehicleModel", "catalogueId": "0" }),
        vehicle(NEVER_MET),
    ];
    let answer = rig.ask(MAKES, of(&representations)).await;
    let mut expected = vec![Value::Null; representations.len()];
    for (index, vin, make) in [
        (0, SHOWPIECE, json!({ "name": "Volvo" })),
        (3, UNKNOWN, Value::Null),
        (10, NEVER_MET, json!({ "name": "Mercedes-Benz" })),
    ] {
        expected[index] = json!({ "vin": vin, "make": make });
    }
    assert_eq!(answer["data"]["_entities"], Value::Array(expected), "{answer:#}");
    insta::assert_snapshot!(told(&answer).join("\n"), @r#"
    _entities.1 BAD_INPUT: "`representations[1]` cannot be read: `vin` is not a VIN"
    _entities.2 BAD_INPUT: "`representations[2]` cannot be read: a `Vehicle` is named by `vin` or `id`"
    _entities.4 BAD_INPUT: "`representations[4]` cannot be read: this graph has no entity `Spaceship`"
    _entities.5 BAD_INPUT: "`representations[5]` cannot be read: `vin` is not a string"
    _entities.6 BAD_INPUT: "`representations[6]` cannot be read: it has no `__typename`"
    _entities.7 BAD_INPUT: "`representations[7]` cannot be read: it is not an object"
    _entities.8 BAD_INPUT: "`representations[8]` cannot be read: the id is not one of this graph; send an `id` exactly as the graph returned it"
    "#);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_a_vendor_fails_is_null_inside_and_only_there() {
    let rig = Rig::start().await;
    let mut representations = everything(&rig, &[]).await;
    representations.retain(|one| matches!(one["__typename"].as_str(), Some("Vehicle" | "Inspection" | "Employee")));
    representations.push(vehicle(NEVER_MET));
    let faults = json!([{ "operation": "jifeline.vehicles.find", "status": 500 }, { "operation": "jifeline.employees.*", "status": 500 }]);
    rig.control("PUT", "faults", &faults).await;
    let query = "query($of: [_Any!]!) { _entities(representations: $of) {
        __typename ... on Vehicle { vin make { name } } ... on Inspection { vin status } ... on Employee { username }
    } }";
    let headers = [("x-request-timeout", "10")];
    let answer = rig.ask_with(&headers, query, of(&representations)).await;
    // The catalogue's answer for the showpiece is still known; that for the other car never was.
    let known = json!({ "__typename": "Vehicle", "vin": SHOWPIECE, "make": { "name": "Volvo" } });
    let stub = json!({ "__typename": "Vehicle", "vin": NEVER_MET, "make": null });
    let entities = answer["data"]["_entities"].as_array().unwrap();
    assert_eq!(entities[0], known, "{answer:#}");
    assert_eq!(entities[1], known);
    assert_eq!(entities[2]["vin"], SHOWPIECE);
    assert_eq!(entities[3], Value::Null);
    assert_eq!(entities[4], stub);
    let paths: Vec<String> = told(&answer).iter().map(|error| error.split(':').next().unwrap().to_owned()).collect();
    assert_eq!(paths, ["_entities.3 VENDOR_UNAVAILABLE", "_entities.4.make VENDOR_UNAVAILABLE"]);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn without_a_scope_nothing_is_shown_and_nobody_called() {
    let scopes = [Scope::VehiclesRead];
    let driver = Client { name: "driver", scopes: &scopes, ..Client::ALL };
    let nobody = Client { name: "nobody", scopes: &[], ..Client::ALL };
    let folder = TempDir::new().unwrap();
    give_keys(folder.path(), &[Client::ALL, driver, nobody]).await;
    let rig = Rig::on(folder, &[PUBLIC]).await;
    let everything = everything(&rig, &[("authorization", &Client::ALL.bearer())]).await;
    rig.forget_calls().await;
    for (client, shown) in [(driver, vec!["Vehicle", "Vehicle"]), (nobody, vec![])] {
        let query = "query($of: [_Any!]!) { _entities(representations: $of) {
            __typename ... on Vehicle { vin inspections { totalCount } tickets { totalCount } }
        } }";
        let answer = rig.ask_with(&[("authorization", &client.bearer())], query, of(&everything)).await;
        let entities = answer["data"]["_entities"].as_array().unwrap();
        let seen: Vec<&str> = entities.iter().filter_map(|entity| entity["__typename"].as_str()).collect();
        assert_eq!(seen, shown, "{answer:#}");
        assert!(told(&answer).iter().all(|error| error.contains(" FORBIDDEN: ")), "{answer:#}");
        assert_eq!(rig.calls().await, BTreeMap::new());
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_is_another_tenants_is_null() {
    let tenant = |name| Client { tenant: name, ..Client::ALL };
    let folder = TempDir::new().unwrap();
    give_keys(folder.path(), &[tenant("north"), tenant("south")]).await;
    let settings =
        ["NORTH", "SOUTH"].map(|tenant| (format!("FORECOURT_TENANTS__{tenant}__VENDORS__TCHEK__MODE"), "sandbox"));
    let mut settings: Vec<(&str, &str)> = settings.iter().map(|(name, value)| (name.as_str(), *value)).collect();
    settings.push(PUBLIC);
    let rig = Rig::on(folder, &settings).await;
    let create = "mutation { createInspection(input: {vin: \"YV1ZWA8UDL1234507\"}) { inspection { id } } }";
    let made = rig.ask_with(&[("authorization", &tenant("north").bearer())], create, json!({})).await;
    let inspection = json!({ "__typename": "Inspection", "id": text(&made, "/data/createInspection/inspection/id") });
    let query = "query($of: [_Any!]!) { _entities(representations: $of) { __typename ... on Inspection { vin } } }";
    for (name, expected) in
        [("north", json!([{ "__typename": "Inspection", "vin": SHOWPIECE }])), ("south", json!([null]))]
    {
        let headers = [("authorization", &*tenant(name).bearer())];
        let answer = rig.ask_with(&headers, query, of(std::slice::from_ref(&inspection))).await;
        assert_eq!(answer, json!({ "data": { "_entities": expected } }), "{name}");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn without_introspection_the_subgraph_is_closed_and_entities_are_not() {
    let rig = Rig::with(&[("FORECOURT_SERVER__INTROSPECTION", "false")]).await;
    for query in ["{ _service { sdl } }", "{ ...f } fragment f on Query { a: _service { sdl } }"] {
        let answer = rig.ask(query, json!({})).await;
        assert_eq!(answer["errors"][0]["extensions"]["code"], "GRAPHQL_VALIDATION_FAILED", "{answer:#}");
        assert_eq!(answer.get("data"), None);
    }
    let data = rig.data(MAKES, of(&[vehicle(SHOWPIECE)])).await;
    assert_eq!(data["_entities"][0]["make"]["name"], "Volvo");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn representations_are_counted_and_their_number_is_bounded() {
    let rig = Rig::start().await;
    let most = vec![vehicle("not a VIN"); MOST_REPRESENTATIONS];
    let answer = rig.ask(NAMES, of(&most)).await;
    assert_eq!(answer["data"]["_entities"].as_array().unwrap().len(), MOST_REPRESENTATIONS);
    let more = vec![vehicle(SHOWPIECE); MOST_REPRESENTATIONS + 1];
    let refused = rig.ask(NAMES, of(&more)).await;
    insta::assert_snapshot!(told(&refused).join("\n"), @r#"_entities BAD_INPUT: "`representations` names 1001 things; at most 1000 are answered at once""#);
    assert_eq!(refused["data"], Value::Null);

    let deep = "query($of: [_Any!]!) { _entities(representations: $of) {
        ... on Vehicle { inspections(first: 200) { nodes { id } } listings(first: 20) { nodes { id } } }
    } }";
    assert_eq!(rig.ask(deep, of(&most[..2])).await.get("data").map(|data| data["_entities"].is_array()), Some(true));
    let error = rig.ask(deep, of(&most)).await["errors"][0].take();
    assert_eq!(error["extensions"]["code"], "QUERY_TOO_COSTLY", "{error:#}");
    assert_eq!(error["extensions"]["figure"], 223_000);
}
