//! The garage: who works in it, who it is as the vendor's customer, and the service centre that serves it.

pub mod customer;
pub mod employee;
pub mod service_center;
pub mod source;
pub mod user;
