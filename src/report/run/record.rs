//! What is known of a run: as it stands on the disk, and as its owner is told.

use std::collections::BTreeMap;

use chrono::DateTime;
use chrono::Utc;
use serde::Deserialize;
use serde::Serialize;
use serde_json::Value;
use uuid::Uuid;

use super::identity::Identity;
use super::identity::Owner;
use super::identity::digest;
use crate::report::column::Column;
use crate::report::ending::Ending;
use crate::report::ending::Outcome;
use crate::report::fault::Fault;
use crate::report::format::Format;
use crate::report::project::Projection;

/// The most files that a run is kept in; every choice of columns makes one.
const MOST_FILES: usize = 16;

/// A run as it stands on the disk.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(super) struct Record {
    pub(super) run: Uuid,
    pub(super) owner: Owner,
    pub(super) identity: Identity,
    pub(super) report: String,
    pub(super) parameters: BTreeMap<String, Value>,
    /// The most rows that were asked for.
    pub(super) limit: Option<u64>,
    pub(super) columns: Vec<Column>,
    /// The vendors of the accounts that the owner sees.
    pub(super) vendors: Vec<String>,
    pub(super) started_at: DateTime<Utc>,
    /// The latest change of the tenant's lists when it started; none before its first page.
    pub(super) changes: Option<i64>,
    pub(super) finished_at: Option<DateTime<Utc>>,
    pub(super) ending: Option<Ending>,
    pub(super) files: Vec<Stored>,
}

/// A run written in one format.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Stored {
    /// The ending of the file's name.
    pub format: String,
    /// The columns that it has, in their order; none when it has all of the run's.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub columns: Option<Vec<String>>,
    /// Its length.
    pub bytes: u64,
    /// The SHA-256 of its bytes in hexadecimal.
    pub sha256: String,
}

impl Stored {
    /// Its name in the folder of its run.
    pub(super) fn file_name(&self) -> String {
        let Some(columns) = &self.columns else { return format!("table.{}", self.format) };
        let columns = columns.iter().map(String::as_str).collect::<Vec<_>>();
        format!("table-{}.{}", digest(&columns), self.format)
    }
}

/// A run as its owner is told.
#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Manifest {
    run: Uuid,
    report: String,
    parameters: BTreeMap<String, Value>,
    limit: Option<u64>,
    columns: Vec<Column>,
    started_at: DateTime<Utc>,
    /// None while it is not finished, as all that is known only then.
    finished_at: Option<DateTime<Utc>>,
    outcome: Option<Outcome>,
    rows: Option<u64>,
    faults: Vec<Fault>,
    masked: Vec<String>,
    files: Vec<Stored>,
    /// Up to where nothing is missing; none unless the run is complete.
    complete_through: Option<CompleteThrough>,
}

/// Up to where a complete run has everything: where the next increment goes on.
#[derive(Clone, Debug, Serialize)]
struct CompleteThrough {
    /// The change token of the moment at which the run started.
    changes: String,
    vendors: BTreeMap<String, ReadFrom>,
}

/// How new a vendor's answers are at least.
#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "camelCase")]
struct ReadFrom {
    read_from: DateTime<Utc>,
}

/// A run in the list of its owner's.
#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Line {
    run: Uuid,
    parameters: BTreeMap<String, Value>,
    started_at: DateTime<Utc>,
    finished_at: Option<DateTime<Utc>>,
    outcome: Option<Outcome>,
    rows: Option<u64>,
}

impl Record {
    pub(super) fn manifest(self) -> Manifest {
        let complete_through = self.complete_through();
        let (outcome, rows) = (self.outcome(), self.rows());
        let (faults, masked) = self.ending.map(|ending| (ending.faults, ending.masked)).unwrap_or_default();
        Manifest {
            run: self.run,
            report: self.report,
            parameters: self.parameters,
            limit: self.limit,
            columns: self.columns,
            started_at: self.started_at,
            finished_at: self.finished_at,
            outcome,
            rows,
            faults,
            masked,
            files: self.files,
            complete_through,
        }
    }

    pub(super) fn line(self) -> Line {
        let (outcome, rows) = (self.outcome(), self.rows());
        let Self { run, parameters, started_at, finished_at, .. } = self;
        Line { run, parameters, started_at, finished_at, outcome, rows }
    }

    /// The file in `format` with the columns of `projection`, if the run was written so.
    pub(super) fn stored(&self, format: Format, projection: &Projection) -> Option<&Stored> {
        let columns = projection.chosen();
        self.files.iter().find(|file| file.format == format.extension() && file.columns == columns)
    }

    /// Notes a file; gives the one that must go because there are too many now.
    pub(super) fn add(&mut self, file: Stored) -> Option<Stored> {
        self.files.push(file);
        // What goes is written again when it is asked for, with the same bytes.
        (self.files.len() > MOST_FILES).then(|| self.files.remove(0))
    }

    /// Whether another reading would give nothing more.
    pub(super) fn is_whole(&self) -> bool {
        matches!(self.outcome(), Some(Outcome::Complete | Outcome::Capped))
    }

    fn outcome(&self) -> Option<Outcome> {
        self.ending.as_ref().map(|ending| ending.outcome)
    }

    fn rows(&self) -> Option<u64> {
        self.ending.as_ref().map(|ending| ending.rows)
    }

    /// The change of the ledger up to which a complete run has everything.
    pub(super) fn changes_reached(&self) -> Option<String> {
        self.changes.filter(|_| self.outcome() == Some(Outcome::Complete)).map(|changes| changes.to_string())
    }

    fn complete_through(&self) -> Option<CompleteThrough> {
        let changes = self.changes_reached()?;
        let oldest = |vendor: &String| self.ending.as_ref().and_then(|ending| ending.read_from.get(vendor).copied());
        let vendors = self.vendors.iter().map(|vendor| {
            let read_from = oldest(vendor).map_or(self.started_at, |oldest| oldest.min(self.started_at));
            (vendor.clone(), ReadFrom { read_from })
        });
        Some(CompleteThrough { changes, vendors: vendors.collect() })
    }
}
