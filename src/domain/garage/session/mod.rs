//! Garages that log in through the gateway: the session that their client gets, and what stands behind it.

pub mod attempts;
pub mod input;
pub mod keeper;
pub mod log_in;
pub mod model;
pub mod mutation;
pub mod source;
