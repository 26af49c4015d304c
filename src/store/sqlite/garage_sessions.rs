//! Garage sessions in `SQLite`.

use async_trait::async_trait;
use chrono::{DateTime, Utc};
use sqlx::sqlite::SqliteRow;

use super::SqliteStore;
use super::columns::{Columns, millis};
use crate::store::{AccountKey, GarageSessionRow, GarageSessions, StoreError};

fn session(row: &SqliteRow) -> Result<GarageSessionRow, StoreError> {
    let columns = Columns::new("garage_sessions", row);
    let hash: &[u8] = columns.get("session_sha256")?;
    Ok(GarageSessionRow {
        session_sha256: hash.try_into().map_err(|error| columns.unreadable("session_sha256", error))?,
        tenant: columns.get("tenant")?,
        client: columns.get("client")?,
        account: AccountKey::new(columns.get::<String>("vendor")?, columns.get::<String>("account")?),
        sealed: columns.get("sealed")?,
        created_at: columns.time("created_at")?,
        expires_at: columns.time("expires_at")?,
        last_used_at: columns.time("last_used_at")?,
        ended_at: columns.time_if_any("ended_at")?,
    })
}

#[async_trait]
impl GarageSessions for SqliteStore {
    async fn create_garage_session(&self, session: GarageSessionRow) -> Result<(), StoreError> {
        let inserted = sqlx::query(
            "INSERT INTO garage_sessions (session_sha256, tenant, client, vendor, account, sealed, created_at, \
             expires_at, last_used_at, ended_at) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10) ON CONFLICT DO NOTHING",
        )
        .bind(session.session_sha256.to_vec())
        .bind(&session.tenant)
        .bind(&session.client)
        .bind(&session.account.vendor)
        .bind(&session.account.account)
        .bind(&session.sealed)
        .bind(millis(session.created_at))
        .bind(millis(session.expires_at))
        .bind(millis(session.last_used_at))
        .bind(session.ended_at.map(millis))
        .execute(&self.writer)
        .await?;
        if inserted.rows_affected() == 0 {
            return Err(StoreError::Conflict { detail: "the garage session is there already".to_owned() });
        }
        Ok(())
    }

    async fn garage_session(
        &self,
        tenant: &str,
        client: &str,
        session_sha256: &[u8; 32],
    ) -> Result<Option<GarageSessionRow>, StoreError> {
        let row =
            sqlx::query("SELECT * FROM garage_sessions WHERE session_sha256 = $1 AND tenant = $2 AND client = $3")
                .bind(session_sha256.to_vec())
                .bind(tenant)
                .bind(client)
                .fetch_optional(&self.readers)
                .await?;
        row.as_ref().map(session).transpose()
    }

    async fn touch_garage_session(&self, session_sha256: &[u8; 32], now: DateTime<Utc>) -> Result<(), StoreError> {
        sqlx::query("UPDATE garage_sessions SET last_used_at = $2 WHERE session_sha256 = $1 AND last_used_at < $2")
            .bind(session_sha256.to_vec())
            .bind(millis(now))
            .execute(&self.writer)
            .await?;
        Ok(())
    }

    async fn end_garage_session(
        &self,
        tenant: &str,
        client: &str,
        session_sha256: &[u8; 32],
        now: DateTime<Utc>,
    ) -> Result<bool, StoreError> {
        let ended = sqlx::query(
            "UPDATE garage_sessions SET ended_at = $4, sealed = x'' \
             WHERE session_sha256 = $1 AND tenant = $2 AND client = $3 AND ended_at IS NULL",
        )
        .bind(session_sha256.to_vec())
        .bind(tenant)
        .bind(client)
        .bind(millis(now))
        .execute(&self.writer)
        .await?;
        Ok(ended.rows_affected() > 0)
    }
}
