//! Supervised tasks and the way to an orderly end: first drain, then stop.

use std::future::Future;
use std::time::Duration;

use tokio::task::JoinHandle;
use tokio_util::sync::{CancellationToken, WaitForCancellationFutureOwned};
use tokio_util::task::TaskTracker;

/// Owns every background task and tells it when to end.
///
/// Two kinds of tasks: *services* loop until [`Shutdown::draining`] resolves; *works* (a write on its
/// way to a vendor) run to their end, and the process waits for them within the drain time.
#[derive(Clone, Debug, Default)]
pub struct Shutdown {
    drain: CancellationToken,
    tasks: TaskTracker,
}

impl Shutdown {
    /// Makes a supervisor with no tasks.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Runs `task` under supervision on the present runtime.
    ///
    /// A panic inside ends that task only; the handle reports it.
    #[expect(clippy::disallowed_methods, reason = "the only caller of tokio::spawn: every task is tracked here")]
    pub fn spawn<T: Send + 'static>(&self, task: impl Future<Output = T> + Send + 'static) -> JoinHandle<T> {
        tokio::spawn(self.tasks.track_future(task))
    }

    /// Runs blocking `work` under supervision on the runtime's blocking threads.
    pub fn spawn_blocking<T: Send + 'static>(&self, work: impl FnOnce() -> T + Send + 'static) -> JoinHandle<T> {
        self.tasks.spawn_blocking(work)
    }

    /// Tells every service to finish; new work is to be refused from now on.
    pub fn begin(&self) {
        self.drain.cancel();
    }

    /// Whether the end has begun.
    #[must_use]
    pub fn is_draining(&self) -> bool {
        self.drain.is_cancelled()
    }

    /// Resolves when the end begins.
    pub fn draining(&self) -> WaitForCancellationFutureOwned {
        self.drain.clone().cancelled_owned()
    }

    /// Waits until every task has ended, at most `limit`; tells whether all of them did.
    pub async fn finish(&self, limit: Duration) -> bool {
        self.begin();
        self.tasks.close();
        tokio::time::timeout(limit, self.tasks.wait()).await.is_ok()
    }
}
