//! Which columns a query gives, and what stands in them.

use forecourt::auth::Scope;
use serde_json::Value;
use serde_json::json;
use tempfile::TempDir;

use super::CSV;
use super::FLEET;
use super::NDJSON;
use super::objects;
use super::refused;
use super::request;
use super::text;
use crate::support::gateway::Rig;
use crate::support::gateway::SHOWPIECE;
use crate::support::gateway::send;
use crate::support::keys::Client;
use crate::support::keys::give_keys;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn parts_of_some_types_are_empty_in_others() {
    let rig = Rig::start().await;
    rig.inspect(SHOWPIECE, &[]).await;
    rig.list(SHOWPIECE, "A-1").await;
    let query = format!(
        "{{ vehicle(by: {{ vin: \"{SHOWPIECE}\" }}) {{ car: vin timeline @rows {{ nodes {{ __typename at source {{ vendor }} \
         ...Listed ... on InspectionCreated {{ inspection {{ status }} }} }} }} }} }} \
         fragment Listed on ListingPushed {{ internalId number: internalId }}"
    );
    insta::assert_snapshot!("tables_columns_of_types", text(&rig, CSV, "", &query).await);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn lists_in_a_row_are_cells_and_counts() {
    let rig = Rig::start().await;
    rig.inspect(SHOWPIECE, &[]).await;
    rig.list(SHOWPIECE, "A-1").await;
    let query = format!(
        "{{ vehicle(by: {{ vin: \"{SHOWPIECE}\" }}) {{ vin inspections {{ totalCount pageInfo {{ hasNextPage }} \
         edges {{ cursor node {{ status }} }} }} listings @rows {{ nodes {{ internalId salesPrice {{ amount }} optionNames \
         vehicle {{ tickets {{ totalCount }} looks: inspections(first: 1) {{ nodes {{ state: status environment }} }} }} }} }} }} }}"
    );
    insta::assert_snapshot!("tables_columns_of_lists", text(&rig, NDJSON, "", &query).await);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_column_that_a_variable_leaves_out_stays() {
    let rig = Rig::start().await;
    let query = "query($all: Boolean!) { vehicles(first: 1) { nodes { vin make @include(if: $all) { name } } } }";
    for (all, is_empty) in [(true, false), (false, true)] {
        let body = json!({ "query": query, "variables": { "all": all } });
        let table = send(request(&rig, CSV, "", query).json(&body)).await.text().await.unwrap();
        let (names, row) = table.split_once("\r\n").unwrap();
        assert_eq!(names, "vin,make_name");
        assert_eq!(row.ends_with(",\r\n"), is_empty, "{row}");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn two_columns_of_a_name_need_an_alias() {
    let rig = Rig::start().await;
    let clash = "{ vehicles(first: 1) { nodes { make_name: vin make { name } } } }";
    let (status, answer) = refused(request(&rig, CSV, "", clash)).await;
    let message = answer["errors"][0]["message"].as_str().unwrap();
    assert_eq!((status, &answer["errors"][0]["extensions"]["code"]), (400, &"BAD_INPUT".into()), "{answer}");
    assert!(message.contains("both give a column `make_name`; give one an alias"), "{message}");
    let mended = "{ vehicles(first: 1) { nodes { number: vin make { name } } } }";
    assert!(text(&rig, CSV, "", mended).await.starts_with("number,make_name\r\n"));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_column_of_personal_data_is_empty_without_its_scope_and_that_is_told() {
    let data = TempDir::new().unwrap();
    let scopes = [Scope::ReportsRead, Scope::InspectionsRead, Scope::InspectionsWrite];
    let reader = Client { name: "reader", scopes: &scopes, ..Client::ALL };
    give_keys(data.path(), &[reader, Client::ALL]).await;
    let rig = Rig::on(data, &[("FORECOURT_SERVER__HOSTS", "graph.example.com")]).await;
    let create = "mutation { createInspection(input: { licensePlate: \"AB-123-C\", customer: { firstName: \"Sofie\", \
                  lastName: \"Peeters\", email: \"sofie.peeters@example.com\", phone: \"+31612345678\", \
                  gender: FEMALE } }) { outcome userErrors { message } } }";
    let asked = |client: Client<'_>, accept: &str, query: &str| {
        request(&rig, accept, "partial=fail", query).header("authorization", client.bearer())
    };
    let created = send(asked(reader, "application/json", create)).await.text().await.unwrap();
    assert!(created.contains("\"CREATED\""), "{created}");
    let query = "{ inspections { nodes { licensePlate customer { email } } } }";
    let whole = send(asked(Client::ALL, CSV, query)).await;
    assert_eq!(whole.headers().get("forecourt-masked"), None);
    let names = "licensePlate,customer_email\r\n";
    assert_eq!(whole.text().await.unwrap(), format!("{names}AB-123-C,sofie.peeters@example.com\r\n"));
    let masked = send(asked(reader, CSV, query)).await;
    assert_eq!(masked.headers()["forecourt-masked"], "InspectionCustomer.email");
    assert_eq!(masked.text().await.unwrap(), format!("{names}AB-123-C,\r\n"));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn columns_that_nobody_asks_for_cost_no_calls() {
    let rig = Rig::start().await;
    let some = objects(&rig, "columns=lastServicedAt,vin", FLEET).await;
    assert_eq!(rig.count("jifeline.vehicles.find").await, 0);
    let picked = |row: &Value| json!({ "lastServicedAt": row["lastServicedAt"], "vin": row["vin"] });
    let all: Vec<Value> = objects(&rig, "", FLEET).await.iter().map(picked).collect();
    assert_eq!(some, all);
    assert!(rig.count("jifeline.vehicles.find").await > 0);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn columns_are_the_same_whichever_others_are_asked_for() {
    let rig = Rig::start().await;
    rig.inspect(SHOWPIECE, &[]).await;
    rig.list(SHOWPIECE, "A-1").await;
    rig.list(SHOWPIECE, "A-2").await;
    let query = format!(
        "{{ vehicle(by: {{ vin: \"{SHOWPIECE}\" }}) {{ car: vin ...Named inspections {{ totalCount nodes {{ status }} }} \
         listings @rows {{ totalCount nodes {{ internalId salesPrice {{ amount }} of: vehicle {{ make {{ name }} \
         listings(first: 1) {{ nodes {{ internalId }} }} }} ... on Listing {{ optionNames }} }} }} }} }} \
         fragment Named on Vehicle {{ make {{ name }} }}"
    );
    let whole = objects(&rig, "", &query).await;
    assert_eq!(whole.len(), 2);
    let names: Vec<&String> = whole[0].as_object().unwrap().keys().collect();
    assert_eq!(names.len(), 10, "{names:?}");
    for (at, one) in names.iter().enumerate() {
        for other in names.iter().skip(at) {
            let chosen = if one == other { vec![one] } else { vec![other, one] };
            let parameter = chosen.iter().map(|name| name.as_str()).collect::<Vec<_>>().join(",");
            let told = text(&rig, NDJSON, &format!("columns={parameter}"), &query).await;
            let expected = whole.iter().map(|row| {
                let cells = chosen.iter().map(|name| format!("{}:{}", json!(name), row[name.as_str()]));
                format!("{{{}}}\n", cells.collect::<Vec<_>>().join(","))
            });
            assert_eq!(told, expected.collect::<Vec<_>>().concat(), "{parameter}");
        }
    }
}
