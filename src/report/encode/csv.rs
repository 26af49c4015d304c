//! Comma separated values by RFC 4180.
//!
//! An empty cell is nothing, empty text is `""`. Whether a field is quoted is thus part of its value, which the `csv` crate
//! decides for a whole table at once; so the quoting is written here.

use std::io;
use std::io::Write;

use super::Encode;
use super::Options;
use super::Sink;
use super::text;
use crate::report::cell::Cell;
use crate::report::cell::Row;
use crate::report::column::Column;
use crate::report::ending::Ending;

/// Writes CSV with a line of names.
pub(super) struct Csv {
    sink: Sink,
    options: Options,
    /// An empty line would be no row to most readers.
    is_narrow: bool,
    line: String,
}

impl Csv {
    pub(super) fn open(columns: &[Column], options: Options, mut sink: Sink) -> io::Result<Self> {
        let mut line = String::new();
        if options.excel_safe {
            // Excel takes a file without it for the code page of the machine.
            line.push('\u{feff}');
        }
        for (at, column) in columns.iter().enumerate() {
            separate(&mut line, at);
            push_quoted(&mut line, &column.name);
        }
        line.push_str("\r\n");
        sink.write_all(line.as_bytes())?;
        Ok(Self { sink, options, is_narrow: columns.len() == 1, line })
    }
}

impl Encode for Csv {
    fn rows(&mut self, rows: &[Row]) -> io::Result<()> {
        for row in rows {
            self.line.clear();
            for (at, cell) in row.iter().enumerate() {
                separate(&mut self.line, at);
                push_cell(&mut self.line, cell, self.options);
            }
            if self.is_narrow && self.line.is_empty() {
                self.line.push_str("\"\"");
            }
            self.line.push_str("\r\n");
            self.sink.write_all(self.line.as_bytes())?;
        }
        Ok(())
    }

    fn finish(mut self: Box<Self>, _: &Ending) -> io::Result<Box<dyn Write + Send>> {
        self.sink.flush()?;
        Ok(self.sink)
    }
}

fn separate(line: &mut String, at: usize) {
    if at > 0 {
        line.push(',');
    }
}

fn push_cell(line: &mut String, cell: &Cell, options: Options) {
    match cell {
        Cell::Null => {}
        Cell::Text(value) if options.excel_safe && looks_like_a_formula(value) => {
            push_quoted(line, &format!("'{value}"));
        }
        Cell::Text(value) | Cell::Json(value) => push_quoted(line, value),
        Cell::Boolean(value) => line.push_str(if *value { "true" } else { "false" }),
        Cell::Integer(value) => line.push_str(&value.to_string()),
        Cell::Float(value) => line.push_str(&text::float(*value)),
        Cell::Decimal(value) => line.push_str(&value.to_string()),
        Cell::Date(value) => line.push_str(&value.to_string()),
        Cell::Timestamp(value) => line.push_str(&text::timestamp(*value)),
    }
}

/// What a spreadsheet would run, by OWASP's list: the wide forms count, since Excel narrows them.
fn looks_like_a_formula(value: &str) -> bool {
    value.starts_with(['=', '+', '-', '@', '\t', '\r', '\n', '＝', '＋', '－', '＠'])
}

fn push_quoted(line: &mut String, value: &str) {
    // Blanks at the ends are quoted too: some readers trim what is bare.
    let is_bare = !value.is_empty() && !value.contains([',', '"', '\r', '\n']) && value.trim().len() == value.len();
    if is_bare {
        line.push_str(value);
        return;
    }
    line.push('"');
    for (at, part) in value.split('"').enumerate() {
        if at > 0 {
            line.push_str("\"\"");
        }
        line.push_str(part);
    }
    line.push('"');
}

#[cfg(test)]
mod tests {
    use super::super::samples::column;
    use super::super::samples::columns;
    use super::super::samples::incomplete;
    use super::super::samples::rows;
    use super::super::samples::written;
    use super::Options;
    use crate::report::cell::Cell;
    use crate::report::column::ColumnType;
    use crate::report::format::Format;

    fn csv(options: Options) -> String {
        String::from_utf8(written(Format::Csv, &columns(), options, &rows(), &incomplete())).unwrap()
    }

    #[test]
    fn a_reader_by_rfc_4180_gets_the_values_back() {
        let text = csv(Options::default());
        let mut reader = csv::Reader::from_reader(text.as_bytes());
        assert_eq!(reader.headers().unwrap().iter().next_back(), Some("json"));
        let records: Vec<_> = reader.records().map(Result::unwrap).collect();
        let field = |row: usize, at: usize| records[row].get(at).unwrap();
        assert_eq!(records.len(), 5);
        assert_eq!(field(0, 1), "Bremsbelag, \"vorn\"\r\nverschlissen\t€");
        assert_eq!(field(1, 1), "Größe 😀 _x0041_ \u{0}\u{1f}");
        assert_eq!(field(1, 3), "9007199254740993");
        assert_eq!(field(1, 4), "-1e300");
        assert_eq!(field(1, 5), "-1234567890123456789.0123456789");
        assert_eq!(field(1, 6), "1883-11-18");
        assert_eq!(field(1, 7), "1969-12-30T23:59:59.999999Z");
        assert_eq!(field(3, 5), "100.00");
        assert_eq!(field(0, 8), "[{\"code\": \"C-1\",\r\n\"id\": \"plain\"}, null]");
    }

    #[test]
    fn nothing_and_empty_text_differ_by_their_quotes() {
        let text = csv(Options::default());
        assert!(text.contains("\r\nNA,\"\",true,0,0.0,0.0000000001,9999-12-31,1970-01-01T00:00:00.000000Z,"));
        assert!(text.ends_with("\r\nnull,,,,,,,,\r\n"));
        let rows = [vec![Cell::Null], vec![Cell::Text("x".to_owned())]];
        let narrow = [column("text", ColumnType::Text, true)];
        let narrow = written(Format::Csv, &narrow, Options::default(), &rows, &incomplete());
        assert_eq!(narrow, b"text\r\n\"\"\r\nx\r\n", "an empty line would be no row");
    }

    #[test]
    fn formulas_are_disarmed_on_request_only() {
        assert!(csv(Options::default()).contains("\r\nformula,=1+1,false,-9223372036854775808,"));
        let safe = csv(Options { excel_safe: true });
        assert!(safe.starts_with("\u{feff}id,text,"));
        assert!(safe.contains("\r\nformula,'=1+1,false,-9223372036854775808,"), "numbers stay numbers");
    }

    #[test]
    fn a_table_without_rows_has_its_names() {
        let empty = written(Format::Csv, &columns(), Options::default(), &[], &incomplete());
        assert_eq!(empty, b"id,text,boolean,integer,float,decimal,date,timestamp,json\r\n");
    }
}
