//! Connectors.

use crate::domain::connector::model::ConnectorId;
use crate::domain::connector::model::ConnectorReport;

use super::super::api::connectors::ConnectorDto;
use super::filled;
use super::map_vin;

/// A connector; none without a number.
pub(in crate::vendors::jifeline) fn map_connector(dto: ConnectorDto) -> Option<ConnectorReport> {
    // One text holds make, model group, model and variant, joined by `#`. That the parts are these is inferred.
    let path = dto.vehicle_path_string.unwrap_or_default();
    let mut parts = path.split('#').map(|part| filled(Some(part.trim().to_owned())));
    let mut part = || parts.next().flatten();
    Some(ConnectorReport {
        id: ConnectorId(dto.id?.into()),
        uuid: dto.uuid.map(String::from),
        online: dto.is_online,
        wifi: dto.has_wifi,
        doip: dto.supports_doip,
        software_version: dto.software_version.map(String::from),
        hardware_version: dto.hardware_version.map(String::from),
        hardware_type: dto.hardware_type.map(String::from),
        vehicle_make: part(),
        vehicle_model_group: part(),
        vehicle_model: part(),
        vehicle_variant: part(),
        vin: map_vin(dto.vin_number.map(String::from)),
        product_description: filled(dto.product_description),
    })
}
