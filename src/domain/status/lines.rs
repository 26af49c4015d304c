//! One line to the vendor per account, however many things are watched and however many watch them.

use std::collections::HashMap;
use std::fmt;
use std::sync::Arc;
use std::sync::Mutex;
use std::sync::MutexGuard;
use std::sync::PoisonError;

use chrono::DateTime;
use chrono::Utc;
use tokio::sync::mpsc::UnboundedReceiver;
use tokio::sync::mpsc::UnboundedSender;
use tokio::sync::mpsc::unbounded_channel;
use tokio::sync::watch;

use crate::auth::AccountId;
use crate::cache::Tag;
use crate::domain::messenger::model::ChannelId;
use crate::domain::services::Services;
use crate::domain::watch::Board;
use crate::domain::watch::Thing;
use crate::domain::watch::Topic;
use crate::shutdown::Shutdown;
use crate::store::AccountKey;

use super::follow::Line;
use super::model::Status;
use super::model::Subject;

/// What those who watch a thing are shown; the newest state replaces the one before.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Shown {
    /// How it stands; none as long as nothing is known.
    pub status: Option<Status>,
    /// The pings that were heard, and when the last was; for a channel only.
    pub pings: Option<(u64, Option<DateTime<Utc>>)>,
    /// Whether the vendor tells of changes by itself at present.
    pub live: bool,
    /// What the vendor says against its being watched.
    pub refused: Option<String>,
}

/// What can be heard of over a line.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Heard {
    /// How something stands.
    Subject(Subject),
    /// Pings through a channel.
    Channel(ChannelId),
}

impl From<Heard> for Thing {
    fn from(heard: Heard) -> Self {
        match heard {
            Heard::Subject(subject) => Self::Subject(subject),
            Heard::Channel(channel) => Self::Channel(channel),
        }
    }
}

/// Whether the vendor tells of a thing by itself.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) enum Health {
    /// Nothing was heard yet, and nothing has broken.
    #[default]
    Awaited,
    /// It does.
    Live,
    /// It does not: the line is broken, or silent.
    Down,
}

/// What the keeper of a line is told.
pub(super) enum Order {
    Watch(Heard, Vec<Tag>, watch::Sender<Health>),
    Leave(Heard),
}

/// An account of a tenant.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(super) struct Place {
    pub(super) tenant: Arc<str>,
    pub(super) account: AccountId,
}

impl Place {
    pub(super) fn topic(&self, heard: Heard) -> Topic {
        Topic {
            tenant: Arc::clone(&self.tenant),
            account: AccountKey::new(self.account.vendor, self.account.name.as_ref()),
            thing: heard.into(),
        }
    }
}

/// The lines of all accounts, and who watches what over them.
pub struct Lines {
    /// Who watches what.
    pub(super) board: Board<Shown>,
    keepers: Mutex<HashMap<Place, UnboundedSender<Order>>>,
}

impl fmt::Debug for Lines {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Lines")
    }
}

/// Something that is watched over a line, until this is dropped.
pub(super) struct Watched {
    keeper: UnboundedSender<Order>,
    heard: Heard,
    health: Option<watch::Receiver<Health>>,
}

impl Watched {
    /// Whether `wanted` is how it stands with the line at present.
    pub(super) fn is(&self, wanted: Health) -> bool {
        self.health.as_ref().is_some_and(|health| *health.borrow() == wanted)
    }

    /// Waits until `wanted` is how it stands with the line; for ever when the keeper has ended.
    pub(super) async fn until(&mut self, wanted: Health) {
        let Some(health) = &mut self.health else { return std::future::pending().await };
        let is_so = health.wait_for(|health| *health == wanted).await.is_ok();
        if !is_so {
            std::future::pending::<()>().await;
        }
    }
}

impl Drop for Watched {
    fn drop(&mut self) {
        // The keeper tells by this whether somebody else has begun to watch the same thing since.
        drop(self.health.take());
        // A keeper that is gone watches nothing.
        drop(self.keeper.send(Order::Leave(self.heard.clone())));
    }
}

impl Lines {
    /// Lines that connect when something is watched, and end under `shutdown`.
    pub fn new(shutdown: Shutdown) -> Self {
        Self { board: Board::new(shutdown), keepers: Mutex::default() }
    }

    fn keepers(&self) -> MutexGuard<'_, HashMap<Place, UnboundedSender<Order>>> {
        self.keepers.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Forgets the keeper of `place`, unless it has `orders` to read.
    pub(super) fn retire(&self, place: &Place, orders: &UnboundedReceiver<Order>) -> bool {
        let mut keepers = self.keepers();
        let is_idle = orders.is_empty();
        if is_idle {
            keepers.remove(place);
        }
        is_idle
    }
}

/// Watches `heard` over the line of its account; none when the vendor has no such line.
pub(super) fn watch_over(services: &Arc<Services>, place: &Place, heard: &Heard, tags: Vec<Tag>) -> Option<Watched> {
    let mut keepers = services.lines.keepers();
    // A keeper that broke down has dropped its orders; it is not to keep its account without a line.
    let keeper = if let Some(keeper) = keepers.get(place).filter(|keeper| !keeper.is_closed()) {
        keeper.clone()
    } else {
        let keeper = start(services, place)?;
        keepers.insert(place.clone(), keeper.clone());
        keeper
    };
    let (sender, health) = watch::channel(Health::Awaited);
    // It fails only while the process ends: a keeper retires under the same lock, and not before it has read all orders.
    drop(keeper.send(Order::Watch(heard.clone(), tags, sender)));
    drop(keepers);
    Some(Watched { keeper, heard: heard.clone(), health: Some(health) })
}

fn start(services: &Arc<Services>, place: &Place) -> Option<UnboundedSender<Order>> {
    let source = services.sources.statuses.get(&place.tenant, &place.account)?;
    let (sender, orders) = unbounded_channel();
    let line = Line::new(Arc::clone(services), place.clone(), source.open(services.ids.clone()));
    drop(services.shutdown.spawn(line.keep(orders)));
    Some(sender)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_keeper_retires_only_when_nobody_has_come_back() {
        let lines = Lines::new(Shutdown::new());
        let account = AccountId { vendor: "diagnostics", name: Arc::from("main") };
        let place = Place { tenant: Arc::from("default"), account };
        let (keeper, mut orders) = unbounded_channel();
        lines.keepers().insert(place.clone(), keeper.clone());
        let (health, _watched) = watch::channel(Health::Awaited);
        keeper.send(Order::Watch(Heard::Channel(ChannelId("c-1".to_owned())), Vec::new(), health)).ok();
        assert!(!lines.retire(&place, &orders), "somebody waits to be served");
        assert!(lines.keepers().contains_key(&place));
        assert!(orders.recv().await.is_some());
        assert!(lines.retire(&place, &orders));
        assert!(!lines.keepers().contains_key(&place), "the next one starts another keeper");
    }
}
