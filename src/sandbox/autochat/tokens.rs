//! `autochat.tokens.create`: the token server.

use axum::Json;
use axum::body::Bytes;
use axum::extract::State;
use axum::http::HeaderMap;
use axum::http::HeaderName;
use axum::http::StatusCode;
use axum::response::IntoResponse;
use axum::response::Response;
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use chrono::TimeDelta;
use serde_json::Value;
use serde_json::json;

use crate::sandbox::core::lock;

use super::Autochat;
use super::Place;
use super::error::Refusal;

/// The one client that has credentials.
const CLIENT_ID: &str = "sandbox-client";
const CLIENT_SECRET: &str = "sandbox-secret";

/// The only audience; an identifier that looks like an address, and none of the vendor's hosts.
const AUDIENCE: &str = "http://api.autochat.com/";

const LIMIT: HeaderName = HeaderName::from_static("x-ratelimit-limit");
const REMAINING: HeaderName = HeaderName::from_static("x-ratelimit-remaining");
const RESET: HeaderName = HeaderName::from_static("x-ratelimit-reset");

/// Gives an access token for client credentials.
pub(super) async fn create(State(place): State<Place>, body: Bytes) -> Result<Response, Refusal> {
    let credentials = Credentials::read(&body)?;
    if credentials.client_id != CLIENT_ID {
        return Err(Refusal::oauth(StatusCode::UNAUTHORIZED, "access_denied", "the client is not known"));
    }
    let budget = place.autochat.count_request()?;
    credentials.check()?;
    let (token, seconds) = place.autochat.issue();
    let mut answer = json!({"access_token": token, "token_type": "Bearer"});
    if let (Some(seconds), Value::Object(members)) = (seconds, &mut answer) {
        members.insert("expires_in".to_owned(), seconds.into());
    }
    let mut headers = HeaderMap::new();
    headers.insert(LIMIT, budget.limit.into());
    headers.insert(REMAINING, budget.remaining.into());
    headers.insert(RESET, budget.reset.into());
    Ok((headers, Json(answer)).into_response())
}

struct Credentials {
    client_id: String,
    client_secret: String,
    audience: String,
    grant_type: String,
}

impl Credentials {
    fn read(body: &[u8]) -> Result<Self, Refusal> {
        let invalid = |reason: &str| Refusal::oauth(StatusCode::BAD_REQUEST, "invalid_request", reason);
        let body: Value = serde_json::from_slice(body).map_err(|_| invalid("the body is not JSON"))?;
        let field = |name: &str| match body.get(name).and_then(Value::as_str) {
            Some(text) if !text.is_empty() => Ok(text.to_owned()),
            _ => Err(invalid(&format!("`{name}` is missing"))),
        };
        Ok(Self {
            client_id: field("client_id")?,
            client_secret: field("client_secret")?,
            audience: field("audience")?,
            grant_type: field("grant_type")?,
        })
    }

    fn check(&self) -> Result<(), Refusal> {
        if self.client_secret != CLIENT_SECRET {
            return Err(Refusal::oauth(StatusCode::UNAUTHORIZED, "access_denied", "Unauthorized"));
        }
        if self.grant_type != "client_credentials" {
            let reason = "the client may not use this grant";
            return Err(Refusal::oauth(StatusCode::FORBIDDEN, "unauthorized_client", reason));
        }
        if self.audience != AUDIENCE {
            return Err(Refusal::oauth(StatusCode::FORBIDDEN, "access_denied", "the client may not use this audience"));
        }
        Ok(())
    }
}

/// How many tokens the client may still ask for.
struct Budget {
    limit: u32,
    remaining: u32,
    /// Seconds since 1970 at which the oldest counted request leaves the count.
    reset: i64,
}

impl Autochat {
    /// Counts a request for a token; refused requests count as well, those over the limit do not.
    fn count_request(&self) -> Result<Budget, Refusal> {
        let limit = self.core.switches().autochat_token_requests_per_hour;
        let now = self.core.clock.now();
        let hour = TimeDelta::hours(1);
        let mut desk = lock(&self.desk);
        desk.requests.retain(|at| now - *at < hour);
        let counted = u32::try_from(desk.requests.len()).unwrap_or(u32::MAX);
        let reset = desk.requests.front().map_or(now, |oldest| *oldest) + hour;
        if counted >= limit {
            let wait = (reset - now).num_milliseconds().max(0);
            return Err(Refusal::too_many_tokens(wait.div_euclid(1_000) + 1));
        }
        desk.requests.push_back(now);
        Ok(Budget { limit, remaining: limit - counted - 1, reset: reset.timestamp() })
    }

    /// Makes a token; with its life in seconds, when the answer is to tell it.
    fn issue(&self) -> (String, Option<i64>) {
        let switches = self.core.switches();
        let seconds = switches.autochat_token_seconds;
        let now = self.core.clock.now();
        let token = URL_SAFE_NO_PAD.encode(self.core.ids.bytes());
        let mut desk = lock(&self.desk);
        desk.tokens.retain(|_, ends| now < *ends);
        desk.tokens.insert(token.clone(), now + TimeDelta::seconds(seconds));
        (token, (!switches.autochat_omit_expires_in).then_some(seconds))
    }
}
