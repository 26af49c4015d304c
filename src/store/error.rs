//! What can go wrong with the store, in words that say what to do.

use std::path::PathBuf;

use crate::error::Error;

/// A failed call to the store.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    /// Another writer held the database for too long; nothing was written.
    #[error("the ledger is busy; nothing was written, try again (a backup or another tool may be holding it)")]
    Busy {
        /// The technical cause.
        #[source]
        source: Option<sqlx::Error>,
    },
    /// A row or the file itself cannot be read.
    #[error("the ledger is damaged: {detail}; stop the gateway and restore the last backup")]
    Corrupt {
        /// What cannot be read: a table, a column or the file.
        detail: String,
        /// The technical cause.
        #[source]
        source: Option<Box<dyn std::error::Error + Send + Sync>>,
    },
    /// The database was written by a newer gateway.
    #[error(
        "the ledger in `{directory}` has schema version {found} and this gateway knows {known}; \
         start the newer gateway again, or restore a backup that was made before the upgrade"
    )]
    NewerSchema {
        /// The data directory.
        directory: PathBuf,
        /// The version in the database.
        found: i64,
        /// The newest version that this gateway knows.
        known: i64,
    },
    /// The database is being served by an older gateway, so a tool must not migrate it.
    #[error(
        "the ledger in `{directory}` has schema version {found} and this tool needs {known}, but a running gateway \
         holds it; use the tool of that gateway's version, or stop the gateway first"
    )]
    OlderSchema {
        /// The data directory.
        directory: PathBuf,
        /// The version in the database.
        found: i64,
        /// The version that the tool needs.
        known: i64,
    },
    /// Another process serves from the same data directory.
    #[error(
        "another process serves from the data directory `{directory}`; stop it, or give this one a directory of its own"
    )]
    Locked {
        /// The data directory.
        directory: PathBuf,
    },
    /// A file or directory cannot be used.
    #[error("cannot {action} `{path}`; check that it exists, its permissions and the free space")]
    Io {
        /// What was tried, such as `create`.
        action: &'static str,
        /// The file or directory.
        path: PathBuf,
        /// The technical cause.
        #[source]
        source: std::io::Error,
    },
    /// The call contradicts what the store holds, such as an answer for a key that was never begun.
    #[error("the ledger refused the change: {detail}")]
    Conflict {
        /// What contradicts what.
        detail: String,
    },
    /// The database failed in another way.
    #[error("the ledger failed; check the free space and permissions of the data directory")]
    Database {
        /// The technical cause.
        #[source]
        source: sqlx::Error,
    },
}

impl StoreError {
    /// Whether the same call may succeed when it is made again.
    #[must_use]
    pub const fn is_temporary(&self) -> bool {
        matches!(self, Self::Busy { .. })
    }

    /// A row that cannot be read, with the place and the cause.
    pub(crate) fn corrupt(
        detail: impl Into<String>,
        source: impl Into<Box<dyn std::error::Error + Send + Sync>>,
    ) -> Self {
        Self::Corrupt { detail: detail.into(), source: Some(source.into()) }
    }
}

impl From<StoreError> for Error {
    /// A client meets a bug of ours, retryable when the store was only busy; the log gets the cause.
    fn from(error: StoreError) -> Self {
        let retryable = error.is_temporary();
        Self { retryable, ..Self::internal(error) }
    }
}
