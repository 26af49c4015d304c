//! The rows of a run as lines of text, from which a table can be written in any format, and more than once.
//!
//! A line is a JSON array with a value for each column. What JSON has no exact number for is text; the type of the column
//! says how it is read back.

use std::fs::File;
use std::fs::OpenOptions;
use std::io;
use std::io::BufRead;
use std::io::BufReader;
use std::io::BufWriter;
use std::io::Seek;
use std::io::SeekFrom;
use std::io::Write;
use std::mem;
use std::path::Path;

use serde_json::Value;

use crate::report::cell::Cell;
use crate::report::cell::Row;
use crate::report::column::Column;
use crate::report::column::ColumnType;

/// How many rows are read together.
const BATCH: usize = 1_000;

/// Rows on their way to the disk.
#[derive(Debug)]
pub(super) struct Spool {
    file: BufWriter<File>,
    length: u64,
}

impl Spool {
    /// Opens the spool at `path` behind its first `length` bytes; whatever stands there was not marked, and is dropped.
    pub(super) fn open(path: &Path, length: u64) -> io::Result<Self> {
        let mut file = OpenOptions::new().create(true).write(true).truncate(false).open(path)?;
        if file.metadata()?.len() < length {
            return Err(io::Error::new(
                io::ErrorKind::InvalidData,
                "the rows of the run are shorter than its mark says",
            ));
        }
        file.set_len(length)?;
        file.seek(SeekFrom::Start(length))?;
        Ok(Self { file: BufWriter::new(file), length })
    }

    /// Adds `rows`.
    pub(super) fn add(&mut self, rows: &[Row]) -> io::Result<()> {
        for row in rows {
            let mut line = serde_json::to_vec(&row.iter().map(written).collect::<Vec<_>>())?;
            line.push(b'\n');
            self.file.write_all(&line)?;
            self.length = self.length.saturating_add(u64::try_from(line.len()).unwrap_or(u64::MAX));
        }
        Ok(())
    }

    /// Brings everything to the disk; says how long it is.
    pub(super) fn keep(&mut self) -> io::Result<u64> {
        self.file.flush()?;
        self.file.get_ref().sync_data()?;
        Ok(self.length)
    }
}

/// Hands the rows of the spool at `path` to `take`, some at a time.
pub(super) fn read(
    path: &Path,
    columns: &[Column],
    mut take: impl FnMut(Vec<Row>) -> io::Result<()>,
) -> io::Result<()> {
    let mut rows = Vec::with_capacity(BATCH);
    for line in BufReader::new(File::open(path)?).lines() {
        rows.push(row(&line?, columns)?);
        if rows.len() == BATCH {
            take(mem::replace(&mut rows, Vec::with_capacity(BATCH)))?;
        }
    }
    if rows.is_empty() { Ok(()) } else { take(rows) }
}

fn written(cell: &Cell) -> Value {
    match cell {
        Cell::Null => Value::Null,
        Cell::Text(text) | Cell::Json(text) => Value::from(text.as_str()),
        Cell::Boolean(boolean) => Value::from(*boolean),
        Cell::Integer(integer) => Value::from(*integer),
        // A text names each of them exactly, those that are no number in JSON as well.
        Cell::Float(float) => Value::from(float.to_string()),
        Cell::Decimal(decimal) => Value::from(decimal.to_string()),
        Cell::Date(date) => Value::from(date.to_string()),
        Cell::Timestamp(at) => Value::from(at.to_rfc3339()),
    }
}

pub(super) fn row(line: &str, columns: &[Column]) -> io::Result<Row> {
    let values: Vec<Value> = serde_json::from_str(line)?;
    if values.len() != columns.len() {
        return Err(unreadable());
    }
    values.iter().zip(columns).map(|(value, column)| cell(value, column.ty).ok_or_else(unreadable)).collect()
}

fn cell(value: &Value, ty: ColumnType) -> Option<Cell> {
    if value.is_null() {
        return Some(Cell::Null);
    }
    match ty {
        ColumnType::Boolean => value.as_bool().map(Cell::Boolean),
        ColumnType::Integer => value.as_i64().map(Cell::Integer),
        ColumnType::Text => value.as_str().map(|text| Cell::Text(text.to_owned())),
        ColumnType::Json => value.as_str().map(|text| Cell::Json(text.to_owned())),
        ColumnType::Float => value.as_str()?.parse().ok().map(Cell::Float),
        ColumnType::Decimal => value.as_str()?.parse().ok().map(Cell::Decimal),
        ColumnType::Date => value.as_str()?.parse().ok().map(Cell::Date),
        ColumnType::Timestamp => value.as_str()?.parse().ok().map(Cell::Timestamp),
    }
}

fn unreadable() -> io::Error {
    io::Error::other("a row of the run cannot be read back")
}

#[cfg(test)]
mod tests {
    use super::Spool;
    use super::read;
    use crate::report::cell::Cell;
    use crate::report::cell::Row;
    use crate::report::column::Column;
    use crate::report::column::ColumnType;

    const TYPES: [ColumnType; 8] = [
        ColumnType::Text,
        ColumnType::Boolean,
        ColumnType::Integer,
        ColumnType::Float,
        ColumnType::Decimal,
        ColumnType::Date,
        ColumnType::Timestamp,
        ColumnType::Json,
    ];

    fn columns() -> Vec<Column> {
        let column =
            |ty: ColumnType| Column { name: ty.as_str().to_owned(), ty, is_nullable: true, description: String::new() };
        TYPES.into_iter().map(column).collect()
    }

    fn full(float: f64) -> Row {
        vec![
            Cell::Text("a \"b\"\n\u{2028}ü".to_owned()),
            Cell::Boolean(true),
            Cell::Integer(i64::MIN),
            Cell::Float(float),
            Cell::Decimal("79228162514264337593543950.335".parse().unwrap()),
            Cell::Date("0001-02-03".parse().unwrap()),
            Cell::Timestamp("2026-10-02T08:00:00.123456Z".parse().unwrap()),
            Cell::Json("[1.10]".to_owned()),
        ]
    }

    #[test]
    fn rows_come_back_as_they_were_and_unmarked_ones_do_not() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("rows");
        let rows = [full(0.1 + 0.2), vec![Cell::Null; 8], full(5e-324), full(f64::INFINITY), full(-1.797e308)];
        let mut spool = Spool::open(&path, 0).unwrap();
        spool.add(&rows).unwrap();
        let marked = spool.keep().unwrap();
        spool.add(&[full(1.0)]).unwrap();
        spool.keep().unwrap();
        let mut again = Spool::open(&path, marked).unwrap();
        again.add(&rows[..1]).unwrap();
        again.keep().unwrap();
        let mut found = Vec::new();
        read(&path, &columns(), |rows| {
            found.extend(rows);
            Ok(())
        })
        .unwrap();
        assert_eq!(found, [&rows[..], &rows[..1]].concat());
        assert!(Spool::open(&path, 1 << 20).is_err(), "a mark beyond the end");
        let other = &columns()[1..];
        assert!(read(&path, other, |_| Ok(())).is_err(), "rows of other columns");
    }
}
