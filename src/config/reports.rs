//! `[reports]`: queries as tables.

use std::path::PathBuf;
use std::time::Duration;

use super::redact::Printout;
use super::schedule::S3;
use super::schedule::Schedule;
use super::section::Section;

/// Queries as tables, which are read over all pages.
#[derive(Clone, Debug)]
pub struct Reports {
    /// Where the operator's own documents stand.
    pub folder: Option<PathBuf>,
    /// How many tables one tenant may have read at once.
    pub tables_at_once: u32,
    /// The most rows of one table.
    pub max_rows: u32,
    /// How long a finished run of a report is handed out again.
    pub fresh: Duration,
    /// How long a finished run is kept.
    pub keep: Duration,
    /// How many bytes the kept runs may take on the disk.
    pub keep_bytes: u64,
    /// What is read by the clock.
    pub schedule: Vec<Schedule>,
    /// How buckets are reached.
    pub s3: S3,
}

impl Reports {
    pub(super) fn read(section: &mut Section<'_>) -> Self {
        Self {
            folder: section.path("folder"),
            tables_at_once: section.number("tables_at_once", 1, 1_000).unwrap_or(2),
            max_rows: section.number("max_rows", 1, 1_000_000_000).unwrap_or(1_000_000),
            fresh: section.span("fresh").unwrap_or(Duration::from_mins(15)),
            keep: section.positive_span("keep").unwrap_or(Duration::from_hours(24)),
            keep_bytes: section.size("keep_bytes", 1024).unwrap_or(2 << 30),
            schedule: section.each("schedule", Schedule::read),
            s3: section.table("s3", S3::read),
        }
    }

    pub(super) fn write(&self, out: &mut Printout) {
        out.table("reports");
        if let Some(folder) = &self.folder {
            out.text("folder", &folder.display().to_string());
        }
        out.number("tables_at_once", self.tables_at_once);
        out.number("max_rows", self.max_rows);
        out.span("fresh", self.fresh);
        out.span("keep", self.keep);
        out.size("keep_bytes", self.keep_bytes);
        self.s3.write(out);
        self.schedule.iter().for_each(|schedule| schedule.write(out));
    }
}
