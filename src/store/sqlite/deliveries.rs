//! Looking through the webhook deliveries in `SQLite`.

use async_trait::async_trait;
use chrono::{DateTime, Utc};
use sqlx::sqlite::SqliteRow;

use super::columns::{Columns, json, limit, millis};
use super::{SqliteStore, Writing};
use crate::store::{Deliveries, DeliveryLine, DeliveryQuery, DeliveryState, StoreError};

/// The condition of a [`DeliveryQuery`], as `$1` to `$4`.
macro_rules! meant {
    () => {
        "($1 IS NULL OR id = $1) AND ($2 IS NULL OR tenant = $2) \
         AND ($3 = '[]' OR state IN (SELECT value FROM json_each($3))) AND ($4 IS NULL OR received_at >= $4)"
    };
}

/// Keeps what the sender of a delivery said beside the body.
pub(super) async fn keep_headers(
    writing: &mut Writing,
    arrival: i64,
    headers: &[(String, String)],
) -> Result<(), StoreError> {
    sqlx::query("INSERT INTO delivery_headers (arrival, headers) VALUES ($1, $2)")
        .bind(arrival)
        .bind(json(headers))
        .execute(writing.connection())
        .await?;
    Ok(())
}

fn line(row: &SqliteRow) -> Result<DeliveryLine, StoreError> {
    let columns = Columns::new("deliveries", row);
    let state: &str = columns.get("state")?;
    Ok(DeliveryLine {
        id: columns.id("id")?,
        arrival: columns.get("arrival")?,
        tenant: columns.get("tenant")?,
        vendor: columns.get("vendor")?,
        received_at: columns.time("received_at")?,
        state: DeliveryState::from_name(state)
            .ok_or_else(|| columns.unreadable("state", "there is no state of this name"))?,
        note: columns.get("note")?,
        inspection_id: columns.id_if_any("inspection_id")?,
        attempts: columns.get("attempts")?,
        body_bytes: columns.get("body_bytes")?,
    })
}

fn names(states: &[DeliveryState]) -> String {
    json(&states.iter().map(|state| state.as_str()).collect::<Vec<_>>())
}

#[async_trait]
impl Deliveries for SqliteStore {
    async fn delivery_lines(&self, query: &DeliveryQuery, most: usize) -> Result<Vec<DeliveryLine>, StoreError> {
        let rows = sqlx::query(concat!(
            "SELECT id, arrival, tenant, vendor, received_at, state, note, inspection_id, attempts, \
             length(body) AS body_bytes FROM deliveries WHERE ",
            meant!(),
            " ORDER BY arrival DESC LIMIT $5"
        ))
        .bind(query.id.map(|id| id.to_string()))
        .bind(&query.tenant)
        .bind(names(&query.states))
        .bind(query.since.map(millis))
        .bind(limit(most))
        .fetch_all(&self.readers)
        .await?;
        rows.iter().map(line).collect()
    }

    async fn delivery_headers(&self, arrival: i64) -> Result<Vec<(String, String)>, StoreError> {
        let row = sqlx::query("SELECT headers FROM delivery_headers WHERE arrival = $1")
            .bind(arrival)
            .fetch_optional(&self.readers)
            .await?;
        row.map_or_else(|| Ok(Vec::new()), |row| Columns::new("delivery_headers", &row).json("headers"))
    }

    async fn reopen_deliveries(&self, query: &DeliveryQuery, now: DateTime<Utc>) -> Result<u64, StoreError> {
        let mut writing = self.write(now).await?;
        let seq = writing.peek_seq();
        let reopened = sqlx::query(concat!(
            // when it came is past by whichever clock the gateway goes
            "UPDATE deliveries SET state = 'received', note = NULL, attempts = 0, next_try_at = received_at, \
             change_seq = $5 WHERE ",
            meant!()
        ))
        .bind(query.id.map(|id| id.to_string()))
        .bind(&query.tenant)
        .bind(names(&query.states))
        .bind(query.since.map(millis))
        .bind(seq)
        .execute(writing.connection())
        .await?;
        let count = reopened.rows_affected();
        if count > 0 {
            writing.next_seq();
            writing.has_reopened();
        }
        writing.commit().await?;
        Ok(count)
    }
}
