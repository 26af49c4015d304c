//! The id of a request: taken from `X-Request-Id` or made here, and sent back.

use std::fmt;
use std::sync::Arc;

use axum::extract::Request;
use axum::extract::State;
use axum::middleware::Next;
use axum::response::Response;
use http::HeaderName;
use http::HeaderValue;

use crate::clock::Clock;
use crate::ids::Ids;

/// The header of the id, both ways.
pub const X_REQUEST_ID: HeaderName = HeaderName::from_static("x-request-id");

/// The longest id that is taken from a client.
const MAX_LENGTH: usize = 128;

/// The id of one request, under which the log has what happened.
///
/// It has letters, digits and `-_.:` only, so that it can stand in a header and in a line of the log.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RequestId(Arc<str>);

impl RequestId {
    /// Takes the id that a client sent; none when it is empty, too long, or has other characters.
    pub fn parse(text: &str) -> Option<Self> {
        let is_safe = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_' | b'.' | b':');
        let accepted = !text.is_empty() && text.len() <= MAX_LENGTH && text.bytes().all(is_safe);
        accepted.then(|| Self(Arc::from(text)))
    }

    /// Makes a new id.
    pub fn make(ids: &Ids, clock: &Clock) -> Self {
        Self(Arc::from(ids.uuid(clock.now()).to_string()))
    }

    /// The id as text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for RequestId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// What makes ids for requests that bring none.
#[derive(Clone, Debug)]
pub struct RequestIds {
    /// Makes the ids.
    pub ids: Ids,
    /// Tells the time that stands in them.
    pub clock: Clock,
}

/// Middleware: gives every request its [`RequestId`] as an extension, and every response the header.
///
/// It stands outside of everything else, so that every answer, also a refusal, bears the id.
pub async fn request_id(State(made): State<RequestIds>, mut request: Request, next: Next) -> Response {
    let sent = request.headers().get(X_REQUEST_ID).and_then(|value| value.to_str().ok()).and_then(RequestId::parse);
    let id = sent.unwrap_or_else(|| RequestId::make(&made.ids, &made.clock));
    let header = HeaderValue::from_str(id.as_str());
    request.extensions_mut().insert(id);
    let mut response = next.run(request).await;
    if let Ok(header) = header {
        response.headers_mut().insert(X_REQUEST_ID, header);
    }
    response
}
