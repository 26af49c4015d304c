//! Vehicles: those a garage had serviced, and the search by VIN.

use std::sync::Arc;

use axum::Json;
use axum::extract::State;
use chrono::DateTime;
use chrono::Utc;
use serde_json::Value;
use serde_json::json;

use crate::sandbox::seed::Line;
use crate::sandbox::seed::SeedCar;
use crate::sandbox::seed::tickets::last_serviced_at;

use super::Jifeline;
use super::auth::Caller;
use super::params::Page;
use super::params::Params;
use super::problem::Problem;

/// Lists the vehicles that the caller had serviced, most recently serviced first.
pub(super) async fn list_serviced(
    State(jifeline): State<Arc<Jifeline>>,
    caller: Caller,
    params: Params,
) -> Result<Json<Value>, Problem> {
    let page = params.page(Page::USUAL)?;
    let of_caller = jifeline.serviced.iter().find(|(garage, _)| *garage == caller.garage);
    let indices = of_caller.map_or(&[][..], |(_, indices)| indices);
    Ok(page.of(indices, |index| {
        let car = jifeline.core.fleet.car(*index);
        car.map_or(Value::Null, |car| serviced(car, last_serviced_at(car, caller.garage)))
    }))
}

/// Finds the vehicle with a VIN in the catalogue.
pub(super) async fn find(
    State(jifeline): State<Arc<Jifeline>>,
    _: Caller,
    params: Params,
) -> Result<Json<Value>, Problem> {
    let vin = params.text("vin").ok_or_else(|| Problem::invalid("vin is required."))?;
    let car = jifeline.core.fleet.by_vin(&vin.to_uppercase()).filter(|car| car.jifeline);
    match car {
        Some(car) => Ok(Json(catalogued(&car.line))),
        None if jifeline.core.switches().jifeline_unknown_vin_nulls => {
            Ok(Json(json!({"make": null, "model_group": null, "model": null, "model_variant": null})))
        }
        None => Err(Problem::not_found("vehicle")),
    }
}

fn serviced(car: &SeedCar, at: Option<DateTime<Utc>>) -> Value {
    let line = &car.line;
    json!({
        "make_id": line.make.id,
        "make_name": line.make.name,
        "model_group_id": line.group.id,
        "model_group_name": line.group.name,
        "model_id": line.model.id,
        "model_name": line.model.name,
        "model_variant_id": line.variant.id,
        "model_variant_name": line.variant.name,
        "vin": car.vin,
        "last_serviced_at": at.map(|at| at.to_rfc3339()),
    })
}

fn catalogued(line: &Line) -> Value {
    let Line { make, group, model, variant } = line;
    json!({
        "make": {"id": make.id, "name": make.name},
        "model_group": {
            "id": group.id,
            "name": group.name,
            "vehicle_make_id": make.id,
            "vehicle_make_name": make.name,
        },
        "model": {
            "id": model.id,
            "name": model.name,
            "manufactured_from": model.manufactured_from,
            "manufactured_to": model.manufactured_to,
            "vehicle_model_group_id": group.id,
            "vehicle_model_group_name": group.name,
            "vehicle_make_id": make.id,
            "vehicle_make_name": make.name,
            "requires_doip": model.requires_doip,
        },
        "model_variant": {
            "id": variant.id,
            "name": variant.name,
            "manufactured_from": variant.manufactured_from,
            "manufactured_to": variant.manufactured_to,
            "vehicle_model_id": model.id,
            "vehicle_model_name": model.name,
            "vehicle_model_group_id": group.id,
            "vehicle_model_group_name": group.name,
            "vehicle_make_id": make.id,
            "vehicle_make_name": make.name,
            "requires_doip": model.requires_doip,
        },
    })
}
