//! The formats over HTTP: headers, trailers, and what the client chooses.

use std::fmt::Write as _;

use super::ARROW;
use super::CSV;
use super::FLEET;
use super::NDJSON;
use super::PARQUET;
use super::XLSX;
use super::objects;
use super::request;
use super::text;
use super::wire;
use crate::support::gateway::Rig;
use crate::support::gateway::SHOWPIECE;
use crate::support::gateway::send;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn every_format_has_its_headers() {
    let rig = Rig::start().await;
    let mut heads = String::new();
    for accept in [CSV, NDJSON, ARROW, PARQUET, XLSX] {
        let response = send(request(&rig, accept, "limit=3", FLEET)).await;
        let mut headers: Vec<_> = response.headers().iter().map(|(name, value)| format!("{name}: {value:?}")).collect();
        headers.retain(|header| !header.starts_with("date"));
        headers.sort();
        let told = response.headers().get("content-length").map(|length| length.to_str().unwrap().to_owned());
        let status = response.status();
        let body = response.bytes().await.unwrap();
        if let Some(told) = told {
            assert_eq!(told, body.len().to_string());
            headers.retain(|header| !header.starts_with("content-length"));
        }
        let begins: &[u8] = match accept {
            PARQUET => b"PAR1",
            XLSX => b"PK",
            ARROW => &[0xff, 0xff, 0xff, 0xff],
            NDJSON => b"{\"vin\":",
            _ => b"vin,make_name,lastServicedAt,tickets_totalCount\r\n",
        };
        assert!(body.starts_with(begins), "{accept}");
        writeln!(heads, "{status}\n{}\n", headers.join("\n")).unwrap();
    }
    insta::assert_snapshot!("tables_headers", heads);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_table_comes_by_get_too_and_is_the_same_every_time() {
    let rig = Rig::start().await;
    let posted = text(&rig, CSV, "", FLEET).await;
    assert_eq!(text(&rig, CSV, "", FLEET).await, posted, "order and columns are stable");
    let url = url::Url::parse_with_params(&format!("{}/graphql", rig.base), [("query", FLEET)]).unwrap();
    let got = send(rig.client.get(url).header("accept", CSV)).await.text().await.unwrap();
    assert_eq!(got, posted);
    let total = rig.ask("{ vehicles { totalCount } }", serde_json::json!({})).await;
    let total = total["data"]["vehicles"]["totalCount"].as_u64().unwrap();
    assert_eq!(posted.lines().count() as u64, total + 1, "a line of names and every vehicle");
    assert_eq!(objects(&rig, "", FLEET).await.len() as u64, total);
    let limited = text(&rig, CSV, "limit=2", FLEET).await;
    assert_eq!(limited.lines().count(), 3);
    assert!(posted.starts_with(&limited));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn who_asks_for_json_first_gets_json() {
    let rig = Rig::start().await;
    for accept in ["application/json, text/csv;q=0.9", "*/*", "application/json, text/csv", "text/*, application/json"]
    {
        let response = send(request(&rig, accept, "", "{ vehicles(first: 1) { nodes { vin } } }")).await;
        let kind = response.headers()["content-type"].to_str().unwrap().to_owned();
        assert!(kind.contains("json"), "{accept}: {kind}");
        assert!(response.json::<serde_json::Value>().await.unwrap()["data"].is_object(), "{accept}");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn trailers_tell_how_it_ended() {
    let rig = Rig::start().await;
    let told = wire(&rig, CSV, "limit=2", FLEET, "te: trailers\r\nconnection: TE, close\r\n").await;
    let (head, body) = told.split_once("\r\n\r\n").unwrap();
    assert!(head.contains("trailer: forecourt-outcome, forecourt-rows, forecourt-faults, forecourt-masked"), "{head}");
    assert!(body.ends_with("\r\n0\r\nforecourt-outcome: CAPPED\r\nforecourt-rows: 2\r\n\r\n"), "{body}");
    // Who does not read trailers is told nothing, and has asked for just so many rows.
    let told = wire(&rig, CSV, "limit=2", FLEET, "connection: close\r\n").await;
    assert!(!told.contains("forecourt-outcome") && told.ends_with("\r\n0\r\n\r\n"), "{told}");
    // NDJSON says it in a last line.
    let lines = objects(&rig, "limit=2", FLEET).await;
    assert_eq!((lines.len(), &lines[2]["@forecourt"]["outcome"]), (3, &"CAPPED".into()));
    let parquet = send(request(&rig, PARQUET, "limit=2", FLEET)).await;
    let told = |name: &str| parquet.headers()[name].to_str().unwrap();
    assert_eq!((told("forecourt-outcome"), told("forecourt-rows")), ("CAPPED", "2"));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn spreadsheets_take_no_text_for_a_formula() {
    let rig = Rig::start().await;
    rig.list(SHOWPIECE, "=1+2").await;
    let query = "{ listings { nodes { internalId salesPrice { amount currency } vehicle { vin } optionNames } } }";
    let plain = text(&rig, CSV, "", query).await;
    insta::assert_snapshot!(plain, @r#"
    internalId,salesPrice_amount,salesPrice_currency,vehicle_vin,optionNames
    =1+2,27950,EUR,YV1ZWA8UDL1234507,"[""abs""]"
    "#);
    let safe = text(&rig, CSV, "excel=safe", query).await;
    assert!(safe.starts_with('\u{feff}') && safe.contains("'=1+2"), "{safe}");
}
