//! Credentials on calls: attached to each attempt, replaced when the vendor refuses them.

use std::fmt;

use async_trait::async_trait;
use futures_util::future::BoxFuture;
use http::HeaderName;
use http::HeaderValue;
use secrecy::ExposeSecret;
use secrecy::SecretString;

use crate::error::VendorError;

use super::TransportError;
use super::call::Operation;
use super::call::Reply;

/// The status that says that a credential was refused.
const UNAUTHORIZED: u16 = 401;
/// How often one attempt is signed anew at most. Each [`Authorize`] stops earlier; this bounds a faulty one.
const MAX_REFUSALS: u32 = 4;

/// A header that signs a call.
#[derive(Clone)]
pub struct Credential {
    name: HeaderName,
    value: HeaderValue,
    /// Tells this credential from its predecessors, in the words of whoever issued it.
    pub serial: u64,
}

impl fmt::Debug for Credential {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Credential").field("name", &self.name).field("serial", &self.serial).finish_non_exhaustive()
    }
}

impl Credential {
    /// A header `name` with `secret` as its value; none when no header can carry it.
    #[must_use]
    pub fn new(name: HeaderName, secret: &str, serial: u64) -> Option<Self> {
        let mut value = HeaderValue::from_str(secret).ok()?;
        value.set_sensitive(true);
        Some(Self { name, value, serial })
    }

    /// `Authorization: Bearer …`; none when no header can carry the token.
    #[must_use]
    pub fn bearer(token: &str, serial: u64) -> Option<Self> {
        Self::new(http::header::AUTHORIZATION, &format!("Bearer {token}"), serial)
    }

    pub(super) fn header(&self) -> (HeaderName, HeaderValue) {
        (self.name.clone(), self.value.clone())
    }
}

/// Signs the calls of one account.
#[async_trait]
pub trait Authorize: Send + Sync + fmt::Debug {
    /// The credential to attach now. It may wait for one; the caller's own time limits stand around it.
    async fn credential(&self) -> Result<Credential, VendorError>;

    /// Hears that the vendor refused `old`, the `refusals`-th time within one attempt; tells whether to ask for
    /// another credential and try again.
    fn refused(&self, old: &Credential, refusals: u32) -> bool;
}

/// Sends with a credential, and again with another one as long as `authorize` has one to offer.
pub(super) async fn signed<'a>(
    authorize: Option<&dyn Authorize>,
    operation: &'static Operation,
    send: impl Fn(Option<Credential>) -> BoxFuture<'a, Result<Reply, VendorError>>,
) -> Result<Reply, VendorError> {
    let Some(authorize) = authorize else { return send(None).await };
    let mut refusals = 0;
    loop {
        let credential = authorize.credential().await?;
        let reply = send(Some(credential.clone())).await?;
        if reply.status != UNAUTHORIZED {
            return Ok(reply);
        }
        refusals += 1;
        if refusals >= MAX_REFUSALS || !authorize.refused(&credential, refusals) {
            return Ok(reply);
        }
        tracing::info!(operation = operation.name, refusals, "the vendor refused the credential; trying another one");
    }
}

/// A long-lived key in a header of its own.
#[derive(Debug)]
pub struct StaticKey(Credential);

impl StaticKey {
    /// The key `secret` in the header `name`.
    ///
    /// # Errors
    /// [`TransportError::Credential`] when no header can carry the key.
    pub fn new(vendor: &'static str, name: HeaderName, secret: &SecretString) -> Result<Self, TransportError> {
        Credential::new(name, secret.expose_secret(), 0)
            .map(Self)
            .ok_or(TransportError::Credential { vendor, what: "key" })
    }
}

#[async_trait]
impl Authorize for StaticKey {
    async fn credential(&self) -> Result<Credential, VendorError> {
        Ok(self.0.clone())
    }

    fn refused(&self, _old: &Credential, _refusals: u32) -> bool {
        false
    }
}
