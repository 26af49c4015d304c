//! Looks at every row before a format writes it, so that all formats refuse the same rows.

use std::io;
use std::io::Write;

use super::Encode;
use super::invalid;
use crate::report::cell::Cell;
use crate::report::cell::Row;
use crate::report::column::Column;
use crate::report::column::ColumnType;
use crate::report::ending::Ending;

/// An encoder that is handed only rows that fit the columns.
pub(super) struct Checked {
    columns: Vec<Column>,
    inner: Box<dyn Encode>,
}

impl Checked {
    pub(super) fn new(columns: &[Column], inner: Box<dyn Encode>) -> Self {
        Self { columns: columns.to_vec(), inner }
    }
}

impl Encode for Checked {
    fn rows(&mut self, rows: &[Row]) -> io::Result<()> {
        rows.iter().try_for_each(|row| check(&self.columns, row))?;
        self.inner.rows(rows)
    }

    fn finish(self: Box<Self>, ending: &Ending) -> io::Result<Box<dyn Write + Send>> {
        self.inner.finish(ending)
    }
}

fn check(columns: &[Column], row: &Row) -> io::Result<()> {
    if row.len() != columns.len() {
        return Err(invalid(format!("a row has {} cells, the table has {} columns", row.len(), columns.len())));
    }
    match columns.iter().zip(row).find(|(column, cell)| !fits(column, cell)) {
        Some((column, _)) => Err(invalid(format!("a cell of `{}` is not of type {}", column.name, column.ty.as_str()))),
        None => Ok(()),
    }
}

fn fits(column: &Column, cell: &Cell) -> bool {
    match cell {
        Cell::Null => column.is_nullable,
        Cell::Text(_) => column.ty == ColumnType::Text,
        Cell::Boolean(_) => column.ty == ColumnType::Boolean,
        Cell::Integer(_) => column.ty == ColumnType::Integer,
        // JSON and spreadsheets have no other numbers.
        Cell::Float(value) => column.ty == ColumnType::Float && value.is_finite(),
        Cell::Decimal(_) => column.ty == ColumnType::Decimal,
        Cell::Date(_) => column.ty == ColumnType::Date,
        Cell::Timestamp(_) => column.ty == ColumnType::Timestamp,
        // A quick look that also finds what would break the line or the object around it.
        Cell::Json(text) => {
            column.ty == ColumnType::Json && serde_json::from_str::<serde::de::IgnoredAny>(text).is_ok()
        }
    }
}

#[cfg(test)]
mod tests {
    use std::io::ErrorKind;

    use crate::report::cell::Cell;
    use crate::report::encode::Options;
    use crate::report::encode::open;
    use crate::report::encode::samples::Shared;
    use crate::report::encode::samples::columns;
    use crate::report::encode::samples::complete;
    use crate::report::encode::samples::rows;
    use crate::report::format::Format;

    #[test]
    fn every_format_refuses_rows_that_do_not_fit() {
        for format in Format::ALL.into_iter().filter(|format| format.is_available()) {
            let mut encoder = open(format, &columns(), Options::default(), Shared::default().sink()).unwrap();
            let mut short = rows()[0].clone();
            short.pop();
            let mut without_id = rows()[0].clone();
            without_id[0] = Cell::Null;
            let mut broken_json = rows()[0].clone();
            broken_json[8] = Cell::Json("{".to_owned());
            let mut infinite = rows()[0].clone();
            infinite[4] = Cell::Float(f64::INFINITY);
            for row in [short, without_id, broken_json, infinite] {
                assert_eq!(encoder.rows(&[row]).unwrap_err().kind(), ErrorKind::InvalidData, "{format:?}");
            }
            encoder.rows(&rows()).unwrap();
            encoder.finish(&complete()).unwrap();
        }
    }
}
