//! Queries as tables, by the front door.

mod changes_of_others;
mod columns;
mod going_first;
mod increments;
mod refusals;
mod row_caps;
mod sending;
mod whole;

use serde_json::Value;
use serde_json::json;
use tokio::io::AsyncReadExt;
use tokio::io::AsyncWriteExt;
use tokio::net::TcpStream;

use crate::support::gateway::Rig;
use crate::support::gateway::send;

/// The fleet, with a part that the ledger has, one that the catalogue has, and a count.
const FLEET: &str = "query Fleet { vehicles { nodes { vin make { name } lastServicedAt tickets { totalCount } } } }";
const CSV: &str = "text/csv";
const NDJSON: &str = "application/x-ndjson";
const PARQUET: &str = "application/vnd.apache.parquet";
const ARROW: &str = "application/vnd.apache.arrow.stream";
const XLSX: &str = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet";

/// A request for a table.
fn request(rig: &Rig, accept: &str, parameters: &str, query: &str) -> reqwest::RequestBuilder {
    let url = format!("{}/graphql?{parameters}", rig.base);
    rig.client.post(url).header("accept", accept).header("x-request-id", "asked").json(&json!({ "query": query }))
}

/// A table that must be there, as text.
async fn text(rig: &Rig, accept: &str, parameters: &str, query: &str) -> String {
    let response = send(request(rig, accept, parameters, query)).await;
    let status = response.status();
    let text = response.text().await.unwrap();
    assert_eq!(status, 200, "{text}");
    text
}

/// The objects of a table in NDJSON.
async fn objects(rig: &Rig, parameters: &str, query: &str) -> Vec<Value> {
    let text = text(rig, NDJSON, parameters, query).await;
    text.lines().map(|line| serde_json::from_str(line).unwrap()).collect()
}

/// The status of a refused table and the refusal.
async fn refused(request: reqwest::RequestBuilder) -> (u16, Value) {
    let response = send(request).await;
    (response.status().as_u16(), response.json().await.unwrap())
}

/// The whole answer to a table as it comes over the wire, with chunks and trailers; `more` are lines of its head.
async fn wire(rig: &Rig, accept: &str, parameters: &str, query: &str, more: &str) -> String {
    let authority = rig.base.trim_start_matches("http://");
    let body = json!({ "query": query }).to_string();
    let head = format!(
        "POST /graphql?{parameters} HTTP/1.1\r\nhost: {authority}\r\naccept: {accept}\r\ncontent-type: application/json\r\n\
         content-length: {}\r\n{more}\r\n",
        body.len()
    );
    let mut stream = TcpStream::connect(authority).await.unwrap();
    stream.write_all(head.as_bytes()).await.unwrap();
    stream.write_all(body.as_bytes()).await.unwrap();
    let mut answer = Vec::new();
    // A body that is broken off may end with a reset.
    drop(stream.read_to_end(&mut answer).await);
    String::from_utf8_lossy(&answer).into_owned()
}

/// Lets the sandbox break these calls.
async fn strike(rig: &Rig, rules: Value) {
    rig.control("PUT", "faults", &rules).await;
}
