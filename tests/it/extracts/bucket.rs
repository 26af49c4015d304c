//! Extracts in a bucket.

use chrono::TimeDelta;
use serde_json::Value;

use super::borrowed;
use super::schedule;
use super::toy_s3::KEY;
use super::toy_s3::KEY_ID;
use super::toy_s3::ToyS3;
use crate::support::gateway::Rig;
use crate::support::gateway::until;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_bucket_is_given_what_a_folder_would_be() {
    let (store, address) = ToyS3::start().await;
    // It cannot even be looked at first; that is no reason to read nothing for a day.
    store.refuse(1);
    let mut settings = schedule(0, &[("REPORT", "listings"), ("INTO", "s3://extracts/dealer/daily")]);
    settings.extend([
        ("FORECOURT_REPORTS__S3__ENDPOINT".to_owned(), address.as_str()),
        ("FORECOURT_REPORTS__S3__REGION".to_owned(), "eu-west-1"),
        ("FORECOURT_REPORTS__S3__ACCESS_KEY_ID".to_owned(), KEY_ID),
        ("FORECOURT_REPORTS__S3__SECRET_ACCESS_KEY".to_owned(), KEY),
    ]);
    let rig = Rig::with(&borrowed(&settings)).await;
    let count = async || {
        let numbers = crate::support::gateway::send(rig.client.get(format!("{}/metrics", rig.base))).await;
        numbers.text().await.unwrap().contains("forecourt_extracts_total{report=\"listings\",outcome=\"FAILED\"}")
    };
    until("the failure is counted", count).await;
    assert_eq!(store.names(), [""; 0]);
    rig.clock.advance(TimeDelta::minutes(6));
    let name = "extracts/dealer/daily/listings/_latest.json";
    until("the extract is there", async || store.object(name).is_some()).await;
    let latest: Value = serde_json::from_slice(&store.object(name).unwrap()).unwrap();
    let of = |what: &str| format!("extracts/dealer/daily/listings/{}", latest[what].as_str().unwrap());
    assert!(store.object(&of("file")).unwrap().starts_with(b"PAR1"));
    let manifest: Value = serde_json::from_slice(&store.object(&of("manifest")).unwrap()).unwrap();
    assert_eq!((&manifest["report"], &manifest["run"]), (&"listings".into(), &latest["run"]));
    assert_eq!(store.names().len(), 3);
}
