//! How the vendors are doing, as the tenant meets them.

mod fields;
pub mod model;
pub mod query;
pub mod source;
