//! Connectors in the garage.

pub mod fields;
pub mod loader;
pub mod model;
pub mod mutation;
pub mod query;
pub mod source;
