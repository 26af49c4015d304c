//! The keeper of an account's line: hears the vendor, and tells those who watch.

use std::collections::HashMap;
use std::sync::Arc;
use std::time::Duration;

use tokio::sync::mpsc::UnboundedReceiver;
use tokio::sync::watch;
use tokio::time::sleep;

use crate::cache::Tag;
use crate::domain::messenger::model::ChannelId;
use crate::domain::services::Services;

use super::lines::Health;
use super::lines::Heard;
use super::lines::Order;
use super::lines::Place;
use super::model::Status;
use super::model::StatusEvent;
use super::model::Subject;
use super::record;
use super::source::StatusLine;

/// How long a line is kept when nothing is watched: whoever comes back at once meets the same rule of when to connect.
const LINGER: Duration = Duration::from_mins(1);

/// Something that is watched, and what of the cache it touches.
struct Following {
    tags: Vec<Tag>,
    health: watch::Sender<Health>,
    /// The last snapshot, with which the next one is compared.
    last: Option<Status>,
}

/// An account's line and what is watched over it.
pub(super) struct Line {
    services: Arc<Services>,
    place: Place,
    upstream: Box<dyn StatusLine>,
    following: HashMap<Heard, Following>,
    is_down: bool,
}

impl Line {
    pub(super) fn new(services: Arc<Services>, place: Place, upstream: Box<dyn StatusLine>) -> Self {
        Self { services, place, upstream, following: HashMap::new(), is_down: false }
    }

    /// Keeps the line until nothing was watched for a while, or the process drains. It is not connected while nothing is
    /// watched.
    pub(super) async fn keep(mut self, mut orders: UnboundedReceiver<Order>) {
        let draining = self.services.shutdown.draining();
        tokio::pin!(draining);
        loop {
            tokio::select! {
                biased;
                () = &mut draining => return,
                order = orders.recv() => match order {
                    Some(order) => self.obey(order),
                    None => return,
                },
                event = self.upstream.next_event() => self.hear(event).await,
                () = sleep(LINGER), if self.following.is_empty() => {
                    if self.services.lines.retire(&self.place, &orders) {
                        return;
                    }
                }
            }
        }
    }

    fn obey(&mut self, order: Order) {
        match order {
            Order::Watch(heard, tags, health) => {
                if let Heard::Subject(subject) = &heard {
                    self.upstream.subscribe(subject);
                }
                let is_channel = matches!(heard, Heard::Channel(_));
                if self.is_down {
                    health.send_replace(Health::Down);
                    if is_channel {
                        self.show(&heard, false);
                    }
                } else if is_channel && self.upstream.is_connected() {
                    // The vendor takes no subscription to a channel, so there is nothing more to wait for.
                    health.send_replace(Health::Live);
                    self.show(&heard, true);
                }
                let last = self.following.remove(&heard).and_then(|following| following.last);
                if let Some(status) = last.clone().filter(|_| !self.is_down) {
                    // The line tells of changes only, and whoever watched before has heard this.
                    health.send_replace(Health::Live);
                    self.tell(&heard, status);
                }
                self.following.insert(heard, Following { tags, health, last });
            }
            Order::Leave(heard) => {
                // Somebody else may have begun to watch the same thing since.
                let is_left = self.following.get(&heard).is_some_and(|following| following.health.is_closed());
                if !is_left {
                    return;
                }
                self.following.remove(&heard);
                if let Heard::Subject(subject) = &heard {
                    self.upstream.unsubscribe(subject);
                }
            }
        }
        self.upstream.hear_pings(self.following.keys().any(|heard| matches!(heard, Heard::Channel(_))));
    }

    async fn hear(&mut self, event: StatusEvent) {
        match event {
            StatusEvent::Connected => self.is_up(),
            StatusEvent::Changed(status) => self.take(status).await,
            StatusEvent::Pinged(channel) => self.ping(channel.as_ref()),
            StatusEvent::Refused(subject, reason) => self.refuse(subject, &reason),
            StatusEvent::Silent(subject) => {
                tracing::warn!(tenant = %self.place.tenant, account = %self.place.account, "the vendor tells nothing of what is watched; it is asked now and then");
                self.lose(&Heard::Subject(subject));
            }
            StatusEvent::Disconnected(error) => {
                let kind = error.kind;
                tracing::info!(tenant = %self.place.tenant, account = %self.place.account, ?kind, "the line to the vendor is down; it is tried again");
                self.is_down = true;
                let all: Vec<_> = self.following.keys().cloned().collect();
                for heard in &all {
                    self.lose(heard);
                }
            }
        }
    }

    /// Notes that the line is open: pings can be heard. Of a subject, only an update shows that it is told of.
    fn is_up(&mut self) {
        self.is_down = false;
        for (heard, following) in &self.following {
            if matches!(heard, Heard::Channel(_)) {
                following.health.send_replace(Health::Live);
                self.show(heard, true);
            }
        }
    }

    async fn take(&mut self, status: Status) {
        let heard = Heard::Subject(status.subject());
        let Some(following) = self.following.get_mut(&heard) else { return };
        let before = following.last.replace(status.clone());
        let tags = following.tags.clone();
        if before.as_ref() != Some(&status) {
            record::take(&self.services, &self.place, tags, before.as_ref(), &status).await;
        }
        if let Some(following) = self.following.get(&heard) {
            following.health.send_replace(Health::Live);
        }
        self.tell(&heard, status);
    }

    fn tell(&self, heard: &Heard, status: Status) {
        self.services.lines.board.change(&self.place.topic(heard.clone()), |shown| {
            shown.status = Some(status);
            shown.live = true;
            shown.refused = None;
        });
    }

    fn ping(&self, channel: Option<&ChannelId>) {
        let now = self.services.clock.now();
        for heard in self.following.keys() {
            // Everybody is told of a ping that names no channel: any of them may be meant.
            let Heard::Channel(own) = heard else { continue };
            if channel.is_none_or(|channel| channel == own) {
                self.services.lines.board.change(&self.place.topic(heard.clone()), |shown| {
                    let (count, _) = shown.pings.unwrap_or_default();
                    shown.pings = Some((count + 1, Some(now)));
                    shown.live = true;
                });
            }
        }
    }

    fn refuse(&self, subject: Option<Subject>, reason: &str) {
        let Some(subject) = subject else {
            tracing::warn!(tenant = %self.place.tenant, account = %self.place.account, reason, "the vendor refuses something that is watched and does not say what");
            return;
        };
        let is_connection = matches!(subject, Subject::Connection(_));
        let heard = Heard::Subject(subject);
        if !is_connection {
            // A closed ticket cannot be watched but can be asked for; so an answer decides whether there is such a thing.
            self.lose(&heard);
            return;
        }
        let topic = self.place.topic(heard);
        self.services.lines.board.change(&topic, |shown| shown.refused = Some(reason.to_owned()));
    }

    fn lose(&self, heard: &Heard) {
        if let Some(following) = self.following.get(heard) {
            following.health.send_replace(Health::Down);
        }
        self.show(heard, false);
    }

    fn show(&self, heard: &Heard, live: bool) {
        let is_channel = matches!(heard, Heard::Channel(_));
        self.services.lines.board.change(&self.place.topic(heard.clone()), |shown| {
            shown.live = live;
            if is_channel && shown.pings.is_none() {
                shown.pings = Some((0, None));
            }
        });
    }
}
