//! Columns as Rust values and back: times as milliseconds, ids and JSON as text.

use chrono::{DateTime, Utc};
use serde::Serialize;
use serde::de::DeserializeOwned;
use sqlx::sqlite::{Sqlite, SqliteRow};
use sqlx::{Decode, Row, Type};
use uuid::Uuid;

use crate::store::StoreError;

/// Reads the columns of one row and names the one that cannot be read.
pub(super) struct Columns<'r> {
    table: &'static str,
    row: &'r SqliteRow,
}

impl<'r> Columns<'r> {
    pub(super) fn new(table: &'static str, row: &'r SqliteRow) -> Self {
        Self { table, row }
    }

    /// A number, text, flag or bytes; an `Option` of it where the column may be null.
    pub(super) fn get<T: Decode<'r, Sqlite> + Type<Sqlite>>(&self, column: &str) -> Result<T, StoreError> {
        self.row.try_get(column).map_err(|error| self.unreadable(column, error))
    }

    pub(super) fn time(&self, column: &str) -> Result<DateTime<Utc>, StoreError> {
        self.to_time(column, self.get(column)?)
    }

    pub(super) fn time_if_any(&self, column: &str) -> Result<Option<DateTime<Utc>>, StoreError> {
        self.get::<Option<i64>>(column)?.map(|millis| self.to_time(column, millis)).transpose()
    }

    pub(super) fn id(&self, column: &str) -> Result<Uuid, StoreError> {
        self.to_id(column, self.get(column)?)
    }

    pub(super) fn id_if_any(&self, column: &str) -> Result<Option<Uuid>, StoreError> {
        self.get::<Option<&str>>(column)?.map(|text| self.to_id(column, text)).transpose()
    }

    pub(super) fn json<T: DeserializeOwned>(&self, column: &str) -> Result<T, StoreError> {
        self.to_json(column, self.get(column)?)
    }

    pub(super) fn json_if_any<T: DeserializeOwned>(&self, column: &str) -> Result<Option<T>, StoreError> {
        self.get::<Option<&str>>(column)?.map(|text| self.to_json(column, text)).transpose()
    }

    /// A column whose text or bytes mean nothing to us.
    pub(super) fn unreadable(
        &self,
        column: &str,
        source: impl Into<Box<dyn std::error::Error + Send + Sync>>,
    ) -> StoreError {
        StoreError::corrupt(format!("a value of `{}.{column}` cannot be read", self.table), source)
    }

    fn to_time(&self, column: &str, millis: i64) -> Result<DateTime<Utc>, StoreError> {
        DateTime::from_timestamp_millis(millis)
            .ok_or_else(|| self.unreadable(column, "the time is outside the calendar"))
    }

    fn to_id(&self, column: &str, text: &str) -> Result<Uuid, StoreError> {
        Uuid::try_parse(text).map_err(|error| self.unreadable(column, error))
    }

    fn to_json<T: DeserializeOwned>(&self, column: &str, text: &str) -> Result<T, StoreError> {
        serde_json::from_str(text).map_err(|error| self.unreadable(column, error))
    }
}

/// A time as it stands in the database.
pub(super) fn millis(time: DateTime<Utc>) -> i64 {
    time.timestamp_millis()
}

/// A value as JSON text: what a column keeps, or a list of keys for `json_each`.
pub(super) fn json<T: Serialize + ?Sized>(value: &T) -> String {
    serde_json::to_string(value).expect("our rows and keys have text keys only, which is all that JSON asks for")
}

/// A list length as SQL takes it.
pub(super) fn limit(count: usize) -> i64 {
    i64::try_from(count).unwrap_or(i64::MAX)
}

/// A count as SQL gives it; counts are never negative.
pub(super) fn count(count: i64) -> u64 {
    u64::try_from(count).unwrap_or(0)
}
