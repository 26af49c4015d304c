//! Tokens: issued at log-in, checked at every other call.

use std::collections::HashMap;
use std::sync::Arc;
use std::sync::Mutex;

use axum::extract::FromRequestParts;
use axum::response::Response;
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use chrono::DateTime;
use chrono::TimeDelta;
use chrono::Utc;
use http::HeaderMap;
use http::header;
use http::request::Parts;
use serde_json::Value;
use serde_json::json;
use uuid::Uuid;

use crate::sandbox::core::lock;

use super::Jifeline;
use super::problem::Problem;
use super::problem::unauthorized;

/// How many wrong pincodes a connector takes within [`WINDOW`].
const ATTEMPTS: usize = 5;

/// The time within which wrong pincodes count together.
const WINDOW: TimeDelta = TimeDelta::minutes(1);

/// The tokens that count, and the log-ins that failed of late.
#[derive(Debug, Default)]
pub(super) struct Sessions {
    tokens: Mutex<HashMap<String, Session>>,
    failures: Mutex<HashMap<Uuid, Vec<DateTime<Utc>>>>,
}

#[derive(Clone, Copy, Debug)]
struct Session {
    caller: Caller,
    use_: TokenUse,
    expires: DateTime<Utc>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum TokenUse {
    Access,
    Id,
}

impl TokenUse {
    const fn as_str(self) -> &'static str {
        match self {
            Self::Access => "access",
            Self::Id => "id",
        }
    }
}

impl Jifeline {
    /// Refuses a log-in on a connector with too many failures within the last minute.
    pub(super) fn check_attempts(&self, connector: Uuid) -> Result<(), Problem> {
        let start = self.core.clock.now() - WINDOW;
        let mut failures = lock(&self.sessions.failures);
        failures.retain(|_, times| {
            times.retain(|time| *time > start);
            !times.is_empty()
        });
        match failures.get(&connector) {
            Some(times) if times.len() >= ATTEMPTS => {
                let oldest = times.first().copied().unwrap_or(start);
                let wait = (oldest - start).num_seconds().max(1);
                Err(Problem::too_many(u64::try_from(wait).unwrap_or(1)))
            }
            _ => Ok(()),
        }
    }

    /// Counts a failed log-in.
    pub(super) fn count_failure(&self, connector: Uuid) {
        lock(&self.sessions.failures).entry(connector).or_default().push(self.core.clock.now());
    }

    /// Issues the three tokens of a log-in by `subject`.
    pub(super) fn issue(&self, subject: Uuid, caller: Caller) -> Value {
        let now = self.core.clock.now();
        let expires = now + TimeDelta::seconds(self.core.switches().jifeline_token_seconds);
        let make = |use_: TokenUse| {
            let claims = json!({
                "sub": subject,
                "customer_id": caller.garage,
                "token_use": use_.as_str(),
                "iat": now.timestamp(),
                "exp": expires.timestamp(),
                "jti": self.core.ids.uuid(now),
            });
            let token = unsigned(&claims);
            (token, Session { caller, use_, expires })
        };
        let (access, id) = (make(TokenUse::Access), make(TokenUse::Id));
        let answer = json!({
            "id_token": id.0,
            "access_token": access.0,
            "refresh_token": URL_SAFE_NO_PAD.encode(self.core.ids.bytes()),
        });
        let mut tokens = lock(&self.sessions.tokens);
        tokens.retain(|_, session| session.expires > now);
        tokens.extend([access, id]);
        answer
    }

    /// In whose name a call with `token` is made; none when the token does not count, or counts no longer.
    pub(super) fn caller(&self, token: &str) -> Option<Caller> {
        let session = lock(&self.sessions.tokens).get(token).copied()?;
        let wanted = if self.core.switches().jifeline_id_token_only { TokenUse::Id } else { TokenUse::Access };
        (session.use_ == wanted && session.expires > self.core.clock.now()).then_some(session.caller)
    }
}

/// In whose name a call is made.
#[derive(Clone, Copy, Debug)]
pub(super) struct Caller {
    /// The garage.
    pub(super) garage: u8,
    /// The employee, when the log-in was one's own and not a connector's.
    pub(super) employee: Option<Uuid>,
}

impl FromRequestParts<Arc<Jifeline>> for Caller {
    type Rejection = Response;

    async fn from_request_parts(parts: &mut Parts, jifeline: &Arc<Jifeline>) -> Result<Self, Response> {
        bearer(&parts.headers).and_then(|token| jifeline.caller(token)).ok_or_else(|| unauthorized(jifeline))
    }
}

/// The token in the header of a call.
pub(super) fn bearer(headers: &HeaderMap) -> Option<&str> {
    let header = headers.get(header::AUTHORIZATION).and_then(|value| value.to_str().ok());
    header.and_then(|value| value.strip_prefix("Bearer "))
}

/// A JWT without a signature: it looks like the vendor's, and nobody can take it for a secret of theirs.
fn unsigned(claims: &Value) -> String {
    let head = URL_SAFE_NO_PAD.encode(json!({"alg": "none", "typ": "JWT"}).to_string());
    let body = URL_SAFE_NO_PAD.encode(claims.to_string());
    format!("{head}.{body}.")
}
