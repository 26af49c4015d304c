//! The catalogue of vehicles.

use crate::domain::catalogue::model::Build;
use crate::domain::catalogue::model::CatalogueId;
use crate::domain::catalogue::model::Make;
use crate::domain::catalogue::model::Model;
use crate::domain::catalogue::model::ModelGroup;
use crate::domain::catalogue::model::Variant;
use crate::transport::decode::Id;

use super::super::api::catalogue::EntryDto;
use super::filled;

/// A make; none without a number.
pub(in crate::vendors::jifeline) fn map_make(entry: EntryDto) -> Option<Make> {
    Some(Make { id: number(entry.id)?, name: filled(entry.name) })
}

/// A model group; none without a number.
pub(in crate::vendors::jifeline) fn map_model_group(entry: EntryDto) -> Option<ModelGroup> {
    Some(ModelGroup {
        id: number(entry.id)?,
        name: filled(entry.name),
        make_id: number(entry.vehicle_make_id),
        make_name: filled(entry.vehicle_make_name),
    })
}

/// A model; none without a number.
pub(in crate::vendors::jifeline) fn map_model(entry: EntryDto) -> Option<Model> {
    let build = build(&entry);
    Some(Model {
        id: number(entry.id)?,
        name: filled(entry.name),
        build,
        group_id: number(entry.vehicle_model_group_id),
        group_name: filled(entry.vehicle_model_group_name),
        make_id: number(entry.vehicle_make_id),
        make_name: filled(entry.vehicle_make_name),
    })
}

/// A variant; none without a number.
pub(in crate::vendors::jifeline) fn map_variant(entry: EntryDto) -> Option<Variant> {
    let build = build(&entry);
    Some(Variant {
        id: number(entry.id)?,
        name: filled(entry.name),
        build,
        model_id: number(entry.vehicle_model_id),
        model_name: filled(entry.vehicle_model_name),
        group_id: number(entry.vehicle_model_group_id),
        group_name: filled(entry.vehicle_model_group_name),
        make_id: number(entry.vehicle_make_id),
        make_name: filled(entry.vehicle_make_name),
    })
}

fn build(entry: &EntryDto) -> Build {
    Build {
        manufactured_from: entry.manufactured_from.map(Into::into),
        manufactured_to: entry.manufactured_to.map(Into::into),
        requires_doip: entry.requires_doip,
    }
}

fn number(id: Option<Id>) -> Option<CatalogueId> {
    id.map(|id| CatalogueId(id.into()))
}
