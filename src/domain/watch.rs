//! Who watches what: one place that tells every watcher of a thing that it has changed.
//!
//! A watcher is told the newest state and not each change on the way to it, so a slow one costs no memory. However many
//! watch one thing, what feeds it runs once, and ends when the last of them has left.

use std::collections::HashMap;
use std::fmt;
use std::sync::Arc;
use std::sync::Mutex;
use std::sync::MutexGuard;
use std::sync::PoisonError;

use futures_util::future::BoxFuture;
use futures_util::future::select_all;
use tokio::sync::watch;
use tokio::task::AbortHandle;
use uuid::Uuid;

use crate::domain::messenger::model::ChannelId;
use crate::domain::status::model::Subject;
use crate::graphql::scalars::Vin;
use crate::shutdown::Shutdown;
use crate::store::AccountKey;
use crate::store::TimelineRow;

/// What can be watched.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Thing {
    /// An inspection, by its id in the ledger.
    Inspection(Uuid),
    /// The timeline of a vehicle.
    Vehicle(Vin),
    /// How something stands that a vendor tells of over a line.
    Subject(Subject),
    /// The pings through a channel.
    Channel(ChannelId),
}

/// A thing of one account.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Topic {
    /// The tenant.
    pub tenant: Arc<str>,
    /// The vendor and the account there.
    pub account: AccountKey,
    /// The thing.
    pub thing: Thing,
}

/// The topics that are watched at present, each with a state of the kind `S`.
pub struct Board<S>(Arc<Inner<S>>);

struct Inner<S> {
    topics: Mutex<HashMap<Topic, Watched<S>>>,
    shutdown: Shutdown,
}

struct Watched<S> {
    state: watch::Sender<S>,
    feed: Option<AbortHandle>,
}

impl<S> Drop for Watched<S> {
    fn drop(&mut self) {
        if let Some(feed) = &self.feed {
            feed.abort();
        }
    }
}

impl<S> Clone for Board<S> {
    fn clone(&self) -> Self {
        Self(Arc::clone(&self.0))
    }
}

impl<S> fmt::Debug for Board<S> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Board")
    }
}

impl<S> Board<S> {
    /// A board on which nothing is watched; what feeds its topics runs under `shutdown`.
    pub fn new(shutdown: Shutdown) -> Self {
        Self(Arc::new(Inner { topics: Mutex::default(), shutdown }))
    }

    fn topics(&self) -> MutexGuard<'_, HashMap<Topic, Watched<S>>> {
        self.0.topics.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The present state of `topic`; none when nobody watches it.
    pub fn state(&self, topic: &Topic) -> Option<S>
    where
        S: Clone,
    {
        self.topics().get(topic).map(|watched| watched.state.borrow().clone())
    }

    /// Changes the state of `topic` and tells those who watch it; does nothing when nobody does.
    pub fn change(&self, topic: &Topic, change: impl FnOnce(&mut S)) {
        if let Some(watched) = self.topics().get(topic) {
            watched.state.send_modify(change);
        }
    }
}

impl Board<u64> {
    /// Tells those who watch of what the ledger has taken; see [`Services::announce`].
    ///
    /// [`Services::announce`]: crate::domain::services::Services::announce
    pub fn announce(&self, entries: &[TimelineRow]) {
        for entry in entries {
            let tenant: Arc<str> = Arc::from(entry.tenant.as_str());
            let account = AccountKey::new(entry.vendor.as_str(), entry.account.as_str());
            let vehicle = entry.vin.as_deref().map(|vin| Thing::Vehicle(Vin::from_source(vin)));
            let inspection = Uuid::parse_str(&entry.subject).ok().map(Thing::Inspection);
            for thing in vehicle.into_iter().chain(inspection) {
                let topic = Topic { tenant: Arc::clone(&tenant), account: account.clone(), thing };
                self.change(&topic, |changes| *changes += 1);
            }
        }
    }
}

impl<S: Default + Send + Sync + 'static> Board<S> {
    /// Watches `topic` from now on.
    pub fn watch(&self, topic: Topic) -> Watcher<S> {
        self.join(topic, None)
    }

    /// Watches `topic` from now on, and keeps the work of `feed` going as long as anybody does.
    pub fn watch_fed(&self, topic: Topic, feed: impl FnOnce() -> BoxFuture<'static, ()>) -> Watcher<S> {
        self.join(topic, Some(Box::new(feed)))
    }

    fn join(&self, topic: Topic, feed: Option<Box<dyn FnOnce() -> BoxFuture<'static, ()> + '_>>) -> Watcher<S> {
        let mut topics = self.topics();
        let state = topics.get(&topic).map(|watched| watched.state.subscribe());
        let state = state.unwrap_or_else(|| {
            let (sender, receiver) = watch::channel(S::default());
            let draining = self.0.shutdown.draining();
            let feed = feed.map(|feed| {
                let work = feed();
                let task = self.0.shutdown.spawn(async move {
                    tokio::select! {
                        () = draining => {}
                        () = work => {}
                    }
                });
                task.abort_handle()
            });
            topics.insert(topic.clone(), Watched { state: sender, feed });
            receiver
        });
        drop(topics);
        Watcher { board: self.clone(), topic, state: Some(state) }
    }

    fn leave(&self, topic: &Topic) {
        let mut topics = self.topics();
        let is_last = topics.get(topic).is_some_and(|watched| watched.state.receiver_count() == 0);
        let left = if is_last { topics.remove(topic) } else { None };
        drop(topics);
        drop(left);
    }
}

/// Somebody who watches one topic.
pub struct Watcher<S: Default + Send + Sync + 'static> {
    board: Board<S>,
    topic: Topic,
    state: Option<watch::Receiver<S>>,
}

impl<S: Default + Send + Sync + 'static> fmt::Debug for Watcher<S> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Watcher").field("topic", &self.topic).finish_non_exhaustive()
    }
}

impl<S: Default + Clone + Send + Sync + 'static> Watcher<S> {
    /// The present state.
    pub fn state(&self) -> S {
        self.state.as_ref().map(|state| state.borrow().clone()).unwrap_or_default()
    }
}

impl<S: Default + Send + Sync + 'static> Watcher<S> {
    /// Resolves when the topic has changed since this was last asked.
    pub async fn changed(&mut self) {
        match &mut self.state {
            // The board drops a sender only when no watcher is left.
            Some(state) => drop(state.changed().await),
            None => std::future::pending().await,
        }
    }
}

impl<S: Default + Send + Sync + 'static> Drop for Watcher<S> {
    fn drop(&mut self) {
        drop(self.state.take());
        self.board.leave(&self.topic);
    }
}

/// Resolves when any of `watchers` is told of a change; never when there are none.
pub async fn any_changed<S: Default + Send + Sync + 'static>(watchers: &mut [Watcher<S>]) {
    if watchers.is_empty() {
        std::future::pending::<()>().await;
    }
    select_all(watchers.iter_mut().map(|watcher| Box::pin(watcher.changed()))).await;
}
