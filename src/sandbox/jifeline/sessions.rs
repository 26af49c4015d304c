//! Log-in with a connector and its pincode or with a one-time password, and the mail for a forgotten password.

use std::sync::Arc;

use axum::Json;
use axum::extract::State;
use serde_json::Value;
use serde_json::json;
use uuid::Uuid;

use crate::sandbox::seed::connectors::CONNECTORS;
use crate::sandbox::seed::connectors::SeedConnector;

use super::Jifeline;
use super::auth::Caller;
use super::body::Body;
use super::params::integer;
use super::problem::Problem;

/// Gives three tokens for a connector's UUID and pincode.
pub(super) async fn create(State(jifeline): State<Arc<Jifeline>>, body: Body) -> Result<Json<Value>, Problem> {
    let uuid = body.text_or_number("connector_uuid")?;
    let uuid: Uuid = uuid.parse().map_err(|_| Problem::invalid("connector_uuid is no UUID."))?;
    let pincode = body.text_or_number("pincode")?;
    let connector = CONNECTORS.iter().find(|connector| connector.uuid == uuid);
    log_in(&jifeline, uuid, connector, &pincode)
}

/// Gives three tokens for a connector's number and pincode.
pub(super) async fn create_by_connector_id(
    State(jifeline): State<Arc<Jifeline>>,
    body: Body,
) -> Result<Json<Value>, Problem> {
    let id = integer("connector_id", &body.text_or_number("connector_id")?)?;
    let pincode = body.text_or_number("pincode")?;
    let connector = CONNECTORS.iter().find(|connector| connector.id == id);
    // Failures count together whichever of its names a connector is called by.
    let key = connector.map_or_else(|| Uuid::from_u64_pair(0, id.cast_unsigned()), |connector| connector.uuid);
    log_in(&jifeline, key, connector, &pincode)
}

fn log_in(
    jifeline: &Jifeline,
    key: Uuid,
    connector: Option<&SeedConnector>,
    pincode: &str,
) -> Result<Json<Value>, Problem> {
    jifeline.check_attempts(key)?;
    let connector = connector.filter(|connector| connector.pincode == pincode).ok_or_else(|| {
        jifeline.count_failure(key);
        Problem::wrong_login("The connector or the pincode is wrong.")
    })?;
    Ok(Json(jifeline.issue(connector.uuid, Caller { garage: connector.garage, employee: None })))
}

/// Gives three tokens to the employee for whom a one-time password was made; it works once.
pub(super) async fn create_by_otp(State(jifeline): State<Arc<Jifeline>>, body: Body) -> Result<Json<Value>, Problem> {
    let otp = body.some_text("otp")?;
    let employee = jifeline.staff.redeem(otp);
    let employee = employee.ok_or_else(|| Problem::wrong_login("The one-time password is wrong or was used."))?;
    if !employee.record.enabled {
        return Err(Problem::forbidden("This employee is disabled."));
    }
    let id = employee.record.id;
    Ok(Json(jifeline.issue(id, Caller { garage: employee.garage, employee: Some(id) })))
}

/// Tells how a forgotten password is renewed: the same for an address that nobody has.
pub(super) async fn request_password_reset(body: Body) -> Result<Json<Value>, Problem> {
    body.some_text("email_address")?;
    Ok(Json(json!({"method": "SESSION"})))
}
