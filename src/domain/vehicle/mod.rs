//! Vehicles, the hub of the graph.

pub mod contradiction;
pub mod discrepancy;
pub mod fields;
pub mod loader;
pub mod model;
pub mod query;
pub mod readiness;
pub mod sides;
pub mod source;
