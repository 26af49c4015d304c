//! Reads on their way, shared by everyone who asks for the same key meanwhile.
//!
//! moka can share a read too, but one key at a time, in the task of whoever came first, and with one kind of error.
//! Here the missing keys of a call go out together, the read outlives the client that began it, and it is stopped
//! when nobody waits for it any more. Hence the table of flights is ours.
//!
//! A *batch* is one call of a fetch with its keys; it lands as a whole. Whoever waits for one of them has a *seat* in
//! the batch. Where the source reads each key by itself, each key is a batch of its own, see [`Fetching`].

use std::collections::HashMap;
use std::collections::hash_map::Entry as Slot;
use std::future::Future;
use std::panic::AssertUnwindSafe;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use futures_util::FutureExt;
use tokio::sync::Semaphore;
use tokio::sync::watch;
use tokio::time::{Instant, timeout_at};
use tokio_util::sync::CancellationToken;
use tracing::Instrument;

use crate::error::VendorError;
use crate::error::VendorErrorKind;
use crate::lane::Lane;

use super::age;
use super::age::Beginning;
use super::key::{CacheKey, EntryKey, Scope};
use super::memory::Entry;
use super::tag::Mark;
use super::tally::Became;
use super::{Answers, EntityCache, Fetches, Inner};

/// How many keys of one caller are fetched at a time where each is fetched alone.
///
/// The source's own limit is usually lower. This one leaves room in its queue: whoever asks for one key does not wait
/// behind all those of a caller who asks for hundreds.
const LANES: usize = 8;

type Landed = HashMap<EntryKey, Result<Arc<Entry>, VendorError>>;

/// How a batch ended: with an outcome per key, or without any.
type Landing = Result<Arc<Landed>, VendorErrorKind>;

/// How a fetch is called when several keys are missing.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fetching {
    /// Once for all of them: the source reads them with one call, or chooses how to. They land together.
    Together,
    /// Once for each of them, several at a time: the source reads each with a call of its own. Each answer is kept and
    /// given as it comes, and a key that nobody waits for any more is stopped without its neighbours.
    EachAlone,
}

/// How missing keys are fetched.
pub(super) struct Fetch<F> {
    pub(super) fetching: Fetching,
    pub(super) call: F,
}

/// Which reads on their way may be joined.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Join {
    /// Those whose key bears no tag that was invalidated since they began.
    Untouched,
    /// Those that began after the latest invalidation of anything, as seen by the one who joins.
    Current,
}

/// Who reads what at present.
#[derive(Default)]
pub(super) struct Flights {
    open: Mutex<HashMap<EntryKey, Arc<Batch>>>,
}

/// One fetch on its way.
struct Batch {
    keys: Vec<EntryKey>,
    began: Beginning,
    lane: Lane,
    /// How many wait; changed only under the lock of [`Flights::open`].
    seats: AtomicUsize,
    stop: CancellationToken,
    landed: watch::Sender<Option<Landing>>,
}

/// A place in a batch. The last one to be given up stops the fetch.
struct Seat {
    flights: Arc<Flights>,
    batch: Arc<Batch>,
}

/// The seats one caller has taken.
struct Boarded {
    /// Each seat with the keys to expect from it, those in own batches among them.
    seats: Vec<(Seat, Vec<EntryKey>)>,
    /// The batches that the caller has opened and must run.
    own: Vec<Arc<Batch>>,
}

impl Flights {
    fn lock(&self) -> MutexGuard<'_, HashMap<EntryKey, Arc<Batch>>> {
        self.open.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Takes a seat in every batch that has one of `keys` and may be joined, and opens batches for the others.
    fn board(
        self: &Arc<Self>,
        keys: Vec<EntryKey>,
        fetching: Fetching,
        now: Beginning,
        may_join: impl Fn(&EntryKey, Mark) -> bool,
    ) -> Boarded {
        let lane = Lane::current();
        let mut open = self.lock();
        let mut joined: HashMap<*const Batch, (Seat, Vec<EntryKey>)> = HashMap::new();
        let mut own = Vec::new();
        for key in keys {
            let Some(batch) = open.get(&key).filter(|batch| batch.is_for(lane) && may_join(&key, batch.began.mark))
            else {
                own.push(key);
                continue;
            };
            let (_, expected) =
                joined.entry(Arc::as_ptr(batch)).or_insert_with(|| (Seat::take(self, batch), Vec::new()));
            expected.push(key);
        }
        let loads: Vec<Vec<EntryKey>> = match fetching {
            Fetching::Together if own.is_empty() => Vec::new(),
            Fetching::Together => vec![own],
            Fetching::EachAlone => own.into_iter().map(|key| vec![key]).collect(),
        };
        let mut boarded = Boarded { seats: joined.into_values().collect(), own: Vec::with_capacity(loads.len()) };
        for keys in loads {
            let batch = Arc::new(Batch::new(keys.clone(), now, lane));
            for key in &keys {
                open.insert(key.clone(), Arc::clone(&batch));
            }
            boarded.seats.push((Seat::take(self, &batch), keys));
            boarded.own.push(batch);
        }
        boarded
    }

    /// Takes `batch` off the table, without touching a later one that has some of its keys.
    fn close(open: &mut HashMap<EntryKey, Arc<Batch>>, batch: &Arc<Batch>) {
        for key in &batch.keys {
            if let Slot::Occupied(slot) = open.entry(key.clone())
                && Arc::ptr_eq(slot.get(), batch)
            {
                slot.remove();
            }
        }
    }
}

impl Batch {
    fn new(keys: Vec<EntryKey>, began: Beginning, lane: Lane) -> Self {
        Self {
            keys,
            began,
            lane,
            seats: AtomicUsize::new(0),
            stop: CancellationToken::new(),
            landed: watch::Sender::new(None),
        }
    }

    /// Whether a task of `lane` may wait for it. Who goes first must not wait in the queue of the background, and rather
    /// reads once more.
    fn is_for(&self, lane: Lane) -> bool {
        self.lane == Lane::Interactive || lane == Lane::Background
    }
}

impl Seat {
    fn take(flights: &Arc<Flights>, batch: &Arc<Batch>) -> Self {
        batch.seats.fetch_add(1, Ordering::Relaxed);
        Self { flights: Arc::clone(flights), batch: Arc::clone(batch) }
    }

    /// Waits for the batch until `deadline`; what has landed by then is given even if the deadline has passed.
    async fn wait(&self, deadline: Instant) -> Landing {
        let mut landed = self.batch.landed.subscribe();
        let landing = match timeout_at(deadline, landed.wait_for(Option::is_some)).await {
            Ok(Ok(landing)) => landing.clone(),
            Ok(Err(_)) => None,
            Err(_) => Some(Err(VendorErrorKind::Deadline)),
        };
        landing.unwrap_or(Err(VendorErrorKind::Interrupted))
    }
}

impl Drop for Seat {
    fn drop(&mut self) {
        let mut open = self.flights.lock();
        let last = self.batch.seats.fetch_sub(1, Ordering::Relaxed) == 1;
        if last && self.batch.landed.borrow().is_none() {
            Flights::close(&mut open, &self.batch);
            self.batch.stop.cancel();
        }
    }
}

/// The task's end of a batch. However the task goes away, those who wait hear of it.
struct Pilot {
    flights: Arc<Flights>,
    batch: Arc<Batch>,
}

impl Pilot {
    /// Gives the outcome to everyone who waits. What is kept is in memory by now, so that nobody finds neither.
    fn land(&self, landing: Landing) {
        Flights::close(&mut self.flights.lock(), &self.batch);
        self.batch.landed.send_replace(Some(landing));
    }
}

impl Drop for Pilot {
    fn drop(&mut self) {
        if self.batch.landed.borrow().is_none() {
            self.land(Err(VendorErrorKind::Interrupted));
        }
    }
}

impl EntityCache {
    /// Gets `missing` by joining reads on their way and beginning others for the rest; fills `answers`.
    ///
    /// Gives back the keys whose read was overtaken by an invalidation before this caller had joined it.
    pub(super) async fn fly<K, V, F, Fut>(
        &self,
        scope: &Arc<Scope>,
        mut missing: HashMap<EntryKey, Vec<K>>,
        deadline: Instant,
        join: Join,
        fetch: &Arc<Fetch<F>>,
        answers: &mut Answers<K, V>,
    ) -> HashMap<EntryKey, Vec<K>>
    where
        K: CacheKey,
        V: std::fmt::Debug + Send + Sync + 'static,
        F: Fn(Vec<K>) -> Fut + Send + Sync + 'static,
        Fut: Future<Output = Fetches<K, V>> + Send + 'static,
    {
        let now = Beginning { mark: self.0.stamps.now(), at: self.0.clock.now() };
        let tags: HashMap<_, _> = missing
            .iter()
            .filter_map(|(entry_key, keys)| {
                let own = keys.first()?.tags();
                Some((entry_key.clone(), self.0.stamps.fingerprints(&scope.partition, own.iter())))
            })
            .collect();
        let may_join = |key: &EntryKey, began: Mark| match join {
            Join::Current => began >= now.mark,
            Join::Untouched => tags.get(key).is_some_and(|tags| !self.0.stamps.touched(tags, began)),
        };
        let Boarded { seats, own } =
            self.0.flights.board(missing.keys().cloned().collect(), fetch.fetching, now, may_join);
        let joined = missing.len() - own.iter().map(|batch| batch.keys.len()).sum::<usize>();
        self.0.count(scope, Became::Join, joined);
        let lanes = Arc::new(Semaphore::new(LANES));
        for batch in own {
            let keys = batch.keys.iter().filter_map(|key| Some((key.clone(), missing.get(key)?.first()?.clone())));
            self.take_off(scope, keys.collect(), batch, Arc::clone(&lanes), Arc::clone(fetch));
        }

        let mut overtaken = HashMap::new();
        for (seat, expected) in seats {
            let landed = seat.wait(deadline).await;
            for entry_key in expected {
                let Some(keys) = missing.remove(&entry_key) else { continue };
                let outcome = match &landed {
                    Ok(landed) => landed.get(&entry_key).cloned().unwrap_or_else(|| Err(unanswered(scope))),
                    Err(kind) => Err(left(scope, *kind)),
                };
                match outcome {
                    Ok(entry)
                        if seat.batch.began.mark < now.mark && self.0.stamps.touched(&entry.tags, entry.began.mark) =>
                    {
                        overtaken.insert(entry_key, keys);
                    }
                    outcome => {
                        let answer = outcome.map(|entry| {
                            age::note(scope.partition.vendor, entry.began.at);
                            entry.value::<V>()
                        });
                        answers.extend(keys.into_iter().map(|key| (key, answer.clone())));
                    }
                }
            }
        }
        overtaken
    }

    /// Runs the fetch of `batch` in a task of its own once one of `lanes` is free, within the span and the lane of the
    /// request that began it.
    fn take_off<K, V, F, Fut>(
        &self,
        scope: &Arc<Scope>,
        keys: Vec<(EntryKey, K)>,
        batch: Arc<Batch>,
        lanes: Arc<Semaphore>,
        fetch: Arc<Fetch<F>>,
    ) where
        K: CacheKey,
        V: std::fmt::Debug + Send + Sync + 'static,
        F: Fn(Vec<K>) -> Fut + Send + Sync + 'static,
        Fut: Future<Output = Fetches<K, V>> + Send + 'static,
    {
        let inner = Arc::clone(&self.0);
        let scope = Arc::clone(scope);
        let pilot = Pilot { flights: Arc::clone(&self.0.flights), batch };
        let flight = async move {
            let began = pilot.batch.began;
            let read = async {
                let _lane = lanes.acquire().await.expect("nobody closes the lanes");
                inner.read(&scope, keys.clone(), began, &fetch.call).await
            };
            let read = AssertUnwindSafe(read).catch_unwind();
            let landed = tokio::select! {
                biased;
                () = pilot.batch.stop.cancelled() => return,
                landed = read => landed,
            };
            let landed = landed
                .unwrap_or_else(|_| keys.into_iter().map(|(entry_key, _)| (entry_key, Err(broken(&scope)))).collect());
            pilot.land(Ok(Arc::new(landed)));
        };
        drop(self.0.shutdown.spawn(Lane::current().scope(flight).in_current_span()));
    }
}

impl Inner {
    /// Fetches what is still missing and keeps what comes.
    ///
    /// Memory is asked once more: another read may have landed between the caller's look and its seat.
    async fn read<K, V, F, Fut>(&self, scope: &Scope, keys: Vec<(EntryKey, K)>, began: Beginning, fetch: &F) -> Landed
    where
        K: CacheKey,
        V: std::fmt::Debug + Send + Sync + 'static,
        F: Fn(Vec<K>) -> Fut + Send + Sync,
        Fut: Future<Output = Fetches<K, V>> + Send,
    {
        let mut landed = Landed::with_capacity(keys.len());
        let mut missing = Vec::with_capacity(keys.len());
        for (entry_key, key) in keys {
            match self.look_up(&entry_key).await {
                Some(entry) => {
                    landed.insert(entry_key, Ok(entry));
                }
                None => missing.push((entry_key, key)),
            }
        }
        self.count(scope, Became::Hit, landed.len());
        self.count(scope, Became::Miss, missing.len());
        if missing.is_empty() {
            return landed;
        }
        let mut results = fetch(missing.iter().map(|(_, key)| key.clone()).collect()).await;
        for (entry_key, key) in missing {
            let outcome = match results.remove(&key) {
                Some(Ok(fetched)) => Ok(self.store(scope, entry_key.clone(), &key, fetched, began).await),
                Some(Err(error)) => Err(error),
                None => Err(unanswered(scope)),
            };
            landed.insert(entry_key, outcome);
        }
        landed
    }
}

/// The error for a key that the fetch was asked for and left out.
pub(super) fn unanswered(scope: &Scope) -> VendorError {
    let context = "the vendor's answer leaves this one out";
    VendorError::new(scope.partition.vendor, scope.operation, VendorErrorKind::Protocol, context)
}

/// The error for a fetch that panicked.
fn broken(scope: &Scope) -> VendorError {
    let context = "the gateway failed while it read the answer";
    VendorError::new(scope.partition.vendor, scope.operation, VendorErrorKind::Protocol, context)
}

/// The error for a waiter that got no outcome.
fn left(scope: &Scope, kind: VendorErrorKind) -> VendorError {
    let context = if kind == VendorErrorKind::Deadline {
        "the request's time was up before the answer came"
    } else {
        "the gateway stops and has given up the read"
    };
    VendorError::new(scope.partition.vendor, scope.operation, kind, context)
}
