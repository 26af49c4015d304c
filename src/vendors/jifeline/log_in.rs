//! The ways to log in.

use std::sync::Mutex;
use std::sync::PoisonError;

use chrono::DateTime;
use chrono::Utc;
use secrecy::ExposeSecret;
use secrecy::SecretString;
use tokio::time::Instant;

use crate::clock::Clock;
use crate::domain::registry::CallContext;
use crate::error::VendorError;
use crate::error::VendorErrorKind;
use crate::transport::Operation;
use crate::transport::Transport;
use crate::transport::TransportConfig;
use crate::transport::TransportError;

use super::api::passwords;
use super::api::sessions;
use super::api::sessions::TokensDto;
use super::kept::Kept;

/// What a session is opened with.
#[derive(Clone, Debug)]
pub enum LogIn {
    /// A connector and its pincode: the session is that of the connector's customer.
    ConnectorUuid {
        /// The connector's UUID.
        uuid: String,
        /// Its pincode; leading zeros count.
        pincode: SecretString,
    },
    /// The same by the number printed on the connector, which the vendor has deprecated.
    ConnectorId {
        /// The number printed on the connector.
        id: String,
        /// Its pincode; leading zeros count.
        pincode: SecretString,
    },
    /// A password that works once: the session is that of an employee. Inferred: it cannot be renewed.
    OneTimePassword(SecretString),
    /// The tokens that a one-time password brought: they open the same session until they end.
    Tokens {
        /// The access token.
        access: SecretString,
        /// The id token, if there was one.
        id: Option<SecretString>,
        /// From when on they open nothing any more.
        expires_at: DateTime<Utc>,
    },
}

/// Opens sessions with one [`LogIn`].
pub(super) struct Door {
    transport: Transport,
    log_in: LogIn,
    /// Whether a password that works once was used.
    used: Mutex<bool>,
}

impl Door {
    pub(super) fn new(transport: Transport, log_in: LogIn) -> Self {
        Self { transport, log_in, used: Mutex::new(false) }
    }

    /// The operation that opens sessions.
    pub(super) fn operation(&self) -> &'static Operation {
        match self.log_in {
            LogIn::ConnectorUuid { .. } => &sessions::CREATE,
            LogIn::ConnectorId { .. } => &sessions::CREATE_BY_CONNECTOR_ID,
            LogIn::OneTimePassword(_) | LogIn::Tokens { .. } => &sessions::CREATE_BY_OTP,
        }
    }

    /// Whether only one session can be opened.
    pub(super) fn opens_once(&self) -> bool {
        matches!(self.log_in, LogIn::OneTimePassword(_) | LogIn::Tokens { .. })
    }

    /// The log-in as text that can be kept; none when it opens nothing a second time.
    pub(super) fn kept(&self) -> Option<Kept> {
        self.log_in.kept()
    }

    /// Until when the tokens hold that it has already.
    pub(super) fn good_until(&self) -> Option<DateTime<Utc>> {
        if let LogIn::Tokens { expires_at, .. } = &self.log_in { Some(*expires_at) } else { None }
    }

    /// Opens a session.
    pub(super) async fn open(&self) -> Result<TokensDto, VendorError> {
        let deadline = Instant::now() + 2 * self.operation().timeout;
        match &self.log_in {
            LogIn::ConnectorUuid { uuid, pincode } => sessions::create(&self.transport, uuid, pincode, deadline).await,
            LogIn::ConnectorId { id, pincode } => {
                sessions::create_by_connector_id(&self.transport, id, pincode, deadline).await
            }
            LogIn::OneTimePassword(otp) => {
                self.use_up()?;
                let opened = sessions::create_by_otp(&self.transport, otp, deadline).await;
                let unseen = [VendorErrorKind::Connection, VendorErrorKind::RateLimited];
                if opened.as_ref().is_err_and(|error| unseen.contains(&error.kind)) {
                    self.set_used(false);
                }
                opened
            }
            LogIn::Tokens { access, id, .. } => {
                self.use_up()?;
                let shown = |secret: &SecretString| secret.expose_secret().to_owned();
                Ok(TokensDto { access_token: Some(shown(access)), id_token: id.as_ref().map(shown) })
            }
        }
    }

    /// Uses what works once.
    fn use_up(&self) -> Result<(), VendorError> {
        if self.set_used(true) {
            let context = "a one-time password works once; a new log-in is needed";
            return Err(self.operation().error(VendorErrorKind::Auth, context));
        }
        Ok(())
    }

    /// Notes whether the password was used and tells whether it had been before.
    fn set_used(&self, used: bool) -> bool {
        std::mem::replace(&mut *self.used.lock().unwrap_or_else(PoisonError::into_inner), used)
    }
}

/// What the vendor offers to those who are not logged in.
#[derive(Clone, Debug)]
pub struct JifelineLogIn {
    transport: Transport,
}

impl JifelineLogIn {
    /// Makes the client; nothing is called yet.
    ///
    /// # Errors
    /// [`TransportError`] when the HTTP client cannot be set up.
    pub fn new(config: &TransportConfig, clock: Clock) -> Result<Self, TransportError> {
        Ok(Self { transport: Transport::new(config, None, clock)? })
    }

    /// Lets the vendor send a mail with which the owner of `email_address` can set a new password; answers in the
    /// vendor's word by which method, if it says. Sent once.
    ///
    /// # Errors
    /// What the call met. An address that the vendor does not know may be one, so it is to be hidden from clients.
    pub async fn request_password_reset(
        &self,
        email_address: &str,
        context: CallContext,
    ) -> Result<Option<String>, VendorError> {
        passwords::request_reset(&self.transport, email_address, context.deadline).await
    }
}
