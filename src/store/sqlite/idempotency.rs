//! The journal of creations in `SQLite`.

use async_trait::async_trait;
use chrono::{DateTime, Utc};
use serde_json::Value;
use sqlx::sqlite::{SqliteConnection, SqliteRow};
use uuid::Uuid;

use super::columns::{Columns, json, limit, millis};
use super::writing::IMMEDIATE;
use super::{SqliteStore, listings, tickets, tokens};
use crate::store::{Begin, Created, Creation, Idempotency, JournalKey, JournalRow, JournalState, StoreError, Trail};

fn journal_row(row: &SqliteRow) -> Result<JournalRow, StoreError> {
    let columns = Columns::new("journal", row);
    let state: &str = columns.get("state")?;
    Ok(JournalRow {
        key: JournalKey {
            tenant: columns.get("tenant")?,
            client: columns.get("client")?,
            mutation: columns.get("mutation")?,
            key: columns.get("key")?,
        },
        input_hash: columns.get("input_hash")?,
        state: JournalState::from_name(state)
            .ok_or_else(|| columns.unreadable("state", "there is no state of this name"))?,
        answer: columns.json_if_any("answer")?,
        subject_id: columns.id_if_any("subject_id")?,
        sought: columns.json_if_any("sought")?,
        created_at: columns.time("created_at")?,
        finished_at: columns.time_if_any("finished_at")?,
    })
}

async fn look_up(connection: &mut SqliteConnection, key: &JournalKey) -> Result<Option<JournalRow>, StoreError> {
    let row = sqlx::query("SELECT * FROM journal WHERE tenant = $1 AND client = $2 AND mutation = $3 AND key = $4")
        .bind(&key.tenant)
        .bind(&key.client)
        .bind(&key.mutation)
        .bind(&key.key)
        .fetch_optional(connection)
        .await?;
    row.as_ref().map(journal_row).transpose()
}

fn taken(known: JournalRow, input_hash: &str) -> Result<Begin, StoreError> {
    if known.input_hash != input_hash {
        return Ok(Begin::Mismatch);
    }
    match known.state {
        JournalState::InFlight => Ok(Begin::InFlight),
        JournalState::Unknown => Ok(Begin::Unknown { since: known.created_at, sought: known.sought }),
        JournalState::Done => {
            let answer = known.answer.ok_or_else(|| StoreError::Corrupt {
                detail: "a key of `journal` is done and has no answer".to_owned(),
                source: None,
            })?;
            Ok(Begin::Done { answer, subject_id: known.subject_id })
        }
    }
}

/// Lets a trail tell of the row that the ledger had already, where it tells of the one that was to be added.
fn rename_subject(trail: &mut Trail, given: Uuid, stored: Uuid) {
    let (given, stored) = (given.to_string(), stored.to_string());
    for entry in trail.timeline.iter_mut().filter(|entry| entry.subject == given) {
        entry.subject.clone_from(&stored);
    }
}

#[async_trait]
impl Idempotency for SqliteStore {
    async fn begin(&self, key: &JournalKey, input_hash: &str, now: DateTime<Utc>) -> Result<Begin, StoreError> {
        let mut transaction = self.writer.begin_with(IMMEDIATE).await?;
        if let Some(known) = look_up(&mut transaction, key).await? {
            return taken(known, input_hash);
        }
        sqlx::query(
            "INSERT INTO journal (tenant, client, mutation, key, input_hash, state, created_at) \
             VALUES ($1, $2, $3, $4, $5, $6, $7)",
        )
        .bind(&key.tenant)
        .bind(&key.client)
        .bind(&key.mutation)
        .bind(&key.key)
        .bind(input_hash)
        .bind(JournalState::InFlight.as_str())
        .bind(millis(now))
        .execute(&mut *transaction)
        .await?;
        transaction.commit().await?;
        Ok(Begin::New)
    }

    async fn note_sought(&self, key: &JournalKey, sought: Value) -> Result<bool, StoreError> {
        let noted = sqlx::query(
            "UPDATE journal SET sought = $5 \
             WHERE tenant = $1 AND client = $2 AND mutation = $3 AND key = $4 AND state = 'in_flight'",
        )
        .bind(&key.tenant)
        .bind(&key.client)
        .bind(&key.mutation)
        .bind(&key.key)
        .bind(json(&sought))
        .execute(&self.writer)
        .await?;
        Ok(noted.rows_affected() > 0)
    }

    async fn finish_creation(
        &self,
        key: &JournalKey,
        answer: Value,
        creation: Creation,
        now: DateTime<Utc>,
    ) -> Result<Created, StoreError> {
        let mut writing = self.write(now).await?;
        let Creation { inspection, listing, ticket, mut trail } = creation;
        let inspection = match inspection {
            Some(row) => {
                let given = row.id;
                let stored = tokens::upsert(&mut writing, row).await?;
                rename_subject(&mut trail, given, stored.id);
                Some(stored)
            }
            None => None,
        };
        let listing = match listing {
            Some(row) => {
                let given = row.id;
                let stored = listings::upsert(&mut writing, row).await?;
                rename_subject(&mut trail, given, stored.id);
                Some(stored)
            }
            None => None,
        };
        let ticket = match ticket {
            Some(row) => {
                let given = row.id;
                let stored = tickets::keep(&mut writing, row).await?;
                rename_subject(&mut trail, given, stored.id);
                Some(stored)
            }
            None => None,
        };
        let timeline = writing.leave(trail).await?;
        let created = Created { inspection, listing, ticket, timeline };
        let finished = sqlx::query(
            "UPDATE journal SET state = $5, answer = $6, subject_id = $7, finished_at = $8, sought = NULL \
             WHERE tenant = $1 AND client = $2 AND mutation = $3 AND key = $4 AND state <> $5",
        )
        .bind(&key.tenant)
        .bind(&key.client)
        .bind(&key.mutation)
        .bind(&key.key)
        .bind(JournalState::Done.as_str())
        .bind(json(&answer))
        .bind(created.subject_id().map(|id| id.to_string()))
        .bind(millis(now))
        .execute(writing.connection())
        .await?;
        if finished.rows_affected() == 0 {
            return Err(StoreError::Conflict {
                detail: format!("a key of `{}` was never begun or is done already", key.mutation),
            });
        }
        writing.commit().await?;
        Ok(created)
    }

    async fn release(&self, key: &JournalKey) -> Result<bool, StoreError> {
        let released = sqlx::query(
            "DELETE FROM journal WHERE tenant = $1 AND client = $2 AND mutation = $3 AND key = $4 AND state <> 'done'",
        )
        .bind(&key.tenant)
        .bind(&key.client)
        .bind(&key.mutation)
        .bind(&key.key)
        .execute(&self.writer)
        .await?;
        Ok(released.rows_affected() > 0)
    }

    async fn mark_unknown(&self, key: &JournalKey) -> Result<bool, StoreError> {
        let marked = sqlx::query(
            "UPDATE journal SET state = 'unknown' \
             WHERE tenant = $1 AND client = $2 AND mutation = $3 AND key = $4 AND state = 'in_flight'",
        )
        .bind(&key.tenant)
        .bind(&key.client)
        .bind(&key.mutation)
        .bind(&key.key)
        .execute(&self.writer)
        .await?;
        Ok(marked.rows_affected() > 0)
    }

    async fn orphans_to_unknown(&self) -> Result<Vec<JournalRow>, StoreError> {
        let mut transaction = self.writer.begin_with(IMMEDIATE).await?;
        let rows = sqlx::query("UPDATE journal SET state = 'unknown' WHERE state = 'in_flight' RETURNING *")
            .fetch_all(&mut *transaction)
            .await?;
        let mut orphans = rows.iter().map(journal_row).collect::<Result<Vec<_>, _>>()?;
        transaction.commit().await?;
        orphans.sort_by_key(|row| row.created_at);
        Ok(orphans)
    }

    async fn unknown_creations(&self, since: DateTime<Utc>, first: usize) -> Result<Vec<JournalRow>, StoreError> {
        let rows = sqlx::query(
            "SELECT * FROM journal WHERE state = 'unknown' AND created_at >= $1 ORDER BY created_at LIMIT $2",
        )
        .bind(millis(since))
        .bind(limit(first))
        .fetch_all(&self.readers)
        .await?;
        rows.iter().map(journal_row).collect()
    }

    async fn find(&self, key: &JournalKey) -> Result<Option<JournalRow>, StoreError> {
        let mut connection = self.readers.acquire().await?;
        look_up(&mut connection, key).await
    }
}
