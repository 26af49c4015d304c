//! What is handed on, in `SQLite`.

use async_trait::async_trait;
use chrono::{DateTime, Utc};
use sqlx::sqlite::SqliteRow;

use super::columns::{Columns, limit, millis};
use super::{SqliteStore, Writing};
use crate::store::{DeliveryRow, ForwardDue, ForwardRow, ForwardState, Forwards, StoreError};

/// Has a delivery handed on from now on.
pub(super) async fn begin(writing: &mut Writing, delivery: &DeliveryRow) -> Result<(), StoreError> {
    sqlx::query("INSERT INTO forwards (arrival, tenant, vendor, state, next_try_at) VALUES ($1, $2, $3, $4, $5)")
        .bind(delivery.arrival)
        .bind(&delivery.tenant)
        .bind(&delivery.vendor)
        .bind(ForwardState::Waiting.as_str())
        .bind(millis(delivery.received_at))
        .execute(writing.connection())
        .await?;
    Ok(())
}

fn due(row: &SqliteRow) -> Result<ForwardDue, StoreError> {
    let columns = Columns::new("forwards", row);
    Ok(ForwardDue {
        arrival: columns.get("arrival")?,
        delivery_id: columns.id("id")?,
        attempts: columns.get("attempts")?,
    })
}

fn forward(row: &SqliteRow) -> Result<ForwardRow, StoreError> {
    let columns = Columns::new("forwards", row);
    let state: &str = columns.get("state")?;
    Ok(ForwardRow {
        state: ForwardState::from_name(state)
            .ok_or_else(|| columns.unreadable("state", "there is no state of this name"))?,
        note: columns.get("note")?,
        attempts: columns.get("attempts")?,
        next_try_at: columns.time("next_try_at")?,
    })
}

#[async_trait]
impl Forwards for SqliteStore {
    async fn forwards_due(
        &self,
        tenant: &str,
        vendor: &str,
        now: DateTime<Utc>,
        after: Option<i64>,
        first: usize,
    ) -> Result<Vec<ForwardDue>, StoreError> {
        let rows = sqlx::query(
            "SELECT f.arrival, d.id, f.attempts FROM forwards f JOIN deliveries d ON d.arrival = f.arrival \
             WHERE f.state = 'waiting' AND f.tenant = $1 AND f.vendor = $2 AND f.arrival > $3 AND f.next_try_at <= $4 \
             ORDER BY f.arrival LIMIT $5",
        )
        .bind(tenant)
        .bind(vendor)
        .bind(after.unwrap_or(0))
        .bind(millis(now))
        .bind(limit(first))
        .fetch_all(&self.readers)
        .await?;
        rows.iter().map(due).collect()
    }

    async fn next_forward_due(&self, tenant: &str, vendor: &str) -> Result<Option<DateTime<Utc>>, StoreError> {
        let row = sqlx::query(
            "SELECT min(next_try_at) AS next_try_at FROM forwards \
             WHERE state = 'waiting' AND tenant = $1 AND vendor = $2",
        )
        .bind(tenant)
        .bind(vendor)
        .fetch_one(&self.readers)
        .await?;
        Columns::new("forwards", &row).time_if_any("next_try_at")
    }

    async fn settle_forward(&self, arrival: i64, outcome: ForwardRow) -> Result<(), StoreError> {
        sqlx::query("UPDATE forwards SET state = $2, note = $3, attempts = $4, next_try_at = $5 WHERE arrival = $1")
            .bind(arrival)
            .bind(outcome.state.as_str())
            .bind(outcome.note)
            .bind(outcome.attempts)
            .bind(millis(outcome.next_try_at))
            .execute(&self.writer)
            .await?;
        Ok(())
    }

    async fn forward(&self, arrival: i64) -> Result<Option<ForwardRow>, StoreError> {
        let row = sqlx::query("SELECT state, note, attempts, next_try_at FROM forwards WHERE arrival = $1")
            .bind(arrival)
            .fetch_optional(&self.readers)
            .await?;
        row.as_ref().map(forward).transpose()
    }
}
