//! Faults on demand: slow, wrong, hanging and broken answers, by rule or by a header of the call itself.

use std::future::Future;
use std::io;
use std::sync::Mutex;
use std::time::Duration;

use axum::body::Body;
use axum::body::Bytes;
use axum::response::IntoResponse;
use axum::response::Response;
use http::HeaderMap;
use http::HeaderValue;
use http::StatusCode;
use http::header;
use serde::Deserialize;
use serde::Serialize;

use crate::sandbox::core::Core;
use crate::sandbox::core::lock;

/// The header that asks for a fault of this one call, such as `status=503; retryAfter=2` or `reset=after`.
const HEADER: &str = "x-sandbox-fault";

/// When a dropped connection is dropped.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) enum Reset {
    /// Before the vendor has acted.
    Before,
    /// After the vendor has acted, with no answer.
    After,
}

/// One rule: which operations fail, and how. Effects combine: latency first, then hang, reset, status.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(crate) struct Rule {
    /// The operation's name, or the beginning of names followed by `*`.
    operation: String,
    /// Waits this many milliseconds first.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    latency_ms: Option<u64>,
    /// Answers with this status instead of acting.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    status: Option<u16>,
    /// `Retry-After` of that answer, in seconds.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    retry_after: Option<u64>,
    /// Body of that answer; alone it comes with status 200.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    body: Option<String>,
    /// Content type of that body, `application/json` unless told.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    content_type: Option<String>,
    /// Never answers: waits until the client leaves or the sandbox ends.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    hang: bool,
    /// Drops the connection.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    reset: Option<Reset>,
    /// How many more calls this rule is for; absent: all.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    times: Option<u32>,
}

/// What became of a call.
pub(crate) enum Outcome {
    /// It was answered.
    Answered(Response),
    /// The connection is to be dropped; the response only carries that out.
    Dropped(Response),
}

/// The rules in force.
#[derive(Debug, Default)]
pub(crate) struct Faults(Mutex<Vec<Rule>>);

impl Faults {
    /// Puts `rules` in the place of those in force; the first that fits a call counts.
    ///
    /// # Errors
    /// A sentence that names the first rule that cannot be carried out; then nothing changes.
    pub(crate) fn set(&self, rules: Vec<Rule>) -> Result<(), String> {
        rules.iter().try_for_each(Rule::check)?;
        *lock(&self.0) = rules;
        Ok(())
    }

    /// Drops every rule.
    pub(crate) fn clear(&self) {
        lock(&self.0).clear();
    }

    /// The rules in force, with what is left of their `times`.
    pub(crate) fn rules(&self) -> Vec<Rule> {
        lock(&self.0).clone()
    }

    /// The fault for a call of `operation`, if any, counted off its rule.
    ///
    /// # Errors
    /// A sentence about a fault header that cannot be read.
    pub(crate) fn take(&self, operation: &str, headers: &HeaderMap) -> Result<Option<Rule>, String> {
        if let Some(value) = headers.get(HEADER) {
            return Rule::from_header(value).map(Some);
        }
        let mut rules = lock(&self.0);
        let Some(rule) = rules.iter_mut().find(|rule| rule.times != Some(0) && rule.fits(operation)) else {
            return Ok(None);
        };
        rule.times = rule.times.map(|left| left.saturating_sub(1));
        Ok(Some(rule.clone()))
    }
}

impl Rule {
    fn fits(&self, operation: &str) -> bool {
        match self.operation.strip_suffix('*') {
            Some(start) => operation.starts_with(start),
            None => operation == self.operation,
        }
    }

    fn check(&self) -> Result<(), String> {
        let name = &self.operation;
        if let Some(status) = self.status
            && StatusCode::from_u16(status).is_err()
        {
            return Err(format!("the fault for `{name}` has the impossible status `{status}`"));
        }
        if let Some(text) = &self.content_type
            && HeaderValue::from_str(text).is_err()
        {
            return Err(format!("the fault for `{name}` has a content type that no header can carry"));
        }
        let idle = self.latency_ms.is_none()
            && self.status.is_none()
            && self.body.is_none()
            && !self.hang
            && self.reset.is_none();
        if idle {
            return Err(format!("the fault for `{name}` does nothing; give it a status, a body or another effect"));
        }
        Ok(())
    }

    fn from_header(value: &HeaderValue) -> Result<Self, String> {
        let text = value.to_str().map_err(|_| format!("`{HEADER}` is no plain text"))?;
        let mut members = serde_json::Map::new();
        members.insert("operation".to_owned(), "*".into());
        for pair in text.split(';').map(str::trim).filter(|pair| !pair.is_empty()) {
            let (name, value) =
                pair.split_once('=').ok_or_else(|| format!("`{HEADER}` wants `name=value`, not `{pair}`"))?;
            let value = value.trim();
            let value = serde_json::from_str(value).unwrap_or_else(|_| value.into());
            members.insert(name.trim().to_owned(), value);
        }
        let rule: Self =
            serde_json::from_value(members.into()).map_err(|error| format!("`{HEADER}` cannot be read: {error}"))?;
        rule.check().map(|()| rule)
    }

    /// Carries this fault out around `act`, the vendor's own work, which most faults never start.
    pub(crate) async fn apply(self, core: &Core, act: impl Future<Output = Response>) -> Outcome {
        if let Some(millis) = self.latency_ms {
            tokio::time::sleep(Duration::from_millis(millis)).await;
        }
        if self.hang {
            core.shutdown.draining().await;
            return Outcome::Dropped(broken());
        }
        match self.reset {
            Some(Reset::Before) => return Outcome::Dropped(broken()),
            Some(Reset::After) => {
                drop(act.await);
                return Outcome::Dropped(broken());
            }
            None => {}
        }
        if self.status.is_none() && self.body.is_none() {
            return Outcome::Answered(act.await);
        }
        Outcome::Answered(self.answer())
    }

    fn answer(self) -> Response {
        let status = self.status.and_then(|status| StatusCode::from_u16(status).ok()).unwrap_or(StatusCode::OK);
        let mut response = (status, self.body.unwrap_or_default()).into_response();
        let content_type = self.content_type.as_deref().unwrap_or("application/json");
        if let Ok(value) = HeaderValue::from_str(content_type) {
            response.headers_mut().insert(header::CONTENT_TYPE, value);
        }
        if let Some(seconds) = self.retry_after {
            response.headers_mut().insert(header::RETRY_AFTER, seconds.into());
        }
        response
    }
}

/// A response whose body fails at once, upon which the server drops the connection with nothing sent.
fn broken() -> Response {
    let failure = futures_util::stream::once(async { Err::<Bytes, _>(io::Error::other("dropped on demand")) });
    Response::new(Body::from_stream(failure))
}
