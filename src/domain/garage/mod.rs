//! The garage: who works in it, who it is as the vendor's customer, and the service centre that serves it.

pub mod change;
pub mod customer;
pub mod employee;
pub mod facts;
pub mod fields;
pub mod input;
pub mod loader;
pub mod mutation;
pub mod query;
pub mod service_center;
pub mod session;
pub mod source;
pub mod user;
pub mod viewer_fields;
