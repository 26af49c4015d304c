//! Turns a credential into a session.

use std::collections::BTreeSet;
use std::collections::HashMap;
use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use http::HeaderMap;
use moka::future::Cache;

use crate::error::Code;
use crate::error::Error;
use crate::store::ApiKeyRow;
use crate::store::Store;

use super::AccountId;
use super::Scope;
use super::Session;
use super::credential::KeyHash;
use super::credential::Presented;

/// How long a key that was found is believed before the store is asked again: a revoked key works no longer than this.
const BELIEVED: Duration = Duration::from_secs(2);
const MOST_BELIEVED: u64 = 10_000;

/// Knows the tenants' accounts and checks keys.
pub struct Authenticator {
    store: Arc<dyn Store>,
    accounts: HashMap<Arc<str>, Arc<[AccountId]>>,
    open: Option<Arc<Session>>,
    believed: Cache<KeyHash, Arc<Session>>,
}

impl fmt::Debug for Authenticator {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Authenticator").field("open", &self.open.is_some()).finish_non_exhaustive()
    }
}

impl Authenticator {
    /// Checks keys of `store`; `accounts` are those of each tenant. With `open_to`, whoever brings no key may do
    /// everything within that tenant.
    pub fn new(
        store: Arc<dyn Store>,
        accounts: HashMap<Arc<str>, Arc<[AccountId]>>,
        open_to: Option<&Arc<str>>,
    ) -> Self {
        let open = open_to.map(|tenant| {
            Arc::new(Session {
                tenant: Arc::clone(tenant),
                client: Arc::from("anyone"),
                scopes: Arc::new(BTreeSet::from(Scope::ALL)),
                accounts: accounts.get(tenant).map_or_else(|| Arc::from([]), Arc::clone),
            })
        });
        let believed = Cache::builder().max_capacity(MOST_BELIEVED).time_to_live(BELIEVED).build();
        Self { store, accounts, open, believed }
    }

    /// The session of a request with these headers.
    ///
    /// # Errors
    /// `UNAUTHENTICATED` when no good key came with it; an unknown and a revoked key are told apart by nobody.
    pub async fn session(&self, headers: &HeaderMap) -> Result<Arc<Session>, Error> {
        match Presented::read(headers) {
            Presented::Nothing => self.open.clone().ok_or_else(|| {
                refused(
                    "this gateway needs a key: send `Authorization: Bearer KEY`, or `Basic` with the key as password",
                )
            }),
            Presented::Unreadable => {
                Err(refused("the `Authorization` header is neither `Bearer KEY` nor `Basic` with the key as password"))
            }
            Presented::Key(hash) => self.session_of(hash).await,
        }
    }

    async fn session_of(&self, hash: KeyHash) -> Result<Arc<Session>, Error> {
        if let Some(session) = self.believed.get(&hash).await {
            return Ok(session);
        }
        let unknown = || refused("the key is not known here, or it was revoked");
        let row = self.store.api_key_by_hash(&hash.0).await?.ok_or_else(unknown)?;
        let session = Arc::new(self.session_for(&row).ok_or_else(unknown)?);
        self.believed.insert(hash, Arc::clone(&session)).await;
        Ok(session)
    }

    /// The session of a key; none when its tenant is no longer configured.
    fn session_for(&self, row: &ApiKeyRow) -> Option<Session> {
        let (tenant, all) = self.accounts.get_key_value(row.tenant.as_str())?;
        let allowed = |account: &&AccountId| {
            row.accounts.as_ref().is_none_or(|names| names.iter().any(|name| *name == account.to_string()))
        };
        Some(Session {
            tenant: Arc::clone(tenant),
            client: Arc::from(row.name.as_str()),
            scopes: Arc::new(row.scopes.iter().filter_map(|name| Scope::from_name(name)).collect()),
            accounts: all.iter().filter(allowed).cloned().collect(),
        })
    }
}

fn refused(message: &str) -> Error {
    Error::new(Code::Unauthenticated, message)
}
