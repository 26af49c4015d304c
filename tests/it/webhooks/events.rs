//! Every event that the vendor can deliver, set up by the vendor's own operations and delivered by the sandbox.

use forecourt::store::DeliveryState;
use serde_json::json;

use crate::support::gateway::Rig;
use crate::support::gateway::SHOWPIECE;
use crate::support::gateway::WEBHOOK_SECRET;
use crate::support::gateway::send;
use crate::support::vendors::make_token;

use super::DEFAULT;
use super::KEY;
use super::READ;
use super::kept;
use super::settled;

pub(super) const EVENTS: [&str; 6] =
    ["tradeinVehicle", "newTchek", "detectionFinished", "createReport", "shareUpdatedReport", "deleteTchek"];

/// Has the vendor deliver every event here.
pub(crate) async fn subscribe(rig: &Rig) {
    let put = async |path: &str, body: serde_json::Value| {
        let url = format!("{}/tchek/apiV1/eventmanager/{path}", rig.sandbox);
        assert_eq!(send(rig.client.put(url).header("x-api-key", KEY).json(&body)).await.status(), 200);
    };
    let url = format!("{}/webhooks/tchek/{DEFAULT}", rig.base);
    put("configwebhook", json!({ "webhookUrlV2": url, "webhookHeaderKey": WEBHOOK_SECRET })).await;
    for event in EVENTS {
        put("configevent", json!({ "eventName": event, "webhook": true })).await;
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn each_event_is_taken_for_what_it_is() {
    let rig = Rig::start().await;
    subscribe(&rig).await;
    let uid = rig.inspect(SHOWPIECE, &[1, 2, 3]).await;
    let (noted, applied) = (DeliveryState::Noted, DeliveryState::Applied);
    assert_eq!(settled(&rig, 3).await, [noted, noted, applied], "a token, an inspection, its detection");
    rig.clock.advance(chrono::TimeDelta::minutes(2));
    let shared = json!({ "uid": uid, "event": "shareUpdatedReport" });
    rig.control("POST", "tchek/deliver", &shared).await;
    rig.control("POST", &format!("tokens/{uid}/delete"), &json!({})).await;
    assert_eq!(settled(&rig, 5).await[3..], [applied, noted]);
    rig.until("the status was read", async || rig.count(READ).await > 0).await;
    let bodies = kept(rig.data.path(), DEFAULT).await;
    let names: Vec<_> = bodies.iter().map(|row| String::from_utf8_lossy(&row.body).into_owned()).collect();
    assert!(names[0].contains("tradeinVehicle") && names[1].contains("newTchek") && names[4].contains("deleteTchek"));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_token_that_was_made_elsewhere_is_met_by_the_event_of_its_making() {
    let rig = Rig::start().await;
    subscribe(&rig).await;
    let uid = make_token(&rig.sandbox, KEY, SHOWPIECE).await;
    assert_eq!(settled(&rig, 1).await, [DeliveryState::Noted]);
    let query = "query($uid: String!) { inspection(by: {tokenUid: $uid}) { lastProgressStatus } }";
    let data = rig.data(query, json!({ "uid": uid })).await;
    assert_eq!(data["inspection"]["lastProgressStatus"], "CREATED");
}
