//! Errors: [`VendorError`] is what a call met, [`Error`] is what a client sees.
//!
//! `Error` has no `Display` on purpose: the engine turns anything with `Display` into a bare message,
//! and code, vendor and operation would be lost on the way (see ARCHITECTURE.md, Errors).

mod vendor;

use std::sync::Arc;
use std::time::Duration;

pub use vendor::{Retry, VendorError, VendorErrorKind};

/// The closed list of error codes that clients meet in `extensions.code`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Code {
    /// The request cannot be served as asked.
    BadInput,
    /// The query costs more than the limits allow.
    QueryTooCostly,
    /// No valid credential came with the request.
    Unauthenticated,
    /// The credential lacks the scope.
    Forbidden,
    /// There is no such thing, or it belongs to another tenant.
    NotFound,
    /// The state of the thing forbids the action (outside GraphQL).
    Conflict,
    /// The document is not GraphQL.
    GraphqlParseFailed,
    /// The document does not fit the schema.
    GraphqlValidationFailed,
    /// The persisted query is not known here.
    PersistedQueryNotFound,
    /// Several things match where one was asked for.
    Ambiguous,
    /// The gateway sheds load before work begins.
    Overloaded,
    /// The client is over its own limit.
    TooManyRequests,
    /// The vendor refused a well-formed call.
    VendorRejected,
    /// The vendor refused our credentials.
    VendorAuth,
    /// The vendor's answer cannot be read.
    VendorProtocol,
    /// The vendor limits us.
    VendorRateLimited,
    /// The vendor cannot be reached or fails.
    VendorUnavailable,
    /// The vendor did not answer in time.
    VendorTimeout,
    /// No configured vendor can do this.
    Unsupported,
    /// A bug of ours.
    Internal,
}

impl Code {
    /// Every code.
    pub const ALL: [Self; 20] = [
        Self::BadInput,
        Self::QueryTooCostly,
        Self::Unauthenticated,
        Self::Forbidden,
        Self::NotFound,
        Self::Conflict,
        Self::GraphqlParseFailed,
        Self::GraphqlValidationFailed,
        Self::PersistedQueryNotFound,
        Self::Ambiguous,
        Self::Overloaded,
        Self::TooManyRequests,
        Self::VendorRejected,
        Self::VendorAuth,
        Self::VendorProtocol,
        Self::VendorRateLimited,
        Self::VendorUnavailable,
        Self::VendorTimeout,
        Self::Unsupported,
        Self::Internal,
    ];

    /// The code as clients see it.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::BadInput => "BAD_INPUT",
            Self::QueryTooCostly => "QUERY_TOO_COSTLY",
            Self::Unauthenticated => "UNAUTHENTICATED",
            Self::Forbidden => "FORBIDDEN",
            Self::NotFound => "NOT_FOUND",
            Self::Conflict => "CONFLICT",
            Self::GraphqlParseFailed => "GRAPHQL_PARSE_FAILED",
            Self::GraphqlValidationFailed => "GRAPHQL_VALIDATION_FAILED",
            Self::PersistedQueryNotFound => "PERSISTED_QUERY_NOT_FOUND",
            Self::Ambiguous => "AMBIGUOUS",
            Self::Overloaded => "OVERLOADED",
            Self::TooManyRequests => "TOO_MANY_REQUESTS",
            Self::VendorRejected => "VENDOR_REJECTED",
            Self::VendorAuth => "VENDOR_AUTH",
            Self::VendorProtocol => "VENDOR_PROTOCOL",
            Self::VendorRateLimited => "VENDOR_RATE_LIMITED",
            Self::VendorUnavailable => "VENDOR_UNAVAILABLE",
            Self::VendorTimeout => "VENDOR_TIMEOUT",
            Self::Unsupported => "UNSUPPORTED",
            Self::Internal => "INTERNAL",
        }
    }

    /// The code that clients see as `name`; none for any other text.
    #[must_use]
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|code| code.as_str() == name)
    }

    /// The HTTP status for refused requests and for the endpoints outside GraphQL.
    #[must_use]
    pub const fn http_status(self) -> u16 {
        match self {
            Self::BadInput
            | Self::QueryTooCostly
            | Self::GraphqlParseFailed
            | Self::GraphqlValidationFailed
            | Self::PersistedQueryNotFound => 400,
            Self::Unauthenticated => 401,
            Self::Forbidden => 403,
            Self::NotFound => 404,
            Self::Conflict => 409,
            Self::Ambiguous => 200,
            Self::TooManyRequests => 429,
            Self::Internal => 500,
            Self::Unsupported => 501,
            Self::VendorRejected | Self::VendorAuth | Self::VendorProtocol => 502,
            Self::Overloaded | Self::VendorRateLimited | Self::VendorUnavailable => 503,
            Self::VendorTimeout => 504,
        }
    }
}

/// Why a call failed, finer than the code; `extensions.reason`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Reason {
    /// One attempt took too long.
    Timeout,
    /// The request's own deadline passed.
    Deadline,
    /// No connection, or a broken one.
    Connection,
    /// The vendor's status said so.
    Status,
    /// The garage's session is over or was never one.
    LogInAgain,
    /// The vendor failed too often, so it is left alone for a while; no call was made.
    CircuitOpen,
    /// Our own quota for the account is used up; no call was made.
    Quota,
}

impl Reason {
    /// The reason as clients see it.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Timeout => "TIMEOUT",
            Self::Deadline => "DEADLINE",
            Self::Connection => "CONNECTION",
            Self::Status => "STATUS",
            Self::LogInAgain => "LOG_IN_AGAIN",
            Self::CircuitOpen => "CIRCUIT_OPEN",
            Self::Quota => "QUOTA",
        }
    }
}

/// An error as clients see it, with its cause for the log.
#[derive(Clone, Debug)]
pub struct Error {
    /// The code of the closed list.
    pub code: Code,
    /// What happened and, where the caller can act, what to do; lower case, no full stop.
    pub message: String,
    /// Why, when a vendor or a garage's session was involved.
    pub reason: Option<Reason>,
    /// The vendor involved.
    pub vendor: Option<&'static str>,
    /// The operation involved.
    pub operation: Option<&'static str>,
    /// Whether the same request may succeed later.
    pub retryable: bool,
    /// How long to wait before trying again.
    pub retry_after: Option<Duration>,
    /// Further facts for `extensions`, as (name, values), such as the VINs of an `AMBIGUOUS` plate.
    pub details: Vec<(&'static str, Vec<String>)>,
    /// The technical cause, for logs only.
    pub source: Option<Arc<dyn std::error::Error + Send + Sync>>,
}

impl Error {
    /// Makes an error that no vendor is part of.
    #[must_use]
    pub fn new(code: Code, message: impl Into<String>) -> Self {
        Self {
            code,
            message: message.into(),
            reason: None,
            vendor: None,
            operation: None,
            retryable: matches!(code, Code::Overloaded | Code::TooManyRequests),
            retry_after: None,
            details: Vec::new(),
            source: None,
        }
    }

    /// A bug of ours: the client gets a fixed text, the log gets `source`.
    #[must_use]
    pub fn internal(source: impl Into<Box<dyn std::error::Error + Send + Sync>>) -> Self {
        let source: Box<dyn std::error::Error + Send + Sync> = source.into();
        Self {
            source: Some(Arc::from(source)),
            ..Self::new(Code::Internal, "the gateway failed; the log has the cause under this request id")
        }
    }

    /// A request that cannot be served as asked.
    #[must_use]
    pub fn bad_input(message: impl Into<String>) -> Self {
        Self::new(Code::BadInput, message)
    }
}
