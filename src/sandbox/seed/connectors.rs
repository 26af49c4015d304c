//! The garages and their connectors, with the tickets that are open on them.

use std::sync::LazyLock;

use serde::Deserialize;
use uuid::Uuid;

/// A connector as the seed describes it.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct SeedConnector {
    /// The number printed on the device.
    pub(crate) id: i64,
    /// The device's UUID, which a log-in names.
    pub(crate) uuid: Uuid,
    /// The five digits of the log-in.
    pub(crate) pincode: String,
    /// The garage it belongs to.
    pub(crate) garage: u8,
    /// Whether it is connected to Jifeline now.
    pub(crate) is_online: bool,
    /// Whether it can use Wi-Fi.
    pub(crate) has_wifi: bool,
    /// The version of its software.
    pub(crate) software_version: i32,
    /// The version of its hardware.
    pub(crate) hardware_version: i32,
    /// Whether it can serve cars that require `DoIP`.
    pub(crate) supports_doip: bool,
    /// The kind of device.
    pub(crate) hardware_type: String,
    /// Index of the car it is plugged into.
    pub(crate) car: Option<usize>,
    /// A VIN that it reports instead of the car's.
    pub(crate) vin_as_reported: Option<String>,
    /// The open ticket.
    pub(crate) ticket: Option<SeedTicket>,
}

/// An open ticket as the seed describes it.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct SeedTicket {
    /// Jifeline's id, which the ticket keeps when it is closed.
    pub(crate) id: i64,
    /// Jifeline's other id.
    pub(crate) uuid: Uuid,
    /// The UUID in the id of its chat.
    pub(crate) chat: Uuid,
    /// The state's number.
    pub(crate) state: i32,
    /// What was ordered.
    pub(crate) product_ids: Vec<i64>,
}

/// All connectors in order of their ids.
pub(crate) static CONNECTORS: LazyLock<Vec<SeedConnector>> = LazyLock::new(|| {
    serde_json::from_str(include_str!("connectors.json"))
        .expect("the embedded connectors are valid, as every test with a sandbox shows")
});
