//! A vendor that a test can hold, and the questions that are put to the cache.

use std::future::Future;
use std::ops::RangeInclusive;
use std::pin::Pin;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use forecourt::cache::{
    Answers, CacheKey, EntityCache, Fetched, Fetches, Fetching, Limits, Partition, Policy, Scope, Tag,
};
use forecourt::clock::Clock;
use forecourt::error::{VendorError, VendorErrorKind};
use forecourt::shutdown::Shutdown;
use tokio::sync::watch;
use tokio::task::JoinHandle;
use tokio::time::Instant;

pub(crate) const FIND: &str = "jifeline.vehicles.find";
pub(crate) const STATUS: &str = "tchek.tokens.status";

/// What the vendor says of one key.
pub(crate) enum Answer {
    Found(Fetched<String>),
    Failed(VendorError),
    LeftOut,
}

impl From<Fetched<String>> for Answer {
    fn from(fetched: Fetched<String>) -> Self {
        Self::Found(fetched)
    }
}

type Script = dyn Fn(&str, usize) -> Answer + Send + Sync;
pub(crate) type Fetch<K> = Pin<Box<dyn Future<Output = Fetches<K, String>> + Send>>;

/// A vendor that notes every call, can hold it back, and answers by a function of the key and the number of the call.
pub(crate) struct Vendor {
    calls: Mutex<Vec<Vec<String>>>,
    pub(crate) dropped: AtomicUsize,
    gate: watch::Sender<RangeInclusive<usize>>,
    answer: Box<Script>,
}

/// Counts a fetch that ends without an answer.
struct Watched(Arc<Vendor>, bool);

impl Drop for Watched {
    fn drop(&mut self) {
        if !self.1 {
            self.0.dropped.fetch_add(1, Ordering::SeqCst);
        }
    }
}

impl Vendor {
    /// Answers at once.
    pub(crate) fn new<A: Into<Answer>>(answer: impl Fn(&str, usize) -> A + Send + Sync + 'static) -> Arc<Self> {
        let vendor = Self::held(answer);
        vendor.release(usize::MAX);
        vendor
    }

    /// Answers no call before it is released.
    pub(crate) fn held<A: Into<Answer>>(answer: impl Fn(&str, usize) -> A + Send + Sync + 'static) -> Arc<Self> {
        Arc::new(Self {
            calls: Mutex::default(),
            dropped: AtomicUsize::new(0),
            gate: watch::Sender::new(0..=0),
            answer: Box::new(move |key, call| answer(key, call).into()),
        })
    }

    /// Lets the first `calls` calls answer.
    pub(crate) fn release(&self, calls: usize) {
        self.gate.send_replace(1..=calls);
    }

    /// Lets one call answer, whatever came before it.
    pub(crate) fn release_only(&self, call: usize) {
        self.gate.send_replace(call..=call);
    }

    pub(crate) fn calls(&self) -> Vec<Vec<String>> {
        self.calls.lock().unwrap().clone()
    }

    pub(crate) fn count(&self) -> usize {
        self.calls().len()
    }

    pub(crate) fn fetch<K: CacheKey>(self: &Arc<Self>) -> impl Fn(Vec<K>) -> Fetch<K> + Send + Sync + 'static {
        let vendor = Arc::clone(self);
        move |keys| {
            let vendor = Arc::clone(&vendor);
            Box::pin(async move {
                let mut names: Vec<_> = keys.iter().map(CacheKey::canonical).collect();
                names.sort();
                let call = {
                    let mut calls = vendor.calls.lock().unwrap();
                    calls.push(names);
                    calls.len()
                };
                let mut watched = Watched(Arc::clone(&vendor), false);
                vendor.gate.subscribe().wait_for(|released| released.contains(&call)).await.expect("the vendor lives");
                watched.1 = true;
                let answers = keys.into_iter().filter_map(|key| {
                    let result = match (vendor.answer)(&key.canonical(), call) {
                        Answer::Found(fetched) => Ok(fetched),
                        Answer::Failed(error) => Err(error),
                        Answer::LeftOut => return None,
                    };
                    Some((key, result))
                });
                answers.collect()
            })
        }
    }
}

/// A key that tells its tag before it is read.
#[derive(Clone, PartialEq, Eq, Hash)]
pub(crate) struct Vin(pub(crate) String);

impl CacheKey for Vin {
    fn canonical(&self) -> String {
        self.0.to_ascii_uppercase()
    }

    fn tags(&self) -> Vec<Tag> {
        vec![Tag::vehicle(&self.0)]
    }
}

pub(crate) fn found(key: &str, call: usize) -> Fetched<String> {
    Fetched::found(format!("{key} of call {call}"))
}

pub(crate) fn refused() -> VendorError {
    VendorError::new("jifeline", FIND, VendorErrorKind::Unavailable, "out of order")
}

pub(crate) fn cache() -> EntityCache {
    EntityCache::new(Limits::default(), Policy::default(), Clock::system(), Shutdown::new())
}

pub(crate) fn partition(tenant: &str, account: &str) -> Partition {
    Partition::new(tenant, "jifeline", account)
}

pub(crate) fn scope(operation: &'static str) -> Arc<Scope> {
    Arc::new(Scope::new(partition("north", "main"), "sandbox", operation))
}

pub(crate) fn later() -> Instant {
    Instant::now() + Duration::from_mins(10)
}

pub(crate) fn names(keys: &[&str]) -> Vec<String> {
    keys.iter().map(|key| (*key).to_owned()).collect()
}

/// Lets every task run until it waits for something; for runtimes of one thread.
pub(crate) async fn settle() {
    for _ in 0..100 {
        tokio::task::yield_now().await;
    }
}

pub(crate) async fn ask(
    cache: &EntityCache,
    scope: &Arc<Scope>,
    vendor: &Arc<Vendor>,
    keys: &[&str],
) -> Answers<String, String> {
    cache.get_many(scope, Fetching::Together, names(keys), later(), vendor.fetch()).await
}

pub(crate) async fn ask_one(
    cache: &EntityCache,
    scope: &Arc<Scope>,
    vendor: &Arc<Vendor>,
    key: &str,
) -> Option<String> {
    let answers = ask(cache, scope, vendor, &[key]).await;
    answers[key].clone().unwrap().map(|value| value.to_string())
}

/// Asks in a task of its own and lets it come to rest.
pub(crate) async fn ask_aside(
    cache: &EntityCache,
    scope: &Arc<Scope>,
    vendor: &Arc<Vendor>,
    keys: &[&str],
) -> JoinHandle<Answers<String, String>> {
    aside(cache, scope, Fetching::Together, vendor, keys).await
}

/// Asks like [`ask_aside`], each key by a call of its own.
pub(crate) async fn ask_each_aside(
    cache: &EntityCache,
    scope: &Arc<Scope>,
    vendor: &Arc<Vendor>,
    keys: &[&str],
) -> JoinHandle<Answers<String, String>> {
    aside(cache, scope, Fetching::EachAlone, vendor, keys).await
}

async fn aside(
    cache: &EntityCache,
    scope: &Arc<Scope>,
    fetching: Fetching,
    vendor: &Arc<Vendor>,
    keys: &[&str],
) -> JoinHandle<Answers<String, String>> {
    let (cache, scope, fetch, keys) = (cache.clone(), Arc::clone(scope), vendor.fetch(), names(keys));
    let task = Shutdown::new().spawn(async move { cache.get_many(&scope, fetching, keys, later(), fetch).await });
    settle().await;
    task
}

pub(crate) fn texts<K: CacheKey>(answers: &Answers<K, String>, keys: &[K]) -> Vec<String> {
    keys.iter().map(|key| answers[key].clone().unwrap().expect("there is such a thing").to_string()).collect()
}

pub(crate) fn text(answers: &Answers<String, String>, key: &str) -> String {
    texts(answers, &names(&[key])).concat()
}

pub(crate) fn kind(answers: &Answers<String, String>, key: &str) -> VendorErrorKind {
    answers[key].clone().unwrap_err().kind
}
