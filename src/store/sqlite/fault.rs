//! `SQLite`'s errors in the words of the port.

use sqlx::error::DatabaseError;
use sqlx::sqlite::SqliteError;

use crate::store::StoreError;

// the primary result codes of SQLite that mean something to us
const BUSY: i64 = 5;
const LOCKED: i64 = 6;
const CORRUPT: i64 = 11;
const NOT_A_DATABASE: i64 = 26;

impl From<sqlx::Error> for StoreError {
    fn from(error: sqlx::Error) -> Self {
        if matches!(error, sqlx::Error::PoolTimedOut) {
            return Self::Busy { source: Some(error) };
        }
        match error.as_database_error().and_then(primary_code) {
            Some(BUSY | LOCKED) => Self::Busy { source: Some(error) },
            Some(CORRUPT) => Self::corrupt("the database file is malformed", error),
            Some(NOT_A_DATABASE) => Self::corrupt("the file `forecourt.db` is no database", error),
            _ => Self::Database { source: error },
        }
    }
}

/// `SQLite`'s result code without the bits of its extended form.
fn primary_code(error: &dyn DatabaseError) -> Option<i64> {
    let code: i64 = error.try_downcast_ref::<SqliteError>()?.code()?.parse().ok()?;
    Some(code & 0xff)
}
