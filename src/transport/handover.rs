//! Handing what a vendor delivered on to a receiver of the operator's own.
//!
//! It is no vendor's operation: nothing of the stack for outbound calls applies, and the answer's body is not read.

use std::fmt;
use std::time::Duration;

use http::HeaderName;
use http::HeaderValue;
use http::Method;
use http::header::CONTENT_TYPE;
use secrecy::ExposeSecret;
use secrecy::SecretString;
use url::Url;
use uuid::Uuid;

use super::TransportError;

/// How long a receiver may take to connect, and to answer.
const CONNECT: Duration = Duration::from_secs(3);
const PATIENCE: Duration = Duration::from_secs(10);
/// Names a delivery, so that a receiver can tell a repeated one from a new one.
const DELIVERY: HeaderName = HeaderName::from_static("x-forecourt-delivery");
const SECRET: HeaderName = HeaderName::from_static("x-api-key");
/// What stands for the receiver in an error of the HTTP client.
const RECEIVER: &str = "forward_to";

/// A receiver of deliveries. `Debug` leaves out its secret.
#[derive(Clone)]
pub struct Handover {
    client: reqwest::Client,
    to: Url,
    secret: Option<HeaderValue>,
}

/// Why a receiver has not taken a delivery.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum NotTaken {
    /// It answered with this status.
    Refused(u16),
    /// It did not answer.
    Silent,
}

impl fmt::Debug for Handover {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Handover").field("to", &self.to.host_str()).finish_non_exhaustive()
    }
}

impl fmt::Display for NotTaken {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Refused(status) => write!(f, "the receiver answered with status {status}"),
            Self::Silent => f.write_str("the receiver did not answer"),
        }
    }
}

impl Handover {
    /// Makes the client of one receiver; nothing is sent yet.
    ///
    /// # Errors
    /// [`TransportError`] when the secret fits no header or the HTTP client cannot be set up.
    pub fn new(to: Url, secret: Option<&SecretString>) -> Result<Self, TransportError> {
        let unfit = |_| TransportError::Credential { vendor: RECEIVER, what: "forward_secret" };
        let secret = secret.map(|secret| HeaderValue::from_str(secret.expose_secret()).map_err(unfit)).transpose()?;
        let secret = secret.map(|mut value| {
            value.set_sensitive(true);
            value
        });
        let client = reqwest::Client::builder()
            .user_agent(concat!("forecourt/", env!("CARGO_PKG_VERSION")))
            .connect_timeout(CONNECT)
            .timeout(PATIENCE)
            .redirect(reqwest::redirect::Policy::none())
            .retry(reqwest::retry::never())
            .referer(false)
            .no_proxy()
            .build()
            .map_err(|source| TransportError::Client { vendor: RECEIVER, source: source.without_url() })?;
        Ok(Self { client, to, secret })
    }

    /// Hands a delivery on; it is taken when the receiver answers with a status of success.
    ///
    /// # Errors
    /// [`NotTaken`].
    pub async fn send(&self, delivery: Uuid, content_type: Option<&str>, body: Vec<u8>) -> Result<(), NotTaken> {
        let mut request = reqwest::Request::new(Method::POST, self.to.clone());
        let headers = request.headers_mut();
        if let Some(content_type) = content_type.and_then(|text| HeaderValue::from_str(text).ok()) {
            headers.insert(CONTENT_TYPE, content_type);
        }
        if let Ok(id) = HeaderValue::from_str(&delivery.to_string()) {
            headers.insert(DELIVERY, id);
        }
        if let Some(secret) = &self.secret {
            headers.insert(SECRET, secret.clone());
        }
        *request.body_mut() = Some(body.into());
        match self.client.execute(request).await {
            Ok(answer) if answer.status().is_success() => Ok(()),
            Ok(answer) => Err(NotTaken::Refused(answer.status().as_u16())),
            Err(error) => {
                tracing::debug!(error = &error.without_url() as &dyn std::error::Error, "a receiver does not answer");
                Err(NotTaken::Silent)
            }
        }
    }
}
