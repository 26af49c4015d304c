//! The two operations on tokens, and how a token is written.

use axum::Json;
use axum::body::Bytes;
use axum::extract::RawQuery;
use axum::extract::State;
use axum::http::HeaderMap;
use axum::http::StatusCode;
use axum::response::IntoResponse;
use axum::response::Response;
use chrono::DateTime;
use chrono::SecondsFormat;
use chrono::Utc;
use serde_json::Value;
use serde_json::json;
use url::form_urlencoded;

use super::Place;
use super::draw::Draw;
use super::error::Refusal;
use super::state::Tchek;
use super::state::Token;
use super::validate;

const DEVICE_ENDING: &str = "-pwa";

/// `tchek.tokens.create`: makes a token.
pub(super) async fn create(State(place): State<Place>, headers: HeaderMap, body: Bytes) -> Result<Response, Refusal> {
    let account = Tchek::account(place.environment, &headers)?;
    let order = validate::order(&body)?;
    let token = place.tchek.create(place.environment, account, order)?;
    let status = place.tchek.core().switches().tchek_create_status;
    let status = StatusCode::from_u16(status).unwrap_or(StatusCode::OK);
    let fields = created_fields(&token, place.tchek.core().clock.now());
    Ok((status, Json(envelope(&place.tchek, fields, "v2.5"))).into_response())
}

/// `tchek.tokens.status`: tells a token's last known state.
pub(super) async fn status(
    State(place): State<Place>,
    headers: HeaderMap,
    RawQuery(query): RawQuery,
) -> Result<Response, Refusal> {
    let account = Tchek::account(place.environment, &headers)?;
    let query = query.unwrap_or_default();
    let device = form_urlencoded::parse(query.as_bytes()).find(|(name, _)| name == "deviceId");
    let (_, device) = device.ok_or_else(|| Refusal::field("deviceId", "is missing"))?;
    let uid = device.strip_suffix(DEVICE_ENDING).ok_or_else(|| Refusal::field("deviceId", "must end in `-pwa`"))?;
    let token = place.tchek.token(place.environment, uid).filter(|token| token.account == account);
    let token = token.ok_or_else(Refusal::unknown_token)?;
    let fields = status_fields(&token, place.tchek.core().clock.now());
    Ok(Json(envelope(&place.tchek, fields, "v2")).into_response())
}

/// The fields of a new token: no customer, device or inspection yet.
pub(super) fn created_fields(token: &Token, now: DateTime<Utc>) -> Value {
    let order = &token.order;
    json!({
        "expired": token.expired(now),
        "id": token.id,
        "createdAt": time(token.created_at),
        "updatedAt": time(token.updated_at),
        "tradeinVehicle": true,
        "tradeinStatus": token.status,
        "tradeinStatusUpdatedAt": time(token.status_at),
        "sendingType": order.sending_type,
        "vehiclePtr": {"id": token.vehicle_id},
        "uid": token.uid,
        "expiresIn": time(token.expires_at),
        "options": {
            "fastTrack": order.fast_track,
            "shootInspect": order.shoot_inspect,
            "cost": false,
            "report": false,
            "downloadRoi": false,
            "loadTchek": true,
        },
        "APITokenPtr": {"id": Draw::new(&["company key", token.account]).id()},
    })
}

/// The fields of a token that is read back.
fn status_fields(token: &Token, now: DateTime<Utc>) -> Value {
    let mut written = created_fields(token, now);
    if let Value::Object(fields) = &mut written {
        fields.insert("deviceId".to_owned(), json!(format!("{}{DEVICE_ENDING}", token.uid)));
        fields.insert("customerPtr".to_owned(), json!({"id": token.customer_id}));
        if let Some(agent) = &token.order.creator_user_id {
            fields.insert("creatorUserPtr".to_owned(), json!({"id": agent}));
        }
        if let Some(inspection) = &token.inspection {
            fields.insert("tchekPtr".to_owned(), json!({"id": inspection, "type": 0, "percentDamage": null}));
        }
        if let Some(Value::Object(options)) = fields.get_mut("options") {
            options.insert("thirdParty".to_owned(), Value::Bool(false));
        }
    }
    written
}

/// Wraps a token as the present form of the API does, or as its elder did.
fn envelope(tchek: &Tchek, mut token: Value, version: &str) -> Value {
    let switches = tchek.core().switches();
    if switches.tchek_options_as_string
        && let Some(options) = token.get_mut("options")
    {
        *options = Value::String(options.to_string());
    }
    if switches.tchek_bare_token { token } else { json!({"token": token, "webApiVersion": version}) }
}

/// A moment as the vendor writes it: UTC with milliseconds.
pub(super) fn time(moment: DateTime<Utc>) -> String {
    moment.to_rfc3339_opts(SecondsFormat::Millis, true)
}
