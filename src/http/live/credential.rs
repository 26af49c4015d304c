//! What a channel presents to prove whose it is. It is kept, since it is checked again as long as the channel is open.

use std::fmt;
use std::sync::Arc;

use http::HeaderMap;
use http::HeaderName;
use http::HeaderValue;
use http::header::AUTHORIZATION;

use crate::auth::Authenticator;
use crate::auth::FORECOURT_SESSION;
use crate::auth::Session;
use crate::error::Code;
use crate::error::Error;

const PRESENTED: [HeaderName; 2] = [AUTHORIZATION, FORECOURT_SESSION];

/// The credential of a channel.
#[derive(Clone)]
pub(super) struct Credential {
    /// The client's key and the garage's session alone, as the request's headers or the channel's first message have them.
    presented: HeaderMap,
}

impl fmt::Debug for Credential {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Credential")
    }
}

impl Credential {
    /// What the headers of the request present that opens the channel.
    pub(super) fn of_headers(headers: &HeaderMap) -> Self {
        let sent = |name: HeaderName| headers.get_all(&name).iter().map(move |value| (name.clone(), value.clone()));
        Self { presented: PRESENTED.into_iter().flat_map(sent).collect() }
    }

    /// Puts what the channel's first message presents in the place of what the headers do.
    pub(super) fn replaced_by(mut self, authorization: Option<HeaderValue>, session: Option<HeaderValue>) -> Self {
        for (name, value) in PRESENTED.into_iter().zip([authorization, session]) {
            if let Some(value) = value {
                self.presented.insert(name, value);
            }
        }
        self
    }

    /// Whether anything is presented at all.
    pub(super) fn is_given(&self) -> bool {
        !self.presented.is_empty()
    }

    /// The session that the credential stands for.
    ///
    /// # Errors
    /// As [`Authenticator::session`].
    pub(super) async fn session(&self, authenticator: &Authenticator) -> Result<Arc<Session>, Error> {
        authenticator.session(&self.presented).await
    }

    /// Whether the credential still stands for `session` and nothing has changed in it.
    ///
    /// When that cannot be found out, it counts as good until the next time.
    pub(super) async fn still_is(&self, session: &Session, authenticator: &Authenticator) -> bool {
        match self.session(authenticator).await {
            Ok(now) => *now == *session,
            Err(error) => !matches!(error.code, Code::Unauthenticated | Code::Forbidden),
        }
    }
}
