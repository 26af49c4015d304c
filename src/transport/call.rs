//! What is called: operations, calls, replies.

use std::fmt;
use std::time::Duration;

use bytes::Bytes;
use http::HeaderMap;
use serde::Serialize;
use tokio::time::Instant;
use url::Url;

use crate::error::VendorError;
use crate::error::VendorErrorKind;

/// The HTTP method of an operation.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Method {
    /// Reads.
    Get,
    /// Creates or acts.
    Post,
    /// Replaces.
    Put,
    /// Removes.
    Delete,
}

impl From<Method> for http::Method {
    fn from(method: Method) -> Self {
        match method {
            Method::Get => Self::GET,
            Method::Post => Self::POST,
            Method::Put => Self::PUT,
            Method::Delete => Self::DELETE,
        }
    }
}

/// Whether an operation may be sent again after an attempt whose outcome is unknown.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Idempotency {
    /// Sending it twice does no more than sending it once.
    Safe,
    /// Sending it twice may act twice.
    Once,
}

/// How we know the address and shape of an operation.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Provenance {
    /// The vendor's texts that this project started from say so.
    Seed,
    /// Another text that the vendor has published says so.
    Published,
    /// Nobody says so; it follows the vendor's style and is to be checked against the live system.
    Inferred,
}

/// One operation of a vendor: the facts that every call of it shares.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Operation {
    /// The operation's one name, such as `tchek.tokens.create`: span, metric label, error, fixture and test bear it.
    pub name: &'static str,
    /// The vendor's id.
    pub vendor: &'static str,
    /// The method.
    pub method: Method,
    /// The path below the base address; a segment `{name}` stands for one value.
    pub path: &'static str,
    /// Whether it may be sent again.
    pub idempotency: Idempotency,
    /// How long one attempt may take.
    pub timeout: Duration,
    /// The statuses that mean success.
    pub success: &'static [u16],
    /// Whether it only asks although its method is one that acts.
    pub asks: bool,
    /// How we know all this.
    pub provenance: Provenance,
}

impl Operation {
    /// Whether it changes nothing at the vendor.
    #[must_use]
    pub const fn only_reads(&self) -> bool {
        self.asks || matches!(self.method, Method::Get)
    }

    /// Makes an error of this operation.
    #[must_use]
    pub fn error(&self, kind: VendorErrorKind, context: impl Into<String>) -> VendorError {
        VendorError::new(self.vendor, self.name, kind, context)
    }
}

/// One call of an operation.
pub struct Call {
    operation: &'static Operation,
    deadline: Instant,
    path: Vec<String>,
    query: Vec<(&'static str, String)>,
    body: Option<Bytes>,
}

impl fmt::Debug for Call {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Call").field("operation", &self.operation.name).finish_non_exhaustive()
    }
}

impl Call {
    /// Starts a call of `operation` that gives up at `deadline`.
    #[must_use]
    pub fn new(operation: &'static Operation, deadline: Instant) -> Self {
        Self { operation, deadline, path: Vec::new(), query: Vec::new(), body: None }
    }

    /// Fills the next `{…}` segment of the path; the value is percent-encoded.
    #[must_use]
    pub fn segment(mut self, value: impl Into<String>) -> Self {
        self.path.push(value.into());
        self
    }

    /// Adds a query parameter.
    #[must_use]
    pub fn query(mut self, name: &'static str, value: impl Into<String>) -> Self {
        self.query.push((name, value.into()));
        self
    }

    /// Sets the body, written as JSON.
    ///
    /// # Errors
    /// [`VendorErrorKind::Protocol`] when `body` has no JSON form.
    pub fn json(mut self, body: &impl Serialize) -> Result<Self, VendorError> {
        let bytes = serde_json::to_vec(body).map_err(|error| {
            self.operation.error(VendorErrorKind::Protocol, "the body has no JSON form").with_source(error)
        })?;
        self.body = Some(Bytes::from(bytes));
        Ok(self)
    }

    /// The operation that is called.
    #[must_use]
    pub fn operation(&self) -> &'static Operation {
        self.operation
    }

    /// When the caller gives up.
    #[must_use]
    pub fn deadline(&self) -> Instant {
        self.deadline
    }

    /// The values in the path, each with the name of its place.
    pub fn path(&self) -> impl Iterator<Item = (&'static str, &str)> {
        let places = self.operation.path.split('/').filter_map(|part| part.strip_prefix('{')?.strip_suffix('}'));
        places.zip(self.path.iter().map(String::as_str))
    }

    /// The query parameters.
    pub fn query_pairs(&self) -> impl Iterator<Item = (&'static str, &str)> {
        self.query.iter().map(|(name, value)| (*name, value.as_str()))
    }

    pub(super) fn body(&self) -> Option<Bytes> {
        self.body.clone()
    }

    /// The values that fill the path and the query.
    pub(super) fn arguments(&self) -> impl Iterator<Item = &str> {
        self.path.iter().chain(self.query.iter().map(|(_, value)| value)).map(String::as_str)
    }

    /// The full address below `base`.
    pub(super) fn url(&self, base: &Url) -> Result<Url, VendorError> {
        let unusable = |context: &str| self.operation.error(VendorErrorKind::NotFound, context);
        let mut url = base.clone();
        {
            let mut segments = url.path_segments_mut().map_err(|()| unusable("the base address takes no path"))?;
            segments.pop_if_empty();
            let mut values = self.path.iter();
            for part in self.operation.path.split('/').filter(|part| !part.is_empty()) {
                if !part.starts_with('{') {
                    segments.push(part);
                    continue;
                }
                match values.next().map(String::as_str) {
                    // The URL standard drops these segments, and another path than the meant one would be called.
                    None | Some("" | "." | "..") => return Err(unusable("an empty or dotted id names nothing")),
                    Some(value) => segments.push(value),
                };
            }
        }
        if !self.query.is_empty() {
            url.query_pairs_mut().extend_pairs(&self.query);
        }
        Ok(url)
    }
}

/// The answer to a call.
#[derive(Clone)]
pub struct Reply {
    /// The HTTP status.
    pub status: u16,
    /// The headers.
    pub headers: HeaderMap,
    /// The whole body, decompressed; may be empty.
    pub body: Bytes,
}

impl fmt::Debug for Reply {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Reply").field("status", &self.status).field("bytes", &self.body.len()).finish_non_exhaustive()
    }
}
