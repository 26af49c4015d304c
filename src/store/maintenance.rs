//! Looking after the store: health, backup, and what may be forgotten.

use std::path::Path;

use async_trait::async_trait;
use chrono::{DateTime, Utc};

use super::StoreError;

/// How the writer's connection is set, read back from the database.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Pragmas {
    /// `wal` when readers and the writer do not wait for each other.
    pub journal_mode: String,
    /// 2 is `FULL`: a commit has reached the disk.
    pub synchronous: i64,
    /// Whether references between tables are checked.
    pub foreign_keys: bool,
    /// How long a writer waits for another process, in milliseconds.
    pub busy_timeout_ms: i64,
}

/// What [`Maintenance::expire`] has removed.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Expired {
    /// Keys of the journal.
    pub journal_keys: u64,
    /// Webhook deliveries that had been worked on.
    pub deliveries: u64,
    /// Garage sessions that had expired or were ended.
    pub garage_sessions: u64,
}

/// The part of the store that looks after itself.
#[async_trait]
pub trait Maintenance: Send + Sync {
    /// How the writer's connection is set.
    async fn pragmas(&self) -> Result<Pragmas, StoreError>;

    /// Writes a copy of everything committed so far to a new file, while the store goes on serving.
    ///
    /// # Errors
    /// [`StoreError::Io`] if the file exists already or cannot be made.
    async fn backup(&self, to: &Path) -> Result<(), StoreError>;

    /// Removes journal keys that were begun 30 days before `now` or earlier, deliveries that came 90 days before `now` or
    /// earlier and have been worked on, and garage sessions that ended a day before `now` or earlier.
    async fn expire(&self, now: DateTime<Utc>) -> Result<Expired, StoreError>;

    /// Asks the database for a sign of life, for reading and for writing.
    async fn ping(&self) -> Result<(), StoreError>;

    /// The version of the database's schema.
    async fn schema_version(&self) -> Result<i64, StoreError>;

    /// Ends all connections once their work is done; every later call fails.
    async fn close(&self);
}
