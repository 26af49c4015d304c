//! Products: what a garage can order for a vehicle.

pub mod loader;
pub mod model;
pub mod mutation;
pub mod query;
pub mod source;
