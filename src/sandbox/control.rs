//! The control interface under `/__sandbox`: the journal, time, faults, switches, the seed.
//!
//! It is no vendor's: nothing of it is journaled or made to fail.

use std::sync::Arc;
use std::sync::PoisonError;

use axum::Json;
use axum::Router;
use axum::extract::Query;
use axum::extract::State;
use axum::response::IntoResponse;
use axum::response::Response;
use axum::routing::get;
use chrono::DateTime;
use chrono::TimeDelta;
use chrono::Utc;
use http::StatusCode;
use serde::Deserialize;
use serde_json::Value;
use serde_json::json;

use crate::sandbox::core::Core;
use crate::sandbox::faults::Rule;
use crate::sandbox::journal::Entry;
use crate::sandbox::seed::Contradiction;
use crate::sandbox::seed::SeedCar;
use crate::sandbox::seed::story;
use crate::sandbox::switches::Switches;

/// How many cars a page of the fleet holds, and how many the story tells of, unless asked for.
const USUAL: usize = 500;

/// Serves the control interface at its full paths.
pub(crate) fn router(core: Arc<Core>) -> Router {
    Router::new()
        .route("/__sandbox/journal", get(read_journal).delete(clear_journal))
        .route("/__sandbox/clock", get(read_clock).post(move_clock))
        .route("/__sandbox/faults", get(read_faults).put(set_faults).delete(clear_faults))
        .route("/__sandbox/switches", get(read_switches).put(set_switches).delete(reset_switches))
        .route("/__sandbox/fleet", get(read_fleet))
        .route("/__sandbox/story", get(read_story))
        .with_state(core)
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Since {
    #[serde(default)]
    since: u64,
    operation: Option<String>,
}

async fn read_journal(State(core): State<Arc<Core>>, Query(asked): Query<Since>) -> Json<Vec<Entry>> {
    Json(core.journal.entries(asked.since, asked.operation.as_deref()))
}

async fn clear_journal(State(core): State<Arc<Core>>) -> StatusCode {
    core.journal.clear();
    StatusCode::NO_CONTENT
}

async fn read_clock(State(core): State<Arc<Core>>) -> Json<Value> {
    Json(json!({"now": core.clock.now()}))
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
enum Move {
    Set(DateTime<Utc>),
    AdvanceSeconds(i64),
}

async fn move_clock(State(core): State<Arc<Core>>, Json(to): Json<Move>) -> Result<Json<Value>, Response> {
    match to {
        Move::Set(to) => core.clock.set(to),
        Move::AdvanceSeconds(seconds) => {
            let span = TimeDelta::try_seconds(seconds);
            core.clock.advance(span.ok_or_else(|| refused(format!("`{seconds}` seconds are too many")))?);
        }
    }
    Ok(Json(json!({"now": core.clock.now()})))
}

async fn read_faults(State(core): State<Arc<Core>>) -> Json<Vec<Rule>> {
    Json(core.faults.rules())
}

async fn set_faults(State(core): State<Arc<Core>>, Json(rules): Json<Vec<Rule>>) -> Result<StatusCode, Response> {
    core.faults.set(rules).map(|()| StatusCode::NO_CONTENT).map_err(refused)
}

async fn clear_faults(State(core): State<Arc<Core>>) -> StatusCode {
    core.faults.clear();
    StatusCode::NO_CONTENT
}

async fn read_switches(State(core): State<Arc<Core>>) -> Json<Switches> {
    Json(core.switches())
}

/// Changes the named switches and leaves the others.
async fn set_switches(State(core): State<Arc<Core>>, Json(changes): Json<Value>) -> Result<Json<Switches>, Response> {
    let mut switches = core.switches.write().unwrap_or_else(PoisonError::into_inner);
    let now = serde_json::to_value(*switches).map_err(|error| refused(error.to_string()))?;
    let (Value::Object(mut members), Value::Object(changes)) = (now, changes) else {
        return Err(refused("the switches are an object of names and values"));
    };
    members.extend(changes);
    *switches = serde_json::from_value(members.into()).map_err(|error| refused(error.to_string()))?;
    Ok(Json(*switches))
}

async fn reset_switches(State(core): State<Arc<Core>>) -> Json<Switches> {
    let mut switches = core.switches.write().unwrap_or_else(PoisonError::into_inner);
    *switches = Switches::default();
    Json(*switches)
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Stretch {
    #[serde(default)]
    offset: usize,
    limit: Option<usize>,
}

async fn read_fleet(State(core): State<Arc<Core>>, Query(asked): Query<Stretch>) -> Json<Value> {
    let cars = core.fleet.cars();
    let limit = asked.limit.unwrap_or(USUAL);
    let shown: Vec<Value> = cars.iter().skip(asked.offset).take(limit).map(show).collect();
    Json(json!({"total": cars.len(), "offset": asked.offset, "cars": shown}))
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Length {
    limit: Option<usize>,
}

async fn read_story(State(core): State<Arc<Core>>, Query(asked): Query<Length>) -> Json<Value> {
    Json(story::tell(&core.fleet, asked.limit.unwrap_or(USUAL)))
}

fn show(car: &SeedCar) -> Value {
    json!({
        "index": car.index,
        "vin": car.vin,
        "plate": car.plate,
        "make": car.make,
        "modelGroup": car.model_group,
        "model": car.model,
        "variant": car.variant,
        "constructionYear": car.construction_year,
        "firstRegistration": car.first_registration,
        "bodyColor": car.body_color,
        "odometerKm": car.odometer_km,
        "plateInPhotos": car.plate_in_photos,
        "damages": car.damages,
        "inspectedTo": car.inspected_to,
        "inspectionExpires": car.inspection_expires,
        "listed": car.listed,
        "jifeline": car.jifeline,
        "serviced": car.serviced,
        "servicedByRing": car.serviced_by_ring,
        "tickets": car.tickets,
        "contradiction": car.contradiction.map(Contradiction::as_str),
    })
}

fn refused(reason: impl Into<String>) -> Response {
    let reason: String = reason.into();
    (StatusCode::BAD_REQUEST, Json(json!({"message": reason}))).into_response()
}
