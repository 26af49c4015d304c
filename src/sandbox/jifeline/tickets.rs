//! Tickets: the open one on a connector, and those of the past.

use std::cmp::Reverse;
use std::sync::Arc;

use axum::Json;
use axum::extract::Path;
use axum::extract::State;
use axum::response::IntoResponse;
use axum::response::Response;
use http::StatusCode;
use serde_json::Value;
use serde_json::json;

use crate::sandbox::seed::SeedCar;
use crate::sandbox::seed::connectors::SeedConnector;
use crate::sandbox::seed::connectors::SeedTicket;
use crate::sandbox::seed::tickets;
use crate::sandbox::seed::tickets::Line;
use crate::sandbox::seed::tickets::Visit;
use crate::sandbox::switches::AbsentTicket;

use super::Jifeline;
use super::auth::Caller;
use super::connectors;
use super::params::Page;
use super::params::Params;
use super::params::integer;
use super::price::Localized;
use super::problem::Problem;

/// Gives the open ticket on one of the caller's connectors.
pub(super) async fn get_active(
    State(jifeline): State<Arc<Jifeline>>,
    caller: Caller,
    Path(id): Path<String>,
) -> Result<Response, Problem> {
    let connector = connectors::own(&jifeline, caller, integer("connectorId", &id)?)?;
    let open = connector.ticket.as_ref().zip(connectors::car(&jifeline, connector));
    let switches = jifeline.core.switches();
    match (open, switches.jifeline_absent_ticket) {
        (Some((ticket, car)), _) => {
            let flat = switches.jifeline_flat_product_ids;
            Ok(Json(active(connector, ticket, car, flat)).into_response())
        }
        (None, AbsentTicket::NotFound) => Err(Problem::not_found("active ticket")),
        (None, AbsentTicket::Null) => Ok(Json(Value::Null).into_response()),
        (None, AbsentTicket::Empty) => Ok(StatusCode::OK.into_response()),
    }
}

/// Lists the caller's tickets of the past, by VIN, by connector, by both or all of them, newest first.
pub(super) async fn list_historical(
    State(jifeline): State<Arc<Jifeline>>,
    caller: Caller,
    params: Params,
) -> Result<Json<Value>, Problem> {
    let page = params.page(Page::WHOLE)?;
    let connector = params.integer("connector_id")?;
    if let Some(id) = connector {
        connectors::own(&jifeline, caller, id)?;
    }
    let fleet = &jifeline.core.fleet;
    let cars = match params.text("vin") {
        Some(vin) => fleet.by_vin(&vin.to_uppercase()).map_or(&[][..], std::slice::from_ref),
        None => fleet.cars(),
    };
    let of_caller = cars.iter().flat_map(|car| tickets::of_car(car, caller.garage));
    let mut found: Vec<Visit<'_>> =
        of_caller.filter(|visit| connector.is_none_or(|id| id == visit.connector_id())).collect();
    found.sort_by_cached_key(|visit| Reverse((visit.created_at(), visit.id())));
    Ok(page.of(&found, historical))
}

/// Gives one of the caller's tickets of the past.
pub(super) async fn get_historical(
    State(jifeline): State<Arc<Jifeline>>,
    caller: Caller,
    Path(id): Path<String>,
) -> Result<Json<Value>, Problem> {
    let id = integer("historicalTicketId", &id)?;
    let visit = tickets::by_id(&jifeline.core.fleet, id).ok_or_else(|| Problem::unknown(&jifeline, "ticket"))?;
    if visit.garage != caller.garage {
        return Err(Problem::foreign("ticket"));
    }
    Ok(Json(historical(&visit)))
}

fn active(connector: &SeedConnector, ticket: &SeedTicket, car: &SeedCar, flat: bool) -> Value {
    let products = json!(ticket.product_ids);
    json!({
        "id": ticket.id.to_string(),
        "uuid": ticket.uuid,
        "vin": car.vin,
        "vinNumber": car.vin,
        "vehicle_model_id": car.line.model.id,
        "vehicle_model_variant_id": car.line.variant.id,
        "product_ids": if flat { products } else { json!([products]) },
        "chat_id": format!("{}_{}", connector.id, ticket.chat),
        "connector_id": connector.id,
        "state": ticket.state,
    })
}

/// A ticket of the past. Prices on a line are those of one piece; the totals count the quantities.
fn historical(visit: &Visit<'_>) -> Value {
    let localized = Localized::of(visit.garage);
    let lines = visit.lines();
    let sum = |amount: fn(&Line) -> i32| lines.iter().map(|line| amount(line) * line.quantity).sum::<i32>();
    let gross = sum(|line| line.product.gross_cents);
    let net = gross - sum(|line| line.product.discount_cents);
    let fee = sum(|line| line.product.fee_cents.unwrap_or(0));
    let voucher = visit.voucher();
    let off = voucher.map_or(0, |voucher| net * voucher.percent / 100);
    let shown: Vec<Value> = lines.iter().map(|line| product_line(*line, localized)).collect();
    json!({
        "id": visit.id(),
        "connector_id": visit.connector_id(),
        "state": visit.state(),
        "vin": visit.car.vin,
        "odometer_reading": visit.odometer(),
        "reference": visit.reference(),
        "voucher": voucher.map(|voucher| voucher.code),
        "vehicle_model_id": visit.car.line.model.id,
        "vehicle_model_variant_id": visit.car.line.variant.id,
        "sub_total": localized.triple(gross, net),
        "total": localized.triple(gross + fee, net + fee - off),
        "original_equipment_service_fee": localized.triple(fee, fee),
        "product_lines": shown,
        "created_at": visit.created_at().to_rfc3339(),
        "finished_at": visit.finished_at().to_rfc3339(),
    })
}

fn product_line(line: Line, localized: Localized) -> Value {
    let product = line.product;
    let discount = localized.discount(product.discount_cents, product.gross_cents);
    let named = json!({"product_id": product.id, "description": product.name, "discount": discount});
    let discounts: Vec<Value> = (product.discount_cents > 0).then_some(named).into_iter().collect();
    json!({
        "product_id": product.id,
        "description": product.name,
        "quantity": line.quantity,
        "gross_price": localized.price(product.gross_cents),
        "net_price": localized.price(product.gross_cents - product.discount_cents),
        "total_discount": discount,
        "original_equipment_service_fee": product.fee_cents.map(|cents| localized.price(cents)),
        "discounts": discounts,
    })
}
