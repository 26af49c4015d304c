//! Many single reads where a vendor has no call for several keys.

use std::future::Future;
use std::hash::Hash;

use futures_util::StreamExt;
use futures_util::stream;

use crate::domain::registry::Answers;
use crate::error::VendorError;

/// Reads each of `keys` once, `parallel` of them at a time.
pub(super) async fn each<K, V, F>(keys: Vec<K>, parallel: usize, read: impl Fn(K) -> F) -> Answers<K, V>
where
    K: Clone + Eq + Hash,
    F: Future<Output = Result<Option<V>, VendorError>>,
{
    let reads: Vec<_> = keys
        .into_iter()
        .map(|key| {
            let answer = read(key.clone());
            async move { (key, answer.await) }
        })
        .collect();
    stream::iter(reads).buffer_unordered(parallel).collect().await
}

/// Gives every key the same failure.
pub(super) fn failed<K: Eq + Hash, V>(keys: Vec<K>, error: &VendorError) -> Answers<K, V> {
    keys.into_iter().map(|key| (key, Err(error.clone()))).collect()
}
