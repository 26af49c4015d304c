//! Vehicles: those a garage had serviced, and the search by VIN.

use std::collections::HashSet;
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
use super::catalogue;
use super::orders::Order;
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
    let orders = jifeline.orders();
    let mut known = HashSet::new();
    let mut latest = orders.ended_of(caller.garage);
    latest.retain(|order| known.insert(order.vin.as_str()));
    let fleet = &jifeline.core.fleet;
    let of_caller = jifeline.serviced.iter().find(|(garage, _)| *garage == caller.garage);
    let seeded = of_caller.map_or(&[][..], |(_, indices)| indices).iter().filter_map(|index| fleet.car(*index));
    let seeded = seeded.filter(|car| !known.contains(car.vin.as_str())).map(Serviced::Seeded);
    let all: Vec<Serviced<'_>> = latest.into_iter().map(Serviced::Ended).chain(seeded).collect();
    Ok(page.of(&all, |serviced| match serviced {
        Serviced::Seeded(car) => show(&car.vin, &car.line, last_serviced_at(car, caller.garage)),
        Serviced::Ended(order) => show(&order.vin, &order.line, order.ended.map(|(at, _)| at)),
    }))
}

/// A vehicle that was serviced.
enum Serviced<'here> {
    /// The seed tells of it.
    Seeded(&'here SeedCar),
    /// It was serviced in this sandbox.
    Ended(&'here Order),
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

fn show(vin: &str, line: &Line, at: Option<DateTime<Utc>>) -> Value {
    json!({
        "make_id": line.make.id,
        "make_name": line.make.name,
        "model_group_id": line.group.id,
        "model_group_name": line.group.name,
        "model_id": line.model.id,
        "model_name": line.model.name,
        "model_variant_id": line.variant.id,
        "model_variant_name": line.variant.name,
        "vin": vin,
        "last_serviced_at": at.map(|at| at.to_rfc3339()),
    })
}

fn catalogued(line: &Line) -> Value {
    json!({
        "make": catalogue::make(line),
        "model_group": catalogue::model_group(line),
        "model": catalogue::model(line),
        "model_variant": catalogue::variant(line),
    })
}
