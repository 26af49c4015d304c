//! Tables to their last row, and what is told of those that are not whole.

use serde_json::json;
use tempfile::TempDir;

use super::CSV;
use super::FLEET;
use super::PARQUET;
use super::XLSX;
use super::objects;
use super::refused;
use super::request;
use super::strike;
use super::text;
use super::wire;
use crate::support::gateway::Rig;
use crate::support::gateway::SHOWPIECE;
use crate::support::gateway::TRIED_ONCE;
use crate::support::gateway::send;

/// A part that fails on the way.
const CATALOGUE_DOWN: &str = "jifeline.vehicles.find";

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn pages_are_followed_to_the_end() {
    let rig = Rig::of_fleet(500, TempDir::new().unwrap(), &[]).await;
    let query = "{ vehicles { totalCount nodes { vin } } }";
    let rows = objects(&rig, "", query).await;
    let total = rows[0]["totalCount"].as_u64().or(rows[0]["vehicles_totalCount"].as_u64());
    let answer = rig.data("{ vehicles { totalCount } }", json!({})).await;
    let expected = answer["vehicles"]["totalCount"].as_u64().unwrap();
    assert!(expected > 200, "{expected} vehicles are more than a page");
    assert_eq!(rows.len() as u64, expected);
    assert!(total.is_none_or(|total| total == expected));
    let vins: std::collections::BTreeSet<_> = rows.iter().map(|row| row["vin"].as_str().unwrap()).collect();
    assert_eq!(vins.len(), rows.len(), "none comes twice");
    // A page that is asked for is a page.
    assert_eq!(text(&rig, CSV, "", "{ vehicles(first: 7) { nodes { vin } } }").await.lines().count(), 8);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_part_that_fails_is_told() {
    let rig = Rig::with(&TRIED_ONCE).await;
    strike(&rig, json!([{ "operation": CATALOGUE_DOWN, "status": 500, "times": 3 }])).await;
    let lines = objects(&rig, "", "{ vehicles(first: 5) { nodes { vin make { name } } } }").await;
    let (ending, rows) = lines.split_last().unwrap();
    assert_eq!(rows.len(), 5);
    let empty = rows.iter().filter(|row| row["make_name"].is_null()).count();
    let ending = &ending["@forecourt"];
    assert_eq!(ending["outcome"], "INCOMPLETE");
    assert!(empty > 0 && ending["faults"][0]["count"].as_u64().unwrap() >= 1, "{ending}");
    assert_eq!(ending["faults"][0]["vendor"], "jifeline");
    assert_eq!(ending["faults"][0]["path"], "vehicles.make");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_table_that_cannot_tell_is_broken_off() {
    let rig = Rig::with(&TRIED_ONCE).await;
    strike(&rig, json!([{ "operation": CATALOGUE_DOWN, "status": 500 }])).await;
    let query = "{ vehicles(first: 5) { nodes { vin make { name } } } }";
    let broken = wire(&rig, CSV, "", query, "connection: close\r\n").await;
    assert!(broken.starts_with("HTTP/1.1 200") && !broken.ends_with("0\r\n\r\n"), "{broken}");
    let told = wire(&rig, CSV, "", query, "te: trailers\r\nconnection: TE, close\r\n").await;
    assert!(told.contains("\r\nforecourt-outcome: INCOMPLETE\r\nforecourt-rows: 5\r\nforecourt-faults: {"), "{told}");
    assert!(told.contains(r#""path":"vehicles.make""#) && told.ends_with("\"more\":0}\r\n\r\n"), "{told}");
    let allowed = text(&rig, CSV, "partial=allow", query).await;
    assert_eq!(allowed.lines().count(), 6);
    for accept in [PARQUET, XLSX] {
        let response = send(request(&rig, accept, "", query)).await;
        assert_eq!(
            (response.status().as_u16(), &response.headers()["forecourt-outcome"]),
            (200, &"INCOMPLETE".parse().unwrap())
        );
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn who_wants_all_or_nothing_gets_nothing() {
    let rig = Rig::with(&TRIED_ONCE).await;
    let query = "{ vehicles(first: 5) { nodes { vin make { name } } } }";
    let whole = send(request(&rig, CSV, "partial=fail", query)).await;
    assert_eq!(whole.headers()["forecourt-outcome"], "COMPLETE");
    assert_eq!(whole.text().await.unwrap().lines().count(), 6);
    let two = send(request(&rig, CSV, "partial=fail&limit=2", query)).await;
    assert_eq!((two.status().as_u16(), &two.headers()["forecourt-outcome"]), (200, &"CAPPED".parse().unwrap()));
    assert_eq!(two.text().await.unwrap().lines().count(), 3, "it asks for no more");
    strike(&rig, json!([{ "operation": "jifeline.connectors.list", "status": 500 }])).await;
    let (status, problem) =
        refused(request(&rig, CSV, "partial=fail", "{ vehicles(first: 2) { nodes { vin connector { number } } } }"))
            .await;
    assert_eq!((status, &problem["code"]), (502, &"VENDOR_UNAVAILABLE".into()), "{problem}");
    assert_eq!(problem["faults"][0]["path"], "vehicles.connector");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_table_without_its_list_is_no_table() {
    let rig = Rig::with(&TRIED_ONCE).await;
    strike(&rig, json!([{ "operation": "jifeline.connectors.list", "status": 500 }])).await;
    let (status, problem) = refused(request(&rig, CSV, "", "{ connectors { nodes { number } } }")).await;
    assert_eq!(status, 502, "{problem}");
    assert_eq!(problem["faults"][0]["losesRows"], true, "{problem}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn rows_of_a_list_within_a_list_bear_what_is_above_them() {
    let rig = Rig::start().await;
    for _ in 0..3 {
        rig.inspect(SHOWPIECE, &[]).await;
    }
    let query = format!(
        "{{ vehicle(by: {{ vin: \"{SHOWPIECE}\" }}) {{ vin make {{ name }} inspections @rows {{ nodes {{ status environment }} }} }} }}"
    );
    insta::assert_snapshot!(text(&rig, CSV, "", &query).await);
    assert_eq!(
        text(&rig, CSV, "", FLEET).await.lines().next(),
        Some("vin,make_name,lastServicedAt,tickets_totalCount")
    );
}
