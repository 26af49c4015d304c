//! The keys with which clients prove who they are; only their hashes are kept.

use std::fmt;

use async_trait::async_trait;
use chrono::{DateTime, Utc};
use uuid::Uuid;

use super::StoreError;

/// A client's key. `Debug` leaves out the hash.
#[derive(Clone, PartialEq, Eq)]
pub struct ApiKeyRow {
    /// The key's id, which may be shown.
    pub id: Uuid,
    /// The tenant.
    pub tenant: String,
    /// The client's name; a client may hold several keys, so that one can replace another.
    pub name: String,
    /// The SHA-256 of the key, which itself is kept nowhere.
    pub key_sha256: [u8; 32],
    /// The scopes it grants.
    pub scopes: Vec<String>,
    /// The accounts it may see, each as `vendor/account`; all of the tenant when absent.
    pub accounts: Option<Vec<String>>,
    /// The most rows of one table that it may read; the gateway's own bound holds besides.
    pub max_rows: Option<u32>,
    /// When it was made.
    pub created_at: DateTime<Utc>,
    /// When it was revoked; null while it is good.
    pub revoked_at: Option<DateTime<Utc>>,
}

impl fmt::Debug for ApiKeyRow {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ApiKeyRow")
            .field("id", &self.id)
            .field("tenant", &self.tenant)
            .field("name", &self.name)
            .field("scopes", &self.scopes)
            .field("accounts", &self.accounts)
            .field("max_rows", &self.max_rows)
            .field("created_at", &self.created_at)
            .field("revoked_at", &self.revoked_at)
            .finish_non_exhaustive()
    }
}

/// The part of the store that keeps clients' keys.
#[async_trait]
pub trait ApiKeys: Send + Sync {
    /// Keeps a key.
    ///
    /// # Errors
    /// [`StoreError::Conflict`] if the id or the hash is there already.
    async fn create_api_key(&self, key: ApiKeyRow) -> Result<(), StoreError>;

    /// The keys of one tenant or of all, revoked ones too, oldest first.
    async fn api_keys(&self, tenant: Option<&str>) -> Result<Vec<ApiKeyRow>, StoreError>;

    /// Revokes the good keys whose id or client name is `name_or_id`, of one tenant or of all; returns them.
    ///
    /// A name revokes every key of that client. Empty when there is none.
    async fn revoke_api_keys(
        &self,
        tenant: Option<&str>,
        name_or_id: &str,
        now: DateTime<Utc>,
    ) -> Result<Vec<ApiKeyRow>, StoreError>;

    /// The good key with this hash; `None` for an unknown and for a revoked one alike.
    async fn api_key_by_hash(&self, key_sha256: &[u8; 32]) -> Result<Option<ApiKeyRow>, StoreError>;
}
