//! Deliveries that are handed on to a receiver of the operator's own.

use chrono::TimeDelta;
use forecourt::app::known;
use forecourt::config::Config;
use forecourt::config::Sources;
use forecourt::store;
use forecourt::store::Access;
use forecourt::store::DeliveryState;
use forecourt::store::ForwardState;
use tempfile::TempDir;

use crate::support::gateway::Rig;
use crate::support::gateway::WEBHOOK_SECRET;
use crate::support::gateway::send;
use crate::support::recorder::Answer;
use crate::support::recorder::Recorder;
use crate::support::recorder::ok;
use crate::support::recorder::status;

use super::DEFAULT;
use super::STRANGE;
use super::bring;
use super::kept;
use super::settled;

const MODE: (&str, &str) = ("FORECOURT_TENANTS__DEFAULT__VENDORS__TCHEK__MODE", "sandbox");
const TO: &str = "FORECOURT_TENANTS__DEFAULT__WEBHOOKS__FORWARD_TO";
const SECRET: &str = "FORECOURT_TENANTS__DEFAULT__WEBHOOKS__FORWARD_SECRET";

/// How the handing on of every delivery stands, in the order of arrival.
async fn forwards(rig: &Rig) -> Vec<Option<(ForwardState, i64)>> {
    let store = store::open(rig.data.path(), Access::Tool).await.unwrap();
    let mut all = Vec::new();
    for row in kept(rig.data.path(), DEFAULT).await {
        all.push(store.forward(row.arrival).await.unwrap().map(|forward| (forward.state, forward.attempts)));
    }
    store.close().await;
    all
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_is_genuine_is_handed_on_byte_for_byte_without_the_vendors_secret() {
    let receiver = Recorder::start(|_, before| if before == 0 { status(503, "{}") } else { ok("{}") }).await;
    let to = receiver.url.join("/hooks/here").unwrap();
    let rig = Rig::with(&[MODE, (TO, to.as_str())]).await;
    let odd = "{ \"dataAPI\" :\t{\"status\":200.0, \"data\": {\"tokenId\":\"TFFFFFF\"} } }\r\n";
    let url = format!("{}/webhooks/tchek/{DEFAULT}", rig.base);
    let request = rig.client.post(url).header("x-api-key", WEBHOOK_SECRET).body(odd);
    let answer = send(request.header("content-type", "application/json; charset=utf-8")).await;
    let receipt: serde_json::Value = answer.json().await.unwrap();
    receiver.arrived(0).await;
    assert_eq!(bring(&rig, DEFAULT, "wrong", STRANGE).await, 401);
    assert_eq!(bring(&rig, DEFAULT, WEBHOOK_SECRET, "{").await, 200);
    receiver.arrived(1).await;
    rig.until("the first try is noted", async || forwards(&rig).await[0] == Some((ForwardState::Waiting, 1))).await;

    // The first one's pause is over; news wakes whoever waits for it.
    rig.clock.advance(TimeDelta::seconds(10));
    assert_eq!(bring(&rig, DEFAULT, WEBHOOK_SECRET, STRANGE).await, 200);
    let taken = |tries| Some((ForwardState::Taken, tries));
    rig.until("all are taken", async || forwards(&rig).await == [taken(2), taken(1), taken(1)]).await;
    let seen = receiver.seen();
    let bodies: Vec<&str> = seen.iter().map(|seen| seen.body.as_str()).collect();
    assert_eq!(bodies, [odd, "{", odd, STRANGE], "each as it came, the forged one not at all");
    let first = &seen[0];
    assert_eq!((first.method.as_str(), first.path.as_str()), ("POST", "/hooks/here"));
    assert_eq!(first.headers["content-type"], "application/json; charset=utf-8");
    assert_eq!(first.headers["x-forecourt-delivery"], receipt["delivery"].as_str().unwrap());
    assert_eq!(first.headers["x-forecourt-delivery"], seen[2].headers["x-forecourt-delivery"]);
    assert!(seen.iter().all(|seen| !format!("{:?}", seen.headers).contains(WEBHOOK_SECRET)));
    assert!(!first.headers.contains_key("x-api-key"));
    let text = send(rig.client.get(format!("{}/metrics", rig.base))).await.text().await.unwrap();
    for outcome in ["taken", "failed"] {
        let line = format!("forecourt_forwards_total{{vendor=\"tchek\",outcome=\"{outcome}\"}}");
        assert!(text.contains(&line), "{line} is missing in\n{text}");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_receiver_that_hangs_holds_up_nobody_and_is_served_after_a_restart() {
    let hanging = Recorder::start(|_, _| Answer::Hang).await;
    let rig = Rig::with(&[MODE, (TO, hanging.url.as_str())]).await;
    for _ in 0..3 {
        assert_eq!(bring(&rig, DEFAULT, WEBHOOK_SECRET, STRANGE).await, 200);
    }
    hanging.arrived(0).await;
    assert_eq!(settled(&rig, 3).await, [DeliveryState::Unmatched; 3], "they are worked on meanwhile");
    assert_eq!(hanging.seen().len(), 1, "one that is silent is asked one thing at a time");
    assert!(forwards(&rig).await.iter().all(|forward| *forward == Some((ForwardState::Waiting, 0))));

    let receiver = Recorder::start(|_, _| ok("")).await;
    let rig = rig.restart(&[MODE, (TO, receiver.url.as_str()), (SECRET, "of-the-crm")]).await;
    let seen = receiver.arrived(2).await;
    assert_eq!((seen.body.as_str(), seen.headers["x-api-key"].as_str()), (STRANGE, "of-the-crm"));
    rig.until("all are taken", async || forwards(&rig).await == [Some((ForwardState::Taken, 1)); 3]).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn without_a_receiver_nothing_waits_to_be_handed_on() {
    let rig = Rig::on(TempDir::new().unwrap(), &[MODE]).await;
    assert_eq!(bring(&rig, DEFAULT, WEBHOOK_SECRET, STRANGE).await, 200);
    assert_eq!(forwards(&rig).await, [None]);
}

#[test]
fn the_receiver_is_reached_over_https_or_on_this_machine() {
    let load = |settings: &[(&str, &str)]| {
        let settings = settings.iter().copied().chain([MODE]);
        Config::load(Sources::new().environment(settings), &known()).map_err(|error| error.to_string())
    };
    for url in ["https://crm.example.com/hook", "http://127.0.0.1:9000/hook", "http://localhost/hook"] {
        let config = load(&[(TO, url), (SECRET, "of-the-crm")]).unwrap();
        assert_eq!(config.tenants.get("default").unwrap().forward.as_ref().unwrap().to.as_str(), url);
        let printed = config.to_redacted_toml(&known());
        let section = format!("[tenants.default.webhooks]\nforward_to = \"{url}\"\nforward_secret = \"[secret]\"\n");
        assert!(printed.contains(&section), "{printed}");
    }
    let refused = load(&[(TO, "http://crm.example.com/hook")]).unwrap_err();
    assert!(refused.contains("would travel unprotected over `http`; use `https`"), "{refused}");
    let refused = load(&[(SECRET, "of-the-crm")]).unwrap_err();
    assert!(refused.contains("`forward_secret` is given without `forward_to`"), "{refused}");
    let refused = load(&[("FORECOURT_WEBHOOKS__POLL_CAP", "1m")]).unwrap_err();
    assert!(refused.contains("it is longer than `webhooks.poll_cap`"), "{refused}");
}
