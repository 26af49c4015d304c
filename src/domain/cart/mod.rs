//! The cart: what products cost together before they are ordered.

pub mod model;
pub mod source;
