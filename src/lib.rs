//! Forecourt: one graph over vehicles, inspections, stock listings and diagnostic tickets.
//!
//! The modules, from the outside in: [`cli`] and [`app`] start everything; [`http`], [`intake`] and [`schema`] meet the
//! clients; [`vendors`] implement the ports that [`domain`] declares; [`graphql`] and [`auth`] are the kit that domains
//! build with; [`transport`], [`cache`] and [`store`] do the work below; [`config`], [`error`], [`telemetry`], [`clock`],
//! [`ids`] and [`shutdown`] serve all. The sandbox imitates the vendors and shares no type with their clients.

pub mod app;
pub mod auth;
pub mod cache;
pub mod cli;
pub mod clock;
pub mod config;
#[cfg(feature = "sandbox")]
pub mod demo;
pub mod domain;
pub mod error;
pub mod graphql;
pub mod http;
pub mod ids;
pub mod intake;
pub mod lane;
pub mod report;
#[cfg(feature = "sandbox")]
pub mod sandbox;
pub mod schema;
pub mod shutdown;
pub mod store;
pub mod telemetry;
pub mod transport;
pub mod vendors;
