//! The two limits of time: what the request has left, and what one attempt may take.

use std::future::Future;
use std::time::Duration;

use tokio::time::Instant;

use crate::error::VendorError;
use crate::error::VendorErrorKind;

use super::call::Operation;
use super::call::Reply;

/// Ends `inner` when the request that asks has no time left; a call that is already too late is not begun.
pub(super) async fn until_deadline(
    operation: &'static Operation,
    deadline: Instant,
    inner: impl Future<Output = Result<Reply, VendorError>>,
) -> Result<Reply, VendorError> {
    let passed = || operation.error(VendorErrorKind::Deadline, "the request had no time left");
    if deadline <= Instant::now() {
        return Err(passed());
    }
    tokio::time::timeout_at(deadline, inner).await.unwrap_or_else(|_| Err(passed()))
}

/// Ends `inner` when one attempt has taken `limit`.
pub(super) async fn of_attempt(
    operation: &'static Operation,
    limit: Duration,
    inner: impl Future<Output = Result<Reply, VendorError>>,
) -> Result<Reply, VendorError> {
    tokio::time::timeout(limit, inner)
        .await
        .unwrap_or_else(|_| Err(operation.error(VendorErrorKind::Timeout, "the attempt took too long")))
}
