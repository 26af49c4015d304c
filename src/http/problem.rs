//! Errors outside of GraphQL, as `application/problem+json` (RFC 9457).

use axum::body::Body;
use axum::response::IntoResponse;
use axum::response::Response;
use http::HeaderName;
use http::HeaderValue;
use http::StatusCode;
use http::header;
use serde::Serialize;

use super::request_id::RequestId;
use crate::error::Code;
use crate::error::Error;
use crate::error::Reason;
use crate::report::fault::Fault;

/// A refused or failed request, in the form that clients read.
#[derive(Clone, Debug)]
pub struct Problem {
    status: StatusCode,
    code: Code,
    reason: Option<Reason>,
    detail: String,
    request_id: Option<RequestId>,
    faults: Vec<Fault>,
    headers: Vec<(HeaderName, HeaderValue)>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Wire<'a> {
    r#type: &'static str,
    title: &'a str,
    status: u16,
    detail: &'a str,
    code: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    reason: Option<&'static str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    request_id: Option<&'a str>,
    #[serde(skip_serializing_if = "<[_]>::is_empty")]
    faults: &'a [Fault],
}

impl Problem {
    /// Makes a problem with the usual status of `code`; `detail` says what is wrong and what to do.
    pub fn new(code: Code, detail: impl Into<String>) -> Self {
        let status = StatusCode::from_u16(code.http_status()).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
        Self {
            status,
            code,
            reason: None,
            detail: detail.into(),
            request_id: None,
            faults: Vec::new(),
            headers: Vec::new(),
        }
    }

    /// Sets another status than the usual one.
    #[must_use]
    pub fn with_status(self, status: StatusCode) -> Self {
        Self { status, ..self }
    }

    /// Names the request, so that its lines in the log can be found.
    #[must_use]
    pub fn with_request_id(self, request_id: Option<&RequestId>) -> Self {
        Self { request_id: request_id.cloned(), ..self }
    }

    /// Names the parts of a table that could not be read.
    #[must_use]
    pub fn with_faults(self, faults: &[Fault]) -> Self {
        Self { faults: faults.to_vec(), ..self }
    }

    /// Adds a header to the response.
    #[must_use]
    pub fn with_header(mut self, name: HeaderName, value: HeaderValue) -> Self {
        self.headers.push((name, value));
        self
    }
}

impl Problem {
    /// The answer in the form of a protocol that has one of its own: `body` is made of the code, the detail, and the
    /// faults.
    pub(super) fn into_response_of(
        self,
        kind: &'static str,
        body: impl FnOnce(&str, &str, &[Fault]) -> Vec<u8>,
    ) -> Response {
        let body = body(self.code.as_str(), &self.detail, &self.faults);
        self.answered(kind, body)
    }

    fn answered(self, kind: &'static str, body: Vec<u8>) -> Response {
        let mut response = Response::new(Body::from(body));
        *response.status_mut() = self.status;
        let headers = response.headers_mut();
        headers.extend(self.headers);
        headers.insert(header::CONTENT_TYPE, HeaderValue::from_static(kind));
        headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("private, no-store"));
        response
    }
}

impl From<Error> for Problem {
    fn from(error: Error) -> Self {
        let mut problem = Self { reason: error.reason, ..Self::new(error.code, error.message) };
        if let Some(wait) = error.retry_after {
            let seconds = wait.as_secs().saturating_add(u64::from(wait.subsec_nanos() > 0));
            problem.headers.push((header::RETRY_AFTER, HeaderValue::from(seconds)));
        }
        problem
    }
}

impl IntoResponse for Problem {
    fn into_response(self) -> Response {
        let wire = Wire {
            r#type: "about:blank",
            title: self.status.canonical_reason().unwrap_or("Error"),
            status: self.status.as_u16(),
            detail: &self.detail,
            code: self.code.as_str(),
            reason: self.reason.map(Reason::as_str),
            request_id: self.request_id.as_ref().map(RequestId::as_str),
            faults: &self.faults,
        };
        let body = serde_json::to_vec(&wire).expect("text and numbers have a JSON form");
        self.answered("application/problem+json", body)
    }
}
