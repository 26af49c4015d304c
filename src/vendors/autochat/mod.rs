//! `AutoChat`: chat for car dealerships, which shows a dealer's stock.
//!
//! REST API with OAuth client credentials; one token serves both environments. One account is one pair of credentials
//! on one environment, and lists cars for the dealerships that the configuration names. Documented: create a car, list
//! options. Nothing documented reads, changes or removes a car. The vendor's own reference, which could not be read
//! when this was written, is at <https://console.autochat.ai/api/docs.html>: check every inferred fact there first.

mod api;
mod auth;
mod error;
mod map;
mod private;
mod source;

use std::sync::Arc;

use indexmap::IndexMap;
use secrecy::SecretString;
use url::Url;

use crate::clock::Clock;
use crate::shutdown::Shutdown;
use crate::transport::Transport;
use crate::transport::TransportConfig;
use crate::transport::TransportError;

pub use api::DEFAULT_AUDIENCE;
pub use api::OPERATIONS;
pub use api::VENDOR;
pub use private::PRIVATE;
pub use source::AutoChatListingSource;

use auth::ClientAuth;

/// How one account is reached.
#[derive(Clone, Debug)]
pub struct AutoChatConfig {
    /// Address and limits of the API.
    pub transport: TransportConfig,
    /// The whole address of the token server, path included.
    pub token_url: Url,
    /// What tokens are asked for; an identifier, never called.
    pub audience: String,
    /// The client's id.
    pub client_id: String,
    /// The client's secret.
    pub client_secret: SecretString,
    /// Name of the environment, such as `production`.
    pub environment: &'static str,
    /// Whether a car is looked up in the stock when its creation was not answered. Inferred: the vendor documents no such
    /// operation.
    pub lookup: bool,
    /// The vendor's ids of the dealerships, by their keys, in the order of the configuration.
    pub dealerships: IndexMap<String, String>,
}

impl AutoChatListingSource {
    /// Makes the source of one account; nothing is called yet.
    ///
    /// # Errors
    /// [`TransportError`] when the HTTP client cannot be set up.
    pub fn connect(config: AutoChatConfig, clock: Clock, shutdown: Shutdown) -> Result<Self, TransportError> {
        let described = TransportConfig { refusals: error::REFUSALS, ..config.transport };
        let api = Transport::new(&described, None, clock.clone())?;
        let auth = ClientAuth::new(
            api.at(&config.token_url)?,
            config.client_id,
            config.client_secret,
            config.audience,
            clock,
            shutdown,
        );
        let transport = api.signed_by(Arc::new(auth))?;
        Ok(Self::new(transport, config.environment, config.lookup, config.dealerships))
    }
}
