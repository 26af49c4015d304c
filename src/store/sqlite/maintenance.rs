//! Health, backup and expiry in `SQLite`.

use std::ffi::OsString;
use std::fs::{File, OpenOptions};
use std::io;
use std::path::{Path, PathBuf};

use async_trait::async_trait;
use chrono::{DateTime, TimeDelta, Utc};
use sqlx::{ConnectOptions, Connection, Row};

use super::columns::millis;
use super::writing::{IMMEDIATE, thin_checkpoints};
use super::{SqliteStore, open};
use crate::store::{Expired, Maintenance, Pragmas, StoreError};

const JOURNAL_KEPT: TimeDelta = TimeDelta::days(30);
const DELIVERIES_KEPT: TimeDelta = TimeDelta::days(90);
/// What a session sealed is to be forgotten soon; until then its client hears that it has expired.
const SESSIONS_KEPT: TimeDelta = TimeDelta::days(1);

#[async_trait]
impl Maintenance for SqliteStore {
    async fn pragmas(&self) -> Result<Pragmas, StoreError> {
        let row = sqlx::query(
            "SELECT j.journal_mode, s.synchronous, f.foreign_keys, b.timeout FROM pragma_journal_mode j, \
             pragma_synchronous s, pragma_foreign_keys f, pragma_busy_timeout b",
        )
        .fetch_one(&self.writer)
        .await?;
        Ok(Pragmas {
            journal_mode: row.try_get(0)?,
            synchronous: row.try_get(1)?,
            foreign_keys: row.try_get(2)?,
            busy_timeout_ms: row.try_get(3)?,
        })
    }

    async fn backup(&self, to: &Path) -> Result<(), StoreError> {
        let part = claim(to)?;
        let copied = self.copy_into(&part).await;
        let finished = match copied {
            Ok(()) => finish(part.clone(), to.to_path_buf()).await,
            Err(error) => Err(error),
        };
        if finished.is_err()
            && let Err(error) = std::fs::remove_file(&part)
        {
            tracing::warn!(%error, file = %part.display(), "a broken backup is left behind; remove it");
        }
        finished
    }

    async fn expire(&self, now: DateTime<Utc>) -> Result<Expired, StoreError> {
        let mut transaction = self.writer.begin_with(IMMEDIATE).await?;
        let journal = sqlx::query("DELETE FROM journal WHERE created_at <= $1")
            .bind(millis(now - JOURNAL_KEPT))
            .execute(&mut *transaction)
            .await?;
        let deliveries = sqlx::query("DELETE FROM deliveries WHERE state <> 'received' AND received_at <= $1")
            .bind(millis(now - DELIVERIES_KEPT))
            .execute(&mut *transaction)
            .await?;
        let sessions = sqlx::query("DELETE FROM garage_sessions WHERE expires_at <= $1 OR ended_at <= $1")
            .bind(millis(now - SESSIONS_KEPT))
            .execute(&mut *transaction)
            .await?;
        thin_checkpoints(&mut transaction, now).await?;
        transaction.commit().await?;
        Ok(Expired {
            journal_keys: journal.rows_affected(),
            deliveries: deliveries.rows_affected(),
            garage_sessions: sessions.rows_affected(),
        })
    }

    async fn ping(&self) -> Result<(), StoreError> {
        sqlx::query("SELECT last FROM change_sequence").fetch_one(&self.readers).await?;
        let transaction = self.writer.begin_with(IMMEDIATE).await?;
        transaction.rollback().await?;
        Ok(())
    }

    async fn schema_version(&self) -> Result<i64, StoreError> {
        open::version(&self.readers).await
    }

    async fn close(&self) {
        self.readers.close().await;
        self.writer.close().await;
        if let Some(lock) = &self.lock {
            lock.release();
        }
    }
}

impl SqliteStore {
    /// Copies over a connection of its own, so that neither readers nor the writer wait for it.
    async fn copy_into(&self, file: &Path) -> Result<(), StoreError> {
        let Some(target) = file.to_str() else {
            return Err(unusable("create", file, io::Error::new(io::ErrorKind::InvalidInput, "the path is not UTF-8")));
        };
        let mut connection = open::options(&self.directory.join("forecourt.db")).connect().await?;
        sqlx::query("VACUUM INTO $1").bind(target).execute(&mut connection).await?;
        connection.close().await?;
        Ok(())
    }
}

fn unusable(action: &'static str, path: &Path, source: io::Error) -> StoreError {
    StoreError::Io { action, path: path.to_path_buf(), source }
}

/// Makes the empty file that the copy goes into, readable by its owner only, beside the target it is renamed to later.
fn claim(to: &Path) -> Result<PathBuf, StoreError> {
    match to.try_exists() {
        Ok(false) => {}
        Ok(true) => return Err(unusable("create", to, io::ErrorKind::AlreadyExists.into())),
        Err(source) => return Err(unusable("create", to, source)),
    }
    let mut name = OsString::from(to);
    name.push(".part");
    let part = PathBuf::from(name);
    let mut options = OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    {
        use std::os::unix::fs::OpenOptionsExt;
        options.mode(0o600);
    }
    options.open(&part).map(drop).map_err(|source| unusable("create", &part, source))?;
    Ok(part)
}

/// Brings the copy to the disk and gives it its name, which therefore never names half a backup.
async fn finish(part: PathBuf, to: PathBuf) -> Result<(), StoreError> {
    let work = move || {
        File::open(&part).and_then(|file| file.sync_all()).map_err(|source| unusable("write", &part, source))?;
        std::fs::rename(&part, &to).map_err(|source| unusable("create", &to, source))
    };
    match tokio::task::spawn_blocking(work).await {
        Ok(finished) => finished,
        Err(error) => Err(StoreError::Database { source: sqlx::Error::Io(io::Error::other(error)) }),
    }
}
