//! Reports that are read once and kept, by the front door.

mod files;
mod keeping;
mod owners;
mod resuming;
mod wholeness;

use reqwest::header::HeaderMap;
use serde_json::Value;

use crate::support::gateway::Rig;
use crate::support::gateway::send;

const FLEET: &str = "/reports/vehicle-360.parquet";
/// What only this report's cells ask a vendor for.
const CATALOGUE: &str = "jifeline.vehicles.find";

/// What was answered.
struct Answer {
    status: u16,
    headers: HeaderMap,
    body: Vec<u8>,
}

impl Answer {
    fn header(&self, name: &str) -> &str {
        self.headers.get(name).map_or("", |value| value.to_str().unwrap())
    }

    fn json(&self) -> Value {
        serde_json::from_slice(&self.body).unwrap()
    }
}

async fn call(rig: &Rig, method: &str, path: &str, headers: &[(&str, &str)]) -> Answer {
    let mut request = rig.client.request(method.parse().unwrap(), format!("{}{path}", rig.base));
    for (name, value) in headers {
        request = request.header(*name, *value);
    }
    let response = send(request).await;
    let (status, headers) = (response.status().as_u16(), response.headers().clone());
    Answer { status, headers, body: response.bytes().await.unwrap().to_vec() }
}

async fn get(rig: &Rig, path: &str, headers: &[(&str, &str)]) -> Answer {
    call(rig, "GET", path, headers).await
}

/// A table that must be there, and its run.
async fn table(rig: &Rig, path: &str, headers: &[(&str, &str)]) -> (Answer, String) {
    let answer = get(rig, path, headers).await;
    assert_eq!(answer.status, 200, "{}", String::from_utf8_lossy(&answer.body));
    let run = answer.header("forecourt-run").to_owned();
    (answer, run)
}
