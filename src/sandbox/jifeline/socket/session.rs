//! One socket from its opening to its end.

use std::sync::Arc;
use std::time::Duration;

use axum::extract::ws::CloseFrame;
use axum::extract::ws::Message;
use axum::extract::ws::WebSocket;
use axum::extract::ws::close_code;
use axum::response::IntoResponse;
use http::HeaderMap;
use http::StatusCode;
use serde_json::Value;
use serde_json::json;
use tokio::sync::broadcast;
use tokio::sync::broadcast::error::RecvError;
use tokio::time::Instant;
use uuid::Uuid;

use crate::sandbox::faults::Outcome;
use crate::sandbox::jifeline::Jifeline;
use crate::sandbox::jifeline::auth::Caller;
use crate::sandbox::jifeline::changes::Change;

use super::PATH;
use super::frame;
use super::frame::Refusal;
use super::frame::Subject;
use super::frame::Wish;

/// The most things that one socket can follow.
const MOST_SUBSCRIPTIONS: usize = 1_000;

/// How long a client may take to receive the frame that closes its socket.
const FAREWELL: Duration = Duration::from_secs(1);

/// A thing that is followed, and when it is to be told of next.
struct Subscription {
    subject: Subject,
    next: Instant,
}

/// Why a socket ends.
enum End {
    /// The client left.
    Left,
    /// The server leaves and says so.
    Away,
    /// The line breaks.
    Broken,
}

/// What a socket is woken by.
enum Event {
    Frame(Option<Result<Message, axum::Error>>),
    Change(Result<Change, RecvError>),
    Due,
    Idle,
}

/// One socket.
pub(super) struct Session {
    jifeline: Arc<Jifeline>,
    caller: Caller,
    socket: WebSocket,
    changes: broadcast::Receiver<Change>,
    /// The id that refusals name.
    id: Uuid,
    subscriptions: Vec<Subscription>,
    /// When something was sent or received last.
    active: Instant,
}

impl Session {
    /// A socket that follows nothing yet.
    pub(super) fn new(jifeline: Arc<Jifeline>, caller: Caller, socket: WebSocket) -> Self {
        let changes = jifeline.changes.listen();
        let id = jifeline.core.ids.uuid(jifeline.core.clock.now());
        Self { jifeline, caller, socket, changes, id, subscriptions: Vec::new(), active: Instant::now() }
    }

    /// Serves the socket to its end: a token that ends meanwhile does not end the socket.
    pub(super) async fn serve(mut self) {
        let core = Arc::clone(&self.jifeline.core);
        let life = Duration::from_millis(core.switches().jifeline_socket_life_ms);
        let end = tokio::select! {
            () = core.shutdown.draining() => End::Away,
            () = tokio::time::sleep(life) => End::Away,
            end = self.run() => end,
        };
        if matches!(end, End::Away) {
            let farewell = CloseFrame { code: close_code::AWAY, reason: "Going away".into() };
            let sent = tokio::time::timeout(FAREWELL, self.socket.send(Message::Close(Some(farewell)))).await;
            tracing::trace!(socket = %self.id, sent = matches!(sent, Ok(Ok(()))), "a socket of the sandbox is closed");
        }
    }

    async fn run(&mut self) -> End {
        loop {
            let idle = Duration::from_millis(self.jifeline.core.switches().jifeline_socket_idle_ms);
            let due = self.subscriptions.iter().map(|subscription| subscription.next).min();
            let event = tokio::select! {
                frame = self.socket.recv() => Event::Frame(frame),
                change = self.changes.recv() => Event::Change(change),
                () = at(due) => Event::Due,
                () = tokio::time::sleep_until(self.active + idle) => Event::Idle,
            };
            let went_on = match event {
                Event::Frame(Some(Ok(message))) => self.received(message).await,
                Event::Frame(Some(Err(_)) | None) => Err(End::Left),
                Event::Change(change) => self.changed(change).await,
                Event::Due => self.tell_due().await,
                Event::Idle => Err(End::Away),
            };
            if let Err(end) = went_on {
                return end;
            }
        }
    }

    async fn received(&mut self, message: Message) -> Result<(), End> {
        self.active = Instant::now();
        match message {
            Message::Text(text) => self.obey(text.as_bytes()).await,
            Message::Binary(bytes) => self.obey(&bytes).await,
            // Pings are answered, and a close is taken note of, by the next turn of reading.
            Message::Ping(_) | Message::Pong(_) | Message::Close(_) => Ok(()),
        }
    }

    async fn obey(&mut self, bytes: &[u8]) -> Result<(), End> {
        let (operation, wish) = frame::read(bytes);
        let core = Arc::clone(&self.jifeline.core);
        let fault = core.faults.take(operation, &HeaderMap::new(), &core.ids).ok().flatten();
        let wish = match fault {
            Some(fault) => match fault.apply(&core, async { StatusCode::OK.into_response() }).await {
                Outcome::Dropped(_) => {
                    core.journal.frame(core.clock.now(), operation, PATH, bytes, None);
                    return Err(End::Broken);
                }
                Outcome::Answered(response) if response.status() == StatusCode::OK => wish,
                Outcome::Answered(_) => Err(Refusal::InternalServerError),
            },
            None => wish,
        };
        let outcome = wish.and_then(|wish| self.carry_out(wish));
        let status = outcome.as_ref().map_or_else(|refusal| refusal.status(), |_| 200);
        core.journal.frame(core.clock.now(), operation, PATH, bytes, Some(status));
        match outcome {
            Ok(Some(update)) => self.send(&update).await,
            Ok(None) => Ok(()),
            Err(refusal) => {
                let request = core.ids.uuid(core.clock.now());
                let (connection, message) = (self.id, refusal.words());
                self.send(&json!({"message": message, "connectionId": connection, "requestId": request})).await
            }
        }
    }

    /// Gives the first update of a new subscription; nothing acknowledges the end of one.
    fn carry_out(&mut self, wish: Wish) -> Result<Option<Value>, Refusal> {
        let (Wish::Subscribe(subject) | Wish::Unsubscribe(subject)) = wish;
        let known = self.subscriptions.len();
        self.subscriptions.retain(|subscription| subscription.subject != subject);
        if matches!(wish, Wish::Unsubscribe(_)) {
            return Ok(None);
        }
        let update = subject.update(&self.jifeline, self.caller.garage).ok_or(Refusal::Forbidden)?;
        if known >= MOST_SUBSCRIPTIONS {
            return Err(Refusal::Forbidden);
        }
        let next = Instant::now() + self.period();
        self.subscriptions.push(Subscription { subject, next });
        Ok(Some(update))
    }

    async fn changed(&mut self, change: Result<Change, RecvError>) -> Result<(), End> {
        match change {
            Ok(Change::Ticket(id)) => self.tell(|subject| subject == Subject::Ticket(id)).await,
            Ok(Change::Connector(id)) => self.tell(|subject| subject == Subject::Connector(id)).await,
            Ok(Change::Pinged { garage, channel }) if garage == self.caller.garage => {
                self.send(&json!({"action": "ping", "message": {"channel_id": channel}})).await
            }
            Ok(Change::Pinged { .. }) => Ok(()),
            Ok(Change::Dropped { abrupt: true }) => Err(End::Broken),
            Err(RecvError::Lagged(_)) => self.tell(|_| true).await,
            Ok(Change::Dropped { abrupt: false }) | Err(RecvError::Closed) => Err(End::Away),
        }
    }

    async fn tell(&mut self, wanted: impl Fn(Subject) -> bool) -> Result<(), End> {
        let subjects = self.subscriptions.iter().map(|subscription| subscription.subject);
        let updates: Vec<_> =
            subjects.filter(|subject| wanted(*subject)).filter_map(|subject| self.update(subject)).collect();
        for update in updates {
            self.send(&update).await?;
        }
        Ok(())
    }

    async fn tell_due(&mut self) -> Result<(), End> {
        let (now, period) = (Instant::now(), self.period());
        let mut due = Vec::new();
        for subscription in self.subscriptions.iter_mut().filter(|subscription| subscription.next <= now) {
            subscription.next = now + period;
            due.push(subscription.subject);
        }
        self.tell(|subject| due.contains(&subject)).await
    }

    fn update(&self, subject: Subject) -> Option<Value> {
        subject.update(&self.jifeline, self.caller.garage)
    }

    fn period(&self) -> Duration {
        // A period of nothing would leave no time for the client's frames.
        Duration::from_millis(self.jifeline.core.switches().jifeline_socket_period_ms.max(1))
    }

    async fn send(&mut self, frame: &Value) -> Result<(), End> {
        self.active = Instant::now();
        self.socket.send(Message::Text(frame.to_string().into())).await.map_err(|_| End::Left)
    }
}

/// Waits until `time`, or for ever.
async fn at(time: Option<Instant>) {
    match time {
        Some(time) => tokio::time::sleep_until(time).await,
        None => std::future::pending().await,
    }
}
