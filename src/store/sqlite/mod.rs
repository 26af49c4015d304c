//! The store on one `SQLite` file, for one process at a time.
//!
//! One connection writes, a few read. Every write is `BEGIN IMMEDIATE`, since a transaction that reads first and
//! writes later fails at once when another process has written in between, whatever the busy time-out says.
//! SQL is static text with numbered placeholders; a list of keys goes in as one JSON array. A look-up by keys is
//! written as keys `CROSS JOIN` table, which fixes the order of the loops: left alone, the planner would rather walk
//! all rows of a tenant than look up each key. A `+` before a column keeps it out of the choice of an index.

mod api_keys;
mod changes;
mod columns;
mod deliveries;
mod fault;
mod forwards;
mod garage_sessions;
mod idempotency;
mod inbox;
mod index;
mod index_list;
mod listings;
mod lock;
mod maintenance;
mod open;
mod orphans;
#[cfg(test)]
mod plan;
mod reports;
mod ripple;
mod statuses;
mod tickets;
mod timeline;
mod token_list;
mod tokens;
mod writing;

use std::path::PathBuf;

use chrono::{DateTime, Utc};
use sqlx::sqlite::SqlitePool;
use tokio::sync::watch;

use super::StoreError;
use lock::DirectoryLock;
use writing::Writing;

/// What a process wants with the data directory.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Access {
    /// Serve from it, as the only process that does.
    Serve,
    /// Do one thing and leave, beside a gateway that may be running.
    Tool,
}

/// The store on the file `forecourt.db` of a data directory.
#[derive(Debug)]
pub struct SqliteStore {
    directory: PathBuf,
    writer: SqlitePool,
    readers: SqlitePool,
    /// Counts the transactions that made deliveries due which had come before.
    reopened: watch::Sender<u64>,
    /// Held while serving; let go when the store is closed or dropped.
    lock: Option<DirectoryLock>,
}

impl SqliteStore {
    /// The data directory.
    #[must_use]
    pub fn directory(&self) -> &std::path::Path {
        &self.directory
    }

    /// Begins a transaction that changes ledger, index or timeline rows; `now` is the time of the change itself, not of
    /// what it tells of.
    async fn write(&self, now: DateTime<Utc>) -> Result<Writing, StoreError> {
        Writing::begin(&self.writer, self.reopened.clone(), now).await
    }
}
