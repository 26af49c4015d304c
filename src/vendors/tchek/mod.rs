//! Tchek: inspections that a customer makes with a phone, and the damage that is detected on the photos.
//!
//! REST API with a long-lived key, and webhooks. One account is one key on one environment; a token made on one
//! environment works only with the web pages of the same one. Reference: <https://tchek.gitbook.io/documentation>.
//!
//! What to know before changing anything here: `expiresIn` is a date; the token can come bare or wrapped; the number of
//! the status is not in order of progress (6 is a reminder); deliveries have no id, no event name and no time; report
//! bodies come in two envelopes; a currency is a symbol.

mod api;
mod error;
mod events;
mod map;
mod private;
mod source;

use std::sync::Arc;

use http::HeaderName;
use secrecy::SecretString;
use url::Url;

use crate::clock::Clock;
use crate::transport::StaticKey;
use crate::transport::Transport;
use crate::transport::TransportConfig;
use crate::transport::TransportError;
use crate::vendors::TransportMonitor;

pub use api::OPERATIONS;
pub use api::VENDOR;
pub use events::TchekEventDecoder;
pub use private::PRIVATE;
pub use source::TchekInspectionSource;

/// The header that carries the key, and under which deliveries carry ours.
const KEY_HEADER: HeaderName = HeaderName::from_static("x-api-key");

/// How one account is reached.
#[derive(Clone, Debug)]
pub struct TchekConfig {
    /// Address and limits of the API.
    pub transport: TransportConfig,
    /// Address of the inspection pages of the same environment.
    pub web: Url,
    /// Name of the environment, such as `production`.
    pub environment: &'static str,
    /// The account's key.
    pub api_key: SecretString,
    /// Whether the vendor has installed message templates, so that it can mail and text links.
    pub message_templates: bool,
    /// How the inspection page's address names Dutch: the vendor's texts say `nl-BE` in one place, `nl-E` in another.
    pub dutch_segment: String,
}

impl TchekInspectionSource {
    /// Makes the source of one account; nothing is called yet.
    ///
    /// # Errors
    /// [`TransportError`] when the key fits no header or the HTTP client cannot be set up.
    pub fn connect(config: TchekConfig, clock: Clock) -> Result<Self, TransportError> {
        let key = StaticKey::new(VENDOR, KEY_HEADER, &config.api_key)?;
        let described = TransportConfig { refusals: error::REFUSALS, ..config.transport.clone() };
        let transport = Transport::new(&described, Some(Arc::new(key)), clock)?;
        Ok(Self::new(transport, config))
    }

    /// Watches the account's calls; `sandbox` tells whether the sandbox stands in for the vendor.
    #[must_use]
    pub fn monitor(&self, sandbox: bool) -> TransportMonitor {
        TransportMonitor::new(self.transport().clone(), Some(self.environment_name()), sandbox)
    }
}
