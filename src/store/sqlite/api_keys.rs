//! Clients' keys in `SQLite`.

use async_trait::async_trait;
use chrono::{DateTime, Utc};
use sqlx::sqlite::SqliteRow;

use super::SqliteStore;
use super::columns::{Columns, json, millis};
use crate::store::{ApiKeyRow, ApiKeys, StoreError};

fn api_key(row: &SqliteRow) -> Result<ApiKeyRow, StoreError> {
    let columns = Columns::new("api_keys", row);
    let hash: &[u8] = columns.get("key_sha256")?;
    Ok(ApiKeyRow {
        id: columns.id("id")?,
        tenant: columns.get("tenant")?,
        name: columns.get("name")?,
        key_sha256: hash.try_into().map_err(|error| columns.unreadable("key_sha256", error))?,
        scopes: columns.json("scopes")?,
        accounts: columns.json_if_any("accounts")?,
        max_rows: columns.get("max_rows")?,
        created_at: columns.time("created_at")?,
        revoked_at: columns.time_if_any("revoked_at")?,
    })
}

#[async_trait]
impl ApiKeys for SqliteStore {
    async fn create_api_key(&self, key: ApiKeyRow) -> Result<(), StoreError> {
        let inserted = sqlx::query(
            "INSERT INTO api_keys (id, tenant, name, key_sha256, scopes, accounts, max_rows, created_at, revoked_at) \
             VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9) ON CONFLICT DO NOTHING",
        )
        .bind(key.id.to_string())
        .bind(&key.tenant)
        .bind(&key.name)
        .bind(key.key_sha256.to_vec())
        .bind(json(&key.scopes))
        .bind(key.accounts.as_ref().map(json))
        .bind(key.max_rows)
        .bind(millis(key.created_at))
        .bind(key.revoked_at.map(millis))
        .execute(&self.writer)
        .await?;
        if inserted.rows_affected() == 0 {
            return Err(StoreError::Conflict { detail: format!("the key `{}` or its hash is there already", key.id) });
        }
        Ok(())
    }

    async fn api_keys(&self, tenant: Option<&str>) -> Result<Vec<ApiKeyRow>, StoreError> {
        let rows = sqlx::query("SELECT * FROM api_keys WHERE $1 IS NULL OR tenant = $1 ORDER BY created_at, id")
            .bind(tenant)
            .fetch_all(&self.readers)
            .await?;
        rows.iter().map(api_key).collect()
    }

    async fn revoke_api_keys(
        &self,
        tenant: Option<&str>,
        name_or_id: &str,
        now: DateTime<Utc>,
    ) -> Result<Vec<ApiKeyRow>, StoreError> {
        let rows = sqlx::query(
            "UPDATE api_keys SET revoked_at = $3 WHERE ($1 IS NULL OR tenant = $1) AND (name = $2 OR id = lower($2)) \
             AND revoked_at IS NULL RETURNING *",
        )
        .bind(tenant)
        .bind(name_or_id)
        .bind(millis(now))
        .fetch_all(&self.writer)
        .await?;
        rows.iter().map(api_key).collect()
    }

    async fn api_key_by_hash(&self, key_sha256: &[u8; 32]) -> Result<Option<ApiKeyRow>, StoreError> {
        let row = sqlx::query("SELECT * FROM api_keys WHERE key_sha256 = $1 AND revoked_at IS NULL")
            .bind(key_sha256.to_vec())
            .fetch_optional(&self.readers)
            .await?;
        row.as_ref().map(api_key).transpose()
    }
}
