//! The controls of this vendor, outside its own paths.

use std::sync::Arc;

use axum::Json;
use axum::Router;
use axum::body::Bytes;
use axum::extract::Path;
use axum::extract::State;
use axum::routing::get;
use axum::routing::post;
use chrono::DateTime;
use chrono::Utc;
use serde::Deserialize;
use serde::de::DeserializeOwned;
use serde_json::Value;
use serde_json::json;

use crate::sandbox::core::lock;

use super::Jifeline;
use super::center;
use super::life;
use super::messenger;
use super::orders::Held;
use super::orders::Order;
use super::problem::Problem;
use super::socket;
use super::staff;

/// Serves the controls at their full paths.
pub(crate) fn router(jifeline: &Arc<Jifeline>) -> Router {
    Router::new()
        .route("/__sandbox/service-center", post(center::set))
        .route("/__sandbox/connectors/{id}", post(set_connector))
        .route("/__sandbox/jifeline/files/{reference}", get(messenger::download).put(messenger::upload))
        .route("/__sandbox/jifeline/otps", post(staff::make_password))
        .route("/__sandbox/jifeline/sockets/drop", post(socket::drop_all))
        .route("/__sandbox/tickets", get(tickets))
        .route("/__sandbox/tickets/{id}/hold", post(hold))
        .route("/__sandbox/tickets/{id}/transition", post(transition))
        .with_state(Arc::clone(jifeline))
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Transition {
    to: life::State,
}

/// Moves a ticket to a state; 409 when the state may not follow.
async fn transition(
    State(jifeline): State<Arc<Jifeline>>,
    Path(id): Path<i64>,
    body: Bytes,
) -> Result<Json<Value>, Problem> {
    let Transition { to } = read(&body)?;
    match jifeline.transition(id, to) {
        None => Err(Problem::not_found("ticket")),
        Some(Err(from)) => {
            Err(Problem::conflict("Conflict", format!("{} cannot follow {} now.", to.number(), from.number())))
        }
        Some(Ok(order)) => Ok(Json(summary(&jifeline, &order))),
    }
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Hold {
    /// Until when; null lets the ticket go.
    until: Option<DateTime<Utc>>,
    /// What the garage is told.
    message: Option<String>,
}

/// Holds a ticket back, as one that waits for the service centre, or lets it go; 409 when it has ended.
async fn hold(State(jifeline): State<Arc<Jifeline>>, Path(id): Path<i64>, body: Bytes) -> Result<Json<Value>, Problem> {
    let Hold { until, message } = read(&body)?;
    match jifeline.hold(id, until.map(|until| Held { until, message })) {
        None => Err(Problem::not_found("ticket")),
        Some(Err(state)) => Err(Problem::conflict("Conflict", format!("{} has ended.", state.number()))),
        Some(Ok(order)) => Ok(Json(summary(&jifeline, &order))),
    }
}

/// Tells everything about every ticket that is open or was closed since the start.
async fn tickets(State(jifeline): State<Arc<Jifeline>>) -> Json<Value> {
    let orders: Vec<Order> = jifeline.orders().all().cloned().collect();
    Json(json!({"tickets": orders.iter().map(|order| summary(&jifeline, order)).collect::<Vec<_>>()}))
}

fn summary(jifeline: &Jifeline, order: &Order) -> Value {
    let rating = lock(&jifeline.ratings).get(&order.id).cloned();
    json!({
        "id": order.id,
        "garage": order.garage,
        "vin": order.vin,
        "state": order.state,
        "odometer": order.odometer,
        "createdAt": order.created_at,
        "endedAt": order.ended.map(|(at, _)| at),
        "message": jifeline.ticket_message(order.garage, order.id),
        "rating": rating.map(|rating| json!({"score": rating.score, "comment": rating.comment})),
        "connection": order.connection.and_then(|uuid| jifeline.connection_message(order.garage, uuid)),
    })
}

/// Changes how a connector stands.
async fn set_connector(
    State(jifeline): State<Arc<Jifeline>>,
    Path(id): Path<i64>,
    body: Bytes,
) -> Result<Json<Value>, Problem> {
    if !jifeline.set_device(id, read(&body)?) {
        return Err(Problem::not_found("connector"));
    }
    let garage = jifeline.device(id).map(|(connector, _)| connector.garage).unwrap_or_default();
    Ok(Json(jifeline.connector_message(garage, id).unwrap_or_default()))
}

fn read<T: DeserializeOwned>(body: &[u8]) -> Result<T, Problem> {
    serde_json::from_slice(body).map_err(|error| Problem::invalid(error.to_string()))
}
