//! Which statuses are to be read, in `SQLite`: columns of the inspections.

use async_trait::async_trait;
use chrono::{DateTime, Utc};
use sqlx::sqlite::SqliteRow;
use uuid::Uuid;

use super::columns::{Columns, limit, millis};
use super::{SqliteStore, Writing};
use crate::store::{PollDue, PollQuery, StatusDue, Statuses, StoreError};

/// Calls for a reading of an inspection's status, if there is a reason to; a reading that is due earlier stays due then.
pub(super) async fn call(
    writing: &mut Writing,
    tenant: &str,
    inspection_id: Uuid,
    at: Option<DateTime<Utc>>,
) -> Result<(), StoreError> {
    let Some(at) = at else { return Ok(()) };
    sqlx::query(
        "UPDATE inspections SET status_due = min(coalesce(status_due, $3), $3), status_calls = status_calls + 1, \
         status_failures = 0 WHERE tenant = $1 AND id = $2",
    )
    .bind(tenant)
    .bind(inspection_id.to_string())
    .bind(millis(at))
    .execute(writing.connection())
    .await?;
    Ok(())
}

fn due(row: &SqliteRow) -> Result<StatusDue, StoreError> {
    let columns = Columns::new("inspections", row);
    Ok(StatusDue {
        inspection_id: columns.id("id")?,
        account: columns.get("account")?,
        environment: columns.get("environment")?,
        token_uid: columns.get("token_uid")?,
        calls: columns.get("status_calls")?,
        failures: columns.get("status_failures")?,
    })
}

/// The condition of a [`PollQuery`], as `$1` to `$5`.
macro_rules! polled {
    () => {
        "tenant = $1 AND vendor = $2 AND expired = 0 AND (expires_at IS NULL OR expires_at > $4) \
         AND (status_code <> $3 OR (polls < $5 AND NOT EXISTS \
         (SELECT 1 FROM reports r WHERE r.inspection_id = inspections.id)))"
    };
}

fn poll(row: &SqliteRow) -> Result<PollDue, StoreError> {
    let columns = Columns::new("inspections", row);
    Ok(PollDue {
        inspection_id: columns.id("id")?,
        account: columns.get("account")?,
        environment: columns.get("environment")?,
        token_uid: columns.get("token_uid")?,
        status_code: columns.get("status_code")?,
        polls: columns.get("polls")?,
    })
}

#[async_trait]
impl Statuses for SqliteStore {
    async fn statuses_due(
        &self,
        tenant: &str,
        vendor: &str,
        now: DateTime<Utc>,
        after: Option<Uuid>,
        first: usize,
    ) -> Result<Vec<StatusDue>, StoreError> {
        let rows = sqlx::query(
            "SELECT id, account, environment, token_uid, status_calls, status_failures FROM inspections \
             WHERE tenant = $1 AND vendor = $2 AND status_due <= $3 AND id > $4 ORDER BY id LIMIT $5",
        )
        .bind(tenant)
        .bind(vendor)
        .bind(millis(now))
        .bind(after.map(|id| id.to_string()).unwrap_or_default())
        .bind(limit(first))
        .fetch_all(&self.readers)
        .await?;
        rows.iter().map(due).collect()
    }

    async fn next_status_due(&self, tenant: &str, vendor: &str) -> Result<Option<DateTime<Utc>>, StoreError> {
        let row = sqlx::query(
            "SELECT min(status_due) AS status_due FROM inspections \
             WHERE tenant = $1 AND vendor = $2 AND status_due IS NOT NULL",
        )
        .bind(tenant)
        .bind(vendor)
        .fetch_one(&self.readers)
        .await?;
        Columns::new("inspections", &row).time_if_any("status_due")
    }

    async fn status_read(&self, tenant: &str, inspection_id: Uuid, calls: i64) -> Result<bool, StoreError> {
        let cleared = sqlx::query(
            "UPDATE inspections SET status_due = NULL, status_failures = 0 \
             WHERE tenant = $1 AND id = $2 AND status_calls = $3",
        )
        .bind(tenant)
        .bind(inspection_id.to_string())
        .bind(calls)
        .execute(&self.writer)
        .await?;
        Ok(cleared.rows_affected() > 0)
    }

    async fn put_off_status(
        &self,
        tenant: &str,
        inspection_id: Uuid,
        calls: i64,
        until: DateTime<Utc>,
    ) -> Result<bool, StoreError> {
        let put_off = sqlx::query(
            "UPDATE inspections SET status_due = $4, status_failures = status_failures + 1 \
             WHERE tenant = $1 AND id = $2 AND status_calls = $3",
        )
        .bind(tenant)
        .bind(inspection_id.to_string())
        .bind(calls)
        .bind(millis(until))
        .execute(&self.writer)
        .await?;
        Ok(put_off.rows_affected() > 0)
    }

    async fn polls_due(&self, query: &PollQuery, now: DateTime<Utc>, first: usize) -> Result<Vec<PollDue>, StoreError> {
        let rows = sqlx::query(concat!(
            "SELECT id, account, environment, token_uid, status_code, polls FROM inspections WHERE ",
            polled!(),
            " AND coalesce(poll_due, seen_at + $6) <= $7 ORDER BY coalesce(poll_due, seen_at + $6), id LIMIT $8"
        ))
        .bind(&query.tenant)
        .bind(&query.vendor)
        .bind(query.finished)
        .bind(millis(query.expiring_after))
        .bind(query.most_for_report)
        .bind(query.first_millis)
        .bind(millis(now))
        .bind(limit(first))
        .fetch_all(&self.readers)
        .await?;
        rows.iter().map(poll).collect()
    }

    async fn next_poll_due(&self, query: &PollQuery) -> Result<Option<DateTime<Utc>>, StoreError> {
        let row = sqlx::query(concat!(
            "SELECT min(coalesce(poll_due, seen_at + $6)) AS poll_due FROM inspections WHERE ",
            polled!()
        ))
        .bind(&query.tenant)
        .bind(&query.vendor)
        .bind(query.finished)
        .bind(millis(query.expiring_after))
        .bind(query.most_for_report)
        .bind(query.first_millis)
        .fetch_one(&self.readers)
        .await?;
        Columns::new("inspections", &row).time_if_any("poll_due")
    }

    async fn polled(&self, tenant: &str, poll: &PollDue, next: DateTime<Utc>) -> Result<(), StoreError> {
        sqlx::query(
            "UPDATE inspections SET poll_due = $4, polls = polls + 1 \
             WHERE tenant = $1 AND id = $2 AND status_code = $3",
        )
        .bind(tenant)
        .bind(poll.inspection_id.to_string())
        .bind(poll.status_code)
        .bind(millis(next))
        .execute(&self.writer)
        .await?;
        Ok(())
    }
}
