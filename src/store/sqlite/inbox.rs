//! Webhook deliveries in `SQLite`.

use async_trait::async_trait;
use chrono::{DateTime, Utc};
use sqlx::sqlite::SqliteRow;
use tokio::sync::watch;
use uuid::Uuid;

use super::columns::{Columns, json, limit, millis};
use super::{SqliteStore, Writing, deliveries, forwards, statuses};
use crate::store::{
    DeliveryRow, DeliveryState, Inbox, InspectionRow, Named, NewDelivery, PendingDelivery, Settlement, StoreError,
};

/// Records how work on a delivery ended, and calls for a reading of the status if it says so; false if there is no such
/// delivery.
pub(super) async fn settle(
    writing: &mut Writing,
    tenant: &str,
    id: Uuid,
    mut settlement: Settlement,
) -> Result<bool, StoreError> {
    if settlement.state == DeliveryState::Unmatched && is_met_since(writing, tenant, id, &settlement.names).await? {
        let next_try_at = Some(writing.now());
        settlement = Settlement { state: DeliveryState::Received, note: None, next_try_at, ..settlement };
        writing.has_reopened();
    }
    let seq = writing.next_seq();
    let settled = sqlx::query(
        "UPDATE deliveries SET state = $3, note = $4, token_uid = coalesce($5, token_uid), \
         vendor_inspection_id = coalesce($6, vendor_inspection_id), account = coalesce($7, account), \
         inspection_id = coalesce($8, inspection_id), next_try_at = coalesce($9, next_try_at), \
         attempts = attempts + 1, change_seq = $10 WHERE tenant = $1 AND id = $2",
    )
    .bind(tenant)
    .bind(id.to_string())
    .bind(settlement.state.as_str())
    .bind(settlement.note)
    .bind(settlement.names.token_uid)
    .bind(settlement.names.vendor_inspection_id)
    .bind(settlement.account)
    .bind(settlement.inspection_id.map(|id| id.to_string()))
    .bind(settlement.next_try_at.map(millis))
    .bind(seq)
    .execute(writing.connection())
    .await?;
    if let Some(inspection) = settlement.inspection_id {
        statuses::call(writing, tenant, inspection, settlement.read_status_at).await?;
    }
    Ok(settled.rows_affected() > 0)
}

/// Whether the ledger has met what a delivery names while the delivery was worked on, too late for that work and too
/// early for [`reopen`]. A row that has not changed since then was seen, and did not fit.
async fn is_met_since(writing: &mut Writing, tenant: &str, id: Uuid, names: &Named) -> Result<bool, StoreError> {
    let met = sqlx::query_scalar(
        "SELECT EXISTS (SELECT 1 FROM deliveries d JOIN inspections i ON i.tenant = d.tenant AND i.vendor = d.vendor \
         AND i.change_seq > d.change_seq \
         WHERE d.tenant = $1 AND d.id = $2 AND i.id IN (\
           SELECT id FROM inspections WHERE tenant = $1 AND token_uid = $3 \
           UNION SELECT id FROM inspections WHERE tenant = $1 AND vendor = d.vendor AND vendor_inspection_id = $4 \
           AND $3 IS NULL) \
         AND EXISTS (SELECT 1 FROM json_each(d.accounts) WHERE value = i.account))",
    )
    .bind(tenant)
    .bind(id.to_string())
    .bind(&names.token_uid)
    .bind(&names.vendor_inspection_id)
    .fetch_one(writing.connection())
    .await?;
    Ok(met)
}

/// The number of a delivery in the order of arrival.
pub(super) async fn arrival(writing: &mut Writing, tenant: &str, id: Uuid) -> Result<Option<i64>, StoreError> {
    let arrival = sqlx::query_scalar("SELECT arrival FROM deliveries WHERE tenant = $1 AND id = $2")
        .bind(tenant)
        .bind(id.to_string())
        .fetch_optional(writing.connection())
        .await?;
    Ok(arrival)
}

/// Makes the deliveries due that name an inspection which the ledger did not know under this name until now.
///
/// Those that wait for their next try are due at once as well, so that all of them are worked on in the order of arrival.
pub(super) async fn reopen(writing: &mut Writing, row: &InspectionRow) -> Result<(), StoreError> {
    let (seq, now) = (writing.peek_seq(), millis(writing.now()));
    // two look-ups by index: joined by `OR`, they would be a walk through all deliveries of the tenant
    let reopened = sqlx::query(
        "UPDATE deliveries SET state = 'received', note = NULL, attempts = 0, next_try_at = $6, change_seq = $7 \
         WHERE arrival IN (SELECT arrival FROM deliveries WHERE tenant = $1 AND vendor = $2 AND token_uid = $3 \
           UNION SELECT arrival FROM deliveries WHERE tenant = $1 AND vendor = $2 AND vendor_inspection_id = $4 \
           AND token_uid IS NULL) \
         AND (state = 'unmatched' OR (state = 'received' AND next_try_at > $6)) \
         AND EXISTS (SELECT 1 FROM json_each(deliveries.accounts) WHERE value = $5)",
    )
    .bind(&row.tenant)
    .bind(&row.vendor)
    .bind(&row.token_uid)
    .bind(&row.vendor_inspection_id)
    .bind(&row.account)
    .bind(now)
    .bind(seq)
    .execute(writing.connection())
    .await?;
    if reopened.rows_affected() > 0 {
        writing.next_seq();
        writing.has_reopened();
    }
    Ok(())
}

fn delivery(row: &SqliteRow) -> Result<DeliveryRow, StoreError> {
    let columns = Columns::new("deliveries", row);
    let state: &str = columns.get("state")?;
    Ok(DeliveryRow {
        id: columns.id("id")?,
        arrival: columns.get("arrival")?,
        tenant: columns.get("tenant")?,
        vendor: columns.get("vendor")?,
        accounts: columns.json("accounts")?,
        account: columns.get("account")?,
        received_at: columns.time("received_at")?,
        content_type: columns.get("content_type")?,
        body: columns.get("body")?,
        state: DeliveryState::from_name(state)
            .ok_or_else(|| columns.unreadable("state", "there is no state of this name"))?,
        note: columns.get("note")?,
        names: Named {
            token_uid: columns.get("token_uid")?,
            vendor_inspection_id: columns.get("vendor_inspection_id")?,
        },
        inspection_id: columns.id_if_any("inspection_id")?,
        attempts: columns.get("attempts")?,
        next_try_at: columns.time("next_try_at")?,
        change_seq: columns.get("change_seq")?,
    })
}

fn pending(row: &SqliteRow) -> Result<PendingDelivery, StoreError> {
    let columns = Columns::new("deliveries", row);
    Ok(PendingDelivery { id: columns.id("id")?, arrival: columns.get("arrival")?, attempts: columns.get("attempts")? })
}

#[async_trait]
impl Inbox for SqliteStore {
    async fn insert_delivery(&self, new: NewDelivery, now: DateTime<Utc>) -> Result<DeliveryRow, StoreError> {
        let mut writing = self.write(now).await?;
        let seq = writing.next_seq();
        let account = match new.accounts.as_slice() {
            [only] => Some(only.clone()),
            _ => None,
        };
        let row = sqlx::query(
            "INSERT INTO deliveries (id, tenant, vendor, accounts, account, received_at, content_type, state, \
             attempts, next_try_at, change_seq, body) \
             VALUES ($1, $2, $3, $4, $5, $6, $7, $8, 0, $9, $10, $11) RETURNING *",
        )
        .bind(new.id.to_string())
        .bind(new.tenant)
        .bind(new.vendor)
        .bind(json(&new.accounts))
        .bind(account)
        .bind(millis(new.received_at))
        .bind(new.content_type)
        .bind(DeliveryState::Received.as_str())
        .bind(millis(now))
        .bind(seq)
        .bind(new.body)
        .fetch_one(writing.connection())
        .await?;
        let row = delivery(&row)?;
        deliveries::keep_headers(&mut writing, row.arrival, &new.headers).await?;
        if new.forward {
            forwards::begin(&mut writing, &row).await?;
        }
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

    async fn pending_deliveries(
        &self,
        tenant: &str,
        vendor: &str,
        now: DateTime<Utc>,
        after: Option<i64>,
        first: usize,
    ) -> Result<Vec<PendingDelivery>, StoreError> {
        let rows = sqlx::query(
            "SELECT id, arrival, attempts FROM deliveries \
             WHERE state = 'received' AND tenant = $1 AND vendor = $2 AND arrival > $3 AND next_try_at <= $4 \
             ORDER BY arrival LIMIT $5",
        )
        .bind(tenant)
        .bind(vendor)
        .bind(after.unwrap_or(0))
        .bind(millis(now))
        .bind(limit(first))
        .fetch_all(&self.readers)
        .await?;
        rows.iter().map(pending).collect()
    }

    async fn next_delivery_due(&self, tenant: &str, vendor: &str) -> Result<Option<DateTime<Utc>>, StoreError> {
        let row = sqlx::query(
            "SELECT min(next_try_at) AS next_try_at FROM deliveries \
             WHERE state = 'received' AND tenant = $1 AND vendor = $2",
        )
        .bind(tenant)
        .bind(vendor)
        .fetch_one(&self.readers)
        .await?;
        Columns::new("deliveries", &row).time_if_any("next_try_at")
    }

    fn reopened(&self) -> watch::Receiver<u64> {
        self.reopened.subscribe()
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
    ) -> Result<bool, StoreError> {
        let mut writing = self.write(now).await?;
        if !settle(&mut writing, tenant, id, settlement).await? {
            return Ok(false);
        }
        writing.commit().await?;
        Ok(true)
    }
}
