//! Asks a gateway as any client does.

use std::path::Path;
use std::time::Duration;

use anyhow::Context;
use anyhow::anyhow;
use anyhow::bail;
use http::HeaderMap;
use http::HeaderValue;
use http::header;
use reqwest::redirect::Policy;
use secrecy::ExposeSecret;
use secrecy::SecretString;
use serde::Deserialize;
use url::Url;

use super::place::Place;
use super::told;
use crate::config::client_key;
use crate::report::fault::Fault;

/// How long a connection may take. Reading has no bound: a table takes as long as it does.
const CONNECT: Duration = Duration::from_secs(10);

/// A client of one gateway.
pub(super) struct Caller {
    client: reqwest::Client,
    base: Url,
    has_key: bool,
}

/// A refusal of the gateway.
#[derive(Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
struct Problem {
    detail: Option<String>,
    request_id: Option<String>,
    faults: Vec<Fault>,
}

impl Caller {
    pub(super) fn new(place: &Place, key: Option<SecretString>) -> anyhow::Result<Self> {
        let mut headers = HeaderMap::new();
        headers.insert(header::TE, HeaderValue::from_static("trailers"));
        let has_key = key.is_some();
        if let Some(key) = key {
            let bearer = HeaderValue::from_str(&format!("Bearer {}", key.expose_secret()));
            let mut bearer = bearer.map_err(|_| anyhow!("the key has characters that no key has"))?;
            bearer.set_sensitive(true);
            headers.insert(header::AUTHORIZATION, bearer);
        }
        // What is compressed has no trailers behind it, and a redirection could lead the key astray.
        let client = reqwest::Client::builder().connect_timeout(CONNECT).default_headers(headers);
        let client = client.no_brotli().no_gzip().no_zstd().redirect(Policy::none());
        let client = if place.is_here() { client.no_proxy() } else { client };
        let client = client.build().context("cannot make an HTTP client")?;
        Ok(Self { client, base: place.base().clone(), has_key })
    }

    /// The answer of `/reports` or what stands below it.
    ///
    /// # Errors
    /// When there is no answer, and when it is a refusal.
    pub(super) async fn get(
        &self,
        file: Option<&str>,
        query: &[(String, String)],
    ) -> anyhow::Result<http::Response<reqwest::Body>> {
        let mut url = self.base.clone();
        if let Ok(mut path) = url.path_segments_mut() {
            path.pop_if_empty().push("reports").extend(file);
        }
        if !query.is_empty() {
            url.query_pairs_mut().extend_pairs(query);
        }
        let request = self.client.get(url).build()?;
        let response = self.client.execute(request).await;
        let response = response.with_context(|| format!("the gateway at `{}` does not answer", self.base))?;
        if response.status() != http::StatusCode::OK {
            return Err(self.refusal(response).await);
        }
        Ok(response.into())
    }

    /// What the gateway says in a refusal.
    async fn refusal(&self, response: reqwest::Response) -> anyhow::Error {
        let status = response.status();
        let text = response.text().await.unwrap_or_default();
        let Problem { detail, request_id, faults } = serde_json::from_str(&text).unwrap_or_default();
        let base = &self.base;
        let Some(detail) = detail else {
            return anyhow!("`{base}` answered {} and not as a gateway does; is the address right?", status.as_u16());
        };
        let request = request_id.map(|id| format!(" (request {id})")).unwrap_or_default();
        let hint = if status == http::StatusCode::UNAUTHORIZED && !self.has_key {
            "; put a key into the variable FORECOURT_KEY, or name its file with `--key-file`"
        } else {
            ""
        };
        // A single one stands in the detail.
        let faults = if faults.len() > 1 { told::list(&faults, 0) } else { String::new() };
        anyhow!("{detail}{hint}{request}{faults}")
    }
}

/// The client's key, out of `file` or the environment.
pub(super) fn key(file: Option<&Path>) -> anyhow::Result<Option<SecretString>> {
    let Some(file) = file else { return Ok(client_key()) };
    let text = std::fs::read_to_string(file);
    let text = SecretString::from(text.with_context(|| format!("cannot read the key in `{}`", file.display()))?);
    let key = text.expose_secret().trim();
    if key.is_empty() {
        bail!("`{}` has no key", file.display());
    }
    Ok(Some(SecretString::from(key)))
}
