//! How many rows of a table a client may read.

use serde_json::Value;
use tempfile::TempDir;

use super::FLEET;
use super::NDJSON;
use super::request;
use crate::support::gateway::Rig;
use crate::support::gateway::send;
use crate::support::keys::made;

const SETTINGS: [(&str, &str); 2] =
    [("FORECOURT_SERVER__HOSTS", "graph.example.com"), ("FORECOURT_REPORTS__MAX_ROWS", "5")];

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_client_reads_no_more_rows_than_its_key_and_the_gateway_allow() {
    let data = TempDir::new().unwrap();
    let short = made(data.path(), &["short", "--all-scopes", "--max-rows", "3"]);
    let long = made(data.path(), &["long", "--all-scopes", "--max-rows", "1000"]);
    let any = made(data.path(), &["any", "--all-scopes"]);
    let rig = Rig::on(data, &SETTINGS).await;
    let ending = async |key: &str, parameters: &str| {
        let response = send(request(&rig, NDJSON, parameters, FLEET).header("authorization", key)).await;
        let text = response.text().await.unwrap();
        let mut lines: Vec<Value> = text.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
        let mut last = lines.pop().unwrap();
        let told = last["@forecourt"].take();
        assert_eq!(told["rows"], lines.len(), "{text}");
        (told["outcome"].as_str().unwrap_or_default().to_owned(), lines.len())
    };
    let capped = |rows| ("CAPPED".to_owned(), rows);
    assert_eq!(ending(&short, "").await, capped(3));
    assert_eq!(ending(&short, "limit=4").await, capped(3), "it may ask for less, not for more");
    assert_eq!(ending(&short, "limit=2").await, capped(2));
    assert_eq!(ending(&long, "").await, capped(5), "the gateway's bound holds besides");
    assert_eq!(ending(&any, "").await, capped(5));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn reports_and_feeds_have_no_more_rows_than_the_key_allows() {
    let data = TempDir::new().unwrap();
    let short = made(data.path(), &["bi", "--all-scopes", "--max-rows", "3"]);
    let any = made(data.path(), &["bi", "--all-scopes"]);
    let rig = Rig::on(data, &SETTINGS[..1]).await;
    let get = async |path: &str, key: &str| {
        send(rig.client.get(format!("{}{path}", rig.base)).header("authorization", key)).await
    };
    let whole = get("/reports/vehicle-360.parquet", &any).await;
    assert_eq!(whole.headers()["forecourt-outcome"], "COMPLETE");
    let part = get("/reports/vehicle-360.parquet", &short).await;
    assert_eq!(
        (&part.headers()["forecourt-outcome"], &part.headers()["forecourt-rows"]),
        (&"CAPPED".parse().unwrap(), &"3".parse().unwrap())
    );
    let run = whole.headers()["content-location"].to_str().unwrap();
    assert_eq!(get(run, &any).await.status(), 200);
    assert_eq!(get(run, &short).await.status(), 404, "the run of the longer key is not for the shorter one");
    let refused = get("/reports/vehicle-360.csv?partial=fail", &short).await;
    assert_eq!(refused.status(), 400);
    let told: Value = refused.json().await.unwrap();
    let detail = told["detail"].as_str().unwrap_or_default();
    assert!(detail.contains("more than 3 rows"), "{told}");
    assert_eq!(get("/reports/odata/vehicle_360", &short).await.status(), 400);
    assert_eq!(get("/reports/odata/vehicle_360", &any).await.status(), 200);
}
