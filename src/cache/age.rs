//! How old the answers are that a piece of work rests on.
//!
//! The notes belong to the task, as the lane does, so that nothing between a resolver and the cache has to hand them on.

use std::cell::RefCell;
use std::collections::BTreeMap;
use std::future::Future;

use chrono::DateTime;
use chrono::Utc;

use super::tag::Mark;

tokio::task_local! {
    static NOTES: RefCell<ReadFrom>;
}

/// When the oldest of each vendor's answers was asked for, by the vendor's id.
pub type ReadFrom = BTreeMap<&'static str, DateTime<Utc>>;

/// When a read began.
#[derive(Clone, Copy, Debug)]
pub(super) struct Beginning {
    /// Among the invalidations.
    pub(super) mark: Mark,
    /// By the clock.
    pub(super) at: DateTime<Utc>,
}

/// Does `work`, and tells how old the answers are that the cache has given to it, kept ones and new ones. What `work` leaves to
/// other tasks is not seen.
pub async fn observed<F: Future>(work: F) -> (F::Output, ReadFrom) {
    let noting = async {
        let output = work.await;
        (output, NOTES.with(RefCell::take))
    };
    NOTES.scope(RefCell::default(), noting).await
}

/// Notes that an answer of `vendor` was given which was asked for at `at`.
pub(super) fn note(vendor: &'static str, at: DateTime<Utc>) {
    let noted = NOTES.try_with(|notes| {
        notes.borrow_mut().entry(vendor).and_modify(|oldest| *oldest = at.min(*oldest)).or_insert(at);
    });
    // Nobody wants to know.
    noted.ok();
}
