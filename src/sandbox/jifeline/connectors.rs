//! The connectors of a garage.

use std::sync::Arc;

use axum::Json;
use axum::extract::Path;
use axum::extract::State;
use http::StatusCode;
use serde_json::Value;
use serde_json::json;
use uuid::Uuid;

use crate::sandbox::seed::connectors::CONNECTORS;
use crate::sandbox::seed::connectors::SeedConnector;

use super::Jifeline;
use super::auth::Caller;
use super::params::Page;
use super::params::Params;
use super::params::integer;
use super::problem::Problem;

/// Lists the caller's connectors.
pub(super) async fn list(
    State(jifeline): State<Arc<Jifeline>>,
    caller: Caller,
    params: Params,
) -> Result<Json<Value>, Problem> {
    let page = params.page(Page::USUAL)?;
    let own: Vec<_> = CONNECTORS.iter().filter(|connector| connector.garage == caller.garage).collect();
    Ok(page.of(&own, |connector| show(&jifeline, connector)))
}

/// Gives one connector by its id.
pub(super) async fn get(
    State(jifeline): State<Arc<Jifeline>>,
    caller: Caller,
    Path(id): Path<String>,
) -> Result<Json<Value>, Problem> {
    let connector = own(&jifeline, caller, integer("connectorId", &id)?)?;
    Ok(Json(show(&jifeline, connector)))
}

/// Gives one connector by its UUID.
pub(super) async fn get_by_uuid(
    State(jifeline): State<Arc<Jifeline>>,
    caller: Caller,
    Path(uuid): Path<String>,
) -> Result<Json<Value>, Problem> {
    let connector = own_by_uuid(&jifeline, caller, &uuid)?;
    Ok(Json(show(&jifeline, connector)))
}

/// Ends a connector's call for attention; the vendor shows nowhere that there was one.
pub(super) async fn dismiss_attention(
    State(jifeline): State<Arc<Jifeline>>,
    caller: Caller,
    Path(uuid): Path<String>,
) -> Result<StatusCode, Problem> {
    own_by_uuid(&jifeline, caller, &uuid).map(|_| StatusCode::OK)
}

fn own_by_uuid(jifeline: &Jifeline, caller: Caller, uuid: &str) -> Result<&'static SeedConnector, Problem> {
    let uuid: Uuid = uuid.parse().map_err(|_| Problem::invalid("connectorUUID is no UUID."))?;
    allowed(jifeline, caller, CONNECTORS.iter().find(|connector| connector.uuid == uuid))
}

/// The caller's connector with this id.
pub(super) fn own(jifeline: &Jifeline, caller: Caller, id: i64) -> Result<&'static SeedConnector, Problem> {
    allowed(jifeline, caller, CONNECTORS.iter().find(|connector| connector.id == id))
}

fn allowed<'seed>(
    jifeline: &Jifeline,
    caller: Caller,
    connector: Option<&'seed SeedConnector>,
) -> Result<&'seed SeedConnector, Problem> {
    let connector = connector.ok_or_else(|| Problem::unknown(jifeline, "connector"))?;
    if connector.garage != caller.garage {
        return Err(Problem::foreign("connector"));
    }
    Ok(connector)
}

fn show(jifeline: &Jifeline, connector: &SeedConnector) -> Value {
    let Some((_, device)) = jifeline.device(connector.id) else { return Value::Null };
    let path = device.car.map(|car| {
        let (make, group) = (car.make.to_uppercase(), car.model_group.to_uppercase());
        format!("{make}#{group}#{}#{}", car.model, car.variant)
    });
    let orders = jifeline.orders();
    let working = orders.open_on(connector.id).and_then(|order| order.products.first());
    json!({
        "id": connector.id,
        "uuid": connector.uuid,
        "is_online": device.online,
        "has_wifi": connector.has_wifi,
        "software_version": connector.software_version,
        "hardware_version": connector.hardware_version,
        "supports_doip": connector.supports_doip,
        "vehicle_path_string": path,
        "vin_number": device.vin,
        "product_description": working.map(|product| &product.name),
        "hardware_type": connector.hardware_type,
    })
}
