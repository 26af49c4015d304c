//! Which source serves which account.

use std::collections::HashMap;
use std::sync::Arc;

use tokio::time::Instant;

use crate::auth::AccountId;
use crate::error::Code;
use crate::error::Error;
use crate::error::VendorError;
use crate::graphql::Result;

/// What a call to a source is given from the request that caused it.
#[derive(Clone, Debug)]
pub struct CallContext {
    /// When the request, or the background task, gives up.
    pub deadline: Instant,
}

/// One answer per key: a missing or failing key never touches its neighbours.
pub type Answers<K, V> = HashMap<K, std::result::Result<Option<V>, VendorError>>;

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

    /// Puts what `wrap` makes of a source in its place, for every source.
    #[must_use]
    pub fn wrapped(self, wrap: impl Fn(&Arc<str>, &AccountId, Arc<S>) -> Arc<S>) -> Self {
        let wrapped = self.sources.into_iter().map(|((tenant, account), source)| {
            let source = wrap(&tenant, &account, source);
            ((tenant, account), source)
        });
        Self { sources: wrapped.collect() }
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

    /// The accounts among `accounts` that this port serves; there is at least one.
    ///
    /// # Errors
    /// `UNSUPPORTED` when there is none: an empty answer would claim that there is no `what`, and nobody was asked.
    pub fn required<'a>(
        &'a self,
        tenant: &'a Arc<str>,
        accounts: &'a [AccountId],
        what: &str,
    ) -> Result<Vec<&'a AccountId>> {
        let served: Vec<_> = self.served(tenant, accounts).collect();
        if served.is_empty() {
            return Err(Error::new(Code::Unsupported, format!("no account that you may see has {what}")));
        }
        Ok(served)
    }

    /// Every registered source with its tenant and account.
    pub fn iter(&self) -> impl Iterator<Item = (&Arc<str>, &AccountId, &Arc<S>)> {
        self.sources.iter().map(|((tenant, account), source)| (tenant, account, source))
    }
}
