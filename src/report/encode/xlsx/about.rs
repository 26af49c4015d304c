//! The sheet that tells how the table ended, and what the other sheet could not hold.

use std::collections::BTreeMap;

use chrono::DateTime;
use chrono::SecondsFormat;
use chrono::Utc;
use rust_xlsxwriter::Format;
use rust_xlsxwriter::Worksheet;
use rust_xlsxwriter::XlsxError;

use super::cells::Change;
use crate::report::column::Column;
use crate::report::ending::Ending;
use crate::report::fault::Fault;

/// Counts the values that were changed, by column.
pub(super) struct Notes {
    names: Vec<String>,
    counts: BTreeMap<(u16, Change), u64>,
}

impl Notes {
    pub(super) fn new(columns: &[Column]) -> Self {
        Self { names: columns.iter().map(|column| column.name.clone()).collect(), counts: BTreeMap::new() }
    }

    pub(super) fn count(&mut self, column: u16, change: Change) {
        *self.counts.entry((column, change)).or_default() += 1;
    }

    /// A line for each column and change.
    pub(super) fn lines(&self) -> impl Iterator<Item = String> {
        self.counts.iter().map(|((column, change), count)| {
            let name = self.names.get(usize::from(*column)).map_or("", String::as_str);
            match change {
                Change::Cut => format!("{name}: {count} texts were cut to the 32,767 characters that a cell holds"),
                Change::AsText => {
                    format!("{name}: {count} values are text, since a number has 15 digits and dates go from 1900-03-01 to 9999")
                }
            }
        })
    }
}

/// Writes the sheet.
pub(super) fn write(sheet: &mut Worksheet, ending: &Ending, notes: &Notes) -> Result<(), XlsxError> {
    sheet.set_name("about")?.set_column_width(0, 12)?.set_column_width(1, 100)?;
    let bold = Format::new().set_bold();
    for (row, (name, value)) in (0_u32..).zip(lines(ending, notes)) {
        sheet.write_string_with_format(row, 0, name, &bold)?.write_string(row, 1, value)?;
    }
    Ok(())
}

/// What the sheet tells, line by line.
pub(super) fn lines(ending: &Ending, notes: &Notes) -> Vec<(&'static str, String)> {
    let mut lines = vec![("outcome", ending.outcome.as_str().to_owned()), ("rows", ending.rows.to_string())];
    lines.extend(ending.faults.iter().map(|fault| ("missing", describe(fault))));
    lines.extend(ending.masked.iter().map(|field| ("withheld", field.clone())));
    let time = |at: &DateTime<Utc>| at.to_rfc3339_opts(SecondsFormat::AutoSi, true);
    lines.extend(ending.read_from.iter().map(|(vendor, at)| ("read from", format!("{vendor}: {}", time(at)))));
    lines.extend(notes.lines().map(|note| ("changed", note)));
    lines.push(("time zone", "UTC".to_owned()));
    lines
}

fn describe(fault: &Fault) -> String {
    let what = if fault.loses_rows { "rows" } else { "cells" };
    let vendor = fault.vendor.as_deref().map(|vendor| format!(" of {vendor}")).unwrap_or_default();
    format!("{what} at {}{vendor}, {} times: {} ({})", fault.path, fault.count, fault.message, fault.code)
}
