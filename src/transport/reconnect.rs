//! A connection that was never made is tried once more: no byte has reached the vendor, so even a write may.

use futures_util::future::BoxFuture;

use crate::error::VendorError;
use crate::error::VendorErrorKind;

use super::call::Reply;

/// Runs `attempt`, and once again if it could not connect.
pub(super) async fn once_more<'a>(
    attempt: impl Fn() -> BoxFuture<'a, Result<Reply, VendorError>>,
) -> Result<Reply, VendorError> {
    match attempt().await {
        Err(error) if error.kind == VendorErrorKind::Connection => attempt().await,
        settled => settled,
    }
}
