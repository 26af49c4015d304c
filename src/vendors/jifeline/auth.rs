//! The customer's session: logged in once, shared by every call, renewed before it ends.

use std::fmt;
use std::sync::Arc;
use std::sync::atomic::AtomicBool;
use std::sync::atomic::Ordering;

use async_trait::async_trait;
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use chrono::DateTime;
use chrono::TimeDelta;
use chrono::Utc;
use futures_util::FutureExt;
use secrecy::ExposeSecret;
use secrecy::SecretString;
use serde::Deserialize;

use crate::clock::Clock;
use crate::error::VendorError;
use crate::error::VendorErrorKind;
use crate::shutdown::Shutdown;
use crate::transport::Authorize;
use crate::transport::Credential;
use crate::transport::Issued;
use crate::transport::Operation;
use crate::transport::TokenCell;

use super::kept::Kept;
use super::log_in::Door;
use super::log_in::LogIn;

/// How long a session lives whose token does not say so. Inferred from the vendor's other API, which says an hour.
const LIFE: TimeDelta = TimeDelta::minutes(55);

/// The tokens of one log-in.
#[derive(Clone)]
struct Tokens {
    access: SecretString,
    id: Option<SecretString>,
    expires_at: DateTime<Utc>,
}

/// Signs calls with the session's token.
///
/// The vendor's texts do not say which of its tokens signs calls. The access token does by standard; if a fresh one is
/// refused the id token is tried once, and whichever works is kept.
pub(super) struct SessionAuth {
    opener: Arc<(Door, Clock)>,
    /// The operation that opens the session.
    operation: &'static Operation,
    /// Whether no other session follows this one.
    opens_once: bool,
    tokens: TokenCell<Tokens>,
    uses_id_token: AtomicBool,
    has_id_token: AtomicBool,
}

impl SessionAuth {
    pub(super) fn new(door: Door, clock: Clock, shutdown: Shutdown) -> Self {
        let (operation, opens_once) = (door.operation(), door.opens_once());
        let opener = Arc::new((door, clock.clone()));
        let shared = Arc::clone(&opener);
        let fetch = move || {
            let opener = Arc::clone(&shared);
            async move { open(&opener.0, &opener.1).await }.boxed()
        };
        Self {
            opener,
            operation,
            opens_once,
            tokens: TokenCell::new(operation, Box::new(fetch), clock, shutdown),
            uses_id_token: AtomicBool::new(false),
            has_id_token: AtomicBool::new(false),
        }
    }

    /// What opens the session again: the log-in, or the tokens where that works once.
    pub(super) async fn kept(&self) -> Result<Kept, VendorError> {
        let held = self.tokens.get().await?.token;
        let log_in = self.opener.0.kept();
        let tokens = LogIn::Tokens { access: held.access, id: held.id, expires_at: held.expires_at };
        log_in.or_else(|| tokens.kept()).ok_or_else(|| {
            self.operation.error(VendorErrorKind::Unsupported, "nothing opens this session a second time")
        })
    }
}

impl fmt::Debug for SessionAuth {
    /// Leaves out what opens the session.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SessionAuth").field("operation", &self.operation.name).finish_non_exhaustive()
    }
}

#[async_trait]
impl Authorize for SessionAuth {
    async fn credential(&self) -> Result<Credential, VendorError> {
        let held = self.tokens.get().await?;
        self.has_id_token.store(held.token.id.is_some(), Ordering::Relaxed);
        let chosen = held.token.id.as_ref().filter(|_| self.uses_id_token.load(Ordering::Relaxed));
        let (secret, is_id) = chosen.map_or((&held.token.access, 0), |id| (id, 1));
        // The lowest bit of the serial tells which of the two tokens it was.
        Credential::bearer(secret.expose_secret(), held.serial * 2 + is_id).ok_or_else(|| {
            self.operation.error(VendorErrorKind::Protocol, "the token holds characters that no header can carry")
        })
    }

    fn refused(&self, old: &Credential, refusals: u32) -> bool {
        let was_id = old.serial % 2 == 1;
        if self.opens_once {
            // There is no fresh token to try first. After the other one the session counts as ended.
            if refusals == 1 && self.has_id_token.load(Ordering::Relaxed) {
                self.uses_id_token.store(!was_id, Ordering::Relaxed);
            } else {
                self.tokens.drop_refused(old.serial / 2);
            }
            return true;
        }
        match refusals {
            1 if self.tokens.may_replace() => {
                self.tokens.drop_refused(old.serial / 2);
                true
            }
            2 if self.has_id_token.load(Ordering::Relaxed) => {
                self.uses_id_token.store(!was_id, Ordering::Relaxed);
                true
            }
            2.. => {
                if refusals > 2 {
                    self.uses_id_token.store(!was_id, Ordering::Relaxed);
                }
                self.tokens.distrust();
                false
            }
            _ => false,
        }
    }
}

async fn open(door: &Door, clock: &Clock) -> Result<Issued<Tokens>, VendorError> {
    let answer = door.open().await?;
    let Some(access) = answer.access_token.filter(|token| !token.is_empty()) else {
        return Err(door.operation().error(VendorErrorKind::Protocol, "the answer holds no access token"));
    };
    let now = clock.now();
    let life = match door.good_until() {
        Some(until) => until - now,
        None => life(&access, now).unwrap_or(LIFE),
    };
    let issued = Issued::lasting((), now, life);
    let tokens = Tokens {
        access: SecretString::from(access),
        id: answer.id_token.filter(|token| !token.is_empty()).map(SecretString::from),
        expires_at: issued.expires_at,
    };
    // What cannot be renewed is used to its end.
    let renew_at = if door.opens_once() { issued.expires_at } else { issued.renew_at };
    Ok(Issued { token: tokens, renew_at, expires_at: issued.expires_at })
}

#[derive(Deserialize)]
struct Claims {
    exp: i64,
    #[serde(default)]
    iat: Option<i64>,
}

/// How long the token lives by its own claims, unverified: they only decide when to ask for the next one.
///
/// Counted from its own issue where it says when that was, so that a vendor's clock that goes wrong does no harm.
fn life(token: &str, now: DateTime<Utc>) -> Option<TimeDelta> {
    let payload = token.split('.').nth(1)?;
    let claims: Claims = serde_json::from_slice(&URL_SAFE_NO_PAD.decode(payload.trim_end_matches('=')).ok()?).ok()?;
    let start = claims.iat.unwrap_or_else(|| now.timestamp());
    let seconds = claims.exp.checked_sub(start).filter(|seconds| *seconds > 0)?;
    TimeDelta::try_seconds(seconds)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_life_of_a_token_is_read_from_its_claims() {
        let now = DateTime::from_timestamp(1_700_000_000, 0).unwrap();
        let token = |claims: &str| format!("e30.{}.c2ln", URL_SAFE_NO_PAD.encode(claims));
        let cases = [
            (token(r#"{"exp": 1700003600}"#), Some(3600)),
            (token(r#"{"exp": 1600003600, "iat": 1600000000}"#), Some(3600)),
            (token(r#"{"exp": 1600003600}"#), None),
            (token("{}"), None),
            ("opaque".to_owned(), None),
        ];
        for (token, seconds) in cases {
            assert_eq!(life(&token, now).map(|life| life.num_seconds()), seconds);
        }
    }
}
