//! The vendors, one folder each.
//!
//! The rule of this folder: what a vendor sends stays in its folder. `api/` holds its operations and DTOs in its own
//! words, `map/` turns DTOs into the domain's types, `source` implements the domain's ports with both, `auth` signs
//! calls, `error` reads what the vendor's refusals mean. Vendors never import each other.

pub mod autochat;
mod fan_out;
pub mod jifeline;
mod monitor;
pub mod tchek;

use crate::transport::Operation;

pub use monitor::TransportMonitor;

/// Every operation of every vendor.
pub fn operations() -> impl Iterator<Item = &'static Operation> {
    tchek::OPERATIONS.iter().chain(autochat::OPERATIONS).chain(jifeline::OPERATIONS).copied()
}
