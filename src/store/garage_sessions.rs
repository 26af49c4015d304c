//! Garages that logged in through the gateway; only hashes of their sessions are kept.

use std::fmt;

use async_trait::async_trait;
use chrono::{DateTime, Utc};

use super::{AccountKey, StoreError};

/// A garage that logged in. `Debug` leaves out the hash and what is sealed.
#[derive(Clone, PartialEq, Eq)]
pub struct GarageSessionRow {
    /// The SHA-256 of the text that the client presents, which itself is kept nowhere.
    pub session_sha256: [u8; 32],
    /// The tenant.
    pub tenant: String,
    /// The client that logged in, and the only one that the session serves.
    pub client: String,
    /// The account of the garage at the vendor.
    pub account: AccountKey,
    /// What opens that account, encrypted by whoever hands the row over.
    pub sealed: Vec<u8>,
    /// When the garage logged in.
    pub created_at: DateTime<Utc>,
    /// From when on the session serves no longer.
    pub expires_at: DateTime<Utc>,
    /// When the session was presented last, to within a minute or so.
    pub last_used_at: DateTime<Utc>,
    /// When the session was ended; null while it was not.
    pub ended_at: Option<DateTime<Utc>>,
}

impl fmt::Debug for GarageSessionRow {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("GarageSessionRow")
            .field("tenant", &self.tenant)
            .field("client", &self.client)
            .field("account", &self.account)
            .field("created_at", &self.created_at)
            .field("expires_at", &self.expires_at)
            .field("last_used_at", &self.last_used_at)
            .field("ended_at", &self.ended_at)
            .finish_non_exhaustive()
    }
}

/// The part of the store that keeps garage sessions.
#[async_trait]
pub trait GarageSessions: Send + Sync {
    /// Keeps a session.
    ///
    /// # Errors
    /// [`StoreError::Conflict`] if the hash is there already.
    async fn create_garage_session(&self, session: GarageSessionRow) -> Result<(), StoreError>;

    /// The session of this tenant and client with this hash, ended and expired ones too.
    async fn garage_session(
        &self,
        tenant: &str,
        client: &str,
        session_sha256: &[u8; 32],
    ) -> Result<Option<GarageSessionRow>, StoreError>;

    /// Notes that the session was presented at `now`.
    async fn touch_garage_session(&self, session_sha256: &[u8; 32], now: DateTime<Utc>) -> Result<(), StoreError>;

    /// Ends the session of this tenant and client and forgets what it sealed; tells whether it had not ended before.
    async fn end_garage_session(
        &self,
        tenant: &str,
        client: &str,
        session_sha256: &[u8; 32],
        now: DateTime<Utc>,
    ) -> Result<bool, StoreError>;
}
