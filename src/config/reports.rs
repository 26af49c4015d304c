//! `[reports]`: queries as tables.

use super::redact::Printout;
use super::section::Section;

/// Queries as tables, which are read over all pages.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Reports {
    /// How many tables one tenant may have read at once.
    pub tables_at_once: u32,
    /// The most rows of one table.
    pub max_rows: u32,
}

impl Reports {
    pub(super) fn read(section: &mut Section<'_>) -> Self {
        Self {
            tables_at_once: section.number("tables_at_once", 1, 1_000).unwrap_or(2),
            max_rows: section.number("max_rows", 1, 1_000_000_000).unwrap_or(1_000_000),
        }
    }

    pub(super) fn write(&self, out: &mut Printout) {
        out.table("reports");
        out.number("tables_at_once", self.tables_at_once);
        out.number("max_rows", self.max_rows);
    }
}
