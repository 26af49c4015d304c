//! What a cart costs.

use std::sync::Arc;

use axum::Json;
use axum::extract::State;
use serde_json::Value;
use serde_json::json;

use crate::sandbox::seed::Line as Vehicle;
use crate::sandbox::seed::offers::Voucher;
use crate::sandbox::seed::offers::voucher;
use crate::sandbox::seed::products::Product;
use crate::sandbox::seed::products::product;

use super::Jifeline;
use super::auth::Caller;
use super::body::Body;
use super::prepared;
use super::price::Localized;
use super::problem::Problem;
use super::products::vehicle;
use super::quote::Quote;

/// The most products of one cart.
const MOST_PRODUCTS: usize = 50;

/// Calculates what the products cost, each, together and with a voucher.
pub(super) async fn calculate_prices(
    State(jifeline): State<Arc<Jifeline>>,
    caller: Caller,
    body: Body,
) -> Result<Json<Value>, Problem> {
    let (model, variant) = (body.integer("vehicle_model_id")?, body.integer("vehicle_model_variant_id")?);
    let ids = product_ids(&body)?;
    let vin = body.text("vin")?;
    vin.map_or(Ok(()), check_vin)?;
    let voucher = asked_voucher(&jifeline, &body)?;
    let prepared = prepared::asked(&jifeline, caller, &body)?;
    let found = products(&jifeline, &ids);
    let vehicle = vehicle(&jifeline, model, variant);
    if let (Ok(found), Ok(vehicle)) = (&found, &vehicle) {
        check_offer(found, vehicle)?;
    }
    if let (Some(Ok(prepared)), Some(vin)) = (&prepared, vin) {
        prepared::check_vin(&jifeline, prepared, vin)?;
    }
    let (vehicle, products) = (vehicle?, found?);
    prepared.transpose()?;
    let quote = Quote::of(products.iter().copied(), voucher);
    let localized = Localized::of(caller.garage);
    Ok(Json(json!({
        "voucher": voucher.map(|voucher| &voucher.code),
        "voucher_discount": quote.voucher_discount(localized),
        "vehicle_model_id": vehicle.model.id,
        "vehicle_model_variant_id": vehicle.variant.id,
        "needs_confirmation_for_unattended_service": products.iter().any(|product| product.is_unattended),
        "sub_total": quote.sub_total(localized),
        "voucher_sub_total": quote.voucher_sub_total(localized),
        "original_equipment_service_fee": quote.fee_total(localized),
        "total": quote.total(localized),
        "items": products.iter().map(|product| item(product, localized)).collect::<Vec<_>>(),
    })))
}

fn item(product: &Product, localized: Localized) -> Value {
    json!({
        "description": product.name,
        "product_id": product.id,
        "product_item_number": product.item_number,
        "product_name": product.name,
        "product_internal_name": product.internal_name,
        "product_description": product.description,
        "product_is_unattended": product.is_unattended,
        "gross_price": localized.price(product.gross_cents),
        "net_price": localized.price(product.gross_cents - product.discount_cents),
        "total_discount": localized.discount(product.discount_cents, product.gross_cents),
        "original_equipment_service_fee": product.fee_cents.map(|cents| localized.price(cents)),
    })
}

/// The products that a body names, as ids.
pub(super) fn product_ids(body: &Body) -> Result<Vec<i64>, Problem> {
    let ids = body.integers("product_ids")?;
    if ids.len() > MOST_PRODUCTS {
        return Err(Problem::invalid(format!("product_ids must not exceed {MOST_PRODUCTS}.")));
    }
    Ok(ids)
}

/// The products with these ids.
pub(super) fn products(jifeline: &Jifeline, ids: &[i64]) -> Result<Vec<&'static Product>, Problem> {
    let found = ids.iter().map(|id| product(*id).ok_or_else(|| Problem::unknown(jifeline, "product")));
    found.collect()
}

/// Refuses products that there are not for this vehicle.
pub(super) fn check_offer(products: &[&Product], vehicle: &Vehicle) -> Result<(), Problem> {
    match products.iter().find(|product| !product.is_for(vehicle.variant)) {
        Some(product) => Err(Problem::invalid(format!("Product {} is not available for this vehicle.", product.id))),
        None => Ok(()),
    }
}

/// Refuses what is no VIN.
pub(super) fn check_vin(vin: &str) -> Result<(), Problem> {
    if vin.len() == 17 && vin.bytes().all(|byte| byte.is_ascii_alphanumeric()) {
        return Ok(());
    }
    Err(Problem::invalid("vin must have 17 letters and digits."))
}

/// The voucher that a body names, if it counts.
pub(super) fn asked_voucher(jifeline: &Jifeline, body: &Body) -> Result<Option<&'static Voucher>, Problem> {
    let Some(code) = body.text("voucher")?.filter(|code| !code.is_empty()) else { return Ok(None) };
    let now = jifeline.core.clock.now();
    let found = voucher(code).ok_or_else(|| Problem::invalid("There is no such voucher."))?;
    if found.counts(now) { Ok(Some(found)) } else { Err(Problem::invalid("The voucher has expired.")) }
}
