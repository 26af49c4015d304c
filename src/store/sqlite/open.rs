//! Opening the database: directory, lock, version, migrations, connections.

use std::fs::{DirBuilder, OpenOptions};
use std::path::Path;
use std::time::Duration;

use sqlx::migrate::{MigrateError, Migrator};
use sqlx::sqlite::{SqliteConnectOptions, SqliteJournalMode, SqlitePool, SqlitePoolOptions, SqliteSynchronous};
use tokio::sync::watch;

use super::lock::DirectoryLock;
use super::{Access, SqliteStore};
use crate::store::StoreError;

static MIGRATIONS: Migrator = sqlx::migrate!("src/store/migrations");

/// Readers beside the one writer; a query holds one for well under a millisecond.
const READERS: u32 = 4;

/// How long a writer waits for another process before it gives up.
const BUSY_TIMEOUT: Duration = Duration::from_secs(5);

/// How long a call waits for a connection: longer than the busy time-out, so that one stuck write is not two errors.
const ACQUIRE_TIMEOUT: Duration = Duration::from_secs(10);

impl SqliteStore {
    /// Opens the store in `directory`, which is made when it is missing, readable by its owner only.
    ///
    /// To serve, the directory's lock is taken for as long as the store is open, and the schema is brought up to date.
    /// A tool does the same when nobody serves, and gives the lock back at once; beside a running gateway it takes
    /// the database as it is.
    ///
    /// # Errors
    /// [`StoreError::Locked`] to serve from a directory that is served, [`StoreError::NewerSchema`] and
    /// [`StoreError::OlderSchema`] for a database of another version, [`StoreError::Io`] and [`StoreError::Corrupt`]
    /// for files that cannot be used.
    pub async fn open(directory: &Path, access: Access) -> Result<Self, StoreError> {
        create_directory(directory)?;
        let lock = DirectoryLock::try_take(directory)?;
        if lock.is_none() && access == Access::Serve {
            return Err(StoreError::Locked { directory: directory.to_path_buf() });
        }
        let path = directory.join("forecourt.db");
        if lock.is_some() {
            create_file(&path)?;
        } else if !path.exists() {
            // the gateway that has the lock is only just making the database
            return Err(older_schema(directory, 0));
        }

        let options = options(&path);
        let writer = pool(1).connect_with(options.clone()).await?;
        let found = version(&writer).await?;
        let known = newest_known();
        if found > known {
            return Err(StoreError::NewerSchema { directory: directory.to_path_buf(), found, known });
        }
        if lock.is_some() {
            MIGRATIONS.run(&writer).await.map_err(migration_fault)?;
        } else if found < known {
            return Err(older_schema(directory, found));
        }

        let readers = pool(READERS).connect_with(options.pragma("query_only", "ON")).await?;
        Ok(Self {
            directory: directory.to_path_buf(),
            writer,
            readers,
            reopened: watch::Sender::new(0),
            lock: lock.filter(|_| access == Access::Serve),
        })
    }
}

/// The version of the schema in the database; 0 when it is empty.
pub(super) async fn version(pool: &SqlitePool) -> Result<i64, StoreError> {
    let migrated: bool = sqlx::query_scalar(
        "SELECT EXISTS (SELECT 1 FROM sqlite_master WHERE type = 'table' AND name = '_sqlx_migrations')",
    )
    .fetch_one(pool)
    .await?;
    if !migrated {
        return Ok(0);
    }
    let version: Option<i64> = sqlx::query_scalar("SELECT max(version) FROM _sqlx_migrations").fetch_one(pool).await?;
    Ok(version.unwrap_or(0))
}

/// The settings of every connection.
pub(super) fn options(path: &Path) -> SqliteConnectOptions {
    SqliteConnectOptions::new()
        .filename(path)
        .journal_mode(SqliteJournalMode::Wal)
        .synchronous(SqliteSynchronous::Full)
        .foreign_keys(true)
        .busy_timeout(BUSY_TIMEOUT)
}

fn pool(size: u32) -> SqlitePoolOptions {
    SqlitePoolOptions::new()
        .max_connections(size)
        .acquire_timeout(ACQUIRE_TIMEOUT)
        .idle_timeout(None)
        .max_lifetime(None)
}

fn newest_known() -> i64 {
    MIGRATIONS.iter().map(|migration| migration.version).max().unwrap_or(0)
}

fn older_schema(directory: &Path, found: i64) -> StoreError {
    StoreError::OlderSchema { directory: directory.to_path_buf(), found, known: newest_known() }
}

fn create_directory(directory: &Path) -> Result<(), StoreError> {
    let mut builder = DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    {
        use std::os::unix::fs::DirBuilderExt;
        builder.mode(0o700);
    }
    builder.create(directory).map_err(|source| StoreError::Io {
        action: "create",
        path: directory.to_path_buf(),
        source,
    })
}

/// Makes the database file before `SQLite` does, which would make it readable for everybody.
fn create_file(path: &Path) -> Result<(), StoreError> {
    let mut options = OpenOptions::new();
    options.write(true).create(true).truncate(false);
    #[cfg(unix)]
    {
        use std::os::unix::fs::OpenOptionsExt;
        options.mode(0o600);
    }
    options.open(path).map(drop).map_err(|source| StoreError::Io { action: "open", path: path.to_path_buf(), source })
}

fn migration_fault(error: MigrateError) -> StoreError {
    if let MigrateError::VersionMismatch(version) = error {
        return StoreError::corrupt(format!("migration {version} is not the one that this gateway knows"), error);
    }
    sqlx::Error::from(error).into()
}
