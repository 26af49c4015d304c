//! One JSON object in each line.

use std::io;
use std::io::Write;

use super::Encode;
use super::Sink;
use super::object::Keys;
use crate::report::cell::Row;
use crate::report::column::Column;
use crate::report::ending::Ending;
use crate::report::ending::Outcome;

/// Writes lines of objects; a table that is not whole has one line more, which says so.
pub(super) struct NdJson {
    sink: Sink,
    keys: Keys,
    line: Vec<u8>,
}

impl NdJson {
    pub(super) fn open(columns: &[Column], sink: Sink) -> io::Result<Self> {
        Ok(Self { sink, keys: Keys::new(columns)?, line: Vec::new() })
    }
}

impl Encode for NdJson {
    fn rows(&mut self, rows: &[Row]) -> io::Result<()> {
        for row in rows {
            self.line.clear();
            self.keys.push(&mut self.line, row)?;
            self.line.push(b'\n');
            self.sink.write_all(&self.line)?;
        }
        Ok(())
    }

    fn finish(mut self: Box<Self>, ending: &Ending) -> io::Result<Box<dyn Write + Send>> {
        if ending.outcome != Outcome::Complete {
            // No column can have this name: response keys begin with a letter or `_`.
            writeln!(self.sink, "{{\"@forecourt\":{}}}", serde_json::to_string(ending)?)?;
        }
        self.sink.flush()?;
        Ok(self.sink)
    }
}

#[cfg(test)]
mod tests {
    use serde_json::Value;
    use serde_json::json;

    use super::super::samples::columns;
    use super::super::samples::complete;
    use super::super::samples::incomplete;
    use super::super::samples::rows;
    use super::super::samples::written;
    use crate::report::encode::Options;
    use crate::report::ending::Ending;
    use crate::report::format::Format;

    fn lines(ending: &Ending) -> Vec<Value> {
        let text = written(Format::NdJson, &columns(), Options::default(), &rows(), ending);
        let text = String::from_utf8(text).unwrap();
        assert!(text.ends_with('\n') && !text.contains('\r'));
        text.lines().map(|line| serde_json::from_str(line).unwrap()).collect()
    }

    #[test]
    fn each_line_is_an_object_with_every_column() {
        let lines = lines(&complete());
        assert_eq!(lines.len(), 5);
        let edges = json!({
            "id": "edges",
            "text": "Größe 😀 _x0041_ \u{0}\u{1f}",
            "boolean": false,
            "integer": 9_007_199_254_740_993_i64,
            "float": -1e300,
            "decimal": "-1234567890123456789.0123456789",
            "date": "1883-11-18",
            "timestamp": "1969-12-30T23:59:59.999999Z",
            "json": [{"code": "C-1", "id": "edges"}, null],
        });
        assert_eq!(lines[1], edges);
        assert_eq!(lines[4].as_object().unwrap().len(), 9);
        assert_eq!(lines[4]["decimal"], Value::Null);
    }

    #[test]
    fn a_table_that_is_not_whole_says_so_in_its_last_line() {
        let lines = lines(&incomplete());
        assert_eq!(lines.len(), 6);
        assert_eq!(lines[5]["@forecourt"]["outcome"], "INCOMPLETE");
        assert_eq!(lines[5]["@forecourt"]["faults"][0]["losesRows"], true);
    }
}
