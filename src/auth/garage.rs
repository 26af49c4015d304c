//! A garage that has logged in: the session within the client's session.

use std::fmt;
use std::sync::Arc;

use chrono::DateTime;
use chrono::Utc;
use sha2::Digest;
use sha2::Sha256;

use super::AccountId;

/// The SHA-256 of a garage session's text, which itself is kept nowhere.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct GarageSessionHash([u8; 32]);

impl GarageSessionHash {
    /// The hash of the text that a client presents.
    #[must_use]
    pub fn of(session: &str) -> Self {
        Self(Sha256::digest(session.as_bytes()).into())
    }

    /// The hash as bytes.
    #[must_use]
    pub const fn as_bytes(&self) -> &[u8; 32] {
        &self.0
    }
}

impl fmt::Debug for GarageSessionHash {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("GarageSessionHash")
    }
}

/// The garage in whose name a request is made, beside the client that sends it.
#[derive(Clone, PartialEq, Eq)]
pub struct GarageLogIn {
    /// Names the session.
    pub hash: GarageSessionHash,
    /// The garage's account, the only one that is seen.
    pub account: AccountId,
    /// What opens the account, sealed by the [`Vault`](super::Vault).
    pub sealed: Arc<[u8]>,
    /// From when on the session serves no longer.
    pub expires_at: DateTime<Utc>,
}

impl fmt::Debug for GarageLogIn {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("GarageLogIn")
            .field("account", &self.account)
            .field("expires_at", &self.expires_at)
            .finish_non_exhaustive()
    }
}
