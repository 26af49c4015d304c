//! Changing something at a vendor that is there already.

use std::future::Future;

use tokio::time::timeout_at;

use crate::domain::services::Caller;
use crate::error::Code;
use crate::error::Error;
use crate::error::Reason;
use crate::graphql::Result;

/// Runs a change to its end, whatever becomes of the client, and waits for it as long as the request has time.
///
/// # Errors
/// What `change` fails with; `VENDOR_TIMEOUT` when the request's time is up first, and the change goes on.
pub async fn to_the_end<T: Send + 'static>(
    caller: &Caller,
    change: impl Future<Output = Result<T>> + Send + 'static,
) -> Result<T> {
    let change = caller.services.shutdown.spawn(change);
    match timeout_at(caller.deadline, change).await {
        Ok(Ok(ending)) => ending,
        Ok(Err(failed)) => Err(Error::internal(failed)),
        Err(_) => {
            let message = "the change is still on its way, and whether the vendor makes it is not known: read it again";
            let mut error = Error::new(Code::VendorTimeout, message);
            error.reason = Some(Reason::Deadline);
            Err(error)
        }
    }
}
