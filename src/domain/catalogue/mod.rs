//! The catalogue of vehicles: makes, model groups, models and variants.

pub mod fields;
pub mod loader;
pub mod model;
pub mod present;
pub mod query;
pub mod source;
