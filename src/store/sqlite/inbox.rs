//! Webhook deliveries in `SQLite`.

use async_trait::async_trait;
use chrono::{DateTime, Utc};
use sqlx::sqlite::SqliteRow;
use uuid::Uuid;

use super::columns::{Columns, limit, millis};
use super::{SqliteStore, Writing};
use crate::store::{DeliveryRow, DeliveryState, Inbox, NewDelivery, Settlement, StoreError};

/// Records how work on a delivery ended; `None` if there is no such delivery.
pub(super) async fn settle(
    writing: &mut Writing,
    tenant: &str,
    id: Uuid,
    settlement: Settlement,
) -> Result<Option<DeliveryRow>, StoreError> {
    let seq = writing.next_seq();
    let row = sqlx::query(
        "UPDATE deliveries SET state = $3, note = $4, inspection_id = coalesce($5, inspection_id), \
         attempts = attempts + 1, change_seq = $6 WHERE tenant = $1 AND id = $2 RETURNING *",
    )
    .bind(tenant)
    .bind(id.to_string())
    .bind(settlement.state.as_str())
    .bind(settlement.note)
    .bind(settlement.inspection_id.map(|id| id.to_string()))
    .bind(seq)
    .fetch_optional(writing.connection())
    .await?;
    row.as_ref().map(delivery).transpose()
}

fn delivery(row: &SqliteRow) -> Result<DeliveryRow, StoreError> {
    let columns = Columns::new("deliveries", row);
    let state: &str = columns.get("state")?;
    Ok(DeliveryRow {
        id: columns.id("id")?,
        arrival: columns.get("arrival")?,
        tenant: columns.get("tenant")?,
        vendor: columns.get("vendor")?,
        received_at: columns.time("received_at")?,
        content_type: columns.get("content_type")?,
        body: columns.get("body")?,
        state: DeliveryState::from_name(state)
            .ok_or_else(|| columns.unreadable("state", "there is no state of this name"))?,
        note: columns.get("note")?,
        inspection_id: columns.id_if_any("inspection_id")?,
        attempts: columns.get("attempts")?,
        change_seq: columns.get("change_seq")?,
    })
}

#[async_trait]
impl Inbox for SqliteStore {
    async fn insert_delivery(&self, new: NewDelivery) -> Result<DeliveryRow, StoreError> {
        let mut writing = self.write(new.received_at).await?;
        let seq = writing.next_seq();
        let row = sqlx::query(
            "INSERT INTO deliveries (id, tenant, vendor, received_at, content_type, body, state, attempts, change_seq) \
             VALUES ($1, $2, $3, $4, $5, $6, $7, 0, $8) RETURNING *",
        )
        .bind(new.id.to_string())
        .bind(new.tenant)
        .bind(new.vendor)
        .bind(millis(new.received_at))
        .bind(new.content_type)
        .bind(new.body)
        .bind(DeliveryState::Received.as_str())
        .bind(seq)
        .fetch_one(writing.connection())
        .await?;
        let row = delivery(&row)?;
        writing.commit().await?;
        Ok(row)
    }

    async fn delivery(&self, tenant: &str, id: Uuid) -> Result<Option<DeliveryRow>, StoreError> {
        let row = sqlx::query("SELECT * FROM deliveries WHERE tenant = $1 AND id = $2")
            .bind(tenant)
            .bind(id.to_string())
            .fetch_optional(&self.readers)
            .await?;
        row.as_ref().map(delivery).transpose()
    }

    async fn pending_deliveries(&self, first: usize) -> Result<Vec<DeliveryRow>, StoreError> {
        let rows = sqlx::query("SELECT * FROM deliveries WHERE state = 'received' ORDER BY arrival LIMIT $1")
            .bind(limit(first))
            .fetch_all(&self.readers)
            .await?;
        rows.iter().map(delivery).collect()
    }

    async fn deliveries(
        &self,
        tenant: &str,
        state: Option<DeliveryState>,
        after: Option<i64>,
        first: usize,
    ) -> Result<Vec<DeliveryRow>, StoreError> {
        let rows = sqlx::query(
            "SELECT * FROM deliveries WHERE tenant = $1 AND ($2 IS NULL OR state = $2) AND arrival > $3 \
             ORDER BY arrival LIMIT $4",
        )
        .bind(tenant)
        .bind(state.map(DeliveryState::as_str))
        .bind(after.unwrap_or(0))
        .bind(limit(first))
        .fetch_all(&self.readers)
        .await?;
        rows.iter().map(delivery).collect()
    }

    async fn settle_delivery(
        &self,
        tenant: &str,
        id: Uuid,
        settlement: Settlement,
        now: DateTime<Utc>,
    ) -> Result<Option<DeliveryRow>, StoreError> {
        let mut writing = self.write(now).await?;
        let Some(row) = settle(&mut writing, tenant, id, settlement).await? else { return Ok(None) };
        writing.commit().await?;
        Ok(Some(row))
    }
}
