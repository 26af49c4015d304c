//! Inspections by the customer.

pub mod fields;
pub mod input;
pub mod loader;
pub mod matches;
pub mod model;
pub mod mutation;
pub mod present;
pub mod present_fields;
pub mod progress;
pub mod query;
pub mod report;
pub mod report_fields;
pub mod source;
pub mod subscription;
pub mod token;
pub mod webhooks;
