//! Fields that a vendor can fail: null and one error, while their siblings stand.

use std::future::Future;

use crate::error::Error;
use crate::graphql::Result;

/// What a field returns that a vendor can fail or that may be absent.
///
/// `None` is null without an error: there is no such thing. `Some(Err(_))` is null and one error at the field's
/// own path. The order matters: an error in `Result<Option<T>>` passes by the field and takes its parent down.
pub type Sourced<T> = Option<Result<T, Error>>;

/// Runs `work`, in which `?` may be used, and turns its outcome into a field.
pub async fn sourced<T>(work: impl Future<Output = Result<Option<T>>>) -> Sourced<T> {
    work.await.transpose()
}

/// Turns results into fields: `loader.load_one(key).await.sourced()`.
pub trait IntoSourced<T> {
    /// The field that shows this outcome.
    fn sourced(self) -> Sourced<T>;
}

impl<T> IntoSourced<T> for Result<Option<T>> {
    fn sourced(self) -> Sourced<T> {
        self.transpose()
    }
}

/// The field of a thing that exists whenever the call succeeds.
pub fn present<T>(outcome: Result<T>) -> Sourced<T> {
    Some(outcome)
}
