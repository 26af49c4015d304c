//! Orders that the service provider has prepared and the garage may confirm.

use std::sync::Arc;

use axum::Json;
use axum::extract::State;
use serde_json::Value;
use serde_json::json;

use crate::sandbox::seed::SeedCar;
use crate::sandbox::seed::offers::OFFERS;
use crate::sandbox::seed::offers::Prepared;
use crate::sandbox::seed::products::product;

use super::Jifeline;
use super::auth::Caller;
use super::body::Body;
use super::params::Page;
use super::params::Params;
use super::problem::Problem;

/// Lists what is prepared for one of the caller's cars and was not ordered yet.
pub(super) async fn list(
    State(jifeline): State<Arc<Jifeline>>,
    caller: Caller,
    params: Params,
) -> Result<Json<Value>, Problem> {
    let page = params.page(Page::USUAL)?;
    let vin = params.text("vin").ok_or_else(|| Problem::invalid("vin is required."))?.to_uppercase();
    let orders = jifeline.orders();
    let of_caller = OFFERS.prepared.iter().filter(|one| one.garage == caller.garage && !orders.used.contains(&one.id));
    let with_car = of_caller.filter_map(|one| jifeline.core.fleet.car(one.car).map(|car| (one, car)));
    let found: Vec<_> = with_car.filter(|(_, car)| car.vin == vin).collect();
    Ok(page.of(&found, |(one, car)| show(one, car)))
}

fn show(prepared: &Prepared, car: &SeedCar) -> Value {
    let products = prepared.product_ids.iter().filter_map(|id| product(*id));
    let lines: Vec<Value> = products.map(|one| json!({"product_id": one.id, "name": one.name})).collect();
    json!({
        "id": prepared.id,
        "vin": car.vin,
        "vehicle_model_id": car.line.model.id,
        "vehicle_model_variant_id": car.line.variant.id,
        "product_lines": lines,
    })
}

/// The prepared order that a body names; inside, why the caller may not use it.
pub(super) fn asked(
    jifeline: &Jifeline,
    caller: Caller,
    body: &Body,
) -> Result<Option<Result<&'static Prepared, Problem>>, Problem> {
    let found = body.uuid("prepared_ticket_id")?.map(|id| {
        let known = OFFERS.prepared.iter().find(|one| one.id == id && jifeline.core.fleet.car(one.car).is_some());
        match known {
            None => Err(Problem::unknown(jifeline, "prepared ticket")),
            Some(one) if one.garage != caller.garage => Err(Problem::foreign("prepared ticket")),
            Some(one) => Ok(one),
        }
    });
    Ok(found)
}

/// Refuses a prepared order that is for another car.
pub(super) fn check_vin(jifeline: &Jifeline, prepared: &Prepared, vin: &str) -> Result<(), Problem> {
    let car = jifeline.core.fleet.car(prepared.car);
    if car.is_some_and(|car| car.vin.eq_ignore_ascii_case(vin)) {
        return Ok(());
    }
    Err(Problem::invalid("The prepared ticket is for another vin."))
}
