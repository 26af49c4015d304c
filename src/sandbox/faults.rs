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
use tokio::sync::watch;

use crate::sandbox::core::Core;
use crate::sandbox::core::lock;

/// The header that asks for a fault of this one call, such as `status=503; retryAfter=2` or `reset=after`.
const HEADER: &str = "x-sandbox-fault";

/// At which moment of a call a fault strikes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) enum Moment {
    /// Before the vendor has acted.
    Before,
    /// After the vendor has acted, before anything is answered.
    After,
}

/// One rule: which operations fail, and how. Effects combine: latency first, then hang, hold, reset, status.
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
    /// Keeps the call at this moment until the rules are set or cleared the next time, and then lets it go on.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    hold: Option<Moment>,
    /// Drops the connection.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    reset: Option<Moment>,
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

/// A rule that has struck a call.
pub(crate) struct Fault {
    rule: Rule,
    /// Tells of the next change of the rules.
    changes: watch::Receiver<()>,
}

/// The rules in force.
#[derive(Debug, Default)]
pub(crate) struct Faults {
    rules: Mutex<Vec<Rule>>,
    changed: watch::Sender<()>,
}

impl Faults {
    /// Puts `rules` in the place of those in force; the first that fits a call counts.
    ///
    /// # Errors
    /// A sentence that names the first rule that cannot be carried out; then nothing changes.
    pub(crate) fn set(&self, rules: Vec<Rule>) -> Result<(), String> {
        rules.iter().try_for_each(Rule::check)?;
        self.replace(rules);
        Ok(())
    }

    /// Drops every rule.
    pub(crate) fn clear(&self) {
        self.replace(Vec::new());
    }

    fn replace(&self, by: Vec<Rule>) {
        let mut rules = lock(&self.rules);
        *rules = by;
        self.changed.send_replace(());
    }

    /// The rules in force, with what is left of their `times`.
    pub(crate) fn rules(&self) -> Vec<Rule> {
        lock(&self.rules).clone()
    }

    /// The fault for a call of `operation`, if any, counted off its rule.
    ///
    /// # Errors
    /// A sentence about a fault header that cannot be read.
    pub(crate) fn take(&self, operation: &str, headers: &HeaderMap) -> Result<Option<Fault>, String> {
        let mut rules = lock(&self.rules);
        // Seen under the lock, so that no change after the rule was found is missed.
        let changes = self.changed.subscribe();
        if let Some(value) = headers.get(HEADER) {
            return Rule::from_header(value).map(|rule| Some(Fault { rule, changes }));
        }
        let Some(rule) = rules.iter_mut().find(|rule| rule.times != Some(0) && rule.fits(operation)) else {
            return Ok(None);
        };
        rule.times = rule.times.map(|left| left.saturating_sub(1));
        Ok(Some(Fault { rule: rule.clone(), changes }))
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
            && self.hold.is_none()
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

    fn answer(&self) -> Response {
        let status = self.status.and_then(|status| StatusCode::from_u16(status).ok()).unwrap_or(StatusCode::OK);
        let mut response = (status, self.body.clone().unwrap_or_default()).into_response();
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

impl Fault {
    /// Carries this fault out around `act`, the vendor's own work, which most faults never start.
    pub(crate) async fn apply(mut self, core: &Core, act: impl Future<Output = Response>) -> Outcome {
        if let Some(millis) = self.rule.latency_ms {
            tokio::time::sleep(Duration::from_millis(millis)).await;
        }
        if self.rule.hang {
            core.shutdown.draining().await;
            return Outcome::Dropped(broken());
        }
        self.hold(Moment::Before, core).await;
        if self.rule.reset == Some(Moment::Before) {
            return Outcome::Dropped(broken());
        }
        let acts = self.rule.reset.is_some() || (self.rule.status.is_none() && self.rule.body.is_none());
        let response = if acts { act.await } else { self.rule.answer() };
        self.hold(Moment::After, core).await;
        match self.rule.reset {
            Some(_) => Outcome::Dropped(broken()),
            None => Outcome::Answered(response),
        }
    }

    /// Waits at `moment` if the rule says so; the end of the sandbox lets every call go on.
    async fn hold(&mut self, moment: Moment, core: &Core) {
        if self.rule.hold == Some(moment) {
            tokio::select! {
                // The sender lives as long as the sandbox, whose end the other branch sees.
                _ = self.changes.changed() => {}
                () = core.shutdown.draining() => {}
            }
        }
    }
}

/// A response whose body fails at once, upon which the server drops the connection with nothing sent.
fn broken() -> Response {
    let failure = futures_util::stream::once(async { Err::<Bytes, _>(io::Error::other("dropped on demand")) });
    Response::new(Body::from_stream(failure))
}
