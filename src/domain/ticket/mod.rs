//! Diagnostic tickets.

pub mod check;
pub mod create;
pub mod fields;
mod index;
pub mod input;
pub mod kept;
pub mod loader;
pub mod lookup;
pub mod model;
pub mod mutation;
pub mod ordering;
pub mod ordering_fields;
pub mod query;
pub mod source;
pub mod witness;
