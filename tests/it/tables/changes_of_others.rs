//! Increments tell a client no more than whole lists do.

use forecourt::auth::Scope;
use serde_json::Value;
use serde_json::json;
use tempfile::TempDir;

use super::NDJSON;
use super::request;
use crate::support::gateway::Rig;
use crate::support::gateway::SHOWPIECE;
use crate::support::gateway::send;
use crate::support::keys::Client;
use crate::support::keys::give_keys;

const NORTH: Client<'_> = Client { tenant: "north", name: "website", scopes: &Scope::ALL, accounts: None };
const SOUTH: Client<'_> = Client { tenant: "south", ..NORTH };
const GARAGE: Client<'_> = Client { name: "garage", accounts: Some(&["jifeline/main"]), ..NORTH };
/// May read lists, and nobody's name.
const ANALYST: Client<'_> = Client {
    name: "analyst",
    scopes: &[Scope::VehiclesRead, Scope::InspectionsRead, Scope::ListingsRead, Scope::ReportsRead],
    ..NORTH
};
const STRANGER: Client<'_> = Client { name: "stranger", scopes: &[Scope::CatalogRead, Scope::ReportsRead], ..NORTH };

const LISTS: [&str; 3] = ["vehicles", "inspections", "listings"];

async fn rig() -> Rig {
    let data = TempDir::new().unwrap();
    give_keys(data.path(), &[NORTH, SOUTH, GARAGE, ANALYST, STRANGER]).await;
    let settings = [
        ("FORECOURT_TENANTS__NORTH__VENDORS__TCHEK__MODE", "sandbox"),
        ("FORECOURT_TENANTS__NORTH__VENDORS__AUTOCHAT__MODE", "sandbox"),
        ("FORECOURT_TENANTS__NORTH__VENDORS__JIFELINE__MODE", "sandbox"),
        ("FORECOURT_TENANTS__SOUTH__VENDORS__TCHEK__MODE", "sandbox"),
        ("FORECOURT_TENANTS__SOUTH__VENDORS__AUTOCHAT__MODE", "sandbox"),
        ("FORECOURT_TENANTS__SOUTH__VENDORS__JIFELINE__MODE", "sandbox"),
    ];
    Rig::on(data, &settings).await
}

async fn answer(rig: &Rig, client: &Client<'_>, query: &str) -> Value {
    rig.ask_with(&[("authorization", &client.bearer())], query, json!({})).await
}

async fn token(rig: &Rig, client: &Client<'_>) -> String {
    answer(rig, client, "{ changeToken }").await["data"]["changeToken"].as_str().unwrap().to_owned()
}

/// Inspects and lists the showpiece.
async fn story(rig: &Rig, client: &Client<'_>) {
    let mutation = format!(
        "mutation {{
            createInspection(input: {{
                vin: \"{SHOWPIECE}\"
                customer: {{
                    firstName: \"Ada\", lastName: \"Example\", email: \"ada@example.com\", phone: \"+33612345678\"
                }}
            }}) {{ outcome }}
            createListing(input: {{ vin: \"{SHOWPIECE}\", internalId: \"A-1\", make: \"volvo\", model: \"v60\" }}) {{ outcome }}
        }}"
    );
    let done = json!({ "createInspection": { "outcome": "CREATED" }, "createListing": { "outcome": "CREATED" } });
    assert_eq!(answer(rig, client, &mutation).await, json!({ "data": done }));
}

/// How many rows of each list have changed after `since`.
async fn changed(rig: &Rig, client: &Client<'_>, since: &str) -> Value {
    let parts = LISTS.map(|list| format!("{list}(filter: {{ changedAfter: \"{since}\" }}) {{ totalCount }}"));
    let mut answer = answer(rig, client, &format!("{{ {} }}", parts.join(" "))).await;
    assert_eq!(answer.get("errors"), None, "{answer:#}");
    answer["data"].take()
}

fn counts(vehicles: u32, inspections: u32, listings: u32) -> Value {
    json!({
        "vehicles": { "totalCount": vehicles },
        "inspections": { "totalCount": inspections },
        "listings": { "totalCount": listings },
    })
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_changes_at_one_tenant_is_no_change_at_the_other() {
    let rig = rig().await;
    let (north, south) = (token(&rig, &NORTH).await, token(&rig, &SOUTH).await);
    story(&rig, &SOUTH).await;
    assert_eq!(changed(&rig, &SOUTH, &south).await, counts(1, 1, 1));
    assert_eq!(changed(&rig, &NORTH, &north).await, counts(0, 0, 0));
    assert_eq!(token(&rig, &NORTH).await, north, "the token does not tell of it either");
    assert_ne!(token(&rig, &SOUTH).await, south);
    // all that the north has ever had
    assert_eq!(changed(&rig, &NORTH, "0").await["inspections"]["totalCount"], 0);
    // a token of the south names a change of the same ledger, after which the north has none
    assert_eq!(changed(&rig, &NORTH, &token(&rig, &SOUTH).await).await, counts(0, 0, 0));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn rows_of_accounts_that_a_client_does_not_have_do_not_change_for_it() {
    let rig = rig().await;
    let since = token(&rig, &NORTH).await;
    story(&rig, &NORTH).await;
    let seen = changed(&rig, &NORTH, &since).await;
    assert_eq!(seen, counts(1, 1, 1));
    let query = |list: &str| format!("{{ {list}(filter: {{ changedAfter: \"{since}\" }}) {{ totalCount }} }}");
    for list in ["inspections", "listings"] {
        let answer = answer(&rig, &GARAGE, &query(list)).await;
        assert_ne!(answer["data"][list]["totalCount"], 1, "{answer:#}");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_is_withheld_in_a_list_is_withheld_in_its_increments() {
    let rig = rig().await;
    let since = token(&rig, &NORTH).await;
    story(&rig, &NORTH).await;
    let inspections = |filter: &str| {
        format!("{{ inspections({filter}) @rows {{ nodes {{ id vin deletedAt customer {{ firstName email }} }} }} }}")
    };
    let whole = answer(&rig, &ANALYST, &inspections("first: 10")).await;
    let increment = inspections(&format!("first: 10, filter: {{ changedAfter: \"{since}\" }}"));
    let told = answer(&rig, &ANALYST, &increment).await;
    assert_eq!(told["data"], whole["data"]);
    assert_eq!(told["extensions"]["masked"], whole["extensions"]["masked"]);
    let customer = &told["data"]["inspections"]["nodes"][0]["customer"];
    assert_eq!(*customer, json!({ "firstName": null, "email": null }), "{told:#}");
    assert_eq!(told["extensions"]["masked"].as_array().map(Vec::len), Some(2), "{told:#}");
    let seen = answer(&rig, &NORTH, &increment).await;
    assert_eq!(seen["data"]["inspections"]["nodes"][0]["customer"]["firstName"], "Ada");

    let table = request(&rig, NDJSON, "", &increment).header("authorization", ANALYST.bearer());
    let table = send(table).await.text().await.unwrap();
    assert!(table.contains(SHOWPIECE) && !table.contains("Ada") && !table.contains("example.com"), "{table}");

    for list in LISTS {
        let query = format!("{{ {list}(filter: {{ changedAfter: \"{since}\" }}) {{ totalCount nodes {{ id }} }} }}");
        let refused = answer(&rig, &STRANGER, &query).await;
        assert_eq!(refused["data"], json!({ list: null }));
        assert_eq!(refused["errors"][0]["extensions"]["code"], "FORBIDDEN", "{refused:#}");
    }
}
