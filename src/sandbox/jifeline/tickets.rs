//! Tickets: the open one on a connector, and those of the past.

use std::cmp::Reverse;
use std::sync::Arc;

use axum::Json;
use axum::extract::Path;
use axum::extract::State;
use axum::response::IntoResponse;
use axum::response::Response;
use chrono::DateTime;
use chrono::Utc;
use http::StatusCode;
use serde_json::Value;
use serde_json::json;

use crate::sandbox::seed::Line as Vehicle;
use crate::sandbox::seed::tickets;
use crate::sandbox::seed::tickets::Line;
use crate::sandbox::seed::tickets::Visit;
use crate::sandbox::switches::AbsentTicket;
use crate::sandbox::switches::Switches;

use super::Jifeline;
use super::auth::Caller;
use super::connectors;
use super::orders::Order;
use super::params::Page;
use super::params::Params;
use super::params::integer;
use super::price::Localized;
use super::problem::Problem;
use super::quote::Quote;

/// Gives the open ticket on one of the caller's connectors.
pub(super) async fn get_active(
    State(jifeline): State<Arc<Jifeline>>,
    caller: Caller,
    Path(id): Path<String>,
) -> Result<Response, Problem> {
    let connector = connectors::own(&jifeline, caller, integer("connectorId", &id)?)?;
    let open = jifeline.orders().open_on(connector.id).cloned();
    let switches = jifeline.core.switches();
    match (open, switches.jifeline_absent_ticket) {
        (Some(order), _) => Ok(Json(active(&order, &switches)).into_response()),
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
    let vin = params.text("vin").map(str::to_uppercase);
    let fleet = &jifeline.core.fleet;
    let cars = match &vin {
        Some(vin) => fleet.by_vin(vin).map_or(&[][..], std::slice::from_ref),
        None => fleet.cars(),
    };
    let of_caller = cars.iter().flat_map(|car| tickets::of_car(car, caller.garage));
    let mut visits: Vec<Visit<'_>> =
        of_caller.filter(|visit| connector.is_none_or(|id| id == visit.connector_id())).collect();
    visits.sort_by_cached_key(|visit| Reverse((visit.created_at(), visit.id())));
    let orders = jifeline.orders();
    let of_vin = |order: &Order| vin.as_ref().is_none_or(|vin| *vin == order.vin);
    let ended = orders.ended_of(caller.garage).into_iter();
    let ended = ended.filter(|order| of_vin(order) && connector.is_none_or(|id| id == order.connector_id));
    let found: Vec<Past<'_>> = ended.map(Past::Ended).chain(visits.into_iter().map(Past::Seeded)).collect();
    Ok(page.of(&found, |past| past.show(caller.garage)))
}

/// Gives one of the caller's tickets of the past.
pub(super) async fn get_historical(
    State(jifeline): State<Arc<Jifeline>>,
    caller: Caller,
    Path(id): Path<String>,
) -> Result<Json<Value>, Problem> {
    let id = integer("historicalTicketId", &id)?;
    let orders = jifeline.orders();
    let past = own_past(&jifeline, orders.get(id), caller, id)?;
    Ok(Json(past.show(caller.garage)))
}

/// The caller's ticket of the past with this id; `order` is the one that the sandbox has seen under it.
pub(super) fn own_past<'here>(
    jifeline: &'here Jifeline,
    order: Option<&'here Order>,
    caller: Caller,
    id: i64,
) -> Result<Past<'here>, Problem> {
    let ended = order.filter(|order| order.ended.is_some()).map(Past::Ended);
    let past = ended.or_else(|| tickets::by_id(&jifeline.core.fleet, id).map(Past::Seeded));
    let past = past.ok_or_else(|| Problem::unknown(jifeline, "ticket"))?;
    if past.garage() == caller.garage { Ok(past) } else { Err(Problem::foreign("ticket")) }
}

/// An open ticket.
pub(super) fn active(order: &Order, switches: &Switches) -> Value {
    let products: Value = order.products.iter().map(|product| product.id).collect();
    json!({
        "id": order.id.to_string(),
        "uuid": order.uuid,
        "vin": order.vin,
        "vinNumber": order.vin,
        "vehicle_model_id": order.line.model.id,
        "vehicle_model_variant_id": order.line.variant.id,
        "product_ids": if switches.jifeline_flat_product_ids { products } else { json!([products]) },
        "chat_id": format!("{}_{}", order.connector_id, order.chat),
        "connector_id": order.connector_id,
        "state": order.state.number(),
    })
}

/// A ticket of the past.
#[derive(Debug)]
pub(super) enum Past<'here> {
    /// The seed tells of it.
    Seeded(Visit<'here>),
    /// It was ordered in this sandbox.
    Ended(&'here Order),
}

impl Past<'_> {
    fn garage(&self) -> u8 {
        match self {
            Self::Seeded(visit) => visit.garage,
            Self::Ended(order) => order.garage,
        }
    }

    /// The state's number.
    pub(super) fn state(&self) -> i32 {
        match self {
            Self::Seeded(visit) => visit.state(),
            Self::Ended(order) => order.state.number(),
        }
    }

    /// When the work was done or the ticket cancelled.
    pub(super) fn finished_at(&self) -> Option<DateTime<Utc>> {
        match self {
            Self::Seeded(visit) => Some(visit.finished_at()),
            Self::Ended(order) => order.ended.map(|(at, _)| at),
        }
    }

    fn show(&self, garage: u8) -> Value {
        match self {
            Self::Seeded(visit) => {
                let quote = Quote { lines: visit.lines(), voucher: visit.voucher() };
                let mut shown = priced(&quote, &visit.car.line, garage);
                let facts = json!({
                    "id": visit.id(),
                    "connector_id": visit.connector_id(),
                    "vin": visit.car.vin,
                    "odometer_reading": visit.odometer(),
                    "reference": visit.reference(),
                    "created_at": visit.created_at().to_rfc3339(),
                });
                self.complete(&mut shown, facts);
                shown
            }
            Self::Ended(order) => {
                let mut shown = priced(&order.quote(), &order.line, garage);
                let facts = json!({
                    "id": order.id,
                    "connector_id": order.connector_id,
                    "vin": order.vin,
                    "odometer_reading": order.odometer,
                    "reference": order.reference,
                    "created_at": order.created_at.to_rfc3339(),
                });
                self.complete(&mut shown, facts);
                shown
            }
        }
    }

    fn complete(&self, shown: &mut Value, facts: Value) {
        let ending = json!({"state": self.state(), "finished_at": self.finished_at().map(|at| at.to_rfc3339())});
        for members in [facts, ending] {
            if let (Value::Object(shown), Value::Object(members)) = (&mut *shown, members) {
                shown.extend(members);
            }
        }
    }
}

/// What was ordered for which vehicle. Prices on a line are those of one piece; the totals count the quantities.
fn priced(quote: &Quote, vehicle: &Vehicle, garage: u8) -> Value {
    let localized = Localized::of(garage);
    let shown: Vec<Value> = quote.lines.iter().map(|line| product_line(*line, localized)).collect();
    json!({
        "voucher": quote.voucher.map(|voucher| &voucher.code),
        "vehicle_model_id": vehicle.model.id,
        "vehicle_model_variant_id": vehicle.variant.id,
        "sub_total": quote.sub_total(localized),
        "total": quote.total(localized),
        "original_equipment_service_fee": quote.fee_total(localized),
        "product_lines": shown,
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
