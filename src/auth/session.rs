//! Who asks: tenant, client, scopes, accounts.

use std::collections::BTreeSet;
use std::fmt;
use std::sync::Arc;

use super::GarageLogIn;
use super::Scope;

/// A named account of a tenant at one vendor, such as `jifeline/main`.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct AccountId {
    /// The vendor's id.
    pub vendor: &'static str,
    /// The account's name in the configuration.
    pub name: Arc<str>,
}

impl AccountId {
    /// Names an account.
    pub fn new(vendor: &'static str, name: impl Into<Arc<str>>) -> Self {
        Self { vendor, name: name.into() }
    }
}

impl fmt::Display for AccountId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}/{}", self.vendor, self.name)
    }
}

/// The caller of one request, after its credential was accepted.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Session {
    /// The dealer group whose data this is.
    pub tenant: Arc<str>,
    /// The client's name: its own idempotency keys, its own limits.
    pub client: Arc<str>,
    /// What it may do.
    pub scopes: Arc<BTreeSet<Scope>>,
    /// The accounts it may see, in the order of the configuration.
    pub accounts: Arc<[AccountId]>,
    /// The most rows of one table that it may read; the gateway's own bound holds besides.
    pub max_rows: Option<u32>,
    /// The garage that has logged in; its account is then the only one that is seen.
    pub garage: Option<Arc<GarageLogIn>>,
}

impl Session {
    /// Whether the session has `scope`.
    pub fn may(&self, scope: Scope) -> bool {
        self.scopes.contains(&scope)
    }

    /// In whose name something is created: what one garage has created through a client is not another's.
    pub fn creator(&self) -> String {
        match &self.garage {
            Some(garage) => format!("{} {}", self.client, garage.account),
            None => self.client.as_ref().to_owned(),
        }
    }

    /// The most rows of one table, where the gateway allows no table more than `most`.
    pub fn row_cap(&self, most: u64) -> u64 {
        self.max_rows.map_or(most, |rows| most.min(rows.into()))
    }

    /// Whether the session may see `account`.
    pub fn sees(&self, account: &AccountId) -> bool {
        self.accounts.contains(account)
    }
}
