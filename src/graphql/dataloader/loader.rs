//! The loader of one entity within one request.

use std::collections::HashMap;
use std::collections::HashSet;
use std::fmt;
use std::future::Future;
use std::hash::Hash;
use std::sync::Arc;

use futures_channel::oneshot;
use futures_util::FutureExt;
use futures_util::future::join_all;

use super::Hub;
use super::batch::Desk;
use super::batch::Place;
use crate::error::Error;
use crate::graphql::Result;

/// Fetches many things of one kind at once.
pub trait Loader: Send + Sync + Sized + 'static {
    /// What names one thing.
    type Key: Clone + Eq + Hash + Ord + Send + Sync + 'static;
    /// The thing; cheap to clone, such as an `Arc`.
    type Value: Clone + Send + Sync + 'static;

    /// How many keys one call of [`Loader::load`] takes at most.
    fn max_batch_size(&self) -> usize {
        100
    }

    /// Fetches the things of `keys`, which are distinct, sorted and at most [`Loader::max_batch_size`].
    ///
    /// Each key has a result of its own, so that one that fails leaves its neighbours alone. A key that is
    /// missing in the answer names nothing.
    fn load(&self, keys: Vec<Self::Key>) -> impl Future<Output = HashMap<Self::Key, Result<Self::Value>>> + Send;
}

/// The loader of one entity within one request: gathers keys, asks for each of them once, remembers the answers.
///
/// Clones share their state. It works only inside the [`drive`](super::drive) of the same [`Hub`].
pub struct DataLoader<L: Loader>(Arc<Inner<L>>);

struct Inner<L: Loader> {
    loader: L,
    hub: Hub,
    desk: Desk<L::Key, L::Value>,
}

impl<L: Loader> DataLoader<L> {
    /// Makes the loader of a new request.
    pub fn new(hub: &Hub, loader: L) -> Self {
        Self(Arc::new(Inner { loader, hub: hub.clone(), desk: Desk::default() }))
    }

    /// The request's own loader of this kind.
    ///
    /// # Errors
    /// `INTERNAL` when the request was started without one.
    pub fn of<'a>(ctx: &async_graphql::Context<'a>) -> Result<&'a Self> {
        ctx.data_opt::<Self>()
            .ok_or_else(|| Error::internal(format!("the request has no `{}`", std::any::type_name::<Self>())))
    }

    /// The thing that `key` names, or none when there is no such thing.
    ///
    /// # Errors
    /// The failure of this key alone; `INTERNAL` when the batch panicked.
    pub async fn load_one(&self, key: L::Key) -> Result<Option<L::Value>> {
        match self.ask(key) {
            Place::Known(answer) => answer,
            Place::Waiting(answer) => {
                answer.await.unwrap_or_else(|oneshot::Canceled| Err(Error::internal("a batch ended without an answer")))
            }
        }
    }

    /// The things that `keys` name; a key that names nothing is missing in the answer.
    pub async fn load_many(&self, keys: impl IntoIterator<Item = L::Key>) -> HashMap<L::Key, Result<L::Value>> {
        let distinct: HashSet<L::Key> = keys.into_iter().collect();
        let answers = join_all(distinct.into_iter().map(|key| async move {
            let answer = self.load_one(key.clone()).await;
            answer.transpose().map(|answer| (key, answer))
        }));
        answers.await.into_iter().flatten().collect()
    }

    /// Remembers `value` as the answer for `key`, when a list has already brought it.
    pub fn prime(&self, key: L::Key, value: L::Value) {
        self.0.desk.prime(key, value);
    }

    /// Forgets the answer for `key`, after a mutation has changed the thing.
    pub fn forget(&self, key: &L::Key) {
        self.0.desk.forget(key);
    }

    /// The loader behind, for reading its settings.
    pub fn loader(&self) -> &L {
        &self.0.loader
    }

    fn ask(&self, key: L::Key) -> Place<L::Value> {
        let (place, first) = self.0.desk.ask(key);
        if first {
            self.0.hub.push(run(Arc::clone(&self.0)).boxed());
        }
        place
    }
}

impl<L: Loader> Clone for DataLoader<L> {
    fn clone(&self) -> Self {
        Self(Arc::clone(&self.0))
    }
}

impl<L: Loader> fmt::Debug for DataLoader<L> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "DataLoader<{}>", std::any::type_name::<L>())
    }
}

/// Fetches everything that is asked for at its first poll, in as few calls as the batch size allows.
async fn run<L: Loader>(inner: Arc<Inner<L>>) {
    let keys = inner.desk.depart();
    let size = inner.loader.max_batch_size().max(1);
    // Each call answers its own waiters as soon as it ends: a slow one holds nobody else up.
    join_all(keys.chunks(size).map(|keys| inner.desk.serve(&inner.loader, keys.to_vec()))).await;
}
