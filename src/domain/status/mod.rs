//! What happens to connectors, tickets and connections while somebody watches.

pub mod model;
