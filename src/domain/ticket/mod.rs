//! Diagnostic tickets.

pub mod fields;
pub mod loader;
pub mod model;
pub mod ordering;
pub mod query;
pub mod source;
