//! The controls of this vendor, outside its own paths.

use std::sync::Arc;

use axum::Json;
use axum::Router;
use axum::body::Bytes;
use axum::extract::State;
use axum::http::StatusCode;
use axum::routing::get;
use axum::routing::put;
use serde::Deserialize;
use serde::Serialize;
use serde_json::Value;
use serde_json::json;

use crate::sandbox::core::lock;

use super::Autochat;
use super::cars::Car;
use super::error::Refusal;

/// Serves the controls at their full paths.
pub(crate) fn router(autochat: &Arc<Autochat>) -> Router {
    Router::new()
        .route("/__sandbox/autochat/cars", get(cars))
        .route("/__sandbox/autochat/tokens", put(tokens))
        .with_state(Arc::clone(autochat))
}

#[derive(Serialize)]
struct Stock {
    cars: Vec<Told>,
}

#[derive(Serialize)]
struct Told {
    environment: &'static str,
    car: Car,
}

/// Tells every car in stock with its environment, oldest first.
async fn cars(State(autochat): State<Arc<Autochat>>) -> Json<Stock> {
    let cars = autochat.cars().into_iter();
    Json(Stock { cars: cars.map(|(environment, car)| Told { environment: environment.as_str(), car }).collect() })
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Tokens {
    /// Ends the life of every access token.
    expire: bool,
}

/// Ends all access tokens; those who ask for new ones get them.
async fn tokens(State(autochat): State<Arc<Autochat>>, body: Bytes) -> Result<Json<Value>, Refusal> {
    let Tokens { expire } = serde_json::from_slice(&body)
        .map_err(|error| Refusal::problem(StatusCode::BAD_REQUEST, &format!("the body cannot be read: {error}")))?;
    let mut desk = lock(&autochat.desk);
    let ended = if expire { std::mem::take(&mut desk.tokens).len() } else { 0 };
    Ok(Json(json!({"expired": ended})))
}
