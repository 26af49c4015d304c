//! A transaction that numbers its changes.

use chrono::{DateTime, TimeDelta, Utc};
use sqlx::sqlite::{Sqlite, SqliteConnection, SqlitePool};
use sqlx::{Row, Transaction};
use tokio::sync::watch;

use super::columns::millis;
use crate::store::{StoreError, Trail};
use crate::store::{TimelineRow, VehicleTouch};

/// Begins every writing transaction: it waits for other writers instead of failing at its first change.
pub(super) const IMMEDIATE: &str = "BEGIN IMMEDIATE";

/// At most one checkpoint for so many milliseconds.
const CHECKPOINT_MILLIS: i64 = 1_000;

/// Checkpoints older than this are thinned to one for each hour.
const THINNED_AFTER: TimeDelta = TimeDelta::days(30);

const HOUR_MILLIS: i64 = 3_600_000;

/// A transaction that gives each change the next number; dropped before [`Writing::commit`], it leaves nothing.
///
/// Only one such transaction runs at a time, so the numbers grow in the order of commits.
pub(super) struct Writing {
    transaction: Transaction<'static, Sqlite>,
    now: DateTime<Utc>,
    before: i64,
    last: i64,
    reopened: watch::Sender<u64>,
    has_reopened: bool,
}

impl Writing {
    /// Begins one; `reopened` hears of it when it has made deliveries due that had come before.
    pub(super) async fn begin(
        writer: &SqlitePool,
        reopened: watch::Sender<u64>,
        now: DateTime<Utc>,
    ) -> Result<Self, StoreError> {
        let mut transaction = writer.begin_with(IMMEDIATE).await?;
        let last =
            sqlx::query_scalar("SELECT last FROM change_sequence WHERE id = 1").fetch_one(&mut *transaction).await?;
        Ok(Self { transaction, now, before: last, last, reopened, has_reopened: false })
    }

    pub(super) fn connection(&mut self) -> &mut SqliteConnection {
        &mut self.transaction
    }

    /// When the changes are made.
    pub(super) const fn now(&self) -> DateTime<Utc> {
        self.now
    }

    /// Notes that deliveries were made due which had come before.
    pub(super) fn has_reopened(&mut self) {
        self.has_reopened = true;
    }

    /// The number that the next change will get, for a change that may turn out to be none.
    pub(super) const fn peek_seq(&self) -> i64 {
        self.last + 1
    }

    /// The number for the next change.
    pub(super) fn next_seq(&mut self) -> i64 {
        self.last += 1;
        self.last
    }

    /// Writes a trail and returns the timeline entries that were new.
    pub(super) async fn leave(&mut self, trail: Trail) -> Result<Vec<TimelineRow>, StoreError> {
        let Trail { timeline, vehicles } = trail;
        self.touch_all(vehicles).await?;
        self.append_all(timeline).await
    }

    /// Merges touches and returns how many rows changed.
    pub(super) async fn touch_all(&mut self, touches: Vec<VehicleTouch>) -> Result<u64, StoreError> {
        let mut changed = 0;
        for touch in touches {
            changed += u64::from(super::index::touch(self, touch).await?);
        }
        Ok(changed)
    }

    /// Adds timeline entries and returns those that were new.
    pub(super) async fn append_all(&mut self, entries: Vec<TimelineRow>) -> Result<Vec<TimelineRow>, StoreError> {
        let mut added = Vec::with_capacity(entries.len());
        for entry in entries {
            added.extend(super::timeline::append(self, entry).await?);
        }
        Ok(added)
    }

    /// Makes all changes durable.
    pub(super) async fn commit(mut self) -> Result<(), StoreError> {
        if self.last != self.before {
            sqlx::query("UPDATE change_sequence SET last = $1 WHERE id = 1")
                .bind(self.last)
                .execute(&mut *self.transaction)
                .await?;
            // a clock that was set back adds no checkpoint until it has caught up, so checkpoints stay in order
            sqlx::query(
                "INSERT INTO change_checkpoints (at, seq) SELECT $1, $2 \
                 WHERE NOT EXISTS (SELECT 1 FROM change_checkpoints WHERE at > $1 - $3)",
            )
            .bind(millis(self.now))
            .bind(self.before)
            .bind(CHECKPOINT_MILLIS)
            .execute(&mut *self.transaction)
            .await?;
        }
        self.transaction.commit().await?;
        if self.has_reopened {
            self.reopened.send_modify(|count| *count += 1);
        }
        Ok(())
    }
}

/// The number below every change that was made at or after `time`.
///
/// A change has a checkpoint in the second before it (in the hour and second before it, where checkpoints were
/// thinned); so the first checkpoint later than `time` less that span lies before every change in question.
pub(super) async fn seq_at(readers: &SqlitePool, time: DateTime<Utc>) -> Result<i64, StoreError> {
    let row = sqlx::query(
        "SELECT coalesce((SELECT c.seq FROM change_checkpoints c \
           WHERE c.at > $1 - CASE WHEN $1 - $2 < s.thinned_before THEN $2 + $3 ELSE $2 END \
           ORDER BY c.at LIMIT 1), s.last) AS seq \
         FROM change_sequence s WHERE s.id = 1",
    )
    .bind(millis(time))
    .bind(CHECKPOINT_MILLIS)
    .bind(HOUR_MILLIS)
    .fetch_one(readers)
    .await?;
    Ok(row.try_get("seq")?)
}

/// Keeps only the first checkpoint of each hour that is long past.
pub(super) async fn thin_checkpoints(connection: &mut SqliteConnection, now: DateTime<Utc>) -> Result<(), StoreError> {
    let before = millis(now - THINNED_AFTER).div_euclid(HOUR_MILLIS) * HOUR_MILLIS;
    let from: i64 = sqlx::query_scalar("SELECT thinned_before FROM change_sequence WHERE id = 1")
        .fetch_one(&mut *connection)
        .await?;
    if before <= from {
        return Ok(());
    }
    sqlx::query(
        "DELETE FROM change_checkpoints WHERE at >= $1 AND at < $2 \
         AND at NOT IN (SELECT min(at) FROM change_checkpoints WHERE at >= $1 AND at < $2 GROUP BY at / $3)",
    )
    .bind(from)
    .bind(before)
    .bind(HOUR_MILLIS)
    .execute(&mut *connection)
    .await?;
    sqlx::query("UPDATE change_sequence SET thinned_before = $1 WHERE id = 1")
        .bind(before)
        .execute(&mut *connection)
        .await?;
    Ok(())
}
