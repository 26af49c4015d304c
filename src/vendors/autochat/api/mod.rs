//! The vendor's operations, one file per resource, and what all of them share.

pub(super) mod cars;
mod list;
pub(super) mod options;
pub(super) mod tokens;

use std::time::Duration;

use crate::transport::Idempotency;
use crate::transport::Method;
use crate::transport::Operation;
use crate::transport::Provenance;

/// The vendor's id.
pub const VENDOR: &str = "autochat";
/// What tokens are asked for unless the configuration says otherwise: another domain and plain http, as documented.
pub const DEFAULT_AUDIENCE: &str = "http://api.autochat.com/";

/// Every operation of this vendor that the gateway uses.
pub const OPERATIONS: &[&Operation] = &[&tokens::CREATE, &cars::CREATE, &cars::LIST, &options::LIST];

/// How long a token lives whose answer does not say so, in hours.
pub(super) const TOKEN_HOURS: i64 = 24;

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
