//! Vehicles, the hub of the graph.

pub mod fields;
pub mod loader;
pub mod model;
pub mod query;
pub mod source;
