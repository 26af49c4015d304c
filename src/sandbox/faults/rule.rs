//! Rules: which operations fail, and how.

use std::collections::BTreeMap;

use axum::response::IntoResponse;
use axum::response::Response;
use http::HeaderName;
use http::HeaderValue;
use http::StatusCode;
use http::header;
use serde::Deserialize;
use serde::Serialize;

use super::HEADER;
use super::latency::Latency;
use super::spoil::Spoil;

/// At which moment of a call a fault strikes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) enum Moment {
    /// Before the vendor has acted.
    Before,
    /// After the vendor has acted, before anything is answered.
    After,
}

/// One rule: which operations fail, how often, and how. Effects combine: latency first, then hang, hold, reset, status,
/// and what is spoilt last of all.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(crate) struct Rule {
    /// The operation's name, or the beginning of names followed by `*`.
    operation: String,
    /// Waits this many milliseconds first: a number, `{"from": 50, "to": 400}`, or `{"median": 80, "p99": 900}`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) latency_ms: Option<Latency>,
    /// Answers with this status instead of acting.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    status: Option<u16>,
    /// Acts all the same before it answers with `status` or `body`: the caller is not told what it has done.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    acts: bool,
    /// `Retry-After` of that answer, in seconds.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    retry_after: Option<u64>,
    /// Body of that answer; alone it comes with status 200.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    body: Option<String>,
    /// Content type of that body, `application/json` unless told.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    content_type: Option<String>,
    /// Further headers of that answer.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    headers: BTreeMap<String, String>,
    /// Never answers: waits until the client leaves or the sandbox ends.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub(super) hang: bool,
    /// Keeps the call at this moment until the rules are set or cleared the next time, and then lets it go on.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) hold: Option<Moment>,
    /// Drops the connection.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) reset: Option<Moment>,
    /// Spoils the answer: `half` breaks it off, `malformed` makes it no JSON, `html` makes it a page.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) spoil: Option<Spoil>,
    /// How many of a hundred calls are struck; absent: all.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) percent: Option<u8>,
    /// How many more calls this rule is for; absent: all.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) times: Option<u32>,
}

impl Rule {
    pub(super) fn fits(&self, operation: &str) -> bool {
        match self.operation.strip_suffix('*') {
            Some(start) => operation.starts_with(start),
            None => operation == self.operation,
        }
    }

    pub(super) fn check(&self) -> Result<(), String> {
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
        let fits = |(name, value): (&String, &String)| {
            HeaderName::try_from(name).is_ok() && HeaderValue::try_from(value).is_ok()
        };
        if !self.headers.iter().all(fits) {
            return Err(format!("the fault for `{name}` has a header that no answer can carry"));
        }
        if let Some(Err(wanted)) = self.latency_ms.as_ref().map(Latency::check) {
            return Err(format!("the latency of the fault for `{name}` must have {wanted}"));
        }
        if self.percent.is_some_and(|percent| percent > 100) {
            return Err(format!("the fault for `{name}` strikes more than 100 percent of the calls"));
        }
        if self.acts && self.status.is_none() && self.body.is_none() {
            return Err(format!("the fault for `{name}` acts and then has nothing to say; give it a status or a body"));
        }
        let idle = self.latency_ms.is_none()
            && self.spoil.is_none()
            && self.status.is_none()
            && self.body.is_none()
            && !self.hang
            && self.hold.is_none()
            && self.reset.is_none();
        if idle {
            return Err(format!("the fault for `{name}` does nothing; give it a status, a body or another effect"));
        }
        Ok(())
    }

    pub(super) fn from_header(value: &HeaderValue) -> Result<Self, String> {
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

    /// Whether the vendor does its work.
    pub(super) fn acts(&self) -> bool {
        self.acts || !self.speaks() || self.reset.is_some()
    }

    /// Whether the rule itself says what is answered.
    pub(super) fn speaks(&self) -> bool {
        self.status.is_some() || self.body.is_some()
    }

    pub(super) fn answer(&self) -> Response {
        let status = self.status.and_then(|status| StatusCode::from_u16(status).ok()).unwrap_or(StatusCode::OK);
        let mut response = (status, self.body.clone().unwrap_or_default()).into_response();
        let content_type = self.content_type.as_deref().unwrap_or("application/json");
        if let Ok(value) = HeaderValue::from_str(content_type) {
            response.headers_mut().insert(header::CONTENT_TYPE, value);
        }
        for (name, value) in &self.headers {
            if let (Ok(name), Ok(value)) = (HeaderName::try_from(name), HeaderValue::try_from(value)) {
                response.headers_mut().insert(name, value);
            }
        }
        if let Some(seconds) = self.retry_after {
            response.headers_mut().insert(header::RETRY_AFTER, seconds.into());
        }
        response
    }
}
