//! The bulkhead: how many calls to one vendor account may be under way at once.

use std::future::Future;

use tokio::sync::Semaphore;

use crate::error::VendorError;
use crate::error::VendorErrorKind;
use crate::lane::Lane;

use super::call::Operation;
use super::call::Reply;

/// Which part of an account's places the background may hold, so that whoever waits for an answer goes first.
const BACKGROUND_SHARE: usize = 4;

/// The places of one account.
#[derive(Debug)]
pub(super) struct Places {
    all: Semaphore,
    background: Semaphore,
}

impl Places {
    pub(super) fn new(concurrency: usize) -> Self {
        let background = (concurrency / BACKGROUND_SHARE).max(1);
        Self { all: Semaphore::new(concurrency), background: Semaphore::new(background) }
    }

    /// Runs `inner` once a place is free; those who wait are served in their order, each until its own deadline.
    ///
    /// Calls of the background wait for one of their own places before they stand in the common queue.
    pub(super) async fn placed(
        &self,
        operation: &'static Operation,
        inner: impl Future<Output = Result<Reply, VendorError>>,
    ) -> Result<Reply, VendorError> {
        let closed = |closed| operation.error(VendorErrorKind::Connection, "the client is closed").with_source(closed);
        let _behind = match Lane::current() {
            Lane::Interactive => None,
            Lane::Background => Some(self.background.acquire().await.map_err(closed)?),
        };
        let _place = self.all.acquire().await.map_err(closed)?;
        inner.await
    }
}
