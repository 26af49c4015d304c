//! Vehicles.

use crate::domain::vehicle::model::ServicedVehicle;
use crate::domain::vehicle::model::VariantOf;
use crate::domain::vehicle::model::VehicleMake;
use crate::domain::vehicle::model::VehicleModel;
use crate::domain::vehicle::model::VehicleModelGroup;
use crate::domain::vehicle::model::VehicleModelVariant;
use crate::domain::vehicle::model::VehicleSpec;

use super::super::api::vehicles::FoundVehicleDto;
use super::super::api::vehicles::ModelDto;
use super::super::api::vehicles::NamedDto;
use super::super::api::vehicles::ServicedVehicleDto;
use super::filled;
use super::map_vin;

/// The catalogue entry; none when no member says anything, which is how the vendor answers to an unknown VIN.
pub(in crate::vendors::jifeline) fn map_found(found: FoundVehicleDto) -> Option<VehicleSpec> {
    let named = |dto: NamedDto| (dto.id.is_some() || dto.name.is_some()).then_some(dto);
    let model_of = |dto: ModelDto| (dto.id.is_some() || dto.name.is_some()).then_some(dto);
    let make = found
        .make
        .and_then(named)
        .map(|make| VehicleMake { catalogue_id: make.id.map(String::from), name: filled(make.name) });
    let model_group = found.model_group.and_then(named).map(|group| VehicleModelGroup {
        catalogue_id: group.id.map(String::from),
        name: filled(group.name),
        make: make.clone(),
    });
    let model = found.model.and_then(model_of).map(|model| VehicleModel {
        catalogue_id: model.id.map(String::from),
        name: filled(model.name),
        manufactured_from: model.manufactured_from.map(Into::into),
        manufactured_to: model.manufactured_to.map(Into::into),
        requires_doip: model.requires_doip,
        model_group: model_group.clone(),
    });
    let variant = found.model_variant.and_then(model_of).map(|variant| VehicleModelVariant {
        catalogue_id: variant.id.map(String::from),
        name: filled(variant.name),
        manufactured_from: variant.manufactured_from.map(Into::into),
        manufactured_to: variant.manufactured_to.map(Into::into),
        requires_doip: variant.requires_doip,
        model: model.clone().map_or(VariantOf::Unnamed, |model| VariantOf::Model(Box::new(model))),
    });
    let spec = VehicleSpec { make, model_group, model, variant };
    let is_known = spec.make.is_some() || spec.model_group.is_some() || spec.model.is_some() || spec.variant.is_some();
    is_known.then_some(spec)
}

/// One line of the list of serviced vehicles; none without a VIN, which is all that can be joined on.
pub(in crate::vendors::jifeline) fn map_serviced(serviced: ServicedVehicleDto) -> Option<ServicedVehicle> {
    Some(ServicedVehicle {
        vin: map_vin(serviced.vin)?,
        make: filled(serviced.make_name),
        model_group: filled(serviced.model_group_name),
        model: filled(serviced.model_name),
        variant: filled(serviced.model_variant_name),
        last_serviced_at: serviced.last_serviced_at,
    })
}
