//! Products for a vehicle: groups, bundles, the products themselves, and a garage's favourites among them.

use std::collections::HashSet;
use std::sync::Arc;

use axum::Json;
use axum::extract::Path;
use axum::extract::State;
use serde_json::Value;
use serde_json::json;

use crate::sandbox::core::lock;
use crate::sandbox::seed::LINES;
use crate::sandbox::seed::Line;
use crate::sandbox::seed::offers::Block;
use crate::sandbox::seed::offers::Bundle;
use crate::sandbox::seed::offers::OFFERS;
use crate::sandbox::seed::products::PRODUCTS;
use crate::sandbox::seed::products::Product;
use crate::sandbox::seed::products::product;
use crate::sandbox::seed::tickets::FORECOURT;

use super::Jifeline;
use super::auth::Caller;
use super::body::Body;
use super::params::Page;
use super::params::Params;
use super::params::integer;
use super::price::Localized;
use super::problem::Problem;

/// The favourites of all garages: garage and product.
pub(super) type Favorites = HashSet<(u8, i64)>;

/// What the first garage likes from the start.
pub(super) fn seeded_favorites() -> Favorites {
    [52_362, 52_516].into_iter().map(|id| (FORECOURT, id)).collect()
}

/// The variant of the catalogue with these ids.
pub(super) fn vehicle(jifeline: &Jifeline, model: i64, variant: i64) -> Result<Line, Problem> {
    if LINES.iter().all(|line| line.model.id != model) {
        return Err(Problem::unknown(jifeline, "vehicle model"));
    }
    let line = LINES.iter().find(|line| line.variant.id == variant);
    let line = line.ok_or_else(|| Problem::unknown(jifeline, "vehicle model variant"))?;
    if line.model.id == model {
        return Ok(*line);
    }
    Err(Problem::invalid("vehicle_model_variant_id is no variant of this vehicle_model_id."))
}

/// The vehicle that a query names.
pub(super) fn asked_vehicle(jifeline: &Jifeline, params: &Params) -> Result<Line, Problem> {
    let integer = |name: &str| params.integer(name)?.ok_or_else(|| Problem::invalid(format!("{name} is required.")));
    let (model, variant) = (integer("vehicle_model_id")?, integer("vehicle_model_variant_id")?);
    vehicle(jifeline, model, variant)
}

/// The group that a query names.
fn asked_group(jifeline: &Jifeline, params: &Params) -> Result<Option<i64>, Problem> {
    match params.integer("product_group_id")? {
        Some(id) if OFFERS.groups.iter().all(|group| group.id != id) => {
            Err(Problem::unknown(jifeline, "product group"))
        }
        id => Ok(id),
    }
}

/// Lists the groups in which there is a product for the vehicle.
pub(super) async fn list_groups(
    State(jifeline): State<Arc<Jifeline>>,
    _: Caller,
    params: Params,
) -> Result<Json<Value>, Problem> {
    let page = params.page(Page::WHOLE)?;
    let Line { variant, .. } = asked_vehicle(&jifeline, &params)?;
    let fits = |id: i64| PRODUCTS.iter().any(|product| product.group == id && product.is_for(variant));
    let groups: Vec<_> = OFFERS.groups.iter().filter(|group| fits(group.id)).collect();
    Ok(page.of(&groups, |group| json!({"id": group.id, "name": group.name})))
}

/// Lists the bundles whose indispensable products are there for the vehicle.
pub(super) async fn list_bundles(
    State(jifeline): State<Arc<Jifeline>>,
    _: Caller,
    params: Params,
) -> Result<Json<Value>, Problem> {
    let page = params.page(Page::WHOLE)?;
    let vehicle = asked_vehicle(&jifeline, &params)?;
    let group = asked_group(&jifeline, &params)?;
    let in_group = |bundle: &&Bundle| group.is_none_or(|id| id == bundle.product_group_id);
    let whole = |bundle: &&Bundle| {
        let mut needed = bundle.blocks.iter().filter(|block| !block.optional).flat_map(|block| &block.product_ids);
        needed.all(|id| fits(*id, &vehicle))
    };
    let bundles: Vec<_> = OFFERS.bundles.iter().filter(in_group).filter(whole).collect();
    let flat = jifeline.core.switches().jifeline_flat_product_ids;
    Ok(page.of(&bundles, |bundle| show_bundle(bundle, &vehicle, flat)))
}

fn fits(id: i64, vehicle: &Line) -> bool {
    product(id).is_some_and(|product| product.is_for(vehicle.variant))
}

fn show_bundle(bundle: &Bundle, vehicle: &Line, flat: bool) -> Value {
    let show = |block: &Block| {
        let ids: Vec<i64> = block.product_ids.iter().copied().filter(|id| fits(*id, vehicle)).collect();
        let shown = if flat { json!(ids) } else { json!([ids]) };
        (!ids.is_empty()).then(|| json!({"optional": block.optional, "product_ids": shown}))
    };
    json!({
        "id": bundle.id,
        "product_group_id": bundle.product_group_id,
        "name": bundle.name,
        "description": bundle.description,
        "reference": bundle.reference,
        "blocks": bundle.blocks.iter().filter_map(show).collect::<Vec<_>>(),
    })
}

/// Lists the products for the vehicle: all, those of a group or of a bundle, the favourites or the others.
pub(super) async fn list(
    State(jifeline): State<Arc<Jifeline>>,
    caller: Caller,
    params: Params,
) -> Result<Json<Value>, Problem> {
    let page = params.page(Page::WHOLE)?;
    let wanted = match params.text("is_favorite") {
        None => None,
        Some("true" | "1") => Some(true),
        Some("false" | "0") => Some(false),
        Some(_) => return Err(Problem::invalid("is_favorite must be a boolean.")),
    };
    let bundle = params.text("product_bundle_id").map(str::parse::<uuid::Uuid>).transpose();
    let bundle = bundle.map_err(|_| Problem::invalid("product_bundle_id is no UUID."))?;
    if bundle.is_some() && params.text("product_group_id").is_some() {
        return Err(Problem::invalid("product_group_id and product_bundle_id exclude each other."));
    }
    let vehicle = asked_vehicle(&jifeline, &params)?;
    let group = asked_group(&jifeline, &params)?;
    let bundle = bundle.map(|id| OFFERS.bundles.iter().find(|bundle| bundle.id == id));
    let bundle = bundle.map(|found| found.ok_or_else(|| Problem::unknown(&jifeline, "product bundle"))).transpose()?;
    let bundled = |id: i64| bundle.is_none_or(|one| one.blocks.iter().any(|block| block.product_ids.contains(&id)));
    let favorites = lock(&jifeline.favorites);
    let liked = |id: i64| favorites.contains(&(caller.garage, id));
    let found: Vec<&Product> = PRODUCTS
        .iter()
        .filter(|product| product.is_for(vehicle.variant) && bundled(product.id))
        .filter(|product| group.is_none_or(|id| id == product.group))
        .filter(|product| wanted.is_none_or(|wanted| wanted == liked(product.id)))
        .collect();
    let localized = Localized::of(caller.garage);
    Ok(page.of(&found, |product| show(product, liked(product.id), localized)))
}

fn show(product: &Product, is_favorite: bool, localized: Localized) -> Value {
    let net = product.gross_cents - product.discount_cents;
    let euros = |cents: i32| f64::from(cents) / 100.0;
    json!({
        "id": product.id,
        "item_number": product.item_number,
        "name": product.name,
        "internal_name": product.internal_name,
        "description": product.description,
        "is_favorite": is_favorite,
        "is_unattended": product.is_unattended,
        "gross_price": localized.price(product.gross_cents),
        "net_price": localized.price(net),
        "total_discount": localized.discount(product.discount_cents, product.gross_cents),
        "original_equipment_service_fee": product.fee_cents.map(|cents| localized.price(cents)),
        "price": {
            "price_original": euros(product.gross_cents),
            "price_final": euros(net),
            "partner_price": euros(net),
            "contains_discount": product.discount_cents > 0,
            "currency": "EUR",
        },
    })
}

/// Makes a product a favourite of the caller, also for the second time.
pub(super) async fn add_favorite(
    State(jifeline): State<Arc<Jifeline>>,
    caller: Caller,
    body: Body,
) -> Result<Json<Value>, Problem> {
    let product = product(body.integer("id")?).ok_or_else(|| Problem::unknown(&jifeline, "product"))?;
    lock(&jifeline.favorites).insert((caller.garage, product.id));
    Ok(Json(Value::Null))
}

/// Makes a product no favourite of the caller, also for the second time.
pub(super) async fn remove_favorite(
    State(jifeline): State<Arc<Jifeline>>,
    caller: Caller,
    Path(id): Path<String>,
) -> Result<Json<Value>, Problem> {
    let product = product(integer("id", &id)?).ok_or_else(|| Problem::unknown(&jifeline, "product"))?;
    lock(&jifeline.favorites).remove(&(caller.garage, product.id));
    Ok(Json(Value::Null))
}
