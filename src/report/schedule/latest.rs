//! What stands beside the extracts of a schedule about the last one, for readers and for the next one.

use chrono::DateTime;
use chrono::Utc;
use serde::Deserialize;
use serde::Serialize;
use uuid::Uuid;

/// The name of its file. It begins as all but extracts do, so that readers of whole folders pass it over.
pub(super) const LATEST: &str = "_latest.json";

/// The last extract of a schedule.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Latest {
    /// Its run.
    pub(super) run: Uuid,
    /// When it was begun.
    pub(super) started_at: DateTime<Utc>,
    /// Its file in the folder of the schedule.
    pub(super) file: String,
    /// Its manifest in the folder of the schedule.
    pub(super) manifest: String,
    /// Up to which change everything has been laid down, by this one or those before it; none before the first whole one.
    pub(super) changes: Option<String>,
}

impl Latest {
    /// Where the extract `run` stands, which was begun at `started_at`.
    pub(super) fn new(run: Uuid, started_at: DateTime<Utc>, changes: Option<String>) -> Self {
        let folder = started_at.format("date=%Y-%m-%d");
        let (file, manifest) = (format!("{folder}/{run}.parquet"), format!("{folder}/_{run}.json"));
        Self { run, started_at, file, manifest, changes }
    }
}
