//! Rows as JSON objects, for the formats made of them.

use std::io;

use super::text;
use crate::report::cell::Cell;
use crate::report::cell::Row;
use crate::report::column::Column;

/// The names of a table's columns, ready to be written.
pub(super) struct Keys(Vec<String>);

impl Keys {
    pub(super) fn new(columns: &[Column]) -> io::Result<Self> {
        let keys = columns.iter().map(|column| Ok(format!("{}:", serde_json::to_string(&column.name)?)));
        Ok(Self(keys.collect::<io::Result<_>>()?))
    }

    /// Appends `row` as an object with every column, in one line.
    pub(super) fn push(&self, line: &mut Vec<u8>, row: &Row) -> io::Result<()> {
        for (at, (key, cell)) in self.0.iter().zip(row).enumerate() {
            line.push(if at == 0 { b'{' } else { b',' });
            line.extend_from_slice(key.as_bytes());
            push_cell(line, cell)?;
        }
        if self.0.is_empty() {
            line.push(b'{');
        }
        line.push(b'}');
        Ok(())
    }
}

fn push_cell(line: &mut Vec<u8>, cell: &Cell) -> io::Result<()> {
    match cell {
        Cell::Null => line.extend_from_slice(b"null"),
        Cell::Text(value) => serde_json::to_writer(line, value)?,
        Cell::Boolean(value) => serde_json::to_writer(line, value)?,
        Cell::Integer(value) => serde_json::to_writer(line, value)?,
        Cell::Float(value) => line.extend_from_slice(text::float(*value).as_bytes()),
        // Most readers take a JSON number for a binary one, so exact numbers are strings.
        Cell::Decimal(value) => serde_json::to_writer(line, &value.to_string())?,
        Cell::Date(value) => serde_json::to_writer(line, &value.to_string())?,
        Cell::Timestamp(value) => serde_json::to_writer(line, &text::timestamp(*value))?,
        // In JSON, a bare line end stands between tokens only, where a blank says the same.
        Cell::Json(value) => {
            line.extend(value.bytes().map(|byte| if matches!(byte, b'\r' | b'\n') { b' ' } else { byte }));
        }
    }
    Ok(())
}
