//! The way of our errors into the engine's: code and facts become `extensions`.

use std::sync::Arc;

use async_graphql::ErrorExtensionValues;
use async_graphql::ServerError;
use async_graphql::Value;

use crate::error::Error;

/// What resolvers and loaders return.
pub type Result<T, E = Error> = std::result::Result<T, E>;

impl From<Error> for async_graphql::Error {
    /// Keeps the error as the source, for the log; `requestId` is added where the response is written.
    fn from(error: Error) -> Self {
        let mut extensions = ErrorExtensionValues::default();
        extensions.set("code", error.code.as_str());
        if let Some(reason) = error.reason {
            extensions.set("reason", reason.as_str());
        }
        if let Some(vendor) = error.vendor {
            extensions.set("vendor", vendor);
        }
        if let Some(operation) = error.operation {
            extensions.set("operation", operation);
        }
        extensions.set("retryable", error.retryable);
        if let Some(wait) = error.retry_after {
            // Whole seconds, rounded up: who waits as long as told must not come too early.
            let seconds = wait.as_secs().saturating_add(u64::from(wait.subsec_nanos() > 0));
            extensions.set("retryAfter", seconds);
        }
        for (name, values) in &error.details {
            extensions.set(*name, Value::List(values.iter().map(|value| Value::String(value.clone())).collect()));
        }
        Self { message: error.message.clone(), source: Some(Arc::new(error)), extensions: Some(extensions) }
    }
}

/// Turns an error into one of the whole request, for `Response::from_errors`: the status follows its code.
pub fn server_error(error: Error) -> ServerError {
    let async_graphql::Error { message, source, extensions } = error.into();
    ServerError { source, extensions, ..ServerError::new(message, None) }
}
