//! A workbook of Office Open XML: a sheet `data` with the rows, a sheet `about` that tells how the table ended.
//!
//! Cells hold text, numbers, true and false, never formulas. Rows wait in a file of the system's temporary folder until the
//! workbook is written.

mod about;
mod cells;

use std::io;
use std::io::Write;
use std::panic::AssertUnwindSafe;
use std::panic::catch_unwind;

use rust_xlsxwriter::Format;
use rust_xlsxwriter::Workbook;
use rust_xlsxwriter::XlsxError;

use self::about::Notes;
use self::cells::Styles;
use super::Encode;
use super::Sink;
use super::invalid;
use crate::report::cell::Row;
use crate::report::column::Column;
use crate::report::column::ColumnType;
use crate::report::ending::Ending;

/// The most rows of a sheet, without the line of names.
const MAX_ROWS: u32 = 1_048_575;

/// The most columns of a sheet.
const MAX_COLUMNS: u16 = 16_384;

/// Which sheet holds the rows.
const DATA: usize = 0;

/// Writes one table as a workbook.
pub(super) struct Xlsx {
    sink: Sink,
    workbook: Workbook,
    styles: Styles,
    notes: Notes,
    rows: u32,
    last_column: u16,
}

impl Xlsx {
    pub(super) fn open(columns: &[Column], sink: Sink) -> io::Result<Self> {
        let width = u16::try_from(columns.len()).ok().filter(|width| *width <= MAX_COLUMNS);
        let Some(width) = width else {
            return Err(invalid(format!("a sheet has no more than {MAX_COLUMNS} columns; ask for CSV or Parquet")));
        };
        let mut workbook = Workbook::new();
        guarded(|| {
            let bold = Format::new().set_bold();
            let data = workbook.add_worksheet_with_constant_memory()?;
            data.set_name("data")?.set_freeze_panes(1, 0)?;
            for (at, column) in (0_u16..).zip(columns) {
                data.set_column_width(at, width_of(column))?.write_string_with_format(0, at, &column.name, &bold)?;
            }
            Ok(())
        })?;
        let (styles, notes) = (Styles::new(), Notes::new(columns));
        Ok(Self { sink, workbook, styles, notes, rows: 0, last_column: width.saturating_sub(1) })
    }
}

impl Encode for Xlsx {
    fn rows(&mut self, rows: &[Row]) -> io::Result<()> {
        let Self { workbook, styles, notes, rows: written, .. } = self;
        for row in rows {
            if *written >= MAX_ROWS {
                return Err(invalid(format!("a sheet has no more than {MAX_ROWS} rows; ask for CSV or Parquet")));
            }
            *written += 1;
            guarded(|| {
                let data = workbook.worksheet_from_index(DATA)?;
                for (at, cell) in (0_u16..).zip(row) {
                    if let Some(changed) = cells::write(data, (*written, at), cell, styles)? {
                        notes.count(at, changed);
                    }
                }
                Ok(())
            })?;
        }
        Ok(())
    }

    fn finish(mut self: Box<Self>, ending: &Ending) -> io::Result<Box<dyn Write + Send>> {
        let Self { sink, workbook, notes, rows, last_column, .. } = &mut *self;
        guarded(|| {
            workbook.worksheet_from_index(DATA)?.autofilter(0, 0, *rows, *last_column)?;
            about::write(workbook.add_worksheet(), ending, notes)?;
            workbook.save_to_writer(&mut *sink)
        })?;
        self.sink.flush()?;
        Ok(self.sink)
    }
}

/// Runs a step of the `rust_xlsxwriter` crate, which panics where its temporary file cannot be written.
fn guarded(step: impl FnOnce() -> Result<(), XlsxError>) -> io::Result<()> {
    match catch_unwind(AssertUnwindSafe(step)) {
        Ok(Ok(())) => Ok(()),
        Ok(Err(XlsxError::IoError(error))) => Err(error),
        Ok(Err(error)) => Err(io::Error::other(error)),
        Err(_) => Err(io::Error::other("the workbook could not be written")),
    }
}

/// Wide enough for the usual value; the rows are not known yet.
fn width_of(column: &Column) -> u16 {
    match column.ty {
        ColumnType::Boolean => 8,
        ColumnType::Date | ColumnType::Integer | ColumnType::Float | ColumnType::Decimal => 12,
        ColumnType::Timestamp => 20,
        ColumnType::Text | ColumnType::Json => 24,
    }
}

#[cfg(test)]
mod tests;
