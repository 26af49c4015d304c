//! The account's token: one for every call and both environments, fetched rarely, because the vendor limits that.

use std::sync::Arc;

use async_trait::async_trait;
use chrono::TimeDelta;
use futures_util::FutureExt;
use secrecy::ExposeSecret;
use secrecy::SecretString;
use tokio::time::Instant;

use crate::clock::Clock;
use crate::error::VendorError;
use crate::error::VendorErrorKind;
use crate::shutdown::Shutdown;
use crate::transport::Authorize;
use crate::transport::Credential;
use crate::transport::Issued;
use crate::transport::TokenCell;
use crate::transport::Transport;

use super::api;
use super::api::tokens;

/// What a token is asked for with.
struct Client {
    transport: Transport,
    id: String,
    secret: SecretString,
    audience: String,
    clock: Clock,
}

/// Signs calls with the account's token.
#[derive(Debug)]
pub(super) struct ClientAuth {
    token: TokenCell<SecretString>,
}

impl ClientAuth {
    pub(super) fn new(
        transport: Transport,
        id: String,
        secret: SecretString,
        audience: String,
        clock: Clock,
        shutdown: Shutdown,
    ) -> Self {
        let client = Arc::new(Client { transport, id, secret, audience, clock: clock.clone() });
        let fetch = move || {
            let client = Arc::clone(&client);
            async move { fetch(&client).await }.boxed()
        };
        Self { token: TokenCell::new(&tokens::CREATE, Box::new(fetch), clock, shutdown) }
    }
}

#[async_trait]
impl Authorize for ClientAuth {
    async fn credential(&self) -> Result<Credential, VendorError> {
        let held = self.token.get().await?;
        Credential::bearer(held.token.expose_secret(), held.serial).ok_or_else(|| {
            tokens::CREATE.error(VendorErrorKind::Protocol, "the token holds characters that no header can carry")
        })
    }

    fn refused(&self, old: &Credential, refusals: u32) -> bool {
        if refusals > 1 {
            self.token.distrust();
            return false;
        }
        let replace = self.token.may_replace();
        if replace {
            self.token.drop_refused(old.serial);
        }
        replace
    }
}

async fn fetch(client: &Client) -> Result<Issued<SecretString>, VendorError> {
    let deadline = Instant::now() + 2 * tokens::CREATE.timeout;
    let answer = tokens::create(&client.transport, &client.id, &client.secret, &client.audience, deadline).await?;
    let Some(token) = answer.access_token.filter(|token| !token.is_empty()) else {
        return Err(tokens::CREATE.error(VendorErrorKind::Protocol, "the answer holds no access token"));
    };
    let named = answer.expires_in.filter(|seconds| *seconds > 0).and_then(TimeDelta::try_seconds);
    let life = named.unwrap_or(TimeDelta::hours(api::TOKEN_HOURS));
    Ok(Issued::lasting(SecretString::from(token), client.clock.now(), life))
}
