//! Which work goes first: what somebody waits for, or what reads whole extents meanwhile.
//!
//! The lane belongs to the task, so that nothing between a resolver and the call of a vendor has to hand it on. Whoever
//! starts a task on behalf of another one carries the lane over with [`Lane::scope`].

use std::future::Future;

tokio::task_local! {
    static LANE: Lane;
}

/// How urgent the work of a task is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Lane {
    /// Somebody waits for this very answer.
    Interactive,
    /// It has many parts and takes its time; it leaves most places of an account to the others.
    Background,
}

impl Lane {
    /// The lane of the task that asks; [`Lane::Interactive`] where nobody has said otherwise.
    #[must_use]
    pub fn current() -> Self {
        LANE.try_with(|lane| *lane).unwrap_or(Self::Interactive)
    }

    /// Does `work` in this lane.
    pub fn scope<F: Future>(self, work: F) -> impl Future<Output = F::Output> {
        LANE.scope(self, work)
    }
}
