//! Lists that everything else refers to: countries and currencies.

pub mod loader;
pub mod model;
pub mod query;
pub mod source;
