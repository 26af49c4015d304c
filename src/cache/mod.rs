//! The entity cache: what vendors said, kept in memory for as long as it may be believed.
//!
//! One [`EntityCache`] serves the process. An entry belongs to one [`Partition`] (tenant, vendor, account) and no other
//! partition ever sees it. Keys that are missing are fetched together in one call, or each by a call of its own, as
//! [`Fetching`] says; a read on its way is shared by all who ask for the same key meanwhile, see `flight`. How long an answer is believed is said per operation by [`Policy`],
//! and what has changed is dropped by [`EntityCache::invalidate`].
//!
//! - An absent thing is an answer too, with a life of its own.
//! - An error is never kept. It reaches everyone who waits for that key, and nobody who waits for another.
//! - A read that began before an invalidation of its tags is neither kept nor given to those who asked after it.

mod age;
mod fetched;
mod flight;
mod key;
mod memory;
mod policy;
mod tag;
mod tally;

use std::collections::HashMap;
use std::fmt;
use std::future::Future;
use std::sync::Arc;

use tokio::time::Instant;

use crate::clock::Clock;
use crate::error::VendorError;
use crate::shutdown::Shutdown;
use crate::telemetry::metrics::CACHE_HITS;
use crate::telemetry::metrics::CACHE_JOINS;
use crate::telemetry::metrics::CACHE_MISSES;

pub use age::{ReadFrom, observed};
pub use fetched::Fetched;
pub use flight::Fetching;
pub use key::{CacheKey, Partition, Scope};
pub use policy::{Freshness, Policy, UnknownOperation};
pub use tag::{Reach, Tag};
pub use tally::Tally;

use age::Beginning;
use flight::{Fetch, Flights, Join};
use key::EntryKey;
use memory::{Entry, Memory};
use tag::Stamps;
use tally::{Became, Tallies};

/// How much the cache may hold.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limits {
    /// Approximate bytes of all entries together; the least useful ones make room.
    pub bytes: u64,
    /// How many invalidated tags are remembered; beyond it, older entries count as invalidated.
    pub tags: usize,
}

impl Default for Limits {
    fn default() -> Self {
        Self { bytes: 256 * 1024 * 1024, tags: 65_536 }
    }
}

/// One answer per key: an absent thing is `None`, a failing key leaves its neighbours alone.
pub type Answers<K, V> = HashMap<K, Result<Option<Arc<V>>, VendorError>>;

/// What a fetch brings back: one result per key that it was asked for.
///
/// A key that is missing here becomes an error of the kind `Protocol` for those who wait for it.
pub type Fetches<K, V> = HashMap<K, Result<Fetched<V>, VendorError>>;

/// The cache of the process, shared by cloning.
#[derive(Clone)]
pub struct EntityCache(Arc<Inner>);

struct Inner {
    memory: Memory,
    flights: Arc<Flights>,
    stamps: Stamps,
    tallies: Tallies,
    policy: Policy,
    clock: Clock,
    shutdown: Shutdown,
}

impl EntityCache {
    /// Makes an empty cache whose fetches run as tasks of `shutdown`; `clock` tells when they began.
    #[must_use]
    pub fn new(limits: Limits, policy: Policy, clock: Clock, shutdown: Shutdown) -> Self {
        Self(Arc::new(Inner {
            memory: Memory::new(limits.bytes),
            flights: Arc::default(),
            stamps: Stamps::new(limits.tags),
            tallies: Tallies::default(),
            policy,
            clock,
            shutdown,
        }))
    }

    /// Gives the answer for one key; [`EntityCache::get_many`] has the rules.
    ///
    /// # Errors
    /// Those of `fetch`, and the ones that `get_many` names.
    pub async fn get<K, V, F, Fut>(
        &self,
        scope: &Arc<Scope>,
        key: K,
        deadline: Instant,
        fetch: F,
    ) -> Result<Option<Arc<V>>, VendorError>
    where
        K: CacheKey,
        V: fmt::Debug + Send + Sync + 'static,
        F: Fn(K) -> Fut + Send + Sync + 'static,
        Fut: Future<Output = Result<Fetched<V>, VendorError>> + Send + 'static,
    {
        let fetch_one = move |keys: Vec<K>| {
            let calls: Vec<_> = keys.into_iter().map(|key| (key.clone(), fetch(key))).collect();
            async move {
                let mut fetches = HashMap::new();
                for (key, call) in calls {
                    fetches.insert(key, call.await);
                }
                fetches
            }
        };
        let mut answers = self.get_many(scope, Fetching::Together, vec![key.clone()], deadline, fetch_one).await;
        answers.remove(&key).unwrap_or_else(|| Err(flight::unanswered(scope)))
    }

    /// Gives one answer for every key: from memory, from a read on its way, or by calls of `fetch` for the rest, one for
    /// all or one for each as `fetching` says.
    ///
    /// `fetch` runs in a task of its own, without the deadline of the caller, so it must bound itself by the operation's
    /// own time-out. It is asked at most once for a key that nobody reads yet, and once more only for keys whose shared
    /// read was overtaken by an invalidation. A call is stopped when everyone who waits for it has left; what other calls
    /// have brought by then is kept. Keys with the same canonical text are one key.
    ///
    /// # Errors
    /// Per key: what `fetch` reported; `Deadline` when `deadline` passed first; `Protocol` when `fetch` left the key out
    /// or panicked; `Interrupted` when the process stops.
    pub async fn get_many<K, V, F, Fut>(
        &self,
        scope: &Arc<Scope>,
        fetching: Fetching,
        keys: Vec<K>,
        deadline: Instant,
        fetch: F,
    ) -> Answers<K, V>
    where
        K: CacheKey,
        V: fmt::Debug + Send + Sync + 'static,
        F: Fn(Vec<K>) -> Fut + Send + Sync + 'static,
        Fut: Future<Output = Fetches<K, V>> + Send + 'static,
    {
        let mut answers = HashMap::with_capacity(keys.len());
        let mut missing: HashMap<EntryKey, Vec<K>> = HashMap::new();
        for key in keys {
            let entry_key = EntryKey::new::<K, V>(scope, &key);
            match self.0.look_up(&entry_key).await {
                Some(entry) => {
                    age::note(scope.partition.vendor, entry.began.at);
                    answers.insert(key, Ok(entry.value::<V>()));
                }
                None => missing.entry(entry_key).or_default().push(key),
            }
        }
        self.0.count(scope, Became::Hit, answers.len());

        let fetch = Arc::new(Fetch { fetching, call: fetch });
        // A second round is only for keys whose shared read an invalidation overtook; it joins no older read.
        for join in [Join::Untouched, Join::Current] {
            if missing.is_empty() {
                break;
            }
            missing = self.fly(scope, missing, deadline, join, &fetch, &mut answers).await;
        }
        answers
    }

    /// What became of the reads of `partition` since the start.
    #[must_use]
    pub fn tally(&self, partition: &Partition) -> Tally {
        self.0.tallies.of(partition)
    }

    /// Drops what carries one of `tags` within `reach`, at once and for reads on their way too.
    pub fn invalidate(&self, reach: &Reach, tags: &[Tag]) {
        self.0.stamps.invalidate(reach, tags);
    }
}

impl Inner {
    /// Counts `keys` reads of `scope`, for the metrics and for the partition.
    fn count(&self, scope: &Scope, became: Became, keys: usize) {
        if keys > 0 {
            let metric = match became {
                Became::Hit => CACHE_HITS,
                Became::Join => CACHE_JOINS,
                Became::Miss => CACHE_MISSES,
            };
            scope.count(metric, keys);
            self.tallies.add(&scope.partition, became, keys);
        }
    }

    /// The entry under `key`, if it may be believed now.
    async fn look_up(&self, key: &EntryKey) -> Option<Arc<Entry>> {
        let entry = self.memory.get(key).await?;
        (entry.is_fresh(Instant::now()) && !self.stamps.touched(&entry.tags, entry.began.mark)).then_some(entry)
    }

    /// Turns an answer into an entry, and keeps it if it has a life and nothing has overtaken it.
    async fn store<K, V>(
        &self,
        scope: &Scope,
        entry_key: EntryKey,
        key: &K,
        fetched: Fetched<V>,
        began: Beginning,
    ) -> Arc<Entry>
    where
        K: CacheKey,
        V: fmt::Debug + Send + Sync + 'static,
    {
        let life = fetched.life(self.policy.freshness(scope.operation));
        let tags = self.stamps.fingerprints(&scope.partition, key.tags().iter().chain(&fetched.tags));
        let entry = Arc::new(Entry::new(fetched.value, life, began, tags));
        if !life.is_zero() && !self.stamps.touched(&entry.tags, began.mark) {
            self.memory.put(entry_key, Arc::clone(&entry)).await;
        }
        entry
    }
}

impl fmt::Debug for EntityCache {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("EntityCache").field("memory", &self.0.memory).finish_non_exhaustive()
    }
}
