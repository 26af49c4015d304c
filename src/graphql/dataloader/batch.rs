//! The desk of a loader: who waits for which key, and the answers so far.

use std::any::Any;
use std::collections::HashMap;
use std::hash::Hash;
use std::panic::AssertUnwindSafe;
use std::sync::Mutex;
use std::sync::MutexGuard;
use std::sync::PoisonError;

use futures_channel::oneshot;
use futures_util::FutureExt;

use super::Loader;
use crate::error::Error;
use crate::graphql::Result;

type Answer<V> = Result<Option<V>>;

/// What somebody who asks for a key gets.
pub(super) enum Place<V> {
    /// The answer, known already.
    Known(Answer<V>),
    /// A place in the queue. It is not tokio's channel: that one counts against the task's budget, and a
    /// waiter whom the budget refuses looks as if the query were at rest.
    Waiting(oneshot::Receiver<Answer<V>>),
}

/// Waiters and answers of one loader within one request.
pub(super) struct Desk<K, V>(Mutex<State<K, V>>);

struct State<K, V> {
    /// Keys that go with the next batch, each once.
    open: Vec<K>,
    /// Who waits for a key, be it open or on its way.
    waiting: HashMap<K, Vec<oneshot::Sender<Answer<V>>>>,
    known: HashMap<K, Answer<V>>,
}

impl<K, V> Default for Desk<K, V> {
    fn default() -> Self {
        Self(Mutex::new(State { open: Vec::new(), waiting: HashMap::new(), known: HashMap::new() }))
    }
}

impl<K: Clone + Eq + Hash + Ord, V: Clone> Desk<K, V> {
    fn state(&self) -> MutexGuard<'_, State<K, V>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Queues for `key`; the flag tells that a batch must be left at the hub, because this key opens one.
    pub(super) fn ask(&self, key: K) -> (Place<V>, bool) {
        let mut state = self.state();
        if let Some(answer) = state.known.get(&key) {
            return (Place::Known(answer.clone()), false);
        }
        let (sender, receiver) = oneshot::channel();
        if let Some(waiters) = state.waiting.get_mut(&key) {
            waiters.push(sender);
            return (Place::Waiting(receiver), false);
        }
        let first = state.open.is_empty();
        state.open.push(key.clone());
        state.waiting.insert(key, vec![sender]);
        (Place::Waiting(receiver), first)
    }

    /// Takes the keys of the next batch, sorted, without those for which nobody waits any more.
    pub(super) fn depart(&self) -> Vec<K> {
        let mut state = self.state();
        let mut keys = std::mem::take(&mut state.open);
        keys.retain(|key| {
            let awaited = state.waiting.get(key).is_some_and(|waiters| waiters.iter().any(|one| !one.is_canceled()));
            if !awaited {
                state.waiting.remove(key);
            }
            awaited
        });
        keys.sort_unstable();
        keys
    }

    /// Fetches `keys` in one call and answers everybody who waits for them.
    pub(super) async fn serve<L: Loader<Key = K, Value = V>>(&self, loader: &L, keys: Vec<K>) {
        let mut flight = Flight { desk: self, keys };
        let load = AssertUnwindSafe(async { loader.load(flight.keys.clone()).await });
        let mut answers = match load.catch_unwind().await {
            Ok(answers) => answers,
            Err(panic) => {
                let error = Error::internal(format!("a loader panicked: {}", panic_text(&*panic)));
                flight.keys.iter().map(|key| (key.clone(), Err(error.clone()))).collect()
            }
        };
        for key in std::mem::take(&mut flight.keys) {
            let answer = answers.remove(&key).transpose();
            self.settle(key, &answer);
        }
    }

    /// Notes an answer that came another way, also for those who wait for the next batch.
    pub(super) fn prime(&self, key: K, value: V) {
        self.state().open.retain(|open| *open != key);
        self.settle(key, &Ok(Some(value)));
    }

    /// Notes the answer for `key` and hands it to everybody who waits.
    fn settle(&self, key: K, answer: &Answer<V>) {
        let waiters = {
            let mut state = self.state();
            let waiters = state.waiting.remove(&key);
            state.known.insert(key, answer.clone());
            waiters
        };
        for waiter in waiters.into_iter().flatten() {
            // A waiter that has left needs no answer.
            drop(waiter.send(answer.clone()));
        }
    }

    /// Drops the answer for `key`; the next one who asks starts a new call.
    pub(super) fn forget(&self, key: &K) {
        self.state().known.remove(key);
    }
}

/// The keys of a call on its way. Dropped early, with the request, it lets its waiters go.
struct Flight<'a, K: Clone + Eq + Hash + Ord, V: Clone> {
    desk: &'a Desk<K, V>,
    keys: Vec<K>,
}

impl<K: Clone + Eq + Hash + Ord, V: Clone> Drop for Flight<'_, K, V> {
    fn drop(&mut self) {
        let mut state = self.desk.state();
        for key in &self.keys {
            state.waiting.remove(key);
        }
    }
}

fn panic_text(panic: &(dyn Any + Send)) -> &str {
    panic
        .downcast_ref::<&'static str>()
        .copied()
        .or_else(|| panic.downcast_ref::<String>().map(String::as_str))
        .unwrap_or("no message")
}
