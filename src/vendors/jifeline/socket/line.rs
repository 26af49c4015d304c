//! One connection, and when to try the next one.

use std::time::Duration;

use tokio::time::Instant;

use crate::error::VendorError;
use crate::error::VendorErrorKind;
use crate::ids::Ids;
use crate::transport::Socket;

use super::super::api::socket;
use super::frames::Frame;

/// How often a ping keeps the connection from counting as idle, which is ten minutes. Inferred, as the server seems to be
/// Amazon's.
const PING: Duration = Duration::from_mins(5);
/// How long the answer to a ping may take.
const PONG: Duration = Duration::from_secs(30);
/// When a connection is replaced: it would be closed after two hours. Inferred like the above.
const OLD: Duration = Duration::from_mins(115);
/// How many tries follow a broken connection at once, until one was steady again.
const AT_ONCE: u32 = 3;
/// How long a connection must have lasted to count as steady.
const STEADY: Duration = Duration::from_mins(1);
/// The pause before each further try, which doubles up to [`LONGEST_PAUSE`].
const PAUSE: Duration = Duration::from_secs(5);
/// The longest pause between tries.
const LONGEST_PAUSE: Duration = Duration::from_mins(1);
/// By how much tries are spread, in milliseconds.
const SPREAD: u64 = 1000;

/// An open connection.
pub(super) struct Line {
    socket: Socket,
    since: Instant,
    renew_at: Instant,
    ping_at: Instant,
    /// When the vendor counts as gone; none while there is no unanswered ping.
    gone_at: Option<Instant>,
}

impl Line {
    /// A connection that was made just now and is replaced `earlier` than it must.
    pub(super) fn new(socket: Socket, earlier: Duration) -> Self {
        let now = Instant::now();
        Self { socket, since: now, renew_at: now + OLD - earlier, ping_at: now + PING, gone_at: None }
    }

    pub(super) async fn send(&mut self, frame: &Frame) -> Result<(), VendorError> {
        let operation = frame.operation();
        let text = serde_json::to_string(frame).map_err(|error| {
            operation.error(VendorErrorKind::Protocol, "the frame has no JSON form").with_source(error)
        })?;
        self.socket.send(operation, text).await
    }

    pub(super) async fn read(&mut self) -> Result<Option<String>, VendorError> {
        let read = self.socket.read().await;
        self.gone_at = None;
        read
    }

    /// When something is to be done with it.
    pub(super) fn due(&self) -> Instant {
        self.gone_at.map_or(self.ping_at, |gone_at| gone_at.min(self.ping_at)).min(self.renew_at)
    }

    /// Whether it is to be replaced.
    pub(super) fn is_old(&self, now: Instant) -> bool {
        self.renew_at <= now
    }

    /// Whether it has lasted so long that its end is no sign of a trouble that goes on.
    pub(super) fn is_steady(&self) -> bool {
        self.since.elapsed() >= STEADY
    }

    /// Pings when it is time to; fails when the last ping was not answered.
    pub(super) async fn keep_alive(&mut self, now: Instant) -> Result<(), VendorError> {
        if self.gone_at.is_some_and(|gone_at| gone_at <= now) {
            return Err(socket::CONNECT.error(VendorErrorKind::Interrupted, "the vendor does not answer a ping"));
        }
        if self.ping_at > now {
            return Ok(());
        }
        self.ping_at = now + PING;
        self.gone_at = Some(now + PONG);
        self.socket.ping().await
    }

    pub(super) async fn close(self) {
        self.socket.close().await;
    }
}

/// When to connect next.
pub(super) struct Tries {
    ids: Ids,
    /// How many tries may still follow at once.
    at_once: u32,
    /// How many failed with a pause before them since the vendor said something.
    failed: u32,
    pub(super) at: Instant,
}

impl Tries {
    pub(super) fn new(ids: Ids) -> Self {
        Self { ids, at_once: AT_ONCE, failed: 0, at: Instant::now() }
    }

    /// Hears that the vendor said something, which is more than letting itself be connected to: the pauses are short
    /// again. A vendor that speaks and drops is not connected to at once for ever, though.
    pub(super) fn succeeded(&mut self) {
        self.failed = 0;
    }

    /// Hears that the connection that broke was steady.
    pub(super) fn was_steady(&mut self) {
        self.at_once = AT_ONCE;
    }

    /// Hears that a connection broke or was not made; after a refused credential there is no try at once.
    pub(super) fn failed(&mut self, refused: bool) {
        self.at_once = if refused { 0 } else { self.at_once };
        let pause = if let Some(left) = self.at_once.checked_sub(1) {
            self.at_once = left;
            Duration::ZERO
        } else {
            let pause = PAUSE.saturating_mul(1 << self.failed.min(8)).min(LONGEST_PAUSE);
            self.failed = self.failed.saturating_add(1);
            pause + self.spread()
        };
        self.at = Instant::now() + pause;
    }

    /// A span of up to a second, so that many accounts do not connect at the same moment.
    pub(super) fn spread(&self) -> Duration {
        Duration::from_millis(self.ids.below(SPREAD))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test(start_paused = true)]
    async fn an_hour_of_drops_is_an_hour_of_leisurely_tries() {
        for speaks in [true, false] {
            let mut tries = Tries::new(Ids::seeded(1));
            let begin = Instant::now();
            let mut pauses = Vec::new();
            while pauses.len() < 1000 && begin.elapsed() < Duration::from_hours(1) {
                if speaks {
                    tries.succeeded();
                }
                tries.failed(false);
                pauses.push(tries.at - Instant::now());
                tokio::time::sleep_until(tries.at).await;
            }
            let longest = if speaks { PAUSE } else { LONGEST_PAUSE } + Duration::from_secs(1);
            let (at_once, later) = pauses.split_at(3);
            assert_eq!(at_once, [Duration::ZERO; 3]);
            assert!(later.iter().all(|pause| (PAUSE..=longest).contains(pause)), "{later:?}");
            assert!(begin.elapsed() >= Duration::from_hours(1));
        }
    }
}
