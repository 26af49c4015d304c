//! The timeline: what happened to a vehicle, across all vendors.

pub mod fields;
pub mod loader;
pub mod model;
pub mod subscription;
