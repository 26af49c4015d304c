//! The filter `hasOpenTicket`: fed by what reads and creations show, and silent about what nobody has seen.

use serde_json::json;

use crate::support::gateway::Rig;
use crate::support::gateway::SHOWPIECE;
use crate::support::story::OTHER;

const OPEN: &str = "query($open: Boolean!) { vehicles(filter: {hasOpenTicket: $open}) { totalCount nodes { vin } } }";

async fn vins(rig: &Rig, open: bool) -> Vec<String> {
    let data = rig.data(OPEN, json!({ "open": open })).await;
    let nodes = data["vehicles"]["nodes"].as_array().unwrap();
    assert_eq!(data["vehicles"]["totalCount"], nodes.len());
    nodes.iter().map(|node| node["vin"].as_str().unwrap().to_owned()).collect()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_nobody_has_seen_is_in_neither_list_and_what_reads_show_is() {
    let rig = Rig::start().await;
    assert_eq!((vins(&rig, true).await, vins(&rig, false).await), (vec![], vec![]), "no ticket has been read");
    assert!(rig.calls().await.is_empty(), "the filter asks nobody");

    let history = "query($vin: Vin!) { vehicle(by: {vin: $vin}) { tickets { nodes { number state } } } }";
    rig.data(history, json!({ "vin": OTHER })).await;
    assert_eq!((vins(&rig, true).await, vins(&rig, false).await), (vec![], vec![OTHER.to_owned()]));

    let active = "query($vin: Vin!) { vehicle(by: {vin: $vin}) { activeTicket { number } } }";
    let data = rig.data(active, json!({ "vin": SHOWPIECE })).await;
    let number = data["vehicle"]["activeTicket"]["number"].as_str().unwrap().to_owned();
    assert!(vins(&rig, true).await.contains(&SHOWPIECE.to_owned()));
    // The closed tickets of its past do not close the open one.
    rig.data(history, json!({ "vin": SHOWPIECE })).await;
    assert!(vins(&rig, true).await.contains(&SHOWPIECE.to_owned()));
    assert!(!vins(&rig, false).await.contains(&SHOWPIECE.to_owned()));

    let path = format!("tickets/{number}/transition");
    for state in ["in_progress", "closed"] {
        rig.control("POST", &path, &json!({ "to": state })).await;
    }
    // A history is believed for a minute; the ticket itself has not been read yet.
    let rig = rig.restart(&[]).await;
    rig.data(history, json!({ "vin": SHOWPIECE })).await;
    assert!(!vins(&rig, true).await.contains(&SHOWPIECE.to_owned()));
    assert!(vins(&rig, false).await.contains(&SHOWPIECE.to_owned()));
}
