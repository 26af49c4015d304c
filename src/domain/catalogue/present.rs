//! Catalogue entries as the graph shows them: the same types that a vehicle has.

use crate::domain::vehicle::model::VariantOf;
use crate::domain::vehicle::model::VehicleMake;
use crate::domain::vehicle::model::VehicleModel;
use crate::domain::vehicle::model::VehicleModelGroup;
use crate::domain::vehicle::model::VehicleModelVariant;

use super::model::CatalogueId;
use super::model::Make;
use super::model::Model;
use super::model::ModelGroup;
use super::model::Variant;

/// A make with its number.
pub fn make(make: &Make) -> VehicleMake {
    VehicleMake { catalogue_id: Some(make.id.0.clone()), name: make.name.clone() }
}

/// A model group with its make.
pub fn model_group(group: &ModelGroup) -> VehicleModelGroup {
    VehicleModelGroup {
        catalogue_id: Some(group.id.0.clone()),
        name: group.name.clone(),
        make: make_above(group.make_id.as_ref(), group.make_name.as_ref()),
    }
}

/// A model with its model group.
pub fn model(model: &Model) -> VehicleModel {
    let group = (model.group_id.is_some() || model.group_name.is_some()).then(|| VehicleModelGroup {
        catalogue_id: model.group_id.clone().map(|id| id.0),
        name: model.group_name.clone(),
        make: make_above(model.make_id.as_ref(), model.make_name.as_ref()),
    });
    VehicleModel {
        catalogue_id: Some(model.id.0.clone()),
        name: model.name.clone(),
        manufactured_from: model.build.manufactured_from,
        manufactured_to: model.build.manufactured_to,
        requires_doip: model.build.requires_doip,
        model_group: group,
    }
}

/// A variant of the model `above`, or of the one that it names itself.
pub fn variant(variant: &Variant, above: Option<&VehicleModel>) -> VehicleModelVariant {
    let named = || variant.model_id.clone().map_or(VariantOf::Unnamed, VariantOf::Numbered);
    VehicleModelVariant {
        catalogue_id: Some(variant.id.0.clone()),
        name: variant.name.clone(),
        manufactured_from: variant.build.manufactured_from,
        manufactured_to: variant.build.manufactured_to,
        requires_doip: variant.build.requires_doip,
        model: above.map_or_else(named, |model| VariantOf::Model(Box::new(model.clone()))),
    }
}

fn make_above(id: Option<&CatalogueId>, name: Option<&String>) -> Option<VehicleMake> {
    (id.is_some() || name.is_some())
        .then(|| VehicleMake { catalogue_id: id.map(|id| id.0.clone()), name: name.cloned() })
}
