//! Tables that nobody gets, and why.

use std::fmt::Write as _;

use forecourt::auth::Scope;
use serde_json::json;
use tempfile::TempDir;
use tokio::task::JoinSet;

use super::CSV;
use super::FLEET;
use super::PARQUET;
use super::refused;
use super::request;
use super::strike;
use super::text;
use crate::support::gateway::Rig;
use crate::support::gateway::send;
use crate::support::keys::Client;
use crate::support::keys::give_keys;

const PUBLIC: (&str, &str) = ("FORECOURT_SERVER__HOSTS", "graph.example.com");
const READER: Client<'_> =
    Client { tenant: "default", name: "reader", scopes: &[Scope::VehiclesRead, Scope::TicketsRead], accounts: None };
const PULLER: Client<'_> =
    Client { tenant: "default", name: "puller", scopes: &[Scope::VehiclesRead, Scope::ReportsRead], accounts: None };

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn tables_need_their_scope_and_those_of_their_fields() {
    let data = TempDir::new().unwrap();
    give_keys(data.path(), &[READER, PULLER]).await;
    let rig = Rig::on(data, &[PUBLIC]).await;
    let asked =
        |client: Client<'_>, query: &str| request(&rig, CSV, "", query).header("authorization", client.bearer());
    let (status, problem) = refused(asked(READER, FLEET)).await;
    assert_eq!((status, &problem["code"]), (403, &"FORBIDDEN".into()), "{problem}");
    assert_eq!(refused(request(&rig, CSV, "", FLEET)).await.0, 401);
    let vehicles = "{ vehicles(first: 2) { nodes { vin make { name } } } }";
    assert_eq!(send(asked(PULLER, vehicles)).await.status(), 200);
    let (status, problem) = refused(asked(PULLER, "{ connectors { nodes { number } } }")).await;
    assert_eq!((status, &problem["code"]), (403, &"FORBIDDEN".into()), "{problem}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_is_no_table_is_refused() {
    let rig = Rig::start().await;
    let mut told = String::new();
    for (parameters, query) in [
        ("", "{ vehicles {"),
        ("", "{ vehicles { nodes { colour } } }"),
        ("", "mutation { logOut { outcome } }"),
        ("", "{ a: vehicles { nodes { vin } } b: connectors { nodes { number } } }"),
        ("limit=0", FLEET),
        ("limit=many", FLEET),
        ("partial=maybe", FLEET),
        ("excel=97", FLEET),
        ("columns=vin,colour", FLEET),
        ("columns=vin,vin", FLEET),
        ("", "query($vin: Vin!) { vehicle(by: { vin: $vin }) { vin } }"),
    ] {
        let (status, answer) = refused(request(&rig, CSV, parameters, query)).await;
        writeln!(told, "{parameters} {query}\n{status} {answer}\n").unwrap();
    }
    insta::assert_snapshot!("tables_refused", told);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_tenant_reads_so_many_at_once() {
    let rig = Rig::with(&[("FORECOURT_REPORTS__TABLES_AT_ONCE", "1")]).await;
    strike(&rig, json!([{ "operation": "jifeline.vehicles.find", "hold": "before" }])).await;
    let mut held = JoinSet::new();
    held.spawn(send(request(&rig, PARQUET, "", FLEET)));
    rig.until("the first table is being read", async || rig.count("jifeline.vehicles.find").await > 0).await;
    let second = send(request(&rig, CSV, "", FLEET)).await;
    assert_eq!(second.status(), 429);
    assert_eq!(second.headers()["retry-after"], "5");
    let problem: serde_json::Value = second.json().await.unwrap();
    assert_eq!(problem["code"], "TOO_MANY_REQUESTS");
    rig.control("DELETE", "faults", &json!({})).await;
    let first = held.join_next().await.unwrap().unwrap();
    assert_eq!(first.bytes().await.unwrap()[..4], *b"PAR1");
    text(&rig, CSV, "", FLEET).await;
    // A client that leaves gives its seat back.
    strike(&rig, json!([{ "operation": "jifeline.connectors.list", "hold": "before" }])).await;
    let mut left = JoinSet::new();
    left.spawn(send(request(&rig, CSV, "", "{ connectors { nodes { number } } }")));
    rig.until("it is being read", async || rig.count("jifeline.connectors.list").await > 0).await;
    left.abort_all();
    rig.until("the seat is free", async || send(request(&rig, CSV, "", FLEET)).await.status() == 200).await;
}
