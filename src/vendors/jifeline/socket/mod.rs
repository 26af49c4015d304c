//! The account's socket: what happens to connectors, tickets and connections, as it happens.
//!
//! The vendor confirms no subscription, names no reason for most refusals, and drops connections at its own discretion.
//! So everything here is decided by what is heard and when; see [`JifelineSocket::next_event`].

pub(super) mod frames;
mod line;
mod reading;

use std::collections::BTreeMap;
use std::collections::VecDeque;
use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use futures_util::FutureExt;
use futures_util::future::BoxFuture;
use tokio::time::Instant;
use tokio::time::sleep;
use tokio::time::sleep_until;
use url::Url;

use crate::domain::status::model::Status;
use crate::domain::status::model::StatusEvent;
use crate::domain::status::model::Subject;
use crate::error::VendorError;
use crate::error::VendorErrorKind;
use crate::ids::Ids;
use crate::transport::Authorize;
use crate::transport::Socket;
use crate::transport::tape::Tape;

use super::JifelineClient;
use super::api::socket;
use super::auth::SessionAuth;
use super::map::Reading;
use frames::Frame;
use line::Line;
use line::Tries;
use reading::Heard;

/// How long nothing may be heard of a subject; the vendor sends an update every five seconds, changed or not.
const SILENCE: Duration = Duration::from_secs(15);
/// How often a subject is asked for before it counts as silent.
const TIMES: u8 = 2;
/// How often a silent subject is asked for all the same.
const AGAIN: Duration = Duration::from_mins(1);
/// How long a connection is kept that is of no use any more: whoever leaves often comes back at once.
const USELESS: Duration = Duration::from_secs(5);

/// What is known of a subject that is watched.
#[derive(Debug, Default)]
struct Watch {
    last: Option<Status>,
    /// When the next update is late; none when none is expected.
    due: Option<Instant>,
    /// How often it was asked for in vain; once, when the last was not in vain.
    asked: u8,
    /// Whether it was asked for, and neither an update nor a refusal came since.
    is_awaited: bool,
}

/// Watches for one account. It connects as soon as there is something to watch and again whenever the connection breaks;
/// nothing happens unless [`JifelineSocket::next_event`] is awaited.
pub struct JifelineSocket {
    url: Url,
    authorize: Arc<dyn Authorize>,
    tape: Option<Arc<dyn Tape>>,
    reading: Arc<Reading>,
    line: Option<Line>,
    /// The connection on its way, which goes on where it was when the wait for an event is dropped.
    connecting: Option<BoxFuture<'static, Result<Socket, VendorError>>>,
    tries: Tries,
    watched: BTreeMap<Subject, Watch>,
    /// What is not watched any more on this connection, and whether the other spelling was sent as well.
    left: BTreeMap<Subject, bool>,
    hears_pings: bool,
    outgoing: VecDeque<Frame>,
    ready: VecDeque<StatusEvent>,
}

impl fmt::Debug for JifelineSocket {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("JifelineSocket").field("watched", &self.watched.len()).finish_non_exhaustive()
    }
}

impl JifelineSocket {
    pub(super) fn new(client: &JifelineClient, ids: Ids) -> Self {
        Self {
            url: client.socket_url.clone(),
            authorize: Arc::<SessionAuth>::clone(&client.auth),
            tape: client.transport.tape(),
            reading: Arc::clone(&client.reading),
            line: None,
            connecting: None,
            tries: Tries::new(ids),
            watched: BTreeMap::new(),
            left: BTreeMap::new(),
            hears_pings: false,
            outgoing: VecDeque::new(),
            ready: VecDeque::new(),
        }
    }

    /// Watches `subject` from now on; nothing happens when it is watched already.
    pub fn subscribe(&mut self, subject: &Subject) {
        if self.watched.contains_key(subject) {
            return;
        }
        self.left.remove(subject);
        self.watched.insert(subject.clone(), Watch::default());
        if self.line.is_some() {
            self.ask(subject);
        }
    }

    /// Watches `subject` no longer.
    pub fn unsubscribe(&mut self, subject: &Subject) {
        if self.watched.remove(subject).is_some() && self.line.is_some() {
            self.outgoing.push_back(Frame::unsubscribe(subject));
            self.left.insert(subject.clone(), false);
        }
    }

    /// Whether to stay connected for pings even when nothing is watched.
    pub fn hear_pings(&mut self, wanted: bool) {
        self.hears_pings = wanted;
    }

    /// Whether it is connected at present.
    pub fn is_connected(&self) -> bool {
        self.line.is_some()
    }

    /// Waits for what happens next. May be dropped while it waits, to subscribe or unsubscribe, without losing anything.
    ///
    /// A snapshot equal to the one before on the same connection is no event. A subject of which nothing is heard for
    /// 15 s is asked for again, and if that does not help it is [`StatusEvent::Silent`]; the next snapshot is an event
    /// then. Waits for ever while there is nothing to watch.
    pub async fn next_event(&mut self) -> StatusEvent {
        loop {
            if let Some(event) = self.ready.pop_front() {
                return event;
            }
            if !self.is_wanted() {
                sleep(USELESS).await;
                self.hang_up().await;
                return std::future::pending().await;
            }
            if self.line.is_some() {
                self.proceed().await;
            } else {
                self.connect().await;
            }
        }
    }

    /// Whether a connection is of any use.
    fn is_wanted(&self) -> bool {
        self.hears_pings || !self.watched.is_empty() || !self.outgoing.is_empty()
    }

    async fn connect(&mut self) {
        let connecting = self.connecting.get_or_insert_with(|| {
            let (url, authorize, at) = (self.url.clone(), Arc::clone(&self.authorize), self.tries.at);
            let tape = self.tape.clone();
            async move {
                sleep_until(at).await;
                Socket::connect(&socket::CONNECT, &url, &*authorize, tape).await
            }
            .boxed()
        });
        let connected = connecting.await;
        self.connecting = None;
        match connected {
            Ok(socket) => self.start(Line::new(socket, self.tries.spread())),
            Err(error) => self.fail(error),
        }
    }

    /// Asks for everything on a new connection.
    fn start(&mut self, line: Line) {
        self.line = Some(line);
        self.ready.push_back(StatusEvent::Connected);
        let subjects: Vec<_> = self.watched.keys().cloned().collect();
        for subject in subjects {
            if let Some(watch) = self.watched.get_mut(&subject) {
                watch.asked = 0;
            }
            self.ask(&subject);
        }
    }

    /// Sends what is to be sent, or else waits until something is heard or due.
    async fn proceed(&mut self) {
        let due = self.due();
        let Some(line) = self.line.as_mut() else { return };
        let went = if let Some(frame) = self.outgoing.front() {
            line.send(frame).await.map(|()| {
                self.outgoing.pop_front();
            })
        } else {
            tokio::select! {
                biased;
                read = line.read() => read.map(|text| self.hear(text.as_deref())),
                () = sleep_until(due) => self.act_on_time().await,
            }
        };
        if let Err(error) = went {
            self.fail(error);
        }
    }

    /// When something is to be done if nothing is heard before.
    fn due(&self) -> Instant {
        let line = self.line.as_ref().map_or_else(Instant::now, Line::due);
        self.watched.values().filter_map(|watch| watch.due).fold(line, Instant::min)
    }

    async fn act_on_time(&mut self) -> Result<(), VendorError> {
        let now = Instant::now();
        let late: Vec<_> = self
            .watched
            .iter()
            .filter(|(_, watch)| watch.due.is_some_and(|due| due <= now))
            .map(|(subject, _)| subject.clone())
            .collect();
        for subject in late {
            match self.watched.get_mut(&subject) {
                Some(watch) if watch.asked == TIMES => {
                    *watch = Watch { due: Some(now + AGAIN), asked: TIMES + 1, ..Watch::default() };
                    self.ready.push_back(StatusEvent::Silent(subject));
                }
                _ => self.ask(&subject),
            }
        }
        let Some(line) = self.line.as_mut() else { return Ok(()) };
        if line.is_old(now) {
            self.hang_up().await;
            return Ok(());
        }
        line.keep_alive(now).await
    }

    fn hear(&mut self, text: Option<&str>) {
        self.tries.succeeded();
        match text.map(|text| reading::read(text, &self.reading)) {
            Some(Heard::Status(status)) => self.take(*status),
            Some(Heard::Ping(channel)) => self.ready.push_back(StatusEvent::Pinged(channel)),
            Some(Heard::Refusal(reason)) => {
                let subject = self.only_awaited();
                if let Some(watch) = subject.as_ref().and_then(|subject| self.watched.get_mut(subject)) {
                    watch.due = None;
                    watch.is_awaited = false;
                }
                self.ready.push_back(StatusEvent::Refused(subject, reason));
            }
            Some(Heard::Nothing) | None => {}
        }
    }

    fn take(&mut self, status: Status) {
        let subject = status.subject();
        if let Some(watch) = self.watched.get_mut(&subject) {
            watch.due = Some(Instant::now() + SILENCE);
            watch.asked = 1;
            watch.is_awaited = false;
            if watch.last.as_ref() != Some(&status) {
                watch.last = Some(status.clone());
                self.ready.push_back(StatusEvent::Changed(status));
            }
        } else if let Some(otherwise) = self.left.get_mut(&subject).filter(|otherwise| !**otherwise) {
            *otherwise = true;
            self.outgoing.push_back(Frame::unsubscribe_otherwise(&subject));
        }
    }

    /// The subject that a refusal must be about: the only one that was asked for and of which nothing was heard since.
    fn only_awaited(&self) -> Option<Subject> {
        let mut awaited = self.watched.iter().filter(|(_, watch)| watch.is_awaited).map(|(subject, _)| subject);
        let first = awaited.next().cloned();
        first.filter(|_| awaited.next().is_none())
    }

    fn ask(&mut self, subject: &Subject) {
        if let Some(watch) = self.watched.get_mut(subject) {
            watch.asked = watch.asked.saturating_add(1);
            watch.due = Some(Instant::now() + if watch.asked > TIMES { AGAIN } else { SILENCE });
            watch.is_awaited = watch.asked <= TIMES;
            self.outgoing.push_back(Frame::subscribe(subject));
        }
    }

    fn fail(&mut self, error: VendorError) {
        if self.line.as_ref().is_some_and(Line::is_steady) {
            self.tries.was_steady();
        }
        self.drop_line();
        // What has happened meanwhile is unknown, so even an equal snapshot is news afterwards.
        self.watched.values_mut().for_each(|watch| watch.last = None);
        self.tries.failed(error.kind == VendorErrorKind::Auth);
        self.ready.push_back(StatusEvent::Disconnected(error));
    }

    async fn hang_up(&mut self) {
        let line = self.line.take();
        self.drop_line();
        if let Some(line) = line {
            line.close().await;
        }
    }

    fn drop_line(&mut self) {
        self.line = None;
        self.connecting = None;
        self.outgoing.clear();
        self.left.clear();
        self.watched.values_mut().for_each(|watch| {
            watch.due = None;
            watch.is_awaited = false;
        });
    }
}
