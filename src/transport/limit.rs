//! The bulkhead: how many calls to one vendor account may be under way at once.

use std::future::Future;

use tokio::sync::Semaphore;

use crate::error::VendorError;
use crate::error::VendorErrorKind;

use super::call::Operation;
use super::call::Reply;

/// Runs `inner` once a place is free; those who wait are served in their order, each until its own deadline.
pub(super) async fn placed(
    places: &Semaphore,
    operation: &'static Operation,
    inner: impl Future<Output = Result<Reply, VendorError>>,
) -> Result<Reply, VendorError> {
    match places.acquire().await {
        Ok(_place) => inner.await,
        Err(closed) => Err(operation.error(VendorErrorKind::Connection, "the client is closed").with_source(closed)),
    }
}
