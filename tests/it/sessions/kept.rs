//! What is kept of a log-in: enough to go on after a restart, and nothing that anybody could read.

use std::path::Path;
use std::path::PathBuf;

use chrono::TimeDelta;
use serde_json::json;
use tempfile::TempDir;

use super::PUBLIC;
use super::RING;
use super::SITE;
use super::TOM;
use super::data;
use super::log_in;
use super::one_time_password;
use super::present;
use super::rig;
use super::token;
use super::try_password;
use crate::support::keys::give_keys;
use crate::support::process::Process;
use crate::support::process::post;

/// A key of 32 bytes in base64.
const KEY: &str = "AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=";
const OTHER_KEY: &str = "AQECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=";

/// Every file of the data directory that the gateway has made for itself.
fn files(data: &Path) -> Vec<PathBuf> {
    let entries = std::fs::read_dir(data).unwrap().map(|entry| entry.unwrap().path());
    entries.filter(|path| path.is_file()).collect()
}

fn holds(path: &Path, text: &str) -> bool {
    let bytes = std::fs::read(path).unwrap();
    bytes.windows(text.len()).any(|window| window == text.as_bytes())
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_session_outlives_the_gateway() {
    let rig = rig(&[]).await;
    let by_connector = log_in(&rig, RING).await;
    let by_password = token(&try_password(&rig, &one_time_password(&rig, TOM).await).await);
    let rig = rig.restart(&[PUBLIC]).await;
    let query = "{ viewer { employee { givenName } } customer { reference } }";
    let (connector, password) = tokio::join!(
        data(&rig, Some(&by_connector), query, json!({})),
        data(&rig, Some(&by_password), query, json!({}))
    );
    assert_eq!(connector, json!({ "viewer": { "employee": null }, "customer": { "reference": "208003" } }));
    assert_eq!(password["viewer"]["employee"]["givenName"], "Tom");
    assert_eq!(rig.count("jifeline.sessions.create").await, 1, "the connector logs in anew");
    assert_eq!(rig.count("jifeline.sessions.create_by_otp").await, 0, "a one-time password is not used twice");
    // What was kept of the one-time password ends when the vendor said it would.
    rig.clock.advance(TimeDelta::hours(1));
    assert_eq!(present(&rig, &SITE, &by_password).await.0, 401);
    assert_eq!(present(&rig, &SITE, &by_connector).await.0, 200);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn with_another_key_the_garage_logs_in_again() {
    let rig = rig(&[("FORECOURT_SESSIONS__KEY", KEY)]).await;
    let session = log_in(&rig, RING).await;
    assert!(!rig.data.path().join("session.key").exists(), "the configured key is the only one");
    let rig = rig.restart(&[PUBLIC, ("FORECOURT_SESSIONS__KEY", KEY)]).await;
    assert_eq!(present(&rig, &SITE, &session).await.0, 200);
    let rig = rig.restart(&[PUBLIC, ("FORECOURT_SESSIONS__KEY", OTHER_KEY)]).await;
    rig.forget_calls().await;
    let bearer = SITE.bearer();
    let headers = [("authorization", bearer.as_str()), ("forecourt-session", session.as_str())];
    let (status, answer) = super::post(&rig, &headers).await;
    assert_eq!(status, 401, "{answer:#}");
    assert_eq!(answer["errors"][0]["extensions"]["code"], "UNAUTHENTICATED");
    assert_eq!(answer["errors"][0]["extensions"]["reason"], "LOG_IN_AGAIN");
    assert_eq!(rig.calls().await.len(), 0);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn neither_the_ledger_nor_the_log_can_be_read_for_what_opens_an_account() {
    let rig = rig(&[]).await;
    let folder = TempDir::new().unwrap();
    give_keys(folder.path(), &[SITE]).await;
    let settings = [
        PUBLIC,
        ("FORECOURT_TENANTS__DEFAULT__VENDORS__JIFELINE__MODE", "sandbox"),
        ("FORECOURT_TENANTS__DEFAULT__VENDORS__TCHEK__MODE", "sandbox"),
        ("FORECOURT_LOG__LEVEL", "trace"),
    ];
    let process = Process::with(folder.path(), &rig.sandbox, &settings).await;
    let password = one_time_password(&rig, TOM).await;
    let bearer = SITE.bearer();
    let url = format!("{}/graphql", process.base);
    let mutations = [
        format!("logInWithConnector(input: {{connectorUuid: \"{}\", pincode: \"{}\"}})", RING.0, RING.1),
        format!("logInWithOneTimePassword(input: {{oneTimePassword: \"{password}\"}})"),
    ];
    let mut secrets = vec![password, "\"pincode\"".to_owned(), "eyJ".to_owned(), "access_token".to_owned()];
    for mutation in mutations {
        let body = json!({ "query": format!("mutation {{ {mutation} {{ session {{ token }} }} }}") }).to_string();
        let (status, answer) = post(&url, &[("authorization", &bearer)], &body).await.unwrap();
        let answer = answer.unwrap();
        assert_eq!(status, 200, "{answer:#}");
        let payload = answer["data"].as_object().unwrap().values().next().unwrap();
        let session = payload["session"]["token"].as_str().unwrap().to_owned();
        let body = json!({ "query": "{ viewer { userId } }" }).to_string();
        let headers = [("authorization", bearer.as_str()), ("forecourt-session", session.as_str())];
        assert_eq!(post(&url, &headers, &body).await.unwrap().0, 200);
        secrets.push(session);
    }
    let files = files(folder.path());
    assert!(files.iter().any(|path| path.ends_with("session.key")), "{files:?}");
    assert!(files.iter().any(|path| holds(path, "garage:208003")), "the ledger has the sessions");
    for secret in &secrets {
        for path in &files {
            assert!(!holds(path, secret), "{} holds `{secret}`", path.display());
        }
        if secret != "eyJ" {
            assert!(!process.log().contains(secret), "the log holds `{secret}`");
        }
    }
    assert!(process.log().contains("answered"), "the log says something");
    process.terminate();
}
