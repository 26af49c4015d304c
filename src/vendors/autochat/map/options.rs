//! Options.

use crate::domain::listing::model::VehicleOption;

use super::super::api::options::OptionDto;

/// An option; none without a name, since nothing can refer to it.
pub(in crate::vendors::autochat) fn map_option(option: OptionDto) -> Option<VehicleOption> {
    let name = option.name.filter(|name| !name.trim().is_empty())?;
    Some(VehicleOption {
        name,
        label: option.pretty_name.filter(|label| !label.trim().is_empty()),
        id: option.uuid.map(String::from),
        external_number: option.esaco_identifier,
    })
}
