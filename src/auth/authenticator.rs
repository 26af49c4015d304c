//! Turns a credential into a session.

use std::collections::BTreeSet;
use std::collections::HashMap;
use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use chrono::TimeDelta;
use http::HeaderMap;
use http::HeaderName;
use http::header::AUTHORIZATION;
use moka::future::Cache;

use crate::clock::Clock;
use crate::error::Code;
use crate::error::Error;
use crate::error::Reason;
use crate::store::ApiKeyRow;
use crate::store::Store;

use super::AccountId;
use super::GarageLogIn;
use super::GarageSessionHash;
use super::Scope;
use super::Session;
use super::credential::KeyHash;
use super::credential::Presented;

/// How long a key that was found is believed before the store is asked again: a revoked key works no longer than this.
const BELIEVED: Duration = Duration::from_secs(2);
const MOST_BELIEVED: u64 = 10_000;
/// How often it is noted that a garage's session is in use.
const NOTED_EVERY: TimeDelta = TimeDelta::minutes(1);

/// The request header with which a client presents a garage's session.
pub const FORECOURT_SESSION: HeaderName = HeaderName::from_static("forecourt-session");

/// Knows the tenants' accounts and checks keys.
pub struct Authenticator {
    store: Arc<dyn Store>,
    clock: Clock,
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
        clock: Clock,
        accounts: HashMap<Arc<str>, Arc<[AccountId]>>,
        open_to: Option<&Arc<str>>,
    ) -> Self {
        let open = open_to.map(|tenant| {
            Arc::new(Session {
                tenant: Arc::clone(tenant),
                client: Arc::from("anyone"),
                scopes: Arc::new(BTreeSet::from(Scope::ALL)),
                accounts: accounts.get(tenant).map_or_else(|| Arc::from([]), Arc::clone),
                max_rows: None,
                garage: None,
            })
        });
        let believed = Cache::builder().max_capacity(MOST_BELIEVED).time_to_live(BELIEVED).build();
        Self { store, clock, accounts, open, believed }
    }

    /// The session of a request with these headers.
    ///
    /// # Errors
    /// As [`Authenticator::admit`]; also when a header comes twice.
    pub async fn session(&self, headers: &HeaderMap) -> Result<Arc<Session>, Error> {
        let authorization = only(headers, &AUTHORIZATION, unreadable)?;
        let garage = only(headers, &FORECOURT_SESSION, || log_in_again("is not readable"))?;
        self.admit(authorization, garage).await
    }

    /// The session of whoever presents `authorization`, which is what the header of that name would hold; within it, that
    /// of the garage whose `garage_session` is presented.
    ///
    /// # Errors
    /// `UNAUTHENTICATED` when no good key came with it; an unknown and a revoked key are told apart by nobody. With the
    /// reason `LOG_IN_AGAIN` when the garage's session is not one of this client, has expired or was ended.
    pub async fn admit(
        &self,
        authorization: Option<&str>,
        garage_session: Option<&str>,
    ) -> Result<Arc<Session>, Error> {
        let session = match authorization.map(Presented::parse) {
            None => self.open.clone().ok_or_else(|| {
                refused(
                    "this gateway needs a key: send `Authorization: Bearer KEY`, or `Basic` with the key as password",
                )
            })?,
            Some(Presented::Unreadable) => return Err(unreadable()),
            Some(Presented::Key(hash)) => self.session_of(hash).await?,
        };
        match garage_session {
            None => Ok(session),
            Some(text) => self.garage_session(&session, GarageSessionHash::of(text.trim())).await,
        }
    }

    /// The session of whoever brings no key.
    ///
    /// # Errors
    /// When this gateway needs a key, or is open to another tenant only.
    pub fn session_without_key(&self, tenant: &str) -> Result<Arc<Session>, Error> {
        let session = self.open.as_ref().filter(|session| *session.tenant == *tenant);
        session.cloned().ok_or_else(|| refused("this gateway needs a key: name the client whose scopes bind the work"))
    }

    /// The session of the client `name` of `tenant`, which has the scopes, accounts and bounds of its newest good key.
    ///
    /// # Errors
    /// When it has no good key.
    pub async fn session_of_client(&self, tenant: &str, name: &str) -> Result<Arc<Session>, Error> {
        let keys = self.store.api_keys(Some(tenant)).await?;
        let good = keys.iter().filter(|key| key.name == name && key.revoked_at.is_none());
        let session = good.max_by_key(|key| key.created_at).and_then(|key| self.session_for(key));
        session.map(Arc::new).ok_or_else(|| refused(&format!("the client `{name}` has no key that is good")))
    }

    /// The session of a garage within that of its client. The ledger is asked each time: an ended session ends at once.
    async fn garage_session(&self, within: &Session, hash: GarageSessionHash) -> Result<Arc<Session>, Error> {
        let row = self.store.garage_session(&within.tenant, &within.client, hash.as_bytes()).await?;
        let row = row.ok_or_else(|| log_in_again("is not known here"))?;
        let now = self.clock.now();
        if row.ended_at.is_some() {
            return Err(log_in_again("was ended"));
        }
        if row.expires_at <= now {
            return Err(log_in_again("has expired"));
        }
        // A vendor that is switched off since then serves no garage either.
        let mut known = self.accounts.get(&within.tenant).into_iter().flat_map(|accounts| accounts.iter());
        let vendor = known.find(|account| account.vendor == row.account.vendor).map(|account| account.vendor);
        let account = vendor.map(|vendor| AccountId::new(vendor, row.account.account.as_str()));
        let account = account.ok_or_else(|| log_in_again("cannot be served any more"))?;
        if now - row.last_used_at >= NOTED_EVERY {
            self.store.touch_garage_session(hash.as_bytes(), now).await?;
        }
        let garage =
            GarageLogIn { hash, account: account.clone(), sealed: row.sealed.into(), expires_at: row.expires_at };
        Ok(Arc::new(Session { accounts: [account].into(), garage: Some(Arc::new(garage)), ..within.clone() }))
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
            max_rows: row.max_rows,
            garage: None,
        })
    }
}

/// What the only header of this name holds, if it came; `refusal` when it cannot be read or came twice.
fn only<'a>(
    headers: &'a HeaderMap,
    name: &HeaderName,
    refusal: impl FnOnce() -> Error,
) -> Result<Option<&'a str>, Error> {
    let mut values = headers.get_all(name).iter();
    let Some(value) = values.next() else { return Ok(None) };
    let readable = value.to_str().ok().filter(|_| values.next().is_none());
    readable.map(Some).ok_or_else(refusal)
}

fn refused(message: &str) -> Error {
    Error::new(Code::Unauthenticated, message)
}

fn unreadable() -> Error {
    refused("the `Authorization` header is neither `Bearer KEY` nor `Basic` with the key as password")
}

fn log_in_again(what: &str) -> Error {
    let message = format!("the garage's session {what}: log in again, or leave `Forecourt-Session` out");
    Error { reason: Some(Reason::LogInAgain), ..refused(&message) }
}
