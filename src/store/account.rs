//! Which account of which vendor a row belongs to.

use std::fmt;

use serde::{Deserialize, Serialize};

/// One account of a tenant at one vendor, as the configuration names both.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct AccountKey {
    /// The vendor's id, such as `tchek`.
    pub vendor: String,
    /// The account's name within the tenant and vendor.
    pub account: String,
}

impl AccountKey {
    /// Names an account of a vendor.
    #[must_use]
    pub fn new(vendor: impl Into<String>, account: impl Into<String>) -> Self {
        Self { vendor: vendor.into(), account: account.into() }
    }
}

impl fmt::Display for AccountKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}/{}", self.vendor, self.account)
    }
}
