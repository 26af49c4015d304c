//! Reports that have a name, by the front door.

mod own;
mod shell;

use std::collections::BTreeSet;
use std::fmt::Write as _;

use forecourt::auth::Scope;
use serde_json::Value;
use tempfile::TempDir;

use crate::support::gateway::Rig;
use crate::support::gateway::SHOWPIECE;
use crate::support::gateway::send;
use crate::support::keys::Client;
use crate::support::keys::give_keys;

const ALL: [&str; 8] =
    ["damages", "discrepancies", "inspections", "listings", "ticket-lines", "tickets", "vehicle-360", "vendor-usage"];

/// The status and the text of what stands at `path`.
async fn get(rig: &Rig, path: &str) -> (u16, String) {
    let response = send(rig.client.get(format!("{}{path}", rig.base)).header("x-request-id", "asked")).await;
    (response.status().as_u16(), response.text().await.unwrap())
}

async fn json(rig: &Rig, path: &str) -> Value {
    let (status, text) = get(rig, path).await;
    assert_eq!(status, 200, "{text}");
    serde_json::from_str(&text).unwrap()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_list_tells_what_each_report_has() {
    let rig = Rig::start().await;
    let list = json(&rig, "/reports").await;
    let names: Vec<_> = list["reports"].as_array().unwrap().iter().map(|report| report["name"].clone()).collect();
    assert_eq!(names, ALL);
    let mut told = String::new();
    for report in list["reports"].as_array().unwrap() {
        assert_eq!(*report, json(&rig, &format!("/reports/{}", report["name"].as_str().unwrap())).await);
        writeln!(told, "{}: {}\n{}", report["name"], report["title"], report["description"]).unwrap();
        for parameter in report["parameters"].as_array().unwrap() {
            writeln!(told, "  ?{}: {}", parameter["name"], parameter["type"]).unwrap();
            let reserved = ["columns", "excel", "limit", "partial"];
            assert!(!reserved.contains(&parameter["name"].as_str().unwrap()), "{parameter}");
        }
        for column in report["columns"].as_array().unwrap() {
            let nullable = if column["nullable"] == true { "?" } else { "" };
            writeln!(told, "  {}: {}{nullable}", column["name"], column["type"]).unwrap();
        }
    }
    insta::assert_snapshot!("reports", told);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn every_report_has_rows_in_the_columns_that_the_list_tells() {
    let rig = Rig::start().await;
    // A report of the vendor with damages has to arrive first.
    rig.set_webhook().await;
    rig.inspect(SHOWPIECE, &[1, 2, 3]).await;
    let damages = async || json(&rig, "/reports/damages.json").await["rows"].as_array().unwrap().len();
    rig.until("damages have arrived", async || damages().await > 0).await;
    // Listed as a Volvo V60, which no car of another make is.
    let cars = json(&rig, "/reports/vehicle-360.json?columns=vin,make_name").await["rows"].take();
    let is_other = |car: &&Value| car["make_name"].as_str().is_some_and(|make| make != "Volvo");
    let other = cars.as_array().unwrap().iter().find(is_other).expect("cars of several makes");
    rig.list(other["vin"].as_str().unwrap(), "STOCK-1").await;
    for name in ALL {
        let told = json(&rig, &format!("/reports/{name}")).await;
        let columns: Vec<_> = told["columns"].as_array().unwrap().iter().map(|column| &column["name"]).collect();
        let table = json(&rig, &format!("/reports/{name}.json")).await;
        assert_eq!(table["ending"]["outcome"], "COMPLETE", "{name}: {}", table["ending"]);
        let sent: Vec<_> = table["columns"].as_array().unwrap().iter().map(|column| &column["name"]).collect();
        assert_eq!(columns, sent, "{name}");
        let rows = table["rows"].as_array().unwrap();
        assert!(!rows.is_empty(), "{name}");
        let (status, csv) = get(&rig, &format!("/reports/{name}.csv?limit=1")).await;
        assert_eq!((status, csv.is_empty()), (200, false), "{csv}");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn columns_are_sent_in_the_order_they_are_asked_for() {
    let rig = Rig::start().await;
    let (_, whole) = get(&rig, "/reports/vehicle-360.csv?columns=vin,make_name&limit=3").await;
    let (_, turned) = get(&rig, "/reports/vehicle-360.csv?columns=make_name,vin&limit=3").await;
    let turn = |line: &str| line.split_once(',').map(|(one, other)| format!("{other},{one}\r\n")).unwrap();
    assert!(whole.starts_with("vin,make_name\r\n"), "{whole}");
    assert_eq!(whole.lines().map(turn).collect::<String>(), turned);
    assert_eq!(whole.lines().count(), 4);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn parameters_choose_rows() {
    let rig = Rig::start().await;
    let makes = |text: String| text.lines().skip(1).map(str::to_owned).collect::<BTreeSet<_>>();
    let all = makes(get(&rig, "/reports/vehicle-360.csv?columns=make_name").await.1);
    let make = all.iter().find(|make| !make.is_empty() && !make.contains([' ', '"'])).unwrap();
    assert!(all.len() > 1, "{all:?}");
    let some = makes(get(&rig, &format!("/reports/vehicle-360.csv?columns=make_name&make={make}")).await.1);
    assert_eq!(some, BTreeSet::from([make.clone()]));
    let (_, none) = get(&rig, "/reports/vehicle-360.csv?columns=vin&since=2100-01-01T00:00:00Z").await;
    assert_eq!(none, "vin\r\n");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_cannot_be_had_says_what_can() {
    let rig = Rig::start().await;
    let mut told = String::new();
    for path in [
        "/reports/nothing",
        "/reports/nothing.csv",
        "/reports/../Cargo.csv",
        "/reports/vehicle-360.doc",
        "/reports/vehicle-360.csv?colour=red",
        "/reports/vehicle-360.csv?make=a&make=b",
        "/reports/vehicle-360.csv?listed=maybe",
        "/reports/vehicle-360.csv?since=yesterday",
        "/reports/vehicle-360.csv?columns=vin,colour",
        "/reports/vehicle-360.csv?limit=0",
    ] {
        let (status, text) = get(&rig, path).await;
        writeln!(told, "{path}\n{status} {text}\n").unwrap();
    }
    insta::assert_snapshot!("reports_refused", told);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn reports_need_their_scope_and_those_of_their_fields() {
    let (public, tenant) = (("FORECOURT_SERVER__HOSTS", "graph.example.com"), "default");
    let reader = Client { tenant, name: "reader", scopes: &[Scope::VehiclesRead], accounts: None };
    let puller = Client { tenant, name: "puller", scopes: &[Scope::VehiclesRead, Scope::ReportsRead], accounts: None };
    let data = TempDir::new().unwrap();
    give_keys(data.path(), &[reader, puller]).await;
    let rig = Rig::on(data, &[public]).await;
    let status = async |path: &str, bearer: Option<String>| {
        let request = rig.client.get(format!("{}{path}", rig.base));
        let request = bearer.into_iter().fold(request, |request, bearer| request.header("authorization", bearer));
        send(request).await.status().as_u16()
    };
    for path in ["/reports", "/reports/vehicle-360", "/reports/vehicle-360.csv"] {
        assert_eq!(status(path, None).await, 401, "{path}");
        assert_eq!(status(path, Some(reader.bearer())).await, 403, "{path}");
    }
    assert_eq!(status("/reports", Some(puller.bearer())).await, 200);
    let answer = rig.client.get(format!("{}/reports/listings.csv", rig.base)).header("authorization", puller.bearer());
    let answer = send(answer).await;
    assert_eq!(answer.status(), 403, "{}", answer.text().await.unwrap());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_look_at_the_headers_reads_no_table() {
    let rig = Rig::start().await;
    let before = rig.calls().await;
    let response = send(rig.client.head(format!("{}/reports/tickets.arrow", rig.base))).await;
    assert_eq!(response.status(), 200);
    assert_eq!(response.headers()["content-type"], "application/vnd.apache.arrow.stream");
    assert!(!response.headers().contains_key("content-length"), "no length that the table would not have");
    assert_eq!(rig.calls().await, before);
    let unknown = send(rig.client.head(format!("{}/reports/nothing.arrow", rig.base))).await;
    assert_eq!(unknown.status(), 404);
}
