//! The reports as an OData feed, by the front door.

mod feed;
mod pages;
mod refusals;

use serde_json::Value;

use crate::support::gateway::Rig;
use crate::support::gateway::send;

/// The vehicles, with columns of most types.
const VEHICLES: &str = "vehicle_360";

/// A request for `resource`, which has its query with it.
fn request(rig: &Rig, resource: &str) -> reqwest::RequestBuilder {
    let slash = if resource.is_empty() { "" } else { "/" };
    rig.client.get(format!("{}/reports/odata{slash}{resource}", rig.base)).header("x-request-id", "asked")
}

/// A resource of JSON that must be there.
async fn json(rig: &Rig, resource: &str) -> Value {
    let response = send(request(rig, resource)).await;
    let (status, version) = (response.status(), response.headers().get("odata-version").cloned());
    let text = response.text().await.unwrap();
    assert_eq!(status, 200, "{resource}: {text}");
    assert_eq!(version.unwrap(), "4.0");
    serde_json::from_str(&text).unwrap()
}

/// The entities of one page.
async fn entities(rig: &Rig, resource: &str) -> Vec<Value> {
    json(rig, resource).await["value"].as_array().unwrap().clone()
}

/// The status of a refusal, its code and its message.
async fn refused(request: reqwest::RequestBuilder) -> (u16, String) {
    let response = send(request).await;
    let status = response.status().as_u16();
    let body: Value = response.json().await.unwrap();
    let (code, message) = (&body["error"]["code"], &body["error"]["message"]);
    (status, format!("{}: {}", code.as_str().unwrap(), message.as_str().unwrap()))
}
