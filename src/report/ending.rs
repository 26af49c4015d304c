//! How a table ended.

use std::collections::BTreeMap;

use chrono::DateTime;
use chrono::Utc;
use serde::Deserialize;
use serde::Serialize;

use crate::report::fault::Fault;

/// Whether a table is whole.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum Outcome {
    /// Everything is there.
    Complete,
    /// Parts could not be read; the faults name them.
    Incomplete,
    /// The bound on rows was met; there are more.
    Capped,
}

impl Outcome {
    /// The name that readers see.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Complete => "COMPLETE",
            Self::Incomplete => "INCOMPLETE",
            Self::Capped => "CAPPED",
        }
    }
}

/// What is told at the end of a table.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Ending {
    /// Whether the table is whole.
    pub outcome: Outcome,
    /// How many rows it has.
    pub rows: u64,
    /// What is missing; alike faults are counted, not repeated.
    pub faults: Vec<Fault>,
    /// Personal data that the client's scopes leave out, as `Type.field`.
    pub masked: Vec<String>,
    /// When the oldest of each vendor's answers in it was asked for; the cache may have given it.
    #[serde(default, rename = "readFrom", skip_serializing_if = "BTreeMap::is_empty")]
    pub read_from: BTreeMap<String, DateTime<Utc>>,
}

impl Ending {
    /// Whether the table has ended before it began.
    #[must_use]
    pub fn has_nothing(&self) -> bool {
        self.outcome == Outcome::Incomplete && self.rows == 0 && self.faults.iter().any(|fault| fault.loses_rows)
    }
}
