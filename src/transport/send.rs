//! The wire: one request out, one bounded answer back.

use std::sync::atomic::AtomicBool;
use std::sync::atomic::Ordering;
use std::time::Duration;

use bytes::Bytes;
use bytes::BytesMut;
use http::HeaderValue;
use http::header;
use url::Url;

use crate::clock::Clock;
use crate::error::VendorError;
use crate::error::VendorErrorKind;

use super::TransportConfig;
use super::TransportError;
use super::auth::Credential;
use super::call::Call;
use super::call::Operation;
use super::call::Reply;

/// How long an unused connection is kept; vendors close theirs after a minute or so, and we must be first.
const IDLE: Duration = Duration::from_secs(15);

/// Whether a byte of the call may have reached the vendor.
#[derive(Debug, Default)]
pub(super) struct Progress(AtomicBool);

impl Progress {
    pub(super) fn sent(&self) -> bool {
        self.0.load(Ordering::SeqCst)
    }
}

/// The HTTP client of one account.
#[derive(Clone, Debug)]
pub(super) struct Wire {
    client: reqwest::Client,
    base: Url,
    body_limit: usize,
    pub(super) clock: Clock,
}

impl Wire {
    pub(super) fn new(config: &TransportConfig, clock: Clock) -> Result<Self, TransportError> {
        let vendor = config.vendor;
        let base = checked(vendor, &config.base)?;
        let client = reqwest::Client::builder()
            .user_agent(concat!("forecourt/", env!("CARGO_PKG_VERSION")))
            .connect_timeout(config.connect_timeout)
            .pool_idle_timeout(IDLE)
            .redirect(reqwest::redirect::Policy::none())
            .retry(reqwest::retry::never())
            .referer(false)
            .no_proxy()
            .build()
            .map_err(|source| TransportError::Client { vendor, source: source.without_url() })?;
        Ok(Self { client, base, body_limit: config.body_limit, clock })
    }

    /// The same client at another address.
    pub(super) fn at(&self, vendor: &'static str, base: &Url) -> Result<Self, TransportError> {
        Ok(Self { base: checked(vendor, base)?, ..self.clone() })
    }

    /// Sends `call` once and reads the whole answer, whatever its status.
    pub(super) async fn send(
        &self,
        call: &Call,
        credential: Option<Credential>,
        progress: &Progress,
    ) -> Result<Reply, VendorError> {
        let operation = call.operation();
        let mut request = reqwest::Request::new(operation.method.into(), call.url(&self.base)?);
        request.headers_mut().insert(header::ACCEPT, HeaderValue::from_static("application/json"));
        if let Some(body) = call.body() {
            request.headers_mut().insert(header::CONTENT_TYPE, HeaderValue::from_static("application/json"));
            *request.body_mut() = Some(body.into());
        }
        if let Some((name, value)) = credential.map(|credential| credential.header()) {
            request.headers_mut().insert(name, value);
        }
        // From here on a byte may be on its way; only a failed connection proves the opposite.
        let sent_before = progress.0.swap(true, Ordering::SeqCst);
        let response = self.client.execute(request).await.map_err(|error| {
            if error.is_connect() || error.is_builder() {
                progress.0.store(sent_before, Ordering::SeqCst);
            }
            failure(operation, error)
        })?;
        let status = response.status().as_u16();
        let headers = response.headers().clone();
        let body = self.read(operation, response).await.map_err(|error| error.with_status(status))?;
        Ok(Reply { status, headers, body })
    }

    /// Reads the body up to the cap.
    async fn read(&self, operation: &'static Operation, mut response: reqwest::Response) -> Result<Bytes, VendorError> {
        let limit = self.body_limit;
        let too_long =
            || operation.error(VendorErrorKind::Protocol, format!("the answer is longer than {limit} bytes"));
        if response.content_length().is_some_and(|length| usize::try_from(length).map_or(true, |length| length > limit))
        {
            return Err(too_long());
        }
        let mut body = BytesMut::new();
        while let Some(chunk) = response.chunk().await.map_err(|error| failure(operation, error))? {
            if body.len().saturating_add(chunk.len()) > limit {
                return Err(too_long());
            }
            body.extend_from_slice(&chunk);
        }
        Ok(body.freeze())
    }
}

/// The address without query and fragment, if paths can be appended to it.
fn checked(vendor: &'static str, base: &Url) -> Result<Url, TransportError> {
    if !matches!(base.scheme(), "http" | "https") || !base.has_host() {
        return Err(TransportError::Base { vendor });
    }
    let mut base = base.clone();
    base.set_query(None);
    base.set_fragment(None);
    Ok(base)
}

/// What the client's error means for the call.
fn failure(operation: &'static Operation, error: reqwest::Error) -> VendorError {
    let (kind, context) = if error.is_connect() {
        (VendorErrorKind::Connection, "no connection was made")
    } else if error.is_builder() {
        (VendorErrorKind::Protocol, "the request could not be built")
    } else if error.is_decode() && !broke_in_body(&error) {
        (VendorErrorKind::Protocol, "the answer's encoding cannot be read")
    } else {
        (VendorErrorKind::Interrupted, "the connection broke")
    };
    operation.error(kind, context).with_source(error.without_url())
}

/// Whether the connection broke while the body came.
///
/// The client reports that as a decoding error too, like a body that came whole and cannot be decompressed; the
/// difference is in the cause.
fn broke_in_body(error: &reqwest::Error) -> bool {
    std::iter::successors(std::error::Error::source(error), |cause| cause.source())
        .any(|cause| cause.downcast_ref::<reqwest::Error>().is_some_and(reqwest::Error::is_body))
}
