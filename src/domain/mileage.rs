//! Distances that a vehicle has covered.

use async_graphql::{Enum, SimpleObject};
use serde::{Deserialize, Serialize};

/// The unit of a mileage.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, Enum)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum MileageUnit {
    /// Kilometres.
    Kilometre,
    /// Statute miles.
    Mile,
    /// The source names no unit and none is configured for it.
    Unknown,
}

/// The distance that a vehicle had covered when it was read.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, SimpleObject)]
pub struct Mileage {
    /// The reading, in `unit`; null when it does not fit a whole number of 32 bits.
    pub value: Option<i32>,
    /// The unit of the reading.
    pub unit: MileageUnit,
}
