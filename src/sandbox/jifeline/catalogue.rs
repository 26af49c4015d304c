//! The vehicle catalogue: makes, model groups, models and variants.

use std::sync::Arc;

use axum::Json;
use axum::extract::Path;
use axum::extract::State;
use serde_json::Value;
use serde_json::json;

use crate::sandbox::seed::LINES;
use crate::sandbox::seed::Line;

use super::Jifeline;
use super::auth::Caller;
use super::params::Page;
use super::params::Params;
use super::params::integer;
use super::problem::Problem;

/// Lists every make.
pub(super) async fn list_makes(_: Caller, params: Params) -> Result<Json<Value>, Problem> {
    let page = params.page(Page::USUAL)?;
    Ok(page.of(&level(|line| line.make.id, |_| true), |line| make(line)))
}

/// Lists the model groups of a make.
pub(super) async fn list_model_groups(_: Caller, params: Params) -> Result<Json<Value>, Problem> {
    let page = params.page(Page::USUAL)?;
    let make = params.required_integer("vehicle_make_id")?;
    Ok(page.of(&level(|line| line.group.id, |line| line.make.id == make), |line| model_group(line)))
}

/// Gives one model group.
pub(super) async fn get_model_group(
    State(jifeline): State<Arc<Jifeline>>,
    _: Caller,
    Path(id): Path<String>,
) -> Result<Json<Value>, Problem> {
    let id = integer("modelGroupId", &id)?;
    one(&jifeline, "model group", |line| line.group.id == id).map(model_group).map(Json)
}

/// Lists the models of a model group.
pub(super) async fn list_models(_: Caller, params: Params) -> Result<Json<Value>, Problem> {
    let page = params.page(Page::USUAL)?;
    let group = params.required_integer("vehicle_model_group_id")?;
    Ok(page.of(&level(|line| line.model.id, |line| line.group.id == group), |line| model(line)))
}

/// Gives one model.
pub(super) async fn get_model(
    State(jifeline): State<Arc<Jifeline>>,
    _: Caller,
    Path(id): Path<String>,
) -> Result<Json<Value>, Problem> {
    let id = integer("modelId", &id)?;
    one(&jifeline, "model", |line| line.model.id == id).map(model).map(Json)
}

/// Lists the variants of a model.
pub(super) async fn list_variants(_: Caller, params: Params) -> Result<Json<Value>, Problem> {
    let page = params.page(Page::USUAL)?;
    let model = params.required_integer("vehicle_model_id")?;
    Ok(page.of(&level(|line| line.variant.id, |line| line.model.id == model), |line| variant(line)))
}

/// Gives one variant.
pub(super) async fn get_variant(
    State(jifeline): State<Arc<Jifeline>>,
    _: Caller,
    Path(id): Path<String>,
) -> Result<Json<Value>, Problem> {
    let id = integer("modelVariantId", &id)?;
    one(&jifeline, "model variant", |line| line.variant.id == id).map(variant).map(Json)
}

/// The lines that `fits` lets through, the first of each `id`.
fn level(id: fn(&Line) -> i64, fits: impl Fn(&Line) -> bool) -> Vec<&'static Line> {
    let mut found: Vec<&Line> = LINES.iter().filter(|line| fits(line)).collect();
    found.dedup_by_key(|line| id(line));
    found
}

fn one(jifeline: &Jifeline, what: &str, fits: impl Fn(&Line) -> bool) -> Result<&'static Line, Problem> {
    LINES.iter().find(|line| fits(line)).ok_or_else(|| Problem::unknown(jifeline, what))
}

/// A make as every operation shows it.
pub(super) fn make(line: &Line) -> Value {
    json!({"id": line.make.id, "name": line.make.name})
}

/// A model group as every operation shows it.
pub(super) fn model_group(line: &Line) -> Value {
    json!({
        "id": line.group.id,
        "name": line.group.name,
        "vehicle_make_id": line.make.id,
        "vehicle_make_name": line.make.name,
    })
}

/// A model as every operation shows it.
pub(super) fn model(line: &Line) -> Value {
    let Line { make, group, model, .. } = line;
    json!({
        "id": model.id,
        "name": model.name,
        "manufactured_from": model.manufactured_from,
        "manufactured_to": model.manufactured_to,
        "vehicle_model_group_id": group.id,
        "vehicle_model_group_name": group.name,
        "vehicle_make_id": make.id,
        "vehicle_make_name": make.name,
        "requires_doip": model.requires_doip,
    })
}

/// A variant as every operation shows it.
pub(super) fn variant(line: &Line) -> Value {
    let Line { make, group, model, variant } = line;
    json!({
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
    })
}
