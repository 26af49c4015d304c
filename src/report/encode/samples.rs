//! Awkward tables for the tests of the formats.

use std::collections::BTreeMap;
use std::io;
use std::io::Write;
use std::sync::Arc;
use std::sync::Mutex;

use chrono::DateTime;
use chrono::NaiveDate;

use super::Options;
use super::Sink;
use super::open;
use crate::report::cell::Cell;
use crate::report::cell::Row;
use crate::report::column::Column;
use crate::report::column::ColumnType;
use crate::report::ending::Ending;
use crate::report::ending::Outcome;
use crate::report::fault::Fault;
use crate::report::format::Format;

/// A sink whose bytes can be looked at.
#[derive(Clone, Default)]
pub(super) struct Shared(Arc<Mutex<Vec<u8>>>);

impl Shared {
    pub(super) fn sink(&self) -> Sink {
        Box::new(self.clone())
    }

    pub(super) fn bytes(&self) -> Vec<u8> {
        self.0.lock().unwrap().clone()
    }
}

impl Write for Shared {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.lock().unwrap().write(bytes)
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

pub(super) fn column(name: &str, ty: ColumnType, is_nullable: bool) -> Column {
    Column { name: name.to_owned(), ty, is_nullable, description: format!("The {name}.") }
}

/// A column of each type, after a key.
pub(super) fn columns() -> Vec<Column> {
    vec![
        column("id", ColumnType::Text, false),
        column("text", ColumnType::Text, true),
        column("boolean", ColumnType::Boolean, true),
        column("integer", ColumnType::Integer, true),
        column("float", ColumnType::Float, true),
        column("decimal", ColumnType::Decimal, true),
        column("date", ColumnType::Date, true),
        column("timestamp", ColumnType::Timestamp, true),
        column("json", ColumnType::Json, true),
    ]
}

/// Rows with what readers are known to trip over.
pub(super) fn rows() -> Vec<Row> {
    vec![
        row(
            "plain",
            "Bremsbelag, \"vorn\"\r\nverschlissen\t€",
            ["true", "-42", "0.1", "12345.67"],
            "2026-11-26",
            1_764_000_000_000_000,
        ),
        row(
            "edges",
            "Größe 😀 _x0041_ \u{0}\u{1f}",
            ["false", "9007199254740993", "-1e300", "-1234567890123456789.0123456789"],
            "1883-11-18",
            -86_400_000_001,
        ),
        row("NA", "", ["true", "0", "0.0", "0.0000000001"], "9999-12-31", 0),
        row(
            "formula",
            "=1+1",
            ["false", "-9223372036854775808", "5e-324", "100.00"],
            "1900-02-28",
            253_402_300_799_999_999,
        ),
        std::iter::once(Cell::Text("null".to_owned())).chain(std::iter::repeat_n(Cell::Null, 8)).collect(),
    ]
}

fn row(id: &str, text: &str, [boolean, integer, float, decimal]: [&str; 4], date: &str, micros: i64) -> Row {
    vec![
        Cell::Text(id.to_owned()),
        Cell::Text(text.to_owned()),
        Cell::Boolean(boolean.parse().unwrap()),
        Cell::Integer(integer.parse().unwrap()),
        Cell::Float(float.parse().unwrap()),
        Cell::Decimal(decimal.parse().unwrap()),
        Cell::Date(date.parse::<NaiveDate>().unwrap()),
        Cell::Timestamp(DateTime::from_timestamp_micros(micros).unwrap()),
        Cell::Json(format!("[{{\"code\": \"C-1\",\r\n\"id\": \"{id}\"}}, null]")),
    ]
}

pub(super) fn complete() -> Ending {
    Ending { outcome: Outcome::Complete, rows: 5, faults: Vec::new(), masked: Vec::new(), read_from: BTreeMap::new() }
}

pub(super) fn incomplete() -> Ending {
    let fault = Fault {
        path: "vehicles.inspections".to_owned(),
        code: "UPSTREAM_UNAVAILABLE".to_owned(),
        message: "tchek did not answer".to_owned(),
        vendor: Some("tchek".to_owned()),
        loses_rows: true,
        count: 3,
    };
    let read_from = BTreeMap::from([("jifeline".to_owned(), DateTime::UNIX_EPOCH)]);
    let (faults, masked) = (vec![fault], vec!["Person.email".to_owned()]);
    Ending { outcome: Outcome::Incomplete, rows: 5, faults, masked, read_from }
}

/// The bytes of a table.
pub(super) fn written(format: Format, columns: &[Column], options: Options, rows: &[Row], ending: &Ending) -> Vec<u8> {
    let shared = Shared::default();
    let mut encoder = open(format, columns, options, shared.sink()).unwrap();
    encoder.rows(rows).unwrap();
    encoder.finish(ending).unwrap();
    shared.bytes()
}

/// Every format's file of the awkward table, for the readers of other languages.
#[test]
#[ignore = "writes files for tests/bi/check.py, into the folder that FORECOURT_SAMPLES names"]
fn files_for_other_readers() {
    let folder = std::path::PathBuf::from(std::env::var_os("FORECOURT_SAMPLES").expect("a folder is named"));
    for format in Format::ALL {
        let bytes = written(format, &columns(), Options::default(), &rows(), &complete());
        std::fs::write(folder.join(format!("table.{}", format.extension())), bytes).unwrap();
    }
}
