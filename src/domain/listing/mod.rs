//! Stock listings.

pub mod fields;
pub mod input;
pub mod loader;
pub mod model;
pub mod mutation;
pub mod query;
pub mod source;
