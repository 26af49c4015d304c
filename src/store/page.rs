//! Pages that are cut by key, so that a late page costs what the first one costs.

use chrono::{DateTime, Utc};
use uuid::Uuid;

/// One page of rows.
#[derive(Clone, Debug, PartialEq)]
pub struct Page<T> {
    /// The rows, in the order that was asked for.
    pub rows: Vec<T>,
    /// Whether rows follow after the last one.
    pub has_next: bool,
}

impl<T> Page<T> {
    /// Cuts `rows`, read with one row more than `first`, to a page.
    #[must_use]
    pub fn cut(mut rows: Vec<T>, first: usize) -> Self {
        let has_next = rows.len() > first;
        rows.truncate(first);
        Self { rows, has_next }
    }

    /// Turns every row into something else.
    #[must_use]
    pub fn map<U>(self, turn: impl FnMut(T) -> U) -> Page<U> {
        Page { rows: self.rows.into_iter().map(turn).collect(), has_next: self.has_next }
    }
}

/// The place of a row in a list that runs from the newest row to the oldest.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct CreatedCursor {
    /// When the row's thing was made.
    pub at: DateTime<Utc>,
    /// The row's id, which decides between rows of one moment.
    pub id: Uuid,
}
