//! Which columns a query gives, and what stands in them.

use serde_json::json;

use super::CSV;
use super::NDJSON;
use super::refused;
use super::request;
use super::text;
use crate::support::gateway::Rig;
use crate::support::gateway::SHOWPIECE;
use crate::support::gateway::send;

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
