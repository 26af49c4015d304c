//! `forecourt webhooks list`, `show` and `replay`, beside a gateway that serves and without one.

use std::path::Path;
use std::process::Command;
use std::time::Duration;

use forecourt::store::DeliveryState;
use serde_json::Value;
use serde_json::json;

use crate::support::gateway::Rig;
use crate::support::gateway::WEBHOOK_SECRET;
use crate::support::gateway::send;

use super::DEFAULT;
use super::READ;
use super::STRANGE;
use super::bring;
use super::deliver;
use super::kept;
use super::made_elsewhere;
use super::revisions;
use super::settled;
use super::states;

/// Runs `forecourt webhooks` on a ledger; gives exit code and output.
fn run(data: &Path, arguments: &[&str]) -> (i32, String) {
    let output = Command::new(env!("CARGO_BIN_EXE_forecourt"))
        .env_clear()
        .args(["--data-dir", data.to_str().unwrap(), "webhooks"])
        .args(arguments)
        .output()
        .unwrap();
    let text = String::from_utf8(output.stdout).unwrap() + &String::from_utf8(output.stderr).unwrap();
    (output.status.code().unwrap(), text)
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn deliveries_are_listed_and_shown_without_secrets() {
    let rig = Rig::start().await;
    let data = rig.data.path();
    assert_eq!(run(data, &["list"]), (0, "there are no such deliveries\n".to_owned()));
    let url = format!("{}/webhooks/tchek/{DEFAULT}", rig.base);
    let request = rig.client.post(url).header("x-api-key", WEBHOOK_SECRET).header("content-type", "application/json");
    let request = request.header("authorization", "Bearer mine").header("x-event", "createReport").body(STRANGE);
    assert_eq!(send(request).await.status(), 200);
    assert_eq!(bring(&rig, DEFAULT, WEBHOOK_SECRET, "{").await, 200);
    settled(&rig, 2).await;
    let ids: Vec<String> = kept(data, DEFAULT).await.iter().map(|row| row.id.to_string()).collect();
    let told = |arguments: &[&str]| {
        let (code, text) = run(data, arguments);
        let text = text.replace(rig.base.trim_start_matches("http://"), "[gateway]");
        let text = text.replace(&ids[0], "[first]").replace(&ids[1], "[second]");
        assert!(!text.contains(WEBHOOK_SECRET) && !text.contains("mine"), "{text}");
        format!("exit {code}\n{text}")
    };
    insta::assert_snapshot!("webhooks_list", told(&["list"]));
    insta::assert_snapshot!("webhooks_list_json", told(&["list", "--json", "--state", "failed", "--limit", "1"]));
    insta::assert_snapshot!("webhooks_show", told(&["show", &ids[0]]));
    let shown: Value = serde_json::from_str(&run(data, &["show", "--json", &ids[1]]).1).unwrap();
    assert_eq!((&shown["body"], &shown["state"]), (&json!({ "text": "{" }), &json!("unreadable")));
    assert_eq!(run(data, &["list", "--tenant", "nobody"]).1, "there are no such deliveries\n");
    assert_eq!(run(data, &["list", "--since", "2027-01-01T00:00:00Z"]).1, "there are no such deliveries\n");
    assert_eq!(run(data, &["list", "--since", "soon"]).0, 2);
    assert_eq!(run(data, &["show", "00000000-0000-7000-8000-000000000000"]).0, 1);
    let text = send(rig.client.get(format!("{}/metrics", rig.base))).await.text().await.unwrap();
    assert!(text.contains("forecourt_deliveries_total{vendor=\"tchek\",state=\"unreadable\"}"), "they are counted");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_came_to_nothing_is_worked_on_again_by_the_running_gateway() {
    let rig = Rig::start().await;
    let uid = made_elsewhere(&rig).await;
    rig.set_webhook().await;
    rig.control("PUT", "faults", &json!([{ "operation": READ, "status": 404 }])).await;
    deliver(&rig, &uid, 1, 1).await;
    assert_eq!(settled(&rig, 1).await, [DeliveryState::Unmatched]);
    rig.control("DELETE", "faults", &Value::Null).await;
    let (code, text) = run(rig.data.path(), &["replay", "--state", "FAILED"]);
    assert!(code == 0 && text.starts_with("1 delivery is due again"), "{text}");
    assert_eq!(run(&rig.data.path().join("elsewhere"), &["list"]).0, 1, "a look makes no ledger");
    rig.until("it is applied", async || states(&rig, DEFAULT).await == [DeliveryState::Applied]).await;
    assert_eq!(run(rig.data.path(), &["replay", "--state", "failed"]).1, "there are no such deliveries\n");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_delivery_that_was_applied_changes_nothing_when_it_is_worked_on_again() {
    let rig = Rig::start().await;
    let uid = made_elsewhere(&rig).await;
    rig.set_webhook().await;
    for revision in [1, 3] {
        rig.clock.advance(chrono::TimeDelta::minutes(2));
        deliver(&rig, &uid, revision, 1).await;
    }
    let applied = DeliveryState::Applied;
    assert_eq!(settled(&rig, 2).await, [applied, applied]);
    let before = revisions(&rig, &uid).await;
    let ids: Vec<String> = kept(rig.data.path(), DEFAULT).await.iter().map(|row| row.id.to_string()).collect();

    // Without a gateway it stays open until the next one starts.
    assert!(rig.gateway.stop(Duration::from_secs(20)).await);
    for id in &ids {
        assert_eq!(run(rig.data.path(), &["replay", id]).0, 0);
    }
    assert_eq!(states(&rig, DEFAULT).await, [DeliveryState::Received; 2]);
    let rig = rig.restart(&[]).await;
    assert_eq!(settled(&rig, 2).await, [DeliveryState::Superseded, DeliveryState::Unchanged]);
    assert_eq!(revisions(&rig, &uid).await, before);
    assert_eq!(run(rig.data.path(), &["replay"]).0, 2, "one or a state has to be named");
}
