//! One JSON object with the columns, the rows and the ending.

use std::io;
use std::io::Write;

use serde_json::json;

use super::Encode;
use super::Sink;
use super::object::Keys;
use crate::report::cell::Row;
use crate::report::column::Column;
use crate::report::ending::Ending;

/// Writes `{"columns": …, "rows": …, "ending": …}`, a row in each line. A document that was cut off is no JSON, so nobody takes
/// it for the whole.
pub(super) struct Json {
    sink: Sink,
    keys: Keys,
    line: Vec<u8>,
    is_begun: bool,
}

impl Json {
    pub(super) fn open(columns: &[Column], mut sink: Sink) -> io::Result<Self> {
        let described: Vec<_> = columns.iter().map(describe).collect();
        write!(sink, "{{\"columns\":{},\n\"rows\":[", serde_json::to_string(&described)?)?;
        Ok(Self { sink, keys: Keys::new(columns)?, line: Vec::new(), is_begun: false })
    }
}

impl Encode for Json {
    fn rows(&mut self, rows: &[Row]) -> io::Result<()> {
        for row in rows {
            self.line.clear();
            self.line.extend_from_slice(if self.is_begun { b",\n" } else { b"\n" });
            self.is_begun = true;
            self.keys.push(&mut self.line, row)?;
            self.sink.write_all(&self.line)?;
        }
        Ok(())
    }

    fn finish(mut self: Box<Self>, ending: &Ending) -> io::Result<Box<dyn Write + Send>> {
        writeln!(self.sink, "],\n\"ending\":{}}}", serde_json::to_string(ending)?)?;
        self.sink.flush()?;
        Ok(self.sink)
    }
}

fn describe(column: &Column) -> serde_json::Value {
    json!({
        "name": column.name,
        "type": column.ty.as_str(),
        "nullable": column.is_nullable,
        "description": column.description,
    })
}

#[cfg(test)]
mod tests {
    use serde_json::Value;
    use serde_json::json;

    use super::super::samples::columns;
    use super::super::samples::incomplete;
    use super::super::samples::rows;
    use super::super::samples::written;
    use crate::report::cell::Row;
    use crate::report::encode::Options;
    use crate::report::format::Format;

    fn document(rows: &[Row]) -> Value {
        let text = written(Format::Json, &columns(), Options::default(), rows, &incomplete());
        serde_json::from_slice(&text).unwrap()
    }

    #[test]
    fn one_object_has_columns_rows_and_ending() {
        let document = document(&rows());
        let timestamp =
            json!({"name": "timestamp", "type": "timestamp", "nullable": true, "description": "The timestamp."});
        assert_eq!(document["columns"][7], timestamp);
        assert_eq!(document["columns"][0]["nullable"], false);
        assert_eq!(document["rows"].as_array().unwrap().len(), 5);
        assert_eq!(document["rows"][0]["text"], "Bremsbelag, \"vorn\"\r\nverschlissen\t€");
        assert_eq!(document["ending"]["outcome"], "INCOMPLETE");
        assert_eq!(document["ending"]["masked"], json!(["Person.email"]));
        assert_eq!(document["ending"]["readFrom"], json!({"jifeline": "1970-01-01T00:00:00Z"}));
    }

    #[test]
    fn a_table_without_rows_is_whole_json() {
        assert_eq!(document(&[])["rows"], json!([]));
    }
}
