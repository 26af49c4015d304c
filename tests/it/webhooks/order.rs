//! Two different results that come close together: the vendor says which one holds.

use chrono::TimeDelta;
use forecourt::store::DeliveryState;
use serde_json::json;

use crate::support::gateway::Rig;
use crate::support::gateway::WEBHOOK_SECRET;

use super::DEFAULT;
use super::bring;
use super::deliver;
use super::kept;
use super::photographed;
use super::revisions;
use super::settled;
use super::states;

const LOAD: &str = "tchek.reports.get";

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_result_that_was_overtaken_does_not_take_the_place_of_the_newer_one() {
    let rig = Rig::start().await;
    let uid = photographed(&rig).await;
    rig.set_webhook().await;
    deliver(&rig, &uid, 3, 1).await;
    assert_eq!(settled(&rig, 1).await, [DeliveryState::Applied]);
    assert_eq!(rig.count(LOAD).await, 0, "one result needs no judge");
    deliver(&rig, &uid, 1, 1).await;
    assert_eq!(settled(&rig, 2).await, [DeliveryState::Applied, DeliveryState::Superseded]);
    assert_eq!((rig.count(LOAD).await, revisions(&rig, &uid).await.len()), (1, 1));
    deliver(&rig, &uid, 4, 1).await;
    let all = [DeliveryState::Applied, DeliveryState::Superseded, DeliveryState::Applied];
    assert_eq!(settled(&rig, 3).await, all);
    assert_eq!((rig.count(LOAD).await, revisions(&rig, &uid).await.len()), (2, 2));
    deliver(&rig, &uid, 4, 1).await;
    assert_eq!(settled(&rig, 4).await[3], DeliveryState::Unchanged);
    assert_eq!(rig.count(LOAD).await, 2, "two that say the same need no judge either");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn while_the_vendor_does_not_say_the_result_waits_and_then_the_later_one_is_taken() {
    let rig = Rig::start().await;
    let uid = photographed(&rig).await;
    rig.set_webhook().await;
    deliver(&rig, &uid, 3, 1).await;
    settled(&rig, 1).await;
    rig.control("PUT", "faults", &json!([{ "operation": LOAD, "status": 503 }])).await;
    deliver(&rig, &uid, 1, 1).await;
    let tried = async |times: i64| {
        rig.until("it was tried", async || kept(rig.data.path(), DEFAULT).await[1].attempts == times).await;
    };
    tried(1).await;
    assert_eq!(states(&rig, DEFAULT).await[1], DeliveryState::Received);
    let note = kept(rig.data.path(), DEFAULT).await[1].note.clone().unwrap();
    assert!(note.contains(LOAD), "{note}");
    // Another delivery wakes the inbox up, which finds that more time has passed.
    for times in [2, 3] {
        rig.clock.advance(TimeDelta::hours(1));
        bring(&rig, DEFAULT, WEBHOOK_SECRET, "{}").await;
        tried(times).await;
    }
    rig.clock.advance(TimeDelta::hours(1));
    bring(&rig, DEFAULT, WEBHOOK_SECRET, "{}").await;
    assert_eq!(settled(&rig, 5).await[..2], [DeliveryState::Applied; 2]);
}
