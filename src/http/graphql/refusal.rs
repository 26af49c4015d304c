//! A GraphQL request that is refused before any part of it runs.

use async_graphql::ErrorExtensionValues;
use async_graphql::ServerError;
use http::HeaderName;
use http::HeaderValue;
use http::StatusCode;

use crate::error::Code;

/// Why a request is refused, and with which status.
#[derive(Debug)]
pub(in crate::http) struct Refusal {
    pub(in crate::http) error: Box<ServerError>,
    /// The status in every media type; none when the code decides.
    pub(in crate::http) status: Option<StatusCode>,
    pub(in crate::http) headers: Vec<(HeaderName, HeaderValue)>,
}

impl Refusal {
    /// Refuses a request that is no well-formed GraphQL request: the status tells so in every media type.
    pub(in crate::http) fn new(code: Code, message: impl Into<String>) -> Self {
        let mut extensions = ErrorExtensionValues::default();
        extensions.set("code", code.as_str());
        extensions.set("retryable", false);
        let mut error = ServerError::new(message, None);
        error.extensions = Some(extensions);
        let status = StatusCode::from_u16(code.http_status()).unwrap_or(StatusCode::BAD_REQUEST);
        Self { error: Box::new(error), status: Some(status), headers: Vec::new() }
    }

    /// The request was well-formed all the same: older clients get their 200.
    pub(in crate::http) fn well_formed(self) -> Self {
        Self { status: None, ..self }
    }

    /// Sets another status than the usual one.
    pub(in crate::http) fn with_status(self, status: StatusCode) -> Self {
        Self { status: Some(status), ..self }
    }

    /// Adds a header to the response.
    pub(in crate::http) fn with_header(mut self, name: HeaderName, value: HeaderValue) -> Self {
        self.headers.push((name, value));
        self
    }
}

impl Refusal {
    /// Refuses a well-formed request with the first of `errors`, which are complete.
    pub(in crate::http) fn of_answer(errors: Vec<ServerError>) -> Self {
        match errors.into_iter().next() {
            Some(error) => Self::from(error),
            None => Self::new(Code::Internal, "the request was refused without a reason"),
        }
    }
}

impl From<ServerError> for Refusal {
    /// Refuses a well-formed request whose document cannot run.
    fn from(error: ServerError) -> Self {
        Self { error: Box::new(error), status: None, headers: Vec::new() }
    }
}
