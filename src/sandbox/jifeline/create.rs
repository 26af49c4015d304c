//! The order of a ticket: first what breaks a rule, then what cannot be paid, found or reconciled.

use std::sync::Arc;

use axum::Json;
use axum::extract::State;
use serde_json::Value;

use crate::sandbox::seed::Line as Vehicle;
use crate::sandbox::seed::connectors::SeedConnector;
use crate::sandbox::seed::offers::Prepared;
use crate::sandbox::seed::offers::Voucher;
use crate::sandbox::seed::products::Product;

use super::Jifeline;
use super::auth::Caller;
use super::body::Body;
use super::body::required;
use super::cart;
use super::center::CenterState;
use super::connectors;
use super::customers;
use super::orders::Draft;
use super::orders::Held;
use super::orders::Order;
use super::prepared;
use super::prerequisites;
use super::problem::Problem;
use super::products::vehicle;
use super::quote::Quote;
use super::tickets;

/// The members of `metadata` that are strings. Inferred: none of them is required.
const METADATA: [&str; 10] = [
    "app_name",
    "app_version",
    "platform",
    "platform_version",
    "device_manufacturer",
    "device_model",
    "battery_state",
    "locale",
    "latitude",
    "longitude",
];

/// An order that breaks no rule of its form; what it names may be unknown, foreign or occupied.
struct Request {
    vin: String,
    vehicle: Result<Vehicle, Problem>,
    connector: Result<&'static SeedConnector, Problem>,
    products: Result<Vec<&'static Product>, Problem>,
    prepared: Option<Result<&'static Prepared, Problem>>,
    voucher: Option<&'static Voucher>,
    reference: String,
    confirmed: bool,
}

/// Creates a ticket on one of the caller's connectors.
pub(super) async fn create(
    State(jifeline): State<Arc<Jifeline>>,
    caller: Caller,
    body: Body,
) -> Result<Json<Value>, Problem> {
    let request = read(&jifeline, caller, &body)?;
    let order = place(&jifeline, caller, request)?;
    Ok(Json(tickets::active(&order, &jifeline.core.switches())))
}

/// Reads an order and refuses what breaks a rule.
fn read(jifeline: &Jifeline, caller: Caller, body: &Body) -> Result<Request, Problem> {
    let vin = body.some_text("vin")?;
    cart::check_vin(vin)?;
    let (model, variant) = (body.integer("vehicle_model_id")?, body.integer("vehicle_model_variant_id")?);
    let connector = body.integer("connector_id")?;
    let ids = cart::product_ids(body)?;
    check_metadata(&body.object("metadata")?)?;
    if ids.is_empty() && !customers::seed(caller)?.allows_tickets_without_product {
        return Err(Problem::invalid("product_ids must not be empty."));
    }
    let request = Request {
        vin: vin.to_uppercase(),
        vehicle: vehicle(jifeline, model, variant),
        connector: connectors::own(jifeline, caller, connector),
        products: cart::products(jifeline, &ids),
        prepared: prepared::asked(jifeline, caller, body)?,
        voucher: cart::asked_voucher(jifeline, body)?,
        reference: body.text("reference")?.unwrap_or_default().to_owned(),
        confirmed: body.boolean("confirmed_unattended_service")?.unwrap_or_default(),
    };
    prerequisites::check(body, &ids)?;
    check(jifeline, &request)?;
    Ok(request)
}

fn check_metadata(metadata: &Body) -> Result<(), Problem> {
    for name in METADATA {
        metadata.text(name)?;
    }
    metadata.boolean("vin_is_found_by_reader").map(|_| ())
}

/// Refuses what does not go together, as far as it is known.
fn check(jifeline: &Jifeline, request: &Request) -> Result<(), Problem> {
    if let Err(problem) = &request.vehicle
        && problem.is_invalid()
    {
        return Err(problem.clone());
    }
    if let (Ok(products), Ok(vehicle)) = (&request.products, &request.vehicle) {
        cart::check_offer(products, vehicle)?;
    }
    if let (Ok(connector), Ok(vehicle)) = (&request.connector, &request.vehicle)
        && vehicle.model.requires_doip
        && !connector.supports_doip
    {
        return Err(Problem::invalid("The vehicle requires DoIP, which the connector does not support."));
    }
    if let Ok(products) = &request.products
        && !request.confirmed
        && products.iter().any(|product| product.is_unattended)
    {
        return Err(required("confirmed_unattended_service"));
    }
    match &request.prepared {
        Some(Ok(prepared)) => prepared::check_vin(jifeline, prepared, &request.vin),
        Some(Err(_)) | None => Ok(()),
    }
}

/// Opens the ticket, unless something stands in its way.
fn place(jifeline: &Jifeline, caller: Caller, request: Request) -> Result<Order, Problem> {
    let garage = customers::seed(caller)?;
    let center = jifeline.center();
    let mut orders = jifeline.orders();
    let products = request.products?;
    let cost = Quote::of(products.iter().copied(), request.voucher).to_pay();
    if garage.pays_by_wallet && cost > garage.wallet_cents - orders.spent_by(garage.number) {
        return Err(Problem::unpaid());
    }
    let (line, connector) = (request.vehicle?, request.connector?);
    let prepared = request.prepared.transpose()?;
    if let Some(open) = orders.open_on(connector.id) {
        let detail = format!("Ticket {} is open on this connector.", open.id);
        return Err(Problem::conflict("Connector has a pending ticket", detail));
    }
    if !jifeline.device(connector.id).is_some_and(|(_, device)| device.online) {
        return Err(Problem::conflict("Connector is offline", "The connector is not connected to the service."));
    }
    if prepared.is_some_and(|prepared| orders.used.contains(&prepared.id)) {
        return Err(Problem::conflict("Prepared ticket is used", "The prepared ticket was ordered before."));
    }
    let unattended = !products.is_empty() && products.iter().all(|product| product.is_unattended);
    let accepts = jifeline.core.switches().jifeline_scheduled_accepts;
    let held = match (center.state, center.ends_at) {
        (CenterState::Closed, _) if !unattended => {
            return Err(Problem::conflict("Service center is closed", "Only unattended services can be ordered now."));
        }
        (CenterState::Scheduled, Some(until)) if accepts => Some(Held { until, message: center.message }),
        (CenterState::Scheduled, _) => {
            return Err(Problem::conflict("Service center is scheduled", "Nothing can be ordered before it opens."));
        }
        (CenterState::Opened | CenterState::Closed, _) => None,
    };
    orders.used.extend(prepared.map(|prepared| prepared.id));
    let odometer = jifeline.core.fleet.by_vin(&request.vin).map(|car| car.odometer_km);
    let draft = Draft {
        garage: caller.garage,
        connector_id: connector.id,
        vin: request.vin,
        line,
        products,
        voucher: request.voucher,
        reference: request.reference,
        odometer,
        held,
    };
    let order = orders.open(&jifeline.core, draft);
    jifeline.tell_of(&order);
    Ok(order)
}
