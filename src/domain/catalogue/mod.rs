//! The catalogue of vehicles: makes, model groups, models and variants.

pub mod model;
pub mod source;
