//! What happens to connectors, tickets and connections while somebody watches.

pub mod fields;
mod follow;
pub mod lines;
mod look;
pub mod model;
mod record;
pub mod source;
pub mod subscription;
