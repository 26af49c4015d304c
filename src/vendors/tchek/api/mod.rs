//! The vendor's operations, one file per resource, and what all of them share.

pub(super) mod inspections;
pub(super) mod results;
pub(super) mod tokens;
pub(super) mod users;
pub(super) mod webhooks;

use std::time::Duration;

use crate::transport::Idempotency;
use crate::transport::Method;
use crate::transport::Operation;
use crate::transport::Provenance;

/// The vendor's id.
pub const VENDOR: &str = "tchek";

/// Every operation of this vendor that the gateway uses.
pub const OPERATIONS: &[&Operation] = &[
    &tokens::CREATE,
    &tokens::STATUS,
    &webhooks::CONFIGURE,
    &webhooks::GET_CONFIGURATION,
    &webhooks::SUBSCRIBE,
    &inspections::GET_REPORT,
    &inspections::SEARCH,
    &users::ME,
    &results::DELIVER,
];

/// How many tokens are read at a time. Inferred: the vendor publishes no limit.
pub(super) const PARALLEL: usize = 8;
/// What is sent where no customer is known, in the vendor's own words: without these the call is refused.
pub(super) const PLACEHOLDER_EMAIL: &str = "xx@xx.com";
/// Stands for both names of an unknown customer.
pub(super) const PLACEHOLDER_NAME: &str = "XXX";
/// Stands for the phone of an unknown customer.
pub(super) const PLACEHOLDER_PHONE: &str = "0033600000000";
/// What the status call puts behind the token's id to name the device.
pub(super) const DEVICE_SUFFIX: &str = "-pwa";

/// What most reads have in common.
const READ: Operation = Operation {
    name: "",
    vendor: VENDOR,
    method: Method::Get,
    path: "",
    idempotency: Idempotency::Safe,
    timeout: Duration::from_secs(10),
    success: &[200],
    asks: false,
    provenance: Provenance::Seed,
};
