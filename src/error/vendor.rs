//! What a call to a vendor met.

use std::sync::Arc;
use std::time::Duration;

use super::{Code, Error, Reason};

/// Whether the same call may succeed later.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Retry {
    /// The cause may pass: time-out, connection, 5xx, 429.
    Temporary,
    /// The same call will fail again.
    Permanent,
    /// It was temporary, and every allowed attempt has been made.
    Exhausted,
}

/// What went wrong between us and the vendor.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum VendorErrorKind {
    /// The vendor refused a well-formed call.
    Rejected,
    /// The vendor refused our credentials.
    Auth,
    /// The vendor knows no such thing.
    NotFound,
    /// The thing's present state forbids the call.
    Conflict,
    /// The vendor limits us.
    RateLimited,
    /// Our own quota for the account is used up; no call was made.
    Quota,
    /// The vendor failed too often and is left alone; no call was made.
    CircuitOpen,
    /// No connection was made: no byte of the call has reached the vendor.
    Connection,
    /// The connection broke after the call, or part of it, was sent.
    Interrupted,
    /// The vendor answered with a fault of its own (5xx).
    Unavailable,
    /// No answer within the time of the attempt.
    Timeout,
    /// The request's own deadline passed first.
    Deadline,
    /// The answer cannot be read.
    Protocol,
    /// A recording stands in for the vendor and has no answer.
    Unsupported,
}

/// A failed call to a vendor.
///
/// `context` is safe text of ours or the vendor's own reason, cut and redacted; never a raw body, a host or a secret.
#[derive(Clone, Debug, thiserror::Error)]
#[error("`{operation}` failed: {kind:?}: {context}")]
pub struct VendorError {
    /// The vendor's id, such as `tchek`.
    pub vendor: &'static str,
    /// The operation, such as `tchek.tokens.create`.
    pub operation: &'static str,
    /// What went wrong.
    pub kind: VendorErrorKind,
    /// Whether trying again can help.
    pub retry: Retry,
    /// The HTTP status, when there was an answer.
    pub status: Option<u16>,
    /// What the vendor asked us to wait.
    pub retry_after: Option<Duration>,
    /// The vendor's reason, or ours, in one safe line.
    pub context: String,
    /// Single faults that the vendor named, as (its field path, its message).
    pub violations: Vec<(String, String)>,
    /// The technical cause, for logs only.
    #[source]
    pub source: Option<Arc<dyn std::error::Error + Send + Sync>>,
}

impl VendorError {
    /// Makes an error of `kind` with the usual `retry` for it.
    #[must_use]
    pub fn new(
        vendor: &'static str,
        operation: &'static str,
        kind: VendorErrorKind,
        context: impl Into<String>,
    ) -> Self {
        use VendorErrorKind as K;
        let retry = match kind {
            K::RateLimited
            | K::Quota
            | K::CircuitOpen
            | K::Connection
            | K::Interrupted
            | K::Unavailable
            | K::Timeout
            | K::Deadline => Retry::Temporary,
            K::Rejected | K::Auth | K::NotFound | K::Conflict | K::Protocol | K::Unsupported => Retry::Permanent,
        };
        Self {
            vendor,
            operation,
            kind,
            retry,
            status: None,
            retry_after: None,
            context: context.into(),
            violations: Vec::new(),
            source: None,
        }
    }

    /// Adds the HTTP status of the answer.
    #[must_use]
    pub fn with_status(mut self, status: u16) -> Self {
        self.status = Some(status);
        self
    }

    /// Adds the technical cause for the log.
    #[must_use]
    pub fn with_source(mut self, source: impl std::error::Error + Send + Sync + 'static) -> Self {
        self.source = Some(Arc::new(source));
        self
    }

    /// Whether it is certain that the vendor did not act on the call.
    ///
    /// True when no byte was sent or the vendor itself refused; a write that failed otherwise may have happened.
    #[must_use]
    pub fn nothing_happened(&self) -> bool {
        use VendorErrorKind as K;
        match self.kind {
            K::Connection
            | K::Rejected
            | K::Auth
            | K::NotFound
            | K::Conflict
            | K::RateLimited
            | K::Quota
            | K::CircuitOpen
            | K::Unsupported => true,
            K::Interrupted | K::Unavailable | K::Timeout | K::Deadline | K::Protocol => false,
        }
    }
}

impl From<VendorError> for Error {
    fn from(error: VendorError) -> Self {
        use VendorErrorKind as K;
        let (code, reason) = match error.kind {
            K::Rejected | K::Conflict => (Code::VendorRejected, Some(Reason::Status)),
            K::Auth => (Code::VendorAuth, Some(Reason::Status)),
            K::NotFound => (Code::NotFound, Some(Reason::Status)),
            K::RateLimited => (Code::VendorRateLimited, Some(Reason::Status)),
            K::Quota => (Code::VendorRateLimited, Some(Reason::Quota)),
            K::CircuitOpen => (Code::VendorUnavailable, Some(Reason::CircuitOpen)),
            K::Connection | K::Interrupted => (Code::VendorUnavailable, Some(Reason::Connection)),
            K::Unavailable => (Code::VendorUnavailable, Some(Reason::Status)),
            K::Timeout => (Code::VendorTimeout, Some(Reason::Timeout)),
            K::Deadline => (Code::VendorTimeout, Some(Reason::Deadline)),
            K::Protocol => (Code::VendorProtocol, None),
            K::Unsupported => (Code::Unsupported, None),
        };
        let message = match error.kind {
            K::Rejected | K::Conflict | K::NotFound => {
                format!("the vendor refused `{}`: {}", error.operation, error.context)
            }
            K::Auth => {
                format!("the vendor refused our credentials for `{}`; an operator must mend them", error.operation)
            }
            K::RateLimited => format!("the vendor limits `{}` at present", error.operation),
            K::Quota => format!("our quota for the vendor is used up, so `{}` was not called", error.operation),
            K::CircuitOpen => {
                format!(
                    "the vendor failed too often and is left alone for a while, so `{}` was not called",
                    error.operation
                )
            }
            K::Connection => format!("no connection to the vendor for `{}`", error.operation),
            K::Interrupted => format!("the connection broke during `{}`", error.operation),
            K::Unavailable => format!("the vendor failed at `{}`", error.operation),
            K::Timeout => format!("the vendor did not answer `{}` in time", error.operation),
            K::Deadline => format!("the request's time was up before `{}` was answered", error.operation),
            K::Unsupported => format!("`{}`: {}", error.operation, error.context),
            K::Protocol => format!("the vendor's answer to `{}` cannot be read", error.operation),
        };
        let retryable = error.retry == Retry::Temporary;
        Self {
            code,
            message,
            reason,
            vendor: Some(error.vendor),
            operation: Some(error.operation),
            retryable,
            retry_after: error.retry_after,
            details: Vec::new(),
            source: Some(Arc::new(error)),
        }
    }
}
