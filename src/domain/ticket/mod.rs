//! Diagnostic tickets.

pub mod check;
pub mod create;
pub mod fields;
pub mod input;
pub mod loader;
pub mod lookup;
pub mod model;
pub mod mutation;
pub mod ordering;
pub mod ordering_fields;
pub mod query;
pub mod source;
