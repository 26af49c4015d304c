//! Who may read what: keys, scopes, personal data, accounts.

use std::collections::BTreeMap;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use forecourt::auth::Scope;
use http::StatusCode;
use http::header::CONTENT_TYPE;
use http::header::WWW_AUTHENTICATE;
use serde_json::Value;
use serde_json::json;
use tempfile::TempDir;

use crate::support::gateway::Rig;
use crate::support::gateway::SHOWPIECE;
use crate::support::gateway::send;
use crate::support::keys::Client;
use crate::support::keys::give_keys;
use crate::support::keys::revoke;

/// A public name makes the gateway reachable from outside, so that it is not open.
const PUBLIC: (&str, &str) = ("FORECOURT_SERVER__HOSTS", "graph.example.com");
const VEHICLES: Client<'_> =
    Client { tenant: "default", name: "website", scopes: &[Scope::VehiclesRead], accounts: None };

async fn with_keys(clients: &[Client<'_>]) -> Rig {
    let data = TempDir::new().unwrap();
    give_keys(data.path(), clients).await;
    Rig::on(data, &[PUBLIC]).await
}

async fn ask_as(rig: &Rig, client: &Client<'_>, query: &str, variables: Value) -> Value {
    rig.ask_with(&[("authorization", &client.bearer()), ("x-request-id", "asked")], query, variables).await
}

/// Asks for an answer without errors.
async fn data_as(rig: &Rig, client: &Client<'_>, query: &str, variables: Value) -> Value {
    let mut answer = ask_as(rig, client, query, variables).await;
    assert_eq!(answer.get("errors"), None, "{answer:#}");
    answer["data"].take()
}

async fn post(rig: &Rig, authorization: &[&str]) -> reqwest::Response {
    let body = json!({ "query": "{ vehicles(first: 1) { nodes { vin } } }" });
    let mut request = rig.client.post(format!("{}/graphql", rig.base)).header("x-request-id", "asked").json(&body);
    for value in authorization {
        request = request.header("authorization", *value);
    }
    send(request).await
}

/// Each error as `path: code`, in the order of the paths.
fn refusals(answer: &Value) -> Vec<String> {
    let errors = answer["errors"].as_array().map(Vec::as_slice).unwrap_or_default();
    let mut lines: Vec<_> = errors
        .iter()
        .map(|error| {
            let path = error["path"].as_array().unwrap().iter();
            let path: Vec<_> = path.map(|part| part.as_str().map_or_else(|| part.to_string(), str::to_owned)).collect();
            format!("{}: {} {}", path.join("."), error["extensions"]["code"].as_str().unwrap(), error["message"])
        })
        .collect();
    lines.sort();
    lines
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn without_a_good_key_nothing_is_answered() {
    let rig = with_keys(&[Client::ALL]).await;
    let key = Client::ALL.key();
    let basic = |user: &str| format!("Basic {}", STANDARD.encode(format!("{user}:{key}")));
    for good in [format!("Bearer {key}"), format!("bearer  {key}"), basic(""), basic("excel")] {
        assert_eq!(post(&rig, &[&good]).await.status(), 200, "{good}");
    }
    let swapped = format!("Basic {}", STANDARD.encode(format!("{key}:")));
    let two = [format!("Bearer {key}"), format!("Bearer {key}")];
    let cases: [&[&str]; 9] = [
        &[],
        &["Bearer fc_wrong"],
        &[&format!("Bearer {key}x")],
        &[&format!("Digest {key}")],
        &[&key],
        &["Bearer"],
        &["Basic !!"],
        &[&swapped],
        &[&two[0], &two[1]],
    ];
    let mut told = String::new();
    for case in cases {
        let response = post(&rig, case).await;
        assert_eq!(response.status(), StatusCode::UNAUTHORIZED, "{case:?}");
        assert_eq!(response.headers()[WWW_AUTHENTICATE], "Bearer realm=\"forecourt\"");
        assert_eq!(response.headers()[CONTENT_TYPE], "application/problem+json");
        assert_eq!(response.headers()["x-request-id"], "asked");
        let text = response.text().await.unwrap();
        assert!(!text.contains(&key), "{text}");
        if !told.contains(&text) {
            told.push_str(&text);
            told.push('\n');
        }
    }
    insta::assert_snapshot!("access_without_key", told);
    let mutation = "mutation { createInspection(input: {}) { outcome } }";
    assert_eq!(rig.ask(mutation, json!({})).await["code"], "UNAUTHENTICATED");
    assert_eq!(rig.calls().await, BTreeMap::new());
    // What holds no data of anyone needs no key.
    for path in ["/", "/healthz", "/readyz", "/metrics", "/schema.graphql"] {
        assert_eq!(send(rig.client.get(format!("{}{path}", rig.base))).await.status(), 200, "{path}");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_revoked_key_soon_stops_and_a_new_one_works_at_once() {
    let rig = with_keys(&[Client::ALL, VEHICLES]).await;
    assert_eq!(post(&rig, &[&VEHICLES.bearer()]).await.status(), 200);
    revoke(rig.data.path(), VEHICLES.name).await;
    rig.until("the revoked key is refused", async || post(&rig, &[&VEHICLES.bearer()]).await.status() == 401).await;
    assert_eq!(post(&rig, &[&Client::ALL.bearer()]).await.status(), 200);

    let later = Client { name: "later", ..VEHICLES };
    assert_eq!(post(&rig, &[&later.bearer()]).await.status(), 401);
    give_keys(rig.data.path(), &[later]).await;
    assert_eq!(post(&rig, &[&later.bearer()]).await.status(), 200);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_filter_tells_no_more_than_its_scope_allows() {
    let rig = with_keys(&[Client::ALL, VEHICLES]).await;
    for (filter, message) in [
        ("listed: true", "the filter `listed` needs the scope `listings:read`"),
        ("hasOpenTicket: false", "the filter `hasOpenTicket` needs the scope `tickets:read`"),
        ("listed: false", "the filter `listed` needs the scope `listings:read`"),
        ("inspectionStatus: COMPLETED", "the filter `inspectionStatus` needs the scope `inspections:read`"),
    ] {
        let query = format!("{{ vehicles(first: 1, filter: {{{filter}}}) {{ totalCount }} }}");
        let answer = ask_as(&rig, &VEHICLES, &query, json!({})).await;
        assert_eq!(answer["data"], json!({ "vehicles": null }));
        assert_eq!(refusals(&answer), [format!("vehicles: FORBIDDEN \"{message}\"")]);
        data_as(&rig, &Client::ALL, &query, json!({})).await;
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_a_scope_guards_is_null_and_starts_no_call() {
    let rig = with_keys(&[Client::ALL, VEHICLES]).await;
    let query = "query($vin: Vin!) {
        vehicle(by: {vin: $vin}) {
            vin make { name } lastServicedAt
            inspections { totalCount } listings { totalCount } ...diagnosis
            aliased: tickets { totalCount }
        }
        vehicleOptions { name }
        connectors { totalCount }
        connector(by: {number: \"910000001\"}) { vehicle { vin } }
        ticket(id: \"MTpEaWFnbm9zdGljVGlja2V0OmppZmVsaW5lL21haW4vNzAwMDAwMA\") { number }
        inspection(by: {tokenUid: \"TFFFFFF\"}) { status }
        listing(id: \"MTpMaXN0aW5nOjE\") { id }
    }
    fragment diagnosis on Vehicle { tickets { totalCount } ... { activeTicket { number } ... on Vehicle { connector { number } } } }";
    let answer = ask_as(&rig, &VEHICLES, query, json!({ "vin": SHOWPIECE })).await;
    insta::assert_json_snapshot!("access_scopes", json!({ "data": answer["data"], "errors": refusals(&answer) }));
    assert_eq!(rig.calls().await, BTreeMap::from([("jifeline.vehicles.find".to_owned(), 1)]));

    rig.forget_calls().await;
    let mutation = "mutation($vin: String) {
        createInspection(input: {vin: $vin}) { outcome inspection { id } }
        createListing(input: {vin: $vin, internalId: \"1\", make: \"volvo\", model: \"v60\"}) { outcome listing { id } }
    }";
    let answer = ask_as(&rig, &VEHICLES, mutation, json!({ "vin": SHOWPIECE })).await;
    insta::assert_snapshot!("access_mutations", refusals(&answer).join("\n"));
    assert_eq!(answer["data"], json!({ "createInspection": null, "createListing": null }));
    assert_eq!(rig.calls().await, BTreeMap::new());

    let mark = "{ vehicles @withheld(scope: null) { totalCount } }";
    let refused = ask_as(&rig, &Client::ALL, mark, json!({})).await;
    assert_eq!(refused["errors"][0]["extensions"]["code"], "GRAPHQL_VALIDATION_FAILED", "{refused}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_id_needs_the_read_scope_of_its_type() {
    let inspections = Client { name: "inspections", scopes: &[Scope::InspectionsRead], ..VEHICLES };
    let rig = with_keys(&[Client::ALL, VEHICLES, inspections]).await;
    let (inspection, listing) = story(&rig).await;
    let found =
        "query($vin: Vin!) { vehicle(by: {vin: $vin}) { id connector { id } tickets(first: 1) { nodes { id } } } }";
    let data = data_as(&rig, &Client::ALL, found, json!({ "vin": SHOWPIECE })).await;
    let (vehicle, connector) = (data["vehicle"]["id"].clone(), data["vehicle"]["connector"]["id"].clone());
    let ticket = data["vehicle"]["tickets"]["nodes"][0]["id"].clone();
    rig.forget_calls().await;

    let ids = json!({ "ids": [vehicle, inspection, listing, ticket, connector] });
    let query = "query($ids: [ID!]!) { nodes(ids: $ids) { __typename } }";
    let all = data_as(&rig, &Client::ALL, query, ids.clone()).await;
    assert!(all["nodes"].as_array().unwrap().iter().all(|node| !node.is_null()), "{all}");
    let website = ask_as(&rig, &VEHICLES, query, ids.clone()).await;
    assert_eq!(website["data"]["nodes"], json!([{ "__typename": "Vehicle" }, null, null, null, null]));
    let inspector = ask_as(&rig, &inspections, query, ids).await;
    assert_eq!(inspector["data"]["nodes"], json!([null, { "__typename": "Inspection" }, null, null, null]));
    let told = [refusals(&website), refusals(&inspector)].concat().join("\n");
    insta::assert_snapshot!("access_nodes", told);
}

/// Inspects and lists the showpiece, with a customer and a plate that only the listing has; gives both ids.
async fn story(rig: &Rig) -> (Value, Value) {
    let mutation = "mutation($vin: String, $customer: CustomerInput) {
        createInspection(input: {vin: $vin, customer: $customer}) { inspection { id } userErrors { message } }
        createListing(input: {vin: $vin, licensePlate: \"L-1\", internalId: \"STOCK-1\", make: \"volvo\", model: \"v60\"}) { listing { id } userErrors { message } }
    }";
    let customer = json!({
        "firstName": "Sofie", "lastName": "Peeters", "email": "sofie.peeters@example.com", "phone": "+31612345678",
        "gender": "FEMALE",
    });
    let variables = json!({ "vin": SHOWPIECE, "customer": customer });
    let data = data_as(rig, &Client::ALL, mutation, variables).await;
    (data["createInspection"]["inspection"]["id"].clone(), data["createListing"]["listing"]["id"].clone())
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn personal_data_is_masked_and_listed() {
    let scopes = [Scope::InspectionsRead, Scope::VehiclesRead];
    let reader = Client { name: "reader", scopes: &scopes, ..VEHICLES };
    let rig = with_keys(&[Client::ALL, reader]).await;
    let (id, _) = story(&rig).await;
    let query = "query($id: ID!) {
        inspection(by: {id: $id}) { vin vehicle { vin } customer { ...who phone given: firstName } }
    }
    fragment who on InspectionCustomer { email lastName gender }";
    let all = ask_as(&rig, &Client::ALL, query, json!({ "id": id })).await;
    assert_eq!(all["data"]["inspection"]["customer"]["email"], "sofie.peeters@example.com");
    assert_eq!((all.get("extensions"), all.get("errors")), (None, None));
    let masked = ask_as(&rig, &reader, query, json!({ "id": id })).await;
    insta::assert_json_snapshot!("access_masked", masked);
    let unasked =
        ask_as(&rig, &reader, "query($id: ID!) { inspection(by: {id: $id}) { vin } }", json!({ "id": id })).await;
    assert_eq!(unasked.get("extensions"), None, "nothing was left out: {unasked}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_key_for_one_account_sees_that_account_only() {
    let garage = Client { name: "garage", scopes: &Scope::ALL, accounts: Some(&["jifeline/main"]), ..VEHICLES };
    let studio = Client { name: "studio", scopes: &Scope::ALL, accounts: Some(&["tchek/main"]), ..VEHICLES };
    let rig = with_keys(&[Client::ALL, garage, studio]).await;
    let (inspection, listing) = story(&rig).await;
    rig.forget_calls().await;
    let query = "query($vin: Vin!, $inspection: ID!, $listing: ID!) {
        vehicle(by: {vin: $vin}) {
            licensePlate make { name }
            inspections { totalCount } listings { totalCount } tickets { totalCount }
        }
        plate: vehicle(by: {licensePlate: \"L1\"}) { vin }
        listed: vehicles(filter: {listed: true}) { totalCount }
        inspected: vehicles(filter: {inspectionStatus: CREATED}) { totalCount }
        inspection(by: {id: $inspection}) { id }
        listing(id: $listing) { id }
        nodes(ids: [$inspection, $listing]) { id }
        vehicleOptions { name }
    }";
    let variables = json!({ "vin": SHOWPIECE, "inspection": inspection, "listing": listing });
    let mut answer = ask_as(&rig, &garage, query, variables.clone()).await;
    let refused = refusals(&answer);
    insta::assert_json_snapshot!("access_garage", json!({ "data": answer["data"].take(), "errors": refused }));

    let mut answer = ask_as(&rig, &studio, query, variables).await;
    assert_eq!(answer["data"]["inspection"]["id"], inspection);
    let mut data = answer["data"].take();
    data["inspection"].take();
    data["nodes"].take();
    insta::assert_json_snapshot!("access_studio", json!({ "data": data, "errors": refusals(&answer) }));

    let mutation = "mutation { createListing(input: {internalId: \"2\", make: \"volvo\", model: \"v60\", account: \"main\"}) { outcome userErrors { code field message } } }";
    let refused = data_as(&rig, &garage, mutation, json!({})).await;
    insta::assert_json_snapshot!("access_foreign_account", refused["createListing"]);
    assert_eq!(rig.count("autochat.cars.create").await, 0);
}
