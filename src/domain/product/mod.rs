//! Products: what a garage can order for a vehicle.

pub mod model;
pub mod source;
