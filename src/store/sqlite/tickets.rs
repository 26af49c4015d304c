//! Tickets in `SQLite`.

use async_trait::async_trait;
use chrono::{DateTime, Utc};
use sqlx::sqlite::SqliteRow;
use uuid::Uuid;

use super::columns::{Columns, json, millis};
use super::{SqliteStore, Writing};
use crate::store::{AccountKey, StoreError, TicketRow, TicketSighting, Tickets, Trail};

/// Inserts a ticket; one that the ledger has under its number already stays as it is, and is returned.
pub(super) async fn keep(writing: &mut Writing, row: TicketRow) -> Result<TicketRow, StoreError> {
    let seq = writing.next_seq();
    let stored = sqlx::query(
        "INSERT INTO tickets (id, tenant, vendor, account, ticket_id, ticket_uuid, vin, connector_id, product_ids, \
         reference, created_by, created_at, change_seq, state, state_code, seen_at) \
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16) \
         ON CONFLICT (tenant, vendor, account, ticket_id) DO UPDATE SET change_seq = excluded.change_seq \
         RETURNING *",
    )
    .bind(row.id.to_string())
    .bind(row.tenant)
    .bind(row.vendor)
    .bind(row.account)
    .bind(row.ticket_id)
    .bind(row.ticket_uuid)
    .bind(row.vin)
    .bind(row.connector_id)
    .bind(json(&row.product_ids))
    .bind(row.reference)
    .bind(row.created_by)
    .bind(millis(row.created_at))
    .bind(seq)
    .bind(row.state)
    .bind(row.state_code)
    .bind(millis(row.seen_at))
    .fetch_one(writing.connection())
    .await?;
    ticket(&stored)
}

fn ticket(row: &SqliteRow) -> Result<TicketRow, StoreError> {
    let columns = Columns::new("tickets", row);
    Ok(TicketRow {
        id: columns.id("id")?,
        tenant: columns.get("tenant")?,
        vendor: columns.get("vendor")?,
        account: columns.get("account")?,
        ticket_id: columns.get("ticket_id")?,
        ticket_uuid: columns.get("ticket_uuid")?,
        vin: columns.get("vin")?,
        connector_id: columns.get("connector_id")?,
        product_ids: columns.json("product_ids")?,
        reference: columns.get("reference")?,
        created_by: columns.get("created_by")?,
        created_at: columns.time("created_at")?,
        state: columns.get("state")?,
        state_code: columns.get("state_code")?,
        seen_at: columns.time("seen_at")?,
        change_seq: columns.get("change_seq")?,
    })
}

#[async_trait]
impl Tickets for SqliteStore {
    async fn tickets_by_number(
        &self,
        tenant: &str,
        account: &AccountKey,
        numbers: &[String],
    ) -> Result<Vec<TicketRow>, StoreError> {
        let rows = sqlx::query(
            "WITH wanted (key) AS (SELECT DISTINCT value FROM json_each($4)) \
             SELECT t.* FROM wanted CROSS JOIN tickets t \
             ON t.tenant = $1 AND t.vendor = $2 AND t.account = $3 AND t.ticket_id = wanted.key",
        )
        .bind(tenant)
        .bind(&account.vendor)
        .bind(&account.account)
        .bind(json(numbers))
        .fetch_all(&self.readers)
        .await?;
        rows.iter().map(ticket).collect()
    }

    async fn see_ticket(
        &self,
        tenant: &str,
        sighting: TicketSighting,
        trail: Trail,
        now: DateTime<Utc>,
    ) -> Result<bool, StoreError> {
        let mut writing = self.write(now).await?;
        let seq = writing.next_seq();
        let seen = sqlx::query(
            "UPDATE tickets SET state = $5, state_code = $6, seen_at = $7, change_seq = $8 \
             WHERE tenant = $1 AND id = $2 AND state IS $3 AND state_code IS $4 AND seen_at <= $7",
        )
        .bind(tenant)
        .bind(sighting.id.to_string())
        .bind(sighting.before)
        .bind(sighting.code_before)
        .bind(sighting.state)
        .bind(sighting.state_code)
        .bind(millis(sighting.asked_at))
        .bind(seq)
        .execute(writing.connection())
        .await?;
        if seen.rows_affected() == 0 {
            return Ok(false);
        }
        writing.leave(trail).await?;
        writing.commit().await?;
        Ok(true)
    }

    async fn tickets_by_id(&self, tenant: &str, ids: &[Uuid]) -> Result<Vec<TicketRow>, StoreError> {
        let rows = sqlx::query(
            "WITH wanted (key) AS (SELECT DISTINCT value FROM json_each($2)) \
             SELECT t.* FROM wanted CROSS JOIN tickets t ON t.tenant = $1 AND t.id = wanted.key",
        )
        .bind(tenant)
        .bind(json(ids))
        .fetch_all(&self.readers)
        .await?;
        rows.iter().map(ticket).collect()
    }
}
