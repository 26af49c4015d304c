//! The one place that reads the wall clock.
//!
//! Everything that needs the time of day takes a [`Clock`], so that tests can set it and move it.
//! Spans (time-outs, back-off) run on tokio's clock instead, which tests pause.

use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};

use chrono::{DateTime, TimeDelta, Utc};

/// Tells the time of day: the system's, or one that a test has set.
#[derive(Clone, Debug)]
pub struct Clock(Arc<Mode>);

#[derive(Debug)]
enum Mode {
    /// The system's time, moved by an offset in milliseconds.
    System(AtomicI64),
    /// A time that stands still until it is moved, in milliseconds since 1970.
    Settable(AtomicI64),
}

impl Clock {
    /// Follows the system's clock.
    #[must_use]
    pub fn system() -> Self {
        Self(Arc::new(Mode::System(AtomicI64::new(0))))
    }

    /// Stands still at `start` until [`Clock::advance`] or [`Clock::set`] moves it.
    #[must_use]
    pub fn settable(start: DateTime<Utc>) -> Self {
        Self(Arc::new(Mode::Settable(AtomicI64::new(start.timestamp_millis()))))
    }

    /// The present moment in UTC, to the millisecond.
    #[must_use]
    pub fn now(&self) -> DateTime<Utc> {
        let millis = match &*self.0 {
            Mode::System(offset) => system_millis().saturating_add(offset.load(Ordering::SeqCst)),
            Mode::Settable(millis) => millis.load(Ordering::SeqCst),
        };
        DateTime::from_timestamp_millis(millis).unwrap_or(DateTime::UNIX_EPOCH)
    }

    /// Moves the clock by `span`, which may be negative; a system clock keeps running from there.
    pub fn advance(&self, span: TimeDelta) {
        let millis = span.num_milliseconds();
        match &*self.0 {
            Mode::System(cell) | Mode::Settable(cell) => cell.fetch_add(millis, Ordering::SeqCst),
        };
    }

    /// Sets the clock to `to`; a system clock keeps running from there.
    pub fn set(&self, to: DateTime<Utc>) {
        match &*self.0 {
            Mode::System(offset) => {
                offset.store(to.timestamp_millis().saturating_sub(system_millis()), Ordering::SeqCst);
            }
            Mode::Settable(millis) => millis.store(to.timestamp_millis(), Ordering::SeqCst),
        }
    }
}

#[expect(clippy::disallowed_methods, reason = "the only caller of the wall clock")]
fn system_millis() -> i64 {
    Utc::now().timestamp_millis()
}
