//! Which source serves which account.

use std::collections::HashMap;
use std::sync::Arc;

use tokio::time::Instant;

use crate::auth::AccountId;
use crate::error::VendorError;

/// What a call to a source is given from the request that caused it.
#[derive(Clone, Debug)]
pub struct CallContext {
    /// When the request, or the background task, gives up.
    pub deadline: Instant,
}

/// One answer per key: a missing or failing key never touches its neighbours.
pub type Answers<K, V> = HashMap<K, Result<Option<V>, VendorError>>;

/// The sources of one port, one per account of one tenant.
#[derive(Debug)]
pub struct Registry<S: ?Sized> {
    sources: HashMap<(Arc<str>, AccountId), Arc<S>>,
}

impl<S: ?Sized> Default for Registry<S> {
    fn default() -> Self {
        Self { sources: HashMap::new() }
    }
}

impl<S: ?Sized> Registry<S> {
    /// Registers the source of `account` of `tenant`.
    pub fn insert(&mut self, tenant: Arc<str>, account: AccountId, source: Arc<S>) {
        self.sources.insert((tenant, account), source);
    }

    /// The source of one account, or none when the account's vendor has no part in this port.
    pub fn get(&self, tenant: &Arc<str>, account: &AccountId) -> Option<Arc<S>> {
        self.sources.get(&(Arc::clone(tenant), account.clone())).map(Arc::clone)
    }

    /// The accounts among `accounts` that this port serves, in their order.
    pub fn served<'a>(
        &'a self,
        tenant: &'a Arc<str>,
        accounts: &'a [AccountId],
    ) -> impl Iterator<Item = &'a AccountId> {
        accounts.iter().filter(|account| self.sources.contains_key(&(Arc::clone(tenant), (*account).clone())))
    }

    /// Every registered source with its tenant and account.
    pub fn iter(&self) -> impl Iterator<Item = (&Arc<str>, &AccountId, &Arc<S>)> {
        self.sources.iter().map(|((tenant, account), source)| (tenant, account, source))
    }
}
