//! The connectors of a garage.

use std::sync::Arc;

use axum::Json;
use axum::extract::Path;
use axum::extract::State;
use serde_json::Value;
use serde_json::json;
use uuid::Uuid;

use crate::sandbox::seed::SeedCar;
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
    let uuid: Uuid = uuid.parse().map_err(|_| Problem::invalid("connectorUUID is no UUID."))?;
    let connector = CONNECTORS.iter().find(|connector| connector.uuid == uuid);
    let connector = allowed(&jifeline, caller, connector)?;
    Ok(Json(show(&jifeline, connector)))
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

/// The car that the connector is plugged into, if this sandbox has that many.
pub(super) fn car<'fleet>(jifeline: &'fleet Jifeline, connector: &SeedConnector) -> Option<&'fleet SeedCar> {
    connector.car.and_then(|index| jifeline.core.fleet.car(index))
}

fn show(jifeline: &Jifeline, connector: &SeedConnector) -> Value {
    let car = car(jifeline, connector);
    let path = car.map(|car| {
        let (make, group) = (car.make.to_uppercase(), car.model_group.to_uppercase());
        format!("{make}#{group}#{}#{}", car.model, car.variant)
    });
    let vin = car.map(|car| connector.vin_as_reported.as_ref().unwrap_or(&car.vin));
    json!({
        "id": connector.id,
        "uuid": connector.uuid,
        "is_online": connector.is_online,
        "has_wifi": connector.has_wifi,
        "software_version": connector.software_version,
        "hardware_version": connector.hardware_version,
        "supports_doip": connector.supports_doip,
        "vehicle_path_string": path,
        "vin_number": vin,
        "product_description": connector.product_description,
        "hardware_type": connector.hardware_type,
    })
}
