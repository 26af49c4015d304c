//! Timeline entries in `SQLite`.

use async_trait::async_trait;
use chrono::{DateTime, Utc};
use sqlx::sqlite::SqliteRow;

use super::columns::{Columns, json, limit, millis};
use super::{SqliteStore, Writing};
use crate::store::{AccountKey, StoreError, Timeline, TimelineCursor, TimelineRow};

/// Adds an entry unless the tenant has its `dedupe_key`; returns it as stored.
pub(super) async fn append(writing: &mut Writing, mut entry: TimelineRow) -> Result<Option<TimelineRow>, StoreError> {
    let known: bool =
        sqlx::query_scalar("SELECT EXISTS (SELECT 1 FROM timeline WHERE tenant = $1 AND dedupe_key = $2)")
            .bind(&entry.tenant)
            .bind(&entry.dedupe_key)
            .fetch_one(writing.connection())
            .await?;
    if known {
        return Ok(None);
    }
    entry.change_seq = writing.next_seq();
    sqlx::query(
        "INSERT INTO timeline (id, tenant, vendor, account, vin, subject, kind, at, data, dedupe_key, change_seq) \
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)",
    )
    .bind(entry.id.to_string())
    .bind(&entry.tenant)
    .bind(&entry.vendor)
    .bind(&entry.account)
    .bind(&entry.vin)
    .bind(&entry.subject)
    .bind(&entry.kind)
    .bind(millis(entry.at))
    .bind(json(&entry.data))
    .bind(&entry.dedupe_key)
    .bind(entry.change_seq)
    .execute(writing.connection())
    .await?;
    Ok(Some(entry))
}

fn entry(row: &SqliteRow) -> Result<TimelineRow, StoreError> {
    let columns = Columns::new("timeline", row);
    Ok(TimelineRow {
        id: columns.id("id")?,
        tenant: columns.get("tenant")?,
        vendor: columns.get("vendor")?,
        account: columns.get("account")?,
        vin: columns.get("vin")?,
        subject: columns.get("subject")?,
        kind: columns.get("kind")?,
        at: columns.time("at")?,
        data: columns.json("data")?,
        dedupe_key: columns.get("dedupe_key")?,
        change_seq: columns.get("change_seq")?,
    })
}

#[async_trait]
impl Timeline for SqliteStore {
    async fn append(&self, entries: Vec<TimelineRow>, now: DateTime<Utc>) -> Result<Vec<TimelineRow>, StoreError> {
        let mut writing = self.write(now).await?;
        let added = writing.append_all(entries).await?;
        writing.commit().await?;
        Ok(added)
    }

    async fn timeline(
        &self,
        tenant: &str,
        accounts: &[AccountKey],
        vin: &str,
        after: Option<TimelineCursor>,
        first: usize,
    ) -> Result<Vec<TimelineRow>, StoreError> {
        let (at, seq) = after.map_or((i64::MAX, i64::MAX), |cursor| (millis(cursor.at), cursor.change_seq));
        let rows = sqlx::query(
            "SELECT * FROM timeline WHERE tenant = $1 AND vin = $2 \
             AND (+vendor, +account) IN (SELECT value ->> 'vendor', value ->> 'account' FROM json_each($3)) \
             AND (at, change_seq) < ($4, $5) ORDER BY at DESC, change_seq DESC LIMIT $6",
        )
        .bind(tenant)
        .bind(vin)
        .bind(json(accounts))
        .bind(at)
        .bind(seq)
        .bind(limit(first))
        .fetch_all(&self.readers)
        .await?;
        rows.iter().map(entry).collect()
    }

    async fn timeline_since(
        &self,
        tenant: &str,
        accounts: &[AccountKey],
        vin: &str,
        after_seq: i64,
        first: usize,
    ) -> Result<Vec<TimelineRow>, StoreError> {
        let rows = sqlx::query(
            "SELECT * FROM timeline WHERE tenant = $1 AND vin = $2 \
             AND (+vendor, +account) IN (SELECT value ->> 'vendor', value ->> 'account' FROM json_each($3)) \
             AND change_seq > $4 ORDER BY change_seq LIMIT $5",
        )
        .bind(tenant)
        .bind(vin)
        .bind(json(accounts))
        .bind(after_seq)
        .bind(limit(first))
        .fetch_all(&self.readers)
        .await?;
        rows.iter().map(entry).collect()
    }

    async fn last_change(&self) -> Result<i64, StoreError> {
        Ok(sqlx::query_scalar("SELECT last FROM change_sequence WHERE id = 1").fetch_one(&self.readers).await?)
    }

    async fn last_change_of_lists(&self, tenant: &str) -> Result<i64, StoreError> {
        let last = sqlx::query_scalar(
            "SELECT max(\
             coalesce((SELECT max(change_seq) FROM vehicles WHERE tenant = $1), 0), \
             coalesce((SELECT max(change_seq) FROM inspections WHERE tenant = $1), 0), \
             coalesce((SELECT max(change_seq) FROM listings WHERE tenant = $1), 0))",
        );
        Ok(last.bind(tenant).fetch_one(&self.readers).await?)
    }

    async fn timeline_of_subject(
        &self,
        tenant: &str,
        accounts: &[AccountKey],
        subject: &str,
        first: usize,
    ) -> Result<Vec<TimelineRow>, StoreError> {
        let rows = sqlx::query(
            "SELECT * FROM timeline WHERE tenant = $1 AND subject = $2 \
             AND (+vendor, +account) IN (SELECT value ->> 'vendor', value ->> 'account' FROM json_each($3)) \
             ORDER BY at DESC, change_seq DESC LIMIT $4",
        )
        .bind(tenant)
        .bind(subject)
        .bind(json(accounts))
        .bind(limit(first))
        .fetch_all(&self.readers)
        .await?;
        rows.iter().map(entry).collect()
    }
}
