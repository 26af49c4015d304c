//! One file of a recording: an operation, the arguments of a call, and the answers in their order.

use std::collections::BTreeMap;

use bytes::Bytes;
use http::HeaderMap;
use http::HeaderName;
use http::HeaderValue;
use http::header;
use serde::Deserialize;
use serde::Serialize;
use serde_json::value::RawValue;
use sha2::Digest;
use sha2::Sha256;

use super::super::call::Call;
use super::super::call::Reply;
use super::pseudonym::hex;
use super::redact::Redactor;

/// The headers that a client reads.
const HEADERS: [HeaderName; 3] = [header::CONTENT_TYPE, header::RETRY_AFTER, header::LOCATION];

/// How much of a text that is no JSON is kept.
const LONGEST_TEXT: usize = 4096;

/// What tells one call of an operation from another.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Key {
    pub(super) operation: String,
    /// The values in the path, in their order.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub(super) path: Vec<String>,
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub(super) query: BTreeMap<String, String>,
    /// The body, for a call that asks by one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) body: Option<String>,
}

impl Key {
    /// The key of `call`, as it is.
    pub(super) fn of(call: &Call) -> Self {
        Self::by(call, |_, value| value.to_owned(), str::to_owned)
    }

    /// The key of `call` as a recording has it.
    pub(super) fn redacted(call: &Call, redactor: &Redactor) -> Self {
        let name = call.operation().name;
        Self::by(
            call,
            |argument, value| redactor.argument(name, argument, value),
            |body| redactor.json(name, body).unwrap_or_default(),
        )
    }

    fn by(call: &Call, argument: impl Fn(&str, &str) -> String, body: impl Fn(&str) -> String) -> Self {
        let path = call.path().map(|(name, value)| argument(name, value)).collect();
        let query = call.query_pairs().map(|(name, value)| (name.to_owned(), argument(name, value))).collect();
        let sent = call.body().map(|bytes| body(&String::from_utf8_lossy(&bytes)));
        Self { operation: call.operation().name.to_owned(), path, query, body: sent }
    }

    /// The name of the file, without its ending.
    pub(super) fn file(&self) -> String {
        let text = serde_json::to_string(self).unwrap_or_default();
        hex(Sha256::digest(text).iter().take(10))
    }

    /// The arguments for people, such as `vin=YV1…, offset=0`.
    pub(super) fn shown(&self) -> String {
        let query = self.query.iter().map(|(name, value)| format!("{name}={value}"));
        let body = self.body.iter().map(|body| format!("body {body}"));
        let all: Vec<_> = self.path.iter().cloned().chain(query).chain(body).collect();
        if all.is_empty() { "no arguments".to_owned() } else { all.join(", ") }
    }
}

/// One file.
#[derive(Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Cassette {
    pub(super) key: Key,
    pub(super) answers: Vec<Answer>,
}

/// One answer. A body that is JSON stands in `json` as it came; any other is only told of in `text`.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Answer {
    status: u16,
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    headers: BTreeMap<String, String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    json: Option<Box<RawValue>>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    text: Option<String>,
}

impl PartialEq for Answer {
    fn eq(&self, other: &Self) -> bool {
        let json = |answer: &Self| answer.json.as_ref().map(|json| json.get().to_owned());
        self.status == other.status
            && self.headers == other.headers
            && self.text == other.text
            && json(self) == json(other)
    }
}

impl Answer {
    pub(super) fn new(operation: &str, reply: &Reply, redactor: &Redactor) -> Self {
        let body = String::from_utf8_lossy(&reply.body);
        let json = redactor.json(operation, &body).and_then(|json| RawValue::from_string(json).ok());
        let text = (json.is_none() && !body.trim().is_empty()).then(|| masked(&body));
        let headers = HEADERS.iter().filter_map(|name| {
            let value = reply.headers.get(name)?.to_str().ok()?;
            Some((name.as_str().to_owned(), value.split(['?', '#']).next().unwrap_or_default().to_owned()))
        });
        Self { status: reply.status, headers: headers.collect(), json, text }
    }

    pub(super) fn reply(&self) -> Reply {
        let mut headers = HeaderMap::new();
        for (name, value) in &self.headers {
            if let (Ok(name), Ok(value)) = (HeaderName::try_from(name), HeaderValue::try_from(value)) {
                headers.insert(name, value);
            }
        }
        let json = self.json.as_ref().map(|json| json.get().to_owned());
        let body = json.or_else(|| self.text.clone()).unwrap_or_default();
        Reply { status: self.status, headers, body: Bytes::from(body) }
    }
}

/// A text that is no JSON with every letter and digit made the same: its outline is what a decoder stumbles over.
pub(super) fn masked(text: &str) -> String {
    let mask = |letter: char| match letter {
        '0'..='9' => '0',
        letter if letter.is_alphanumeric() => 'x',
        letter => letter,
    };
    text.chars().take(LONGEST_TEXT).map(mask).collect()
}
