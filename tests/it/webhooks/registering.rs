//! `forecourt webhooks register`: what it asks, shows, refuses and changes at the vendor.

use std::process::Command;

use forecourt::store::DeliveryState;
use serde_json::Value;
use serde_json::json;

use crate::support::gateway::Rig;
use crate::support::gateway::SHOWPIECE;
use crate::support::gateway::WEBHOOK_SECRET;
use crate::support::gateway::send;

use super::KEY;
use super::settled;

const GET: &str = "tchek.webhooks.get_configuration";

/// Runs the command beside the rig; gives exit code and output without ports.
fn register(rig: &Rig, public_url: Option<&str>, arguments: &[&str]) -> String {
    let mut command = Command::new(env!("CARGO_BIN_EXE_forecourt"));
    command.env_clear().env("FORECOURT_SANDBOX__URL", &rig.sandbox);
    if let Some(url) = public_url {
        command.env("FORECOURT_SERVER__PUBLIC_URL", url);
    }
    let folder = rig.data.path().join("elsewhere");
    command.args(["--data-dir", folder.to_str().unwrap(), "webhooks", "register", "--tenant", "default"]);
    let output = command.args(arguments).output().unwrap();
    assert!(!folder.exists(), "it needs no ledger");
    let text = String::from_utf8(output.stdout).unwrap() + &String::from_utf8(output.stderr).unwrap();
    for secret in [WEBHOOK_SECRET, KEY, "of-the-crm"] {
        assert!(!text.contains(secret), "{text}");
    }
    let text = text.replace(&rig.sandbox, "[sandbox]").replace(&rig.base, "[gateway]");
    format!("exit {}\n{text}", output.status.code().unwrap())
}

async fn at_vendor(rig: &Rig) -> Value {
    let url = format!("{}/tchek/apiV1/eventmanager/configwebhook", rig.sandbox);
    send(rig.client.get(url).header("x-api-key", KEY)).await.json().await.unwrap()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_vendor_is_told_to_deliver_here() {
    let rig = Rig::start().await;
    let base = rig.base.clone();
    insta::assert_snapshot!("register_dry_run", register(&rig, Some(&base), &["--dry-run"]));
    assert_eq!(rig.calls().await.keys().collect::<Vec<_>>(), [GET]);
    insta::assert_snapshot!("register", register(&rig, Some(&base), &[]));
    rig.inspect(SHOWPIECE, &[1, 2, 3]).await;
    let noted = DeliveryState::Noted;
    assert_eq!(settled(&rig, 3).await, [noted, noted, DeliveryState::Applied]);
    let again = register(&rig, Some(&base), &[]);
    assert!(again.contains("(this gateway), with our secret"), "{again}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn another_receiver_is_replaced_only_when_asked_to() {
    let rig = Rig::start().await;
    let base = rig.base.clone();
    let url = format!("{}/tchek/apiV1/eventmanager/configwebhook", rig.sandbox);
    let theirs = json!({ "webhookUrlV2": "https://crm.example.com/it's", "webhookHeaderKey": "of-the-crm" });
    assert_eq!(send(rig.client.put(url).header("x-api-key", KEY).json(&theirs)).await.status(), 200);
    let before = at_vendor(&rig).await;
    insta::assert_snapshot!("register_refused", register(&rig, Some(&base), &[]));
    assert!(register(&rig, Some(&base), &["--dry-run"]).contains("which needs `--replace`"));
    assert_eq!(at_vendor(&rig).await, before);
    insta::assert_snapshot!("register_replaced", register(&rig, Some(&base), &["--replace"]));
    let expected = format!("{}/webhooks/tchek/default", rig.base);
    assert_eq!(at_vendor(&rig).await["webhookUrlV2"], expected);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_is_missing_is_said() {
    let rig = Rig::start().await;
    let mut text = register(&rig, None, &[]);
    text += &register(&rig, Some("http://graph.example.com"), &[]);
    text += &register(&rig, Some("https://graph.example.com"), &["--account", "second"]);
    insta::assert_snapshot!("register_missing", text);
    assert_eq!(rig.calls().await.len(), 0);
}
