//! Extracts in a folder.

use std::fmt::Write;
use std::fs;
use std::path::Path;

use chrono::TimeDelta;
use forecourt::auth::Scope;
use serde_json::Value;
use serde_json::json;
use sha2::Digest;
use sha2::Sha256;
use tempfile::TempDir;

use super::borrowed;
use super::json;
use super::latest;
use super::next;
use super::schedule;
use crate::support::gateway::Rig;
use crate::support::gateway::SHOWPIECE;
use crate::support::gateway::TRIED_ONCE;
use crate::support::keys::Client;
use crate::support::keys::give_keys;
use crate::support::keys::made;

fn hex(bytes: &[u8]) -> String {
    Sha256::digest(bytes).iter().fold(String::new(), |mut text, byte| {
        write!(text, "{byte:02x}").unwrap();
        text
    })
}

/// The files below `folder`, with the date they stand under.
fn laid_down(folder: &Path) -> Vec<String> {
    let mut found = Vec::new();
    for date in fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).filter(|path| path.is_dir()) {
        for file in fs::read_dir(&date).unwrap() {
            let (date, file) = (date.file_name().unwrap().to_owned(), file.unwrap().file_name());
            found.push(format!("{}/{}", date.to_str().unwrap(), file.to_str().unwrap()));
        }
    }
    found.sort();
    found
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_report_is_laid_down_when_its_time_has_come() {
    let place = TempDir::new().unwrap();
    let into = place.path().to_str().unwrap();
    let keys = [("REPORT", "vehicle-360"), ("INTO", into), ("EVERY", "1d"), ("AT", "03:30")];
    let mut settings = schedule(0, &keys);
    settings.extend(schedule(1, &[("REPORT", "vendor-usage"), ("INTO", into), ("EVERY", "1h")]));
    let rig = Rig::with(&borrowed(&settings)).await;
    let (folder, hourly) = (place.path().join("vehicle-360"), place.path().join("vendor-usage"));
    let first = next(&folder, None).await;
    let hour = next(&hourly, None).await;
    let run = first["run"].as_str().unwrap();
    let names = [format!("date=2026-10-02/{run}.parquet"), format!("date=2026-10-02/_{run}.json")];
    assert_eq!(laid_down(&folder), names);
    assert_eq!((&first["file"], &first["manifest"]), (&names[0].as_str().into(), &names[1].as_str().into()));
    let (table, manifest) = (fs::read(folder.join(&names[0])).unwrap(), json(&folder.join(&names[1])));
    assert_eq!(manifest["outcome"], "COMPLETE", "{manifest:#}");
    assert_eq!(manifest["rows"], rig.get_json("/reports/vehicle-360/runs").await["runs"][0]["rows"]);
    let file = json!({ "format": "parquet", "bytes": table.len(), "sha256": hex(&table) });
    assert_eq!(manifest["files"], json!([file]));
    assert_eq!(manifest["completeThrough"]["changes"], first["changes"]);

    rig.clock.advance(TimeDelta::hours(19) + TimeDelta::minutes(29));
    next(&hourly, Some(&hour)).await;
    assert_eq!(latest(&folder).unwrap(), first, "it is not time yet");
    rig.clock.advance(TimeDelta::minutes(1));
    let second = next(&folder, Some(&first)).await;
    assert_eq!(second["startedAt"], "2026-10-03T03:30:00Z");
    assert_eq!(laid_down(&folder).len(), 4, "the first one stays");

    // The next process knows from the folder that nothing is due.
    let rig = rig.restart(&borrowed(&settings)).await;
    rig.clock.advance(TimeDelta::hours(23));
    let metric = "forecourt_extracts_total{report=\"vehicle-360\",outcome=\"COMPLETE\"}";
    let numbers = crate::support::gateway::send(rig.client.get(format!("{}/metrics", rig.base))).await;
    assert!(numbers.text().await.unwrap().contains(metric));
    rig.clock.advance(TimeDelta::hours(1));
    let third = next(&folder, Some(&second)).await;
    assert_eq!(third["startedAt"], "2026-10-04T03:30:00Z");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_client_binds_what_is_read() {
    let (place, data) = (TempDir::new().unwrap(), TempDir::new().unwrap());
    let narrow = Client {
        tenant: "default",
        name: "narrow",
        scopes: &[Scope::ReportsRead, Scope::VehiclesRead],
        accounts: Some(&["jifeline/main"]),
    };
    give_keys(data.path(), &[narrow, Client::ALL]).await;
    let into = place.path().to_str().unwrap();
    let mut settings =
        schedule(0, &[("REPORT", "inspections"), ("INTO", into), ("CLIENT", "narrow"), ("NAME", "narrow")]);
    settings
        .extend(schedule(1, &[("REPORT", "inspections"), ("INTO", into), ("CLIENT", "everything"), ("NAME", "all")]));
    settings.push(("FORECOURT_SERVER__HOSTS".to_owned(), "graph.example.com"));
    let rig = Rig::on(data, &borrowed(&settings)).await;
    let all = place.path().join("all");
    let first = next(&all, None).await;
    let manifest = json(&all.join(first["manifest"].as_str().unwrap()));
    assert_eq!(manifest["outcome"], "COMPLETE", "{manifest:#}");
    rig.until("the refusal is counted", async || {
        let numbers = crate::support::gateway::send(rig.client.get(format!("{}/metrics", rig.base))).await;
        numbers.text().await.unwrap().contains("forecourt_extracts_total{report=\"inspections\",outcome=\"FAILED\"}")
    })
    .await;
    assert_eq!(latest(&place.path().join("narrow")), None, "it may not see inspections");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_client_binds_how_many_rows_are_laid_down() {
    let (place, data) = (TempDir::new().unwrap(), TempDir::new().unwrap());
    made(data.path(), &["short", "--all-scopes", "--max-rows", "3"]);
    let into = place.path().to_str().unwrap();
    let mut settings = schedule(0, &[("REPORT", "vehicle-360"), ("INTO", into), ("CLIENT", "short"), ("NAME", "cars")]);
    settings.push(("FORECOURT_SERVER__HOSTS".to_owned(), "graph.example.com"));
    let _rig = Rig::on(data, &borrowed(&settings)).await;
    let cars = place.path().join("cars");
    let first = next(&cars, None).await;
    let manifest = json(&cars.join(first["manifest"].as_str().unwrap()));
    assert_eq!((&manifest["outcome"], &manifest["rows"]), (&"CAPPED".into(), &3.into()), "{manifest:#}");
}

/// A gateway that begins with these settings while a vendor answers nothing about cars.
async fn while_a_vendor_fails(settings: &[(String, &str)]) -> Rig {
    let first = Rig::with(&TRIED_ONCE).await;
    first.control("PUT", "faults", &json!([{ "operation": "jifeline.vehicles.find", "status": 500 }])).await;
    let mut settings = borrowed(settings);
    settings.extend(TRIED_ONCE);
    // So many cars fail that the account would be left alone.
    settings.push(("FORECOURT_TENANTS__DEFAULT__VENDORS__JIFELINE__CIRCUIT_ATTEMPTS", "1000"));
    first.restart(&settings).await
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_lacks_a_part_says_so() {
    let place = TempDir::new().unwrap();
    let into = place.path().to_str().unwrap();
    let _rig = while_a_vendor_fails(&schedule(0, &[("REPORT", "vehicle-360"), ("INTO", into)])).await;
    let folder = place.path().join("vehicle-360");
    let found = next(&folder, None).await;
    assert_eq!(found["changes"], Value::Null, "no increment may go on from here");
    let manifest = json(&folder.join(found["manifest"].as_str().unwrap()));
    assert_eq!((&manifest["outcome"], &manifest["completeThrough"]), (&"INCOMPLETE".into(), &Value::Null));
    assert_eq!(manifest["faults"][0]["vendor"], "jifeline");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_must_be_whole_is_tried_again() {
    let place = TempDir::new().unwrap();
    let into = place.path().to_str().unwrap();
    let keys = [("REPORT", "vehicle-360"), ("INTO", into), ("PARTIAL", "fail"), ("NAME", "whole")];
    let rig = while_a_vendor_fails(&schedule(0, &keys)).await;
    let runs = async || rig.get_json("/reports/vehicle-360/runs").await["runs"][0]["outcome"].clone();
    rig.until("it has been read", async || runs().await == "INCOMPLETE").await;
    let whole = place.path().join("whole");
    rig.control("DELETE", "faults", &Value::Null).await;
    assert_eq!(latest(&whole), None);
    rig.clock.advance(TimeDelta::minutes(6));
    let found = next(&whole, None).await;
    let manifest = json(&whole.join(found["manifest"].as_str().unwrap()));
    assert_eq!(manifest["outcome"], "COMPLETE", "{manifest:#}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn parameters_and_columns_are_those_of_an_address() {
    let place = TempDir::new().unwrap();
    let into = place.path().to_str().unwrap();
    let keys = [("REPORT", "inspections"), ("INTO", into), ("PARAMETERS__VIN", SHOWPIECE), ("COLUMNS", "status,vin")];
    let settings = schedule(0, &keys);
    let _rig = Rig::with(&borrowed(&settings)).await;
    let folder = place.path().join("inspections");
    let found = next(&folder, None).await;
    let manifest = json(&folder.join(found["manifest"].as_str().unwrap()));
    assert_eq!(manifest["parameters"], json!({ "vin": SHOWPIECE }));
    assert_eq!(manifest["files"][0]["columns"], json!(["status", "vin"]));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_increment_has_what_has_changed_since_the_last_whole_one() {
    let place = TempDir::new().unwrap();
    let into = place.path().to_str().unwrap();
    let settings = schedule(0, &[("REPORT", "inspections"), ("INTO", into), ("INCREMENTS", "true")]);
    let rig = Rig::with(&borrowed(&settings)).await;
    let folder = place.path().join("inspections");
    let first = next(&folder, None).await;
    let manifest = |latest: &Value| json(&folder.join(latest["manifest"].as_str().unwrap()));
    assert_eq!(manifest(&first)["parameters"], json!({}));
    let token = rig.inspect(SHOWPIECE, &[]).await;
    rig.clock.advance(TimeDelta::days(1));
    let second = next(&folder, Some(&first)).await;
    let increment = manifest(&second);
    assert_eq!(increment["parameters"], json!({ "changedAfter": first["changes"] }));
    assert_eq!((&increment["outcome"], &increment["rows"]), (&"COMPLETE".into(), &1.into()), "only {token}");
    rig.clock.advance(TimeDelta::days(1));
    let third = next(&folder, Some(&second)).await;
    assert_eq!(manifest(&third)["rows"], 0, "nothing has changed since");
}
