//! Lists that everything else refers to: countries and currencies.

pub mod model;
pub mod source;
