//! Connectors: the devices that are plugged into a vehicle's diagnostic port.

use std::sync::Arc;

use serde::{Deserialize, Serialize};

use crate::auth::AccountId;
use crate::graphql::scalars::Vin;

/// The number printed on a connector.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
pub struct ConnectorId(pub String);

/// What a connector reports of itself.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ConnectorReport {
    /// The number printed on the device.
    pub id: ConnectorId,
    /// The device's UUID.
    pub uuid: Option<String>,
    /// Whether it is connected to the vendor right now.
    pub online: Option<bool>,
    /// Whether it has Wi-Fi.
    pub wifi: Option<bool>,
    /// Whether it speaks DoIP.
    pub doip: Option<bool>,
    /// Version of its software.
    pub software_version: Option<String>,
    /// Version of its hardware.
    pub hardware_version: Option<String>,
    /// Kind of hardware, in the vendor's word.
    pub hardware_type: Option<String>,
    /// Name of the make it is plugged into.
    pub vehicle_make: Option<String>,
    /// Name of the model group it is plugged into.
    pub vehicle_model_group: Option<String>,
    /// Name of the model it is plugged into.
    pub vehicle_model: Option<String>,
    /// Name of the variant it is plugged into.
    pub vehicle_variant: Option<String>,
    /// The VIN it reads, in whatever form the vendor has it; none without a vehicle.
    pub vin: Option<Vin>,
    /// The product that runs on it, in words.
    pub product_description: Option<String>,
}

/// A connector of one account, as the graph shows it.
#[derive(Clone, Debug)]
pub struct Connector {
    /// The account whose connector it is.
    pub account: AccountId,
    /// What it reports.
    pub report: Arc<ConnectorReport>,
}
