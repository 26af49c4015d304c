//! What is missing from a table, and why.

use serde::Deserialize;
use serde::Serialize;

/// A part that could not be read; its cells are empty, or its rows are missing.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Fault {
    /// The response keys on the way to the part, joined by `.`, without positions in lists; a connection's
    /// `nodes`, `edges` and `node` are left out.
    pub path: String,
    /// The code of the error, as the graph has it.
    pub code: String,
    /// What happened.
    pub message: String,
    /// The vendor whose part it is, if one is to blame.
    pub vendor: Option<String>,
    /// Whether rows are missing, not only cells.
    pub loses_rows: bool,
    /// How many times it happened.
    pub count: u64,
}
