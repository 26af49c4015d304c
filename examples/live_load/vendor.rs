//! The sandbox's control interface.

use std::time::Duration;

use anyhow::Result;
use chrono::DateTime;
use chrono::Utc;
use reqwest::Client;
use reqwest::RequestBuilder;
use reqwest::Response;
use serde_json::Value;
use serde_json::json;
use url::Url;

/// The sandbox.
pub(crate) struct Vendor {
    client: Client,
    base: String,
}

impl Vendor {
    pub(crate) fn new(url: &Url) -> Result<Self> {
        let base = format!("{}/__sandbox", url.as_str().trim_end_matches('/'));
        Ok(Self { client: client()?, base })
    }

    async fn post(&self, path: &str, body: &Value) -> Result<()> {
        send(self.client.post(format!("{}/{path}", self.base)).json(body)).await?;
        Ok(())
    }

    /// Holds the ticket back with these words, which is a change that can be made again and again.
    pub(crate) async fn hold(&self, ticket: &str, message: &str) -> Result<()> {
        let body = json!({ "until": "2999-01-01T00:00:00Z", "message": message });
        self.post(&format!("tickets/{ticket}/hold"), &body).await
    }

    /// Lets the ticket go.
    pub(crate) async fn release(&self, ticket: &str) -> Result<()> {
        self.post(&format!("tickets/{ticket}/hold"), &json!({ "until": null, "message": null })).await
    }

    /// Breaks every socket.
    pub(crate) async fn drop_sockets(&self) -> Result<()> {
        self.post("jifeline/sockets/drop", &json!({ "abrupt": true })).await
    }

    /// When `operation` was called.
    pub(crate) async fn times(&self, operation: &str) -> Result<Vec<DateTime<Utc>>> {
        let url = format!("{}/journal?operation={operation}", self.base);
        let entries: Vec<Value> = send(self.client.get(url)).await?.json().await?;
        let times = entries.iter().filter_map(|entry| entry.get("at")?.as_str()?.parse().ok());
        Ok(times.collect())
    }
}

/// A client with a time-out.
pub(crate) fn client() -> Result<Client> {
    Ok(Client::builder().timeout(Duration::from_mins(1)).build()?)
}

/// Sends a request, which must be answered well.
#[expect(clippy::disallowed_methods, reason = "this is a client of the sandbox and of the gateway, not of a vendor")]
pub(crate) async fn send(request: RequestBuilder) -> Result<Response> {
    Ok(request.send().await?.error_for_status()?)
}
