//! A run that the end of the process has interrupted goes on where it was.

use std::fs;
use std::path::Path;
use std::path::PathBuf;

use forecourt::clock::Clock;
use serde_json::Value;
use serde_json::json;
use tempfile::TempDir;
use tokio::task::JoinSet;

use super::get;
use super::table;
use crate::support::gateway::Rig;
use crate::support::gateway::send;
use crate::support::gateway::until;
use crate::support::process::Process;
use crate::support::vendors::Vendors;

const JIFELINE: (&str, &str) = ("FORECOURT_TENANTS__DEFAULT__VENDORS__JIFELINE__MODE", "sandbox");
/// Makes pages short, of 25 vehicles: the limit admits no longer ones.
const SHORT_PAGES: (&str, &str) = ("FORECOURT_LIMITS__COST", "2500");
const TICKETS: &str = "jifeline.tickets.list_historical";
const REPORT: &str = "/reports/tickets.parquet";

/// Faults that let the first page pass and then do what `rule` says.
fn later(rule: Value) -> Value {
    let mut rule = rule;
    rule["operation"] = TICKETS.into();
    json!([{ "operation": TICKETS, "latencyMs": 1, "times": 30 }, rule])
}

/// A gateway that knows the whole fleet.
async fn start(data: &Path, vendors: &Vendors) -> Process {
    let process = Process::with(data, &vendors.url, &[JIFELINE, SHORT_PAGES]).await;
    let client = reqwest::Client::builder().no_proxy().build().unwrap();
    let url = format!("{}/readyz", process.base);
    until("the index has the serviced vehicles", async || {
        let ready: Value = send(client.get(&url)).await.json().await.unwrap();
        ready["checks"]["index"]["status"] == "ok"
    })
    .await;
    process
}

/// The only run on the disk, once it has marked a page.
fn marked(data: &Path) -> Option<PathBuf> {
    let run = fs::read_dir(data.join("reports")).ok()?.next()?.ok()?.path();
    run.join("progress.json").exists().then_some(run)
}

fn json(path: &Path) -> Value {
    serde_json::from_slice(&fs::read(path).unwrap()).unwrap()
}

/// The rows that a run will not read again.
fn kept(run: &Path) -> Vec<Value> {
    let progress = json(&run.join("progress.json"));
    let rows = fs::read(run.join("rows.ndjson")).unwrap();
    let rows = &rows[..usize::try_from(progress["length"].as_u64().unwrap()).unwrap()];
    let lines = rows.split_inclusive(|byte| *byte == b'\n');
    let rows: Vec<Value> = lines.map(|row| serde_json::from_slice(row).unwrap()).collect();
    assert_eq!(rows.len() as u64, progress["bookmark"]["rows"].as_u64().unwrap());
    assert!(!rows.is_empty());
    rows
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn no_page_is_read_twice_after_a_kill() {
    let (data, vendors) = (TempDir::new().unwrap(), Vendors::start(Clock::system()).await);
    let mut process = start(data.path(), &vendors).await;
    let client = reqwest::Client::builder().no_proxy().build().unwrap();
    vendors.control("PUT", "faults", &later(json!({ "hold": "before" }))).await;
    let mut waiting = JoinSet::new();
    let asked = client.get(format!("{}{REPORT}", process.base)).build().unwrap();
    waiting.spawn(client.execute(asked));
    until("a page is kept", async || marked(data.path()).is_some()).await;
    process.kill();
    assert!(waiting.join_next().await.unwrap().unwrap().is_err(), "nobody gets a part for the whole");
    let run = marked(data.path()).unwrap();
    assert_eq!(json(&run.join("run.json"))["ending"], Value::Null, "it was interrupted");
    let rows = kept(&run);
    vendors.control("DELETE", "faults", &Value::Null).await;
    let process = start(data.path(), &vendors).await;
    vendors.control("DELETE", "journal", &Value::Null).await;
    let resumed = send(client.get(format!("{}{REPORT}", process.base))).await;
    let name = run.file_name().unwrap().to_str().unwrap();
    assert_eq!((resumed.status().as_u16(), resumed.headers()["forecourt-run"].to_str().unwrap()), (200, name));
    assert_eq!(resumed.headers()["forecourt-outcome"], "COMPLETE");
    let journal = vendors.control("GET", &format!("journal?operation={TICKETS}"), &Value::Null).await.to_string();
    assert!(journal.contains("/v1/historical-tickets"), "the rest was read");
    for row in &rows {
        let vin = row[0].as_str().unwrap();
        assert!(!journal.contains(vin), "{vin} was asked for again");
    }
    let text = send(client.get(format!("{}/reports/tickets.csv", process.base))).await.text().await.unwrap();
    let count = (text.lines().count() - 1).to_string();
    assert_eq!(resumed.headers()["forecourt-rows"], *count, "every row, and none twice");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_stop_interrupts_a_run_behind_a_page() {
    let rig = Rig::with(&[SHORT_PAGES]).await;
    rig.control("PUT", "faults", &later(json!({ "latencyMs": 300 }))).await;
    let mut waiting = JoinSet::new();
    waiting.spawn(send(rig.client.get(format!("{}{REPORT}", rig.base))));
    rig.until("a page is kept", async || marked(rig.data.path()).is_some()).await;
    let rig = rig.restart(&[SHORT_PAGES]).await;
    let told = waiting.join_next().await.unwrap().unwrap();
    assert_eq!(told.status(), 503);
    assert_eq!(told.headers()["retry-after"], "5");
    let run = marked(rig.data.path()).unwrap();
    let rows = kept(&run);
    rig.control("DELETE", "faults", &Value::Null).await;
    let list = get(&rig, "/reports/tickets/runs", &[]).await.json();
    assert_eq!((&list["runs"][0]["outcome"], &list["runs"][0]["rows"]), (&Value::Null, &Value::Null));
    let (resumed, name) = table(&rig, REPORT, &[]).await;
    assert_eq!(Some(name.as_str()), run.file_name().and_then(|name| name.to_str()));
    assert_eq!(resumed.header("forecourt-outcome"), "COMPLETE");
    assert!(resumed.header("forecourt-rows").parse::<usize>().unwrap() > rows.len());
}
