//! Reading through the cache: loaders of all domains ask vendors this way only.

use std::collections::HashMap;
use std::future::Future;
use std::sync::Arc;
use std::time::Duration;

use chrono::DateTime;
use chrono::Utc;
use futures_util::future::join_all;
use serde::Deserialize;
use serde::Serialize;
use tokio::time::Instant;
use uuid::Uuid;

use crate::auth::AccountId;
use crate::cache::CacheKey;
use crate::cache::Fetched;
use crate::cache::Fetching;
use crate::cache::Scope;
use crate::cache::Tag;
use crate::domain::connector::model::ConnectorId;
use crate::domain::inspection::model::TokenUid;
use crate::domain::registry::Answers;
use crate::domain::registry::CallContext;
use crate::domain::services::Caller;
use crate::domain::services::partition;
use crate::domain::ticket::model::TicketId;
use crate::error::Error;
use crate::graphql::Result;
use crate::graphql::scalars::Vin;
use crate::store::CreatedCursor;

/// A shared read is nobody's own: it has this long, whatever the deadlines of those who wait for it.
const SHARED_READ_LIMIT: Duration = Duration::from_mins(1);

/// The context of a read that several requests may share.
pub fn shared_context() -> CallContext {
    CallContext { deadline: Instant::now() + SHARED_READ_LIMIT }
}

/// A key of one account, as loaders of vendor-fed things use it.
pub type AccountKeyed<K> = (AccountId, K);

/// The place of a row in a list of the ledger that runs from the newest to the oldest, as a cursor holds it.
#[derive(Clone, Copy, Debug, Serialize, Deserialize)]
pub struct LedgerPosition {
    at: DateTime<Utc>,
    id: Uuid,
}

impl LedgerPosition {
    /// The place of the row `id`, made at `at`.
    pub const fn new(at: DateTime<Utc>, id: Uuid) -> Self {
        Self { at, id }
    }
}

impl From<LedgerPosition> for CreatedCursor {
    fn from(place: LedgerPosition) -> Self {
        Self { at: place.at, id: place.id }
    }
}

/// One read of a vendor operation: which operation in which environment, and how an answer is kept.
#[derive(Clone, Debug)]
pub struct Reading<K, V> {
    /// The operation's name.
    pub operation: &'static str,
    /// The vendor's environment.
    pub environment: &'static str,
    /// Whether the source reads several keys with one call or each with a call of its own.
    pub fetching: Fetching,
    /// Says how long and under which tags an answer is kept.
    pub keep: fn(&K, Option<V>) -> Fetched<V>,
}

/// Answers `keys` of one account from the cache, from a read on its way, or by `fetch` for the rest.
///
/// `fetch` is called once for all of them or once for each, as `reading` says.
pub async fn read_through<K, V, F, Fut>(
    caller: &Caller,
    account: &AccountId,
    reading: Reading<K, V>,
    keys: Vec<K>,
    fetch: F,
) -> HashMap<K, Result<Option<Arc<V>>>>
where
    K: CacheKey,
    V: std::fmt::Debug + Send + Sync + 'static,
    F: Fn(Vec<K>) -> Fut + Send + Sync + 'static,
    Fut: Future<Output = Answers<K, V>> + Send + 'static,
{
    let scope = Scope::new(partition(&caller.session.tenant, account), reading.environment, reading.operation);
    let keep = reading.keep;
    let fetch = move |keys: Vec<K>| {
        let answers = fetch(keys);
        async move {
            let dress = |(key, answer): (K, std::result::Result<Option<V>, _>)| {
                let fetched = answer.map(|value| keep(&key, value));
                (key, fetched)
            };
            answers.await.into_iter().map(dress).collect()
        }
    };
    let answers =
        caller.services.cache.get_many(&Arc::new(scope), reading.fetching, keys, caller.deadline, fetch).await;
    answers.into_iter().map(|(key, answer)| (key, answer.map_err(Error::from))).collect()
}

/// Serves keys of several accounts, each account by its own call of `one`, all at the same time.
pub async fn per_account<K, V, Fut>(
    keys: Vec<AccountKeyed<K>>,
    one: impl Fn(AccountId, Vec<K>) -> Fut,
) -> HashMap<AccountKeyed<K>, Result<V>>
where
    K: Clone + Eq + std::hash::Hash,
    Fut: Future<Output = HashMap<K, Result<Option<V>>>>,
{
    let mut accounts: Vec<(AccountId, Vec<K>)> = Vec::new();
    for (account, key) in keys {
        match accounts.iter_mut().find(|(known, _)| *known == account) {
            Some((_, keys)) => keys.push(key),
            None => accounts.push((account, vec![key])),
        }
    }
    let answers = join_all(accounts.into_iter().map(|(account, keys)| {
        let answers = one(account.clone(), keys);
        async move { (account, answers.await) }
    }));
    let answers = answers.await;
    let flat = answers
        .into_iter()
        .flat_map(|(account, answers)| answers.into_iter().map(move |(key, answer)| ((account.clone(), key), answer)));
    flat.filter_map(|(key, answer)| answer.transpose().map(|answer| (key, answer))).collect()
}

/// The error of an account whose vendor has no part in the port that was asked.
pub fn not_served(account: &AccountId, what: &str) -> Error {
    Error::new(crate::error::Code::Unsupported, format!("no vendor behind the account `{account}` has {what}"))
}

impl CacheKey for Vin {
    fn canonical(&self) -> String {
        self.as_str().to_owned()
    }

    fn tags(&self) -> Vec<Tag> {
        vec![Tag::vehicle(self.as_str())]
    }
}

impl CacheKey for TicketId {
    fn canonical(&self) -> String {
        self.0.clone()
    }

    fn tags(&self) -> Vec<Tag> {
        vec![Tag::ticket(self.0.as_str())]
    }
}

impl CacheKey for ConnectorId {
    fn canonical(&self) -> String {
        self.0.clone()
    }

    fn tags(&self) -> Vec<Tag> {
        vec![Tag::connector(self.0.as_str())]
    }
}

impl CacheKey for TokenUid {
    fn canonical(&self) -> String {
        self.0.clone()
    }

    fn tags(&self) -> Vec<Tag> {
        vec![Tag::inspection(self.0.as_str())]
    }
}
