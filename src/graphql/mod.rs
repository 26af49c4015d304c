//! The kit that domains build their part of the graph with; it knows no domain and no vendor.

pub mod connection;
pub mod dataloader;
mod error;
pub mod event;
pub mod guard;
pub mod node;
pub mod outline;
pub mod scalars;
pub mod sourced;
pub mod subscribed;
pub mod user_error;

pub use error::Result;
pub use error::server_error;
