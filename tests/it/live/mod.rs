//! Channels that stay open, and what is sent over them.

mod activity;
pub(crate) mod client;
mod lines;
mod protocol;
mod slow;
mod status;
mod strangers;
mod streams;

use serde_json::Value;
use serde_json::json;

use crate::support::gateway::Rig;

/// An inspection of the showpiece: its token and its global id.
async fn inspection(rig: &Rig, vin: &str) -> (String, Value) {
    let uid = rig.inspect(vin, &[]).await;
    let query = "query($uid: String!) { inspection(by: {tokenUid: $uid}) { id } }";
    let mut data = rig.data(query, json!({ "uid": uid })).await;
    (uid, data["inspection"]["id"].take())
}

/// The figure of a gauge that the metrics have for a transport; tests of other gateways count in it too.
async fn is_counted(rig: &Rig, line: &str) -> bool {
    let text = crate::support::gateway::send(rig.client.get(format!("{}/metrics", rig.base))).await;
    text.text().await.unwrap().lines().any(|one| one.starts_with(line))
}
