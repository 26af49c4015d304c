//! The catalogue, products and quotes through the graph: what is asked, how often, and what is refused.

use std::collections::BTreeMap;

use forecourt::auth::Scope;
use serde_json::Value;
use serde_json::json;
use tempfile::TempDir;

use crate::support::gateway::Rig;
use crate::support::gateway::SHOWPIECE;
use crate::support::gateway::TRIED_ONCE;
use crate::support::keys::Client;
use crate::support::keys::give_keys;

/// A public name makes the gateway reachable from outside, so that it is not open.
const PUBLIC: (&str, &str) = ("FORECOURT_SERVER__HOSTS", "graph.example.com");
const VEHICLES: Client<'_> =
    Client { tenant: "default", name: "website", scopes: &[Scope::VehiclesRead], accounts: None };
const BUILD: &str = r#"fitment: { catalogue: { modelId: "23401", variantId: "34201" } }"#;
/// Two accounts at the diagnostics vendor, of two garages.
const SECOND_GARAGE: [(&str, &str); 5] = [
    ("FORECOURT_TENANTS__DEFAULT__VENDORS__JIFELINE__MODE", "sandbox"),
    (
        "FORECOURT_TENANTS__DEFAULT__VENDORS__JIFELINE__ACCOUNTS__MAIN__CONNECTOR_UUID",
        "0f8fad5b-d9cb-469f-a165-70867728950e",
    ),
    ("FORECOURT_TENANTS__DEFAULT__VENDORS__JIFELINE__ACCOUNTS__MAIN__PINCODE", "01234"),
    (
        "FORECOURT_TENANTS__DEFAULT__VENDORS__JIFELINE__ACCOUNTS__SECOND__CONNECTOR_UUID",
        "7c9e6679-7425-40de-944b-e07fc1f90ae7",
    ),
    ("FORECOURT_TENANTS__DEFAULT__VENDORS__JIFELINE__ACCOUNTS__SECOND__PINCODE", "54321"),
];

fn calls(of: &[(&str, usize)]) -> BTreeMap<String, usize> {
    of.iter().map(|(operation, count)| ((*operation).to_owned(), *count)).collect()
}

/// What was called besides the log-in.
async fn called(rig: &Rig) -> BTreeMap<String, usize> {
    let mut calls = rig.calls().await;
    calls.retain(|operation, _| !operation.starts_with("jifeline.sessions."));
    rig.forget_calls().await;
    calls
}

/// The code and message of the only error.
fn refusal(answer: &Value) -> (String, String) {
    let errors = answer["errors"].as_array().unwrap_or_else(|| panic!("{answer:#}"));
    assert_eq!(errors.len(), 1, "{answer:#}");
    let text = |value: &Value| value.as_str().unwrap().to_owned();
    (text(&errors[0]["extensions"]["code"]), text(&errors[0]["message"]))
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn each_level_of_the_catalogue_is_read_once_and_kept_for_a_day() {
    let rig = Rig::start().await;
    let query = "{ vehicleMakes(first: 3) { nodes { name modelGroups { nodes { name } } } } again: vehicleMakes { totalCount } }";
    let data = rig.data(query, json!({})).await;
    assert_eq!(data["vehicleMakes"]["nodes"].as_array().unwrap().len(), 3);
    let once = calls(&[("jifeline.catalogue.list_makes", 1), ("jifeline.catalogue.list_model_groups", 3)]);
    assert_eq!(called(&rig).await, once);
    rig.data(query, json!({})).await;
    assert_eq!(called(&rig).await, BTreeMap::new(), "the answers are kept");
    let query = r#"{ a: vehicleModel(id: "23401") { name } b: vehicleModel(id: "23401") { requiresDoip } }"#;
    rig.data(query, json!({})).await;
    assert_eq!(called(&rig).await, calls(&[("jifeline.catalogue.get_model", 1)]));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_walk_down_the_catalogue_finds_the_entries_of_a_car() {
    let rig = Rig::start().await;
    let query = "query($vin: Vin!) { vehicle(by: {vin: $vin}) { make { catalogueId } model { catalogueId name requiresDoip manufacturedFrom } variant { catalogueId name } } }";
    let car = rig.data(query, json!({ "vin": SHOWPIECE })).await["vehicle"].take();
    let query = "query($model: String!, $variant: String!) { vehicleModel(id: $model) { catalogueId name requiresDoip manufacturedFrom variants(first: 200) { nodes { catalogueId name } } modelGroup { make { catalogueId } } } vehicleModelVariant(id: $variant) { catalogueId name } }";
    let asked = json!({ "model": car["model"]["catalogueId"], "variant": car["variant"]["catalogueId"] });
    let mut found = rig.data(query, asked).await;
    assert_eq!(found["vehicleModel"]["modelGroup"]["make"], car["make"]);
    let variants = found["vehicleModel"]["variants"]["nodes"].take();
    assert!(variants.as_array().unwrap().contains(&car["variant"]));
    assert_eq!(found["vehicleModelVariant"], car["variant"]);
    for field in ["catalogueId", "name", "requiresDoip", "manufacturedFrom"] {
        assert_eq!(found["vehicleModel"][field], car["model"][field], "{field}");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_vin_and_its_build_are_offered_the_same_products() {
    let rig = Rig::start().await;
    let products = "{ totalCount nodes { productId favorite gross { amount currency } } }";
    let query = format!(
        "query($vin: Vin!) {{ vin: products(fitment: {{ vin: $vin }}, first: 200) {products} build: products({BUILD}, first: 200) {products} }}"
    );
    let data = rig.data(&query, json!({ "vin": SHOWPIECE })).await;
    assert_eq!(data["vin"], data["build"]);
    assert!(data["vin"]["totalCount"].as_u64().unwrap() > 10);
    assert_eq!(called(&rig).await, calls(&[("jifeline.vehicles.find", 1), ("jifeline.products.list", 1)]));
    // Whatever the order and however often it is named, it is the same question.
    let query = format!(
        r#"{{ a: productPrerequisites({BUILD}, productIds: ["52384", "52439"]) {{ prerequisiteId }} b: productPrerequisites({BUILD}, productIds: ["52439", "52384", "52439"]) {{ prerequisiteId }} }}"#
    );
    let data = rig.data(&query, json!({})).await;
    assert_eq!(data["a"], data["b"]);
    assert_eq!(data["a"].as_array().unwrap().len(), 4);
    assert_eq!(called(&rig).await, calls(&[("jifeline.products.list_prerequisites", 1)]));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_is_wrong_is_told_before_anything_is_called() {
    let rig = Rig::start().await;
    let many = vec!["52362"; 101];
    let distinct: Vec<String> = (0..101).map(|id| id.to_string()).collect();
    let cases = [
        (format!(r#"products({BUILD}, groupId: "2691", bundleId: "x") {{ totalCount }}"#), "`groupId` and `bundleId`"),
        (format!("productPrerequisites({BUILD}, productIds: {distinct:?}) {{ name }}"), "at most 100"),
        (format!("priceQuote(input: {{ {BUILD}, productIds: [] }}) {{ voucher }}"), "from 1 to 100"),
        (format!("priceQuote(input: {{ {BUILD}, productIds: {many:?} }}) {{ voucher }}"), "from 1 to 100"),
        (
            format!(
                r#"priceQuote(input: {{ fitment: {{ vin: "{SHOWPIECE}" }}, vin: "WBASAYSE2KA416760", productIds: ["52362"] }}) {{ voucher }}"#
            ),
            "two vehicles",
        ),
        (format!(r#"products({BUILD}, account: "nobody") {{ totalCount }}"#), "no such account"),
    ];
    for (field, said) in cases {
        let answer = rig.ask(&format!("{{ {field} }}"), json!({})).await;
        let (code, message) = refusal(&answer);
        assert_eq!(code, "BAD_INPUT", "{field}");
        assert!(message.contains(said), "{field}: {message}");
    }
    assert_eq!(rig.calls().await, BTreeMap::new());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_quote_is_never_kept() {
    let rig = Rig::start().await;
    let query = format!(
        r#"{{ a: priceQuote(input: {{ {BUILD}, productIds: ["52384"] }}) {{ needsConfirmationForUnattendedService items {{ net {{ amount }} }} total {{ net {{ amount currency }} }} }} b: priceQuote(input: {{ {BUILD}, productIds: ["52384"] }}) {{ total {{ net {{ amount }} }} }} }}"#
    );
    let data = rig.data(&query, json!({})).await;
    assert_eq!(data["a"]["items"], json!([{ "net": { "amount": "90" } }]));
    assert_eq!(data["a"]["needsConfirmationForUnattendedService"], true);
    assert_eq!(data["a"]["total"]["net"]["amount"], data["b"]["total"]["net"]["amount"]);
    let once = calls(&[("jifeline.cart.calculate_prices", 1)]);
    assert_eq!(called(&rig).await, once, "within a request the same question is asked once");
    rig.data(&query, json!({})).await;
    assert_eq!(called(&rig).await, once, "the next request asks again");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_scope_that_is_missing_starts_no_call() {
    let data = TempDir::new().unwrap();
    give_keys(data.path(), &[VEHICLES]).await;
    let rig = Rig::on(data, &[PUBLIC]).await;
    let build = BUILD;
    let query = format!(
        r#"{{ vehicleMakes {{ totalCount }} vehicleModel(id: "23401") {{ name }} countries {{ code }} products({build}) {{ totalCount }} priceQuote(input: {{ {build}, productIds: ["52362"] }}) {{ voucher }} preparedTickets(vin: "{SHOWPIECE}") {{ totalCount }} }}"#
    );
    let answer = rig.ask_with(&[("authorization", &VEHICLES.bearer())], &query, json!({})).await;
    let errors = answer["errors"].as_array().unwrap();
    assert_eq!(errors.len(), 6);
    assert!(errors.iter().all(|error| error["extensions"]["code"] == "FORBIDDEN"), "{answer:#}");
    assert_eq!(rig.calls().await, BTreeMap::new());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn prices_are_an_accounts_own_and_the_catalogue_is_everyones() {
    let rig = Rig::with(&SECOND_GARAGE).await;
    let query = format!("{{ products({BUILD}) {{ totalCount }} }}");
    let (code, message) = refusal(&rig.ask(&query, json!({})).await);
    assert_eq!(code, "BAD_INPUT");
    assert!(message.contains("`main`") && message.contains("`second`"), "{message}");
    assert_eq!(rig.calls().await, BTreeMap::new());
    let query = format!(
        r#"{{ main: products({BUILD}, account: "main", favorite: true) {{ totalCount }} second: products({BUILD}, account: "second", favorite: true) {{ totalCount }} countries {{ code }} vehicleModel(id: "23401") {{ name }} }}"#
    );
    let data = rig.data(&query, json!({})).await;
    assert_ne!(data["main"], data["second"], "each garage has favorites of its own");
    let each =
        [("jifeline.catalogue.get_model", 1), ("jifeline.products.list", 2), ("jifeline.system.list_countries", 1)];
    assert_eq!(called(&rig).await, calls(&each), "what is the same for all is read at one of them");
    let query = "query($vin: Vin!) { preparedTickets(vin: $vin) { nodes { preparedTicketId source { account } } } }";
    let data = rig.data(query, json!({ "vin": SHOWPIECE })).await;
    assert_eq!(data["preparedTickets"]["nodes"].as_array().unwrap().len(), 1);
    assert_eq!(data["preparedTickets"]["nodes"][0]["source"], json!({ "account": "main" }));
    assert_eq!(called(&rig).await, calls(&[("jifeline.tickets.list_prepared", 2)]));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_account_that_fails_leaves_the_catalogue_to_the_next() {
    let settings: Vec<_> = SECOND_GARAGE.into_iter().chain(TRIED_ONCE).collect();
    let rig = Rig::with(&settings).await;
    let query = "query($vin: Vin!) { vehicle(by: {vin: $vin}) { make { name } } }";
    let fault = |times: Value| json!([{ "operation": "jifeline.vehicles.find", "status": 500, "times": times }]);
    rig.control("PUT", "faults", &fault(json!(1))).await;
    let data = rig.data(query, json!({ "vin": SHOWPIECE })).await;
    assert_eq!(data["vehicle"]["make"]["name"], "Volvo", "{data:#}");
    assert_eq!(called(&rig).await, calls(&[("jifeline.vehicles.find", 2)]), "the second garage has been asked");

    // When nobody answers, the first failure is told.
    let rig = Rig::with(&settings).await;
    rig.control("PUT", "faults", &fault(Value::Null)).await;
    assert_eq!(refusal(&rig.ask(query, json!({ "vin": SHOWPIECE })).await).0, "VENDOR_UNAVAILABLE");
    assert_eq!(called(&rig).await, calls(&[("jifeline.vehicles.find", 2)]));
}
