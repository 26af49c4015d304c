//! Runs that are not whole, and runs that several wait for.

use chrono::TimeDelta;
use serde_json::Value;
use serde_json::json;
use tokio::task::JoinSet;

use super::CATALOGUE;
use super::FLEET;
use super::get;
use super::table;
use crate::support::gateway::Rig;
use crate::support::gateway::TRIED_ONCE;
use crate::support::gateway::send;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_is_missing_is_told_and_not_handed_out_as_fresh() {
    let rig = Rig::with(&TRIED_ONCE).await;
    // A single failure, so that the vendor is not left alone for a while.
    let one_fails = json!([{ "operation": CATALOGUE, "status": 500, "times": 1 }]);
    rig.control("PUT", "faults", &one_fails).await;
    let (answer, run) = table(&rig, FLEET, &[]).await;
    assert_eq!(answer.header("forecourt-outcome"), "INCOMPLETE");
    let manifest = get(&rig, &format!("/reports/vehicle-360/runs/{run}"), &[]).await.json();
    assert_eq!((&manifest["outcome"], &manifest["completeThrough"]), (&"INCOMPLETE".into(), &Value::Null));
    assert_eq!(manifest["faults"][0]["vendor"], "jifeline", "{manifest:#}");
    let piece = get(&rig, FLEET, &[("range", "bytes=0-3")]).await;
    assert_eq!(piece.header("forecourt-run"), run, "its pieces are its own");
    rig.control("PUT", "faults", &one_fails).await;
    let refused = get(&rig, "/reports/vehicle-360.parquet?partial=fail", &[]).await;
    assert_eq!(refused.status, 502);
    let problem = refused.json();
    assert_eq!(problem["faults"][0]["vendor"], "jifeline", "{problem:#}");
    let other = refused.header("forecourt-run");
    assert_ne!(other, run);
    assert_eq!(refused.header("link"), format!("</reports/vehicle-360/runs/{other}>; rel=\"describedby\""));
    let (answer, whole) = table(&rig, FLEET, &[]).await;
    assert_eq!(answer.header("forecourt-outcome"), "COMPLETE");
    let manifest = get(&rig, &format!("/reports/vehicle-360/runs/{whole}"), &[]).await.json();
    assert!(manifest["completeThrough"]["changes"].as_str().unwrap().parse::<u64>().is_ok(), "{manifest:#}");
    assert_eq!(manifest["completeThrough"]["vendors"]["jifeline"]["readFrom"], manifest["startedAt"]);
    assert_eq!(manifest["rows"].to_string(), answer.header("forecourt-rows"));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn two_wait_for_one_run_and_it_goes_on_without_them() {
    let rig = Rig::with(&[("FORECOURT_REPORTS__TABLES_AT_ONCE", "1")]).await;
    rig.control("PUT", "faults", &json!([{ "operation": CATALOGUE, "hold": "before" }])).await;
    let url = format!("{}{FLEET}", rig.base);
    let mut waiting = JoinSet::new();
    waiting.spawn(send(rig.client.get(&url)));
    rig.until("it is being read", async || rig.count(CATALOGUE).await > 0).await;
    waiting.spawn(send(rig.client.get(&url)));
    let line = async || get(&rig, "/reports/vehicle-360/runs", &[]).await.json()["runs"][0].clone();
    assert_eq!(line().await["outcome"], Value::Null);
    let other = get(&rig, "/reports/vehicle-360.parquet?limit=1", &[]).await;
    assert_eq!((other.status, other.header("retry-after")), (429, "5"), "one seat, which the run has");
    waiting.abort_all();
    rig.control("DELETE", "faults", &Value::Null).await;
    rig.until("it has ended", async || line().await["outcome"] == "COMPLETE").await;
    rig.forget_calls().await;
    let (_, run) = table(&rig, FLEET, &[]).await;
    assert_eq!((&line().await["run"], rig.journal().await.len()), (&run.into(), 0));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_file_does_not_change_while_the_next_one_is_read() {
    let rig = Rig::start().await;
    let (_, run) = table(&rig, FLEET, &[]).await;
    rig.clock.advance(TimeDelta::minutes(16));
    rig.control("PUT", "faults", &json!([{ "operation": "jifeline.*", "hold": "before" }])).await;
    let mut waiting = JoinSet::new();
    waiting.spawn(send(rig.client.get(format!("{}{FLEET}", rig.base))));
    let newest = async || get(&rig, "/reports/vehicle-360/runs", &[]).await.json()["runs"][0]["run"].clone();
    rig.until("the next one is being read", async || newest().await != *run).await;
    let piece = get(&rig, FLEET, &[("range", "bytes=0-3")]).await;
    assert_eq!((piece.status, piece.header("forecourt-run")), (206, &*run));
    rig.control("DELETE", "faults", &Value::Null).await;
    let next = waiting.join_next().await.unwrap().unwrap();
    assert_eq!((next.status().as_u16(), next.headers()["forecourt-run"] == *run), (200, false));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_manifest_tells_how_old_answers_of_the_cache_are() {
    let rig = Rig::start().await;
    let before = json!(rig.clock.now());
    let (status, stream) = (get(&rig, "/reports/vehicle-360.json", &[]).await.status, rig.journal().await.len());
    assert_eq!((status, stream > 0), (200, true));
    rig.clock.advance(TimeDelta::minutes(10));
    rig.forget_calls().await;
    let (_, run) = table(&rig, FLEET, &[]).await;
    assert_eq!(rig.journal().await.len(), 0, "the cache has all of it");
    let manifest = get(&rig, &format!("/reports/vehicle-360/runs/{run}"), &[]).await.json();
    assert_eq!(manifest["startedAt"], json!(rig.clock.now()));
    let vendors = &manifest["completeThrough"]["vendors"];
    assert_eq!((&vendors["jifeline"]["readFrom"], &vendors["autochat"]["readFrom"]), (&before, &manifest["startedAt"]));
    let ending = get(&rig, "/reports/vehicle-360.json", &[]).await.json()["ending"].take();
    assert_eq!(ending["readFrom"], json!({ "jifeline": before }));
}
