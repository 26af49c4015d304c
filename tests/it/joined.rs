//! One vehicle joined from all vendors, and how many vendor calls it takes.

use serde_json::Value;
use serde_json::json;

use crate::support::gateway::Rig;
use crate::support::gateway::SHOWPIECE;

/// The query of the README and of GraphiQL's first tab.
const JOINED: &str = include_str!("../../assets/graphiql/examples/01-joined-car.graphql");
const STOCK: &str = include_str!("../../assets/graphiql/examples/02-stock-list.graphql");

async fn told() -> Rig {
    let rig = Rig::start().await;
    rig.set_webhook().await;
    rig.inspect(SHOWPIECE, &[1, 2, 3, 4, 5]).await;
    rig.list(SHOWPIECE, "STOCK-1").await;
    let report = "query($vin: Vin!) { vehicle(by: {vin: $vin}) { inspections { nodes { report { revision } } } } }";
    rig.until("the report has arrived and the status was read after it", async || {
        let data = rig.data(report, json!({ "vin": SHOWPIECE })).await;
        data["vehicle"]["inspections"]["nodes"][0]["report"] != Value::Null
            && rig.count("tchek.tokens.status").await > 0
    })
    .await;
    rig.forget_calls().await;
    rig
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_readme_query_joins_three_vendors() {
    let rig = told().await;
    let data = rig.data(JOINED, json!({ "vin": SHOWPIECE })).await;
    insta::assert_json_snapshot!("joined_car", json!({ "data": data, "calls": rig.calls().await }), {
        ".**.id" => "[id]",
        ".**.tokenUid" => "[token]",
        ".**.link" => "[link]",
        ".**.reportUrl" => "[link]",
        ".**.createdAt" => "[time]",
    });
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_second_answer_comes_from_the_cache() {
    let rig = told().await;
    let first = rig.data(JOINED, json!({ "vin": SHOWPIECE })).await;
    rig.forget_calls().await;
    assert_eq!(rig.data(JOINED, json!({ "vin": SHOWPIECE })).await, first);
    assert_eq!(rig.calls().await, std::collections::BTreeMap::new());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_list_asks_each_vendor_once_per_key_alone_and_at_64_connections() {
    let rig = told().await;
    let alone = rig.data(STOCK, json!({})).await;
    insta::assert_json_snapshot!("stock_list_calls", rig.calls().await);
    for entry in distinct(&rig.journal().await) {
        assert_eq!(entry.1, 1, "{} was asked twice", entry.0);
    }

    // A fresh gateway on the same sandbox: nothing is cached, and 64 clients ask at once.
    let rig = told().await;
    let answers = futures_util::future::join_all((0..64).map(|_| rig.data(STOCK, json!({})))).await;
    assert!(answers.iter().all(|answer| answer["vehicles"]["nodes"].as_array().map(Vec::len)
        == alone["vehicles"]["nodes"].as_array().map(Vec::len)));
    insta::assert_json_snapshot!("stock_list_calls", rig.calls().await);
    for entry in distinct(&rig.journal().await) {
        assert_eq!(entry.1, 1, "{} was asked twice", entry.0);
    }
}

/// How often each (operation, address) was asked.
fn distinct(journal: &[Value]) -> std::collections::BTreeMap<String, usize> {
    let mut counts = std::collections::BTreeMap::new();
    for entry in journal {
        *counts.entry(format!("{} {} {}", entry["operation"], entry["path"], entry["query"])).or_default() += 1;
    }
    counts
}
