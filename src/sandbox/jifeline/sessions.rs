//! Log-in with a connector's UUID and its pincode.

use std::sync::Arc;

use axum::Json;
use axum::body::Bytes;
use axum::extract::State;
use serde_json::Value;
use uuid::Uuid;

use crate::sandbox::seed::connectors::CONNECTORS;

use super::Jifeline;
use super::problem::Problem;

/// Gives three tokens for a connector's UUID and pincode.
pub(super) async fn create(State(jifeline): State<Arc<Jifeline>>, body: Bytes) -> Result<Json<Value>, Problem> {
    let body: Value =
        serde_json::from_slice(&body).map_err(|error| Problem::invalid(format!("The body is no JSON: {error}.")))?;
    let uuid = text(&body, "connector_uuid")?;
    let uuid: Uuid = uuid.parse().map_err(|_| Problem::invalid("connector_uuid is no UUID."))?;
    let pincode = text(&body, "pincode")?;

    jifeline.check_attempts(uuid)?;
    let connector = CONNECTORS.iter().find(|connector| connector.uuid == uuid && connector.pincode == pincode);
    let connector = connector.ok_or_else(|| {
        jifeline.count_failure(uuid);
        Problem::wrong_login()
    })?;
    Ok(Json(jifeline.issue(connector)))
}

/// A member that the vendor's schema calls a string and its sample writes as a number.
fn text(body: &Value, name: &str) -> Result<String, Problem> {
    match body.get(name) {
        Some(Value::String(text)) if !text.is_empty() => Ok(text.clone()),
        Some(Value::Number(number)) => Ok(number.to_string()),
        Some(Value::Null) | None => Err(Problem::invalid(format!("{name} is required."))),
        Some(_) => Err(Problem::invalid(format!("{name} must be a string."))),
    }
}
