//! The controls of this vendor, outside its own paths.

use std::sync::Arc;
use std::time::Duration;

use axum::Json;
use axum::Router;
use axum::body::Bytes;
use axum::extract::Path;
use axum::extract::State;
use axum::http::HeaderValue;
use axum::routing::get;
use axum::routing::post;
use axum::routing::put;
use serde::Deserialize;
use serde::de::DeserializeOwned;
use serde_json::Value;
use serde_json::json;
use url::Url;

use super::deliveries::RETRIES;
use super::error::Refusal;
use super::events::Event;
use super::receiver::Receiver;
use super::state::Tchek;
use super::state::Token;
use super::tokens::time;

/// The most copies of a result that one call may ask for.
const MOST_COPIES: u32 = 1_000;

/// The most waits between attempts that a receiver may be set up with.
const MOST_RETRIES: usize = 10;

/// Serves the controls at their full paths.
pub(crate) fn router(tchek: &Arc<Tchek>) -> Router {
    Router::new()
        .route("/__sandbox/tokens/{uid}/advance", post(advance))
        .route("/__sandbox/tokens/{uid}/expire", post(expire))
        .route("/__sandbox/tokens/{uid}/delete", post(delete))
        .route("/__sandbox/tchek/webhook", put(webhook))
        .route("/__sandbox/tchek/deliver", post(deliver))
        .route("/__sandbox/tchek/tokens", get(tokens))
        .with_state(Arc::clone(tchek))
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Advance {
    to: u64,
}

/// Moves a token to a status; 409 when the status may not follow.
async fn advance(
    State(tchek): State<Arc<Tchek>>,
    Path(uid): Path<String>,
    body: Bytes,
) -> Result<Json<Value>, Refusal> {
    let Advance { to } = read(&body)?;
    tchek.advance(&uid, to).map(|token| Json(summary(&tchek, &token)))
}

/// Ends a token's validity now.
async fn expire(State(tchek): State<Arc<Tchek>>, Path(uid): Path<String>) -> Result<Json<Value>, Refusal> {
    tchek.expire(&uid).map(|token| Json(summary(&tchek, &token)))
}

/// Deletes a token's inspection.
async fn delete(State(tchek): State<Arc<Tchek>>, Path(uid): Path<String>) -> Result<Json<Value>, Refusal> {
    tchek.delete(&uid).map(|token| Json(summary(&tchek, &token)))
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct Webhook {
    /// Where results go; null stops them.
    url: Option<String>,
    /// What each delivery carries in `x-api-key`.
    header_key: Option<String>,
    /// The API key whose results are meant; absent: every key without a receiver of its own.
    api_key: Option<String>,
    /// The waits before further attempts, in milliseconds.
    retries_ms: Option<Vec<u64>>,
}

/// Says where results go.
async fn webhook(State(tchek): State<Arc<Tchek>>, body: Bytes) -> Result<Json<Value>, Refusal> {
    let Webhook { url, header_key, api_key, retries_ms } = read(&body)?;
    let receiver = match &url {
        None => None,
        Some(url) => Some(Receiver {
            url: receiver_url(url)?,
            header_key: header_key.as_deref().map(header_value).transpose()?,
            retries: retries(retries_ms)?,
            only_subscribed: false,
        }),
    };
    tchek.set_receiver(api_key, receiver)?;
    Ok(Json(json!({"url": url, "headerKey": header_key})))
}

fn receiver_url(url: &str) -> Result<Url, Refusal> {
    let url = Url::parse(url).map_err(|_| Refusal::field("url", "must be an absolute address"))?;
    if matches!(url.scheme(), "http" | "https") { Ok(url) } else { Err(Refusal::field("url", "must be http or https")) }
}

fn header_value(text: &str) -> Result<HeaderValue, Refusal> {
    HeaderValue::from_str(text).map_err(|_| Refusal::field("headerKey", "cannot stand in a header"))
}

fn retries(millis: Option<Vec<u64>>) -> Result<Vec<Duration>, Refusal> {
    match millis {
        None => Ok(RETRIES.to_vec()),
        Some(millis) if millis.len() <= MOST_RETRIES => Ok(millis.into_iter().map(Duration::from_millis).collect()),
        Some(_) => Err(Refusal::field("retriesMs", "has too many members")),
    }
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Deliver {
    uid: String,
    event: Event,
    #[serde(default = "one")]
    copies: u32,
    /// The content: 1 the detection's, 2 the reviewed one, more after further changes; absent: the event's own.
    revision: Option<u32>,
    /// Whether the vendor holds this content from now on, also if it is an earlier one.
    #[serde(default)]
    returns: bool,
}

fn one() -> u32 {
    1
}

/// Delivers a token's result, once or several times, and tells what the receiver said.
async fn deliver(State(tchek): State<Arc<Tchek>>, body: Bytes) -> Result<Json<Value>, Refusal> {
    let Deliver { uid, event, copies, revision, returns } = read(&body)?;
    let token = tchek.any_token(&uid).ok_or_else(Refusal::unknown_token)?;
    let revision = revision.unwrap_or_else(|| event.revision(&token));
    if copies > MOST_COPIES || !(1..=MOST_COPIES).contains(&revision) {
        return Err(Refusal::field("body", "`copies` is at most 1000, `revision` from 1 to 1000"));
    }
    if event == Event::NewDamage {
        return Err(Refusal::field("event", "is never delivered by the vendor"));
    }
    if event.brings_result() {
        if token.shot_at.is_none() {
            return Err(Refusal::conflict("the inspection has no photos to tell of yet"));
        }
        tchek.change(&uid, |token| {
            token.revision = if returns { revision } else { token.revision.max(revision) };
        })?;
    }
    let deliveries = tchek.deliver(&uid, event, revision, copies).await;
    Ok(Json(json!({"deliveries": deliveries})))
}

/// Tells everything about every token, oldest first.
async fn tokens(State(tchek): State<Arc<Tchek>>) -> Json<Value> {
    let tokens = tchek.tokens();
    Json(json!({"tokens": tokens.iter().map(|token| summary(&tchek, token)).collect::<Vec<_>>()}))
}

fn summary(tchek: &Tchek, token: &Token) -> Value {
    let order = &token.order;
    let customer = token.customer();
    let sent = token.outbox.iter();
    json!({
        "environment": token.environment.as_str(),
        "apiKey": token.account,
        "id": token.id,
        "uid": token.uid,
        "status": token.status,
        "progress": token.progress,
        "expired": token.expired(tchek.core().clock.now()),
        "createdAt": time(token.created_at),
        "expiresAt": time(token.expires_at),
        "inspectionId": token.inspection,
        "revision": token.revision,
        "vin": order.vin,
        "licensePlate": order.immat,
        "customerConfirms": order.fast_track,
        "agentId": order.creator_user_id,
        "customer": {
            "email": customer.email,
            "firstName": customer.firstname,
            "lastName": customer.lastname,
            "gender": customer.gender,
            "phone": customer.phone,
            "locale": customer.locale,
        },
        "link": tchek.link(token.environment, &customer.locale, &token.uid),
        "outbox": sent
            .map(|message| json!({"channel": message.channel, "address": message.address, "link": message.link}))
            .collect::<Vec<_>>(),
        "deliveries": token.deliveries,
    })
}

fn read<T: DeserializeOwned>(body: &[u8]) -> Result<T, Refusal> {
    serde_json::from_slice(body).map_err(|error| Refusal::field("body", &error.to_string()))
}
