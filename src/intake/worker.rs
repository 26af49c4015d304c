//! The loop of a background worker: do what is due, then wait for news or for the next due time.

use std::future::Future;
use std::future::pending;
use std::panic::AssertUnwindSafe;
use std::sync::atomic::AtomicBool;
use std::sync::atomic::Ordering;

use chrono::DateTime;
use chrono::TimeDelta;
use chrono::Utc;
use futures_util::FutureExt;

use crate::clock::Clock;
use crate::shutdown::Shutdown;
use crate::store::StoreError;

/// After a pass that the ledger has broken off.
pub(super) const AFTER_FAILURE: TimeDelta = TimeDelta::seconds(5);

/// What a worker does.
///
/// Every pass can end at any of its awaits, as it does when the process drains: what it has not written is done again.
pub(super) trait Shift: Send {
    /// Does what is due at `by`; tells when the next thing is due.
    fn pass(
        &mut self,
        by: DateTime<Utc>,
    ) -> impl Future<Output = std::result::Result<Option<DateTime<Utc>>, StoreError>> + Send;

    /// Resolves when there may be something to do before that.
    fn woken(&mut self) -> impl Future<Output = ()> + Send;
}

/// Marks a worker as gone when it ends, however it ends.
struct Present<'a>(&'a AtomicBool);

impl Drop for Present<'_> {
    fn drop(&mut self) {
        self.0.store(false, Ordering::SeqCst);
    }
}

/// Works until the process drains; `is_working` tells whether the last pass went through.
pub(super) async fn run(mut shift: impl Shift, clock: &Clock, shutdown: &Shutdown, is_working: &AtomicBool) {
    let present = Present(is_working);
    let draining = shutdown.draining();
    tokio::pin!(draining);
    // What an earlier process had put off is tried at once: the restart may be what has mended it.
    let mut by = DateTime::<Utc>::MAX_UTC;
    loop {
        let passed = tokio::select! {
            biased;
            () = &mut draining => return,
            passed = AssertUnwindSafe(shift.pass(by)).catch_unwind() => passed,
        };
        let next = match passed {
            Ok(Ok(next)) => Some(next),
            Ok(Err(error)) => {
                tracing::error!(%error, "the inbox cannot be worked off; it is tried again");
                None
            }
            Err(_) => {
                tracing::error!("a worker of the inbox panicked; it goes on");
                None
            }
        };
        present.0.store(next.is_some(), Ordering::SeqCst);
        let next = next.unwrap_or_else(|| Some(clock.now() + AFTER_FAILURE));
        by = tokio::select! {
            () = &mut draining => return,
            () = shift.woken() => clock.now(),
            due = reached(clock, next) => due,
        };
    }
}

/// Waits for `due` and gives the time that it is then; never resolves when nothing is due.
///
/// The span is measured on tokio's clock, so that what is due comes about even where the time of day stands still.
async fn reached(clock: &Clock, due: Option<DateTime<Utc>>) -> DateTime<Utc> {
    let Some(due) = due else { return pending().await };
    tokio::time::sleep((due - clock.now()).to_std().unwrap_or_default()).await;
    due.max(clock.now())
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Panics in its first pass, and asks the process to end in its third; notes in each whether it counts as working.
    struct Faltering {
        is_working: std::sync::Arc<AtomicBool>,
        counted: std::sync::Arc<std::sync::Mutex<Vec<bool>>>,
        shutdown: Shutdown,
    }

    impl Shift for Faltering {
        async fn pass(&mut self, _: DateTime<Utc>) -> std::result::Result<Option<DateTime<Utc>>, StoreError> {
            let passes = {
                let mut counted = self.counted.lock().unwrap();
                counted.push(self.is_working.load(Ordering::SeqCst));
                counted.len()
            };
            assert_ne!(passes, 1, "the pass's own fault");
            if passes == 3 {
                self.shutdown.begin();
            }
            Ok(None)
        }

        async fn woken(&mut self) {}
    }

    #[tokio::test]
    async fn a_worker_that_panics_goes_on_and_says_so_meanwhile() {
        let shutdown = Shutdown::new();
        let (is_working, counted) = (std::sync::Arc::new(AtomicBool::new(true)), std::sync::Arc::default());
        let shift = Faltering {
            is_working: std::sync::Arc::clone(&is_working),
            counted: std::sync::Arc::clone(&counted),
            shutdown: shutdown.clone(),
        };
        run(shift, &Clock::system(), &shutdown, &is_working).await;
        assert_eq!(*counted.lock().unwrap(), [true, false, true]);
        assert!(!is_working.load(Ordering::SeqCst), "it has ended");
    }
}
