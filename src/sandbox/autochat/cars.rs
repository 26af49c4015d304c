//! `autochat.cars.create`: takes a car into the stock.

use axum::Json;
use axum::body::Bytes;
use axum::extract::State;
use axum::http::HeaderMap;
use axum::http::StatusCode;
use axum::http::header;
use axum::response::IntoResponse;
use axum::response::Response;
use chrono::DateTime;
use chrono::SecondsFormat;
use chrono::Utc;
use indexmap::IndexMap;
use serde::Deserialize;
use serde::Serialize;
use serde::de;
use serde::de::DeserializeOwned;
use serde_json::value::RawValue;
use uuid::Uuid;

use crate::sandbox::core::lock;
use crate::sandbox::memory::Kind;

use super::Autochat;
use super::Environment;
use super::Place;
use super::error::Refusal;
use super::validate;

/// Dealerships, and whether their stock integration is switched on.
const DEALERSHIPS: [(&str, bool); 3] = [("dealer-0001", true), ("dealer-0002", true), ("dealer-0003", false)];

/// A car in stock: the known fields with the very text they were sent in, so that no amount changes its digits.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", try_from = "Texts")]
pub(super) struct Car {
    pub(super) uuid: Uuid,
    pub(super) created_at: String,
    pub(super) updated_at: String,
    #[serde(flatten)]
    pub(super) fields: Texts,
}

/// Fields with the very text they were sent in.
pub(super) type Texts = IndexMap<String, Box<RawValue>>;

/// Reads a car as it is written; serde's own way to take fields out of a flat object loses their text.
impl TryFrom<Texts> for Car {
    type Error = serde_json::Error;

    fn try_from(mut fields: Texts) -> Result<Self, Self::Error> {
        let uuid = take(&mut fields, "uuid")?;
        let created_at = take(&mut fields, "createdAt")?;
        let updated_at = take(&mut fields, "updatedAt")?;
        Ok(Self { uuid, created_at, updated_at, fields })
    }
}

fn take<T: DeserializeOwned>(fields: &mut Texts, name: &'static str) -> serde_json::Result<T> {
    let text = fields.shift_remove(name).ok_or_else(|| de::Error::missing_field(name))?;
    serde_json::from_str(text.get())
}

/// Takes a car.
pub(super) async fn create(State(place): State<Place>, headers: HeaderMap, body: Bytes) -> Result<Response, Refusal> {
    let Place { autochat, environment } = place;
    autochat.admit(&headers)?;
    if !is_json(&headers) {
        let detail = "the content type must be `application/json`";
        return Err(Refusal::problem(StatusCode::UNSUPPORTED_MEDIA_TYPE, detail));
    }
    let sent = validate::car(&body, environment)
        .ok_or_else(|| Refusal::problem(StatusCode::BAD_REQUEST, "the body is no JSON object"))?;
    if !sent.violations.is_empty() {
        let status = autochat.core.switches().autochat_violation_status;
        let status = StatusCode::from_u16(status).unwrap_or(StatusCode::UNPROCESSABLE_ENTITY);
        return Err(Refusal::violations(status, &sent.violations));
    }
    match DEALERSHIPS.iter().find(|(id, _)| *id == sent.dealership) {
        Some((_, true)) => {}
        Some((_, false)) => {
            let detail = "the stock integration of the dealership is switched off";
            return Err(Refusal::problem(StatusCode::FORBIDDEN, detail));
        }
        None => return Err(Refusal::problem(StatusCode::FORBIDDEN, "the dealership is not yours")),
    }
    let (status, car) = autochat.store(environment, sent)?;
    let place = format!("{}/api/cars/{}", environment.prefix(), car.uuid);
    Ok((status, [(header::LOCATION, place)], Json(car)).into_response())
}

fn is_json(headers: &HeaderMap) -> bool {
    let kind = headers.get(header::CONTENT_TYPE).and_then(|value| value.to_str().ok()).unwrap_or_default();
    let kind = kind.split(';').next().unwrap_or_default().trim();
    kind.eq_ignore_ascii_case("application/json") || kind.eq_ignore_ascii_case("application/ld+json")
}

impl Autochat {
    fn store(&self, environment: Environment, sent: validate::Sent) -> Result<(StatusCode, Car), Refusal> {
        let replace = self.core.switches().autochat_upsert;
        let now = self.core.clock.now();
        let uuid = self.core.ids.uuid(now);
        let key = (environment, sent.dealership, sent.internal_id);
        let mut desk = lock(&self.desk);
        let (status, car) = match desk.cars.get(&key) {
            None => {
                let car = Car { uuid, created_at: time(now), updated_at: time(now), fields: sent.fields };
                (StatusCode::CREATED, car)
            }
            Some(taken) if replace => {
                let (uuid, created_at) = (taken.uuid, taken.created_at.clone());
                (StatusCode::OK, Car { uuid, created_at, updated_at: time(now), fields: sent.fields })
            }
            Some(_) => {
                let detail = "internalId: the dealership already has a car with this number";
                return Err(Refusal::problem(StatusCode::CONFLICT, detail));
            }
        };
        self.core.memory.keep(Kind::AutochatCar, &key, &car).map_err(|_| {
            let detail = "the sandbox cannot write its memory; its log has the cause";
            Refusal::problem(StatusCode::INTERNAL_SERVER_ERROR, detail)
        })?;
        desk.cars.insert(key, car.clone());
        Ok((status, car))
    }

    /// All cars with their environments, oldest first.
    pub(super) fn cars(&self) -> Vec<(Environment, Car)> {
        lock(&self.desk).cars.iter().map(|((environment, _, _), car)| (*environment, car.clone())).collect()
    }
}

fn time(moment: DateTime<Utc>) -> String {
    moment.to_rfc3339_opts(SecondsFormat::Secs, false)
}
