//! Whoever waits for an answer goes before a table.

use serde_json::json;
use tokio::task::JoinSet;

use super::CSV;
use super::FLEET;
use super::request;
use super::strike;
use crate::support::gateway::Rig;
use crate::support::gateway::SHOWPIECE;
use crate::support::gateway::send;

const SLOW: &str = "jifeline.vehicles.find";
/// Four places at the vendor, one of them for tables.
const PLACES: (&str, &str) = ("FORECOURT_TENANTS__DEFAULT__VENDORS__JIFELINE__CONCURRENCY", "4");
const SANDBOX: (&str, &str) = ("FORECOURT_TENANTS__DEFAULT__VENDORS__JIFELINE__MODE", "sandbox");

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_table_leaves_places_to_others() {
    let rig = Rig::with(&[PLACES, SANDBOX]).await;
    strike(&rig, json!([{ "operation": SLOW, "hold": "before" }])).await;
    let mut tables = JoinSet::new();
    tables.spawn(send(request(&rig, CSV, "", FLEET)));
    rig.until("the table waits for the vendor", async || rig.count(SLOW).await > 0).await;
    let query = "query($vin: Vin!) { connectors(first: 1) { nodes { number } } tickets(vin: $vin) { totalCount } countries { code } }";
    let answer = rig.ask(query, json!({ "vin": SHOWPIECE })).await;
    assert_eq!(answer.get("errors"), None, "{answer:#}");
    assert_eq!(rig.count(SLOW).await, 1, "a quarter of four places");
    rig.control("DELETE", "faults", &json!({})).await;
    assert_eq!(tables.join_next().await.unwrap().unwrap().status(), 200);
}
