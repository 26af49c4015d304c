//! The cart: what products cost together before they are ordered.

pub mod loader;
pub mod model;
pub mod query;
pub mod source;
