//! A stream of Apache Arrow record batches.
//!
//! The stream has no place for anything after the rows, so how the table ended is told beside it.

use std::io;
use std::io::Write;

use arrow_ipc::writer::StreamWriter;

use super::Encode;
use super::Sink;
use super::batch::Batches;
use super::batch::arrow_error;
use crate::report::cell::Row;
use crate::report::column::Column;
use crate::report::ending::Ending;

/// Writes each page of rows at once, so that readers have it while the next one is asked.
pub(super) struct Arrow {
    batches: Batches,
    writer: StreamWriter<Sink>,
}

impl Arrow {
    pub(super) fn open(columns: &[Column], sink: Sink) -> io::Result<Self> {
        let batches = Batches::new(columns)?;
        let writer = StreamWriter::try_new(sink, batches.schema()).map_err(arrow_error)?;
        Ok(Self { batches, writer })
    }
}

impl Encode for Arrow {
    fn rows(&mut self, rows: &[Row]) -> io::Result<()> {
        for batch in self.batches.of(rows) {
            self.writer.write(&batch?).map_err(arrow_error)?;
        }
        Ok(())
    }

    fn finish(self: Box<Self>, _: &Ending) -> io::Result<Box<dyn Write + Send>> {
        let mut sink = self.writer.into_inner().map_err(arrow_error)?;
        sink.flush()?;
        Ok(sink)
    }
}

#[cfg(test)]
mod tests {
    use std::io::Cursor;

    use arrow_array::RecordBatch;
    use arrow_array::cast::AsArray;
    use arrow_array::types::Date32Type;
    use arrow_array::types::Decimal128Type;
    use arrow_array::types::Int64Type;
    use arrow_array::types::TimestampMicrosecondType;
    use arrow_ipc::reader::StreamReader;

    use super::super::samples::Shared;
    use super::super::samples::columns;
    use super::super::samples::complete;
    use super::super::samples::rows;
    use super::super::samples::written;
    use crate::report::cell::Cell;
    use crate::report::cell::Row;
    use crate::report::encode::Options;
    use crate::report::encode::open;
    use crate::report::format::Format;

    fn batches(rows: &[Row]) -> Vec<RecordBatch> {
        let bytes = written(Format::Arrow, &columns(), Options::default(), rows, &complete());
        let reader = StreamReader::try_new(Cursor::new(bytes), None).unwrap();
        assert_eq!(reader.schema().field(8).metadata()["forecourt.type"], "json");
        assert_eq!(reader.schema().field(8).metadata()["description"], "The json.");
        assert!(!reader.schema().field(0).is_nullable());
        reader.map(Result::unwrap).collect()
    }

    #[test]
    fn values_come_back_as_they_were() {
        let batches = batches(&rows());
        let [batch] = batches.as_slice() else { panic!("{batches:?}") };
        assert_eq!(batch.column(1).as_string::<i32>().value(1), "Größe 😀 _x0041_ \u{0}\u{1f}");
        assert_eq!(batch.column(3).as_primitive::<Int64Type>().value(3), i64::MIN);
        let decimals = batch.column(5).as_primitive::<Decimal128Type>();
        assert_eq!(decimals.value_as_string(1), "-1234567890123456789.0123456789");
        assert_eq!(decimals.value_as_string(3), "100.0000000000");
        assert_eq!(batch.column(6).as_primitive::<Date32Type>().value(1), -31_455);
        assert_eq!(batch.column(7).as_primitive::<TimestampMicrosecondType>().value(1), -86_400_000_001);
        for at in 1..9 {
            assert!(batch.column(at).is_null(4) && batch.column(at).is_valid(0), "column {at}");
        }
        assert_eq!(batch.column(1).as_string::<i32>().value(2), "", "empty text is not nothing");
    }

    #[test]
    fn many_rows_are_many_batches_and_none_is_none() {
        let many: Vec<Row> = rows().into_iter().cycle().take(2_500).collect();
        assert_eq!(batches(&many).iter().map(RecordBatch::num_rows).collect::<Vec<_>>(), [1_024, 1_024, 452]);
        assert!(batches(&[]).is_empty());
    }

    #[test]
    fn a_decimal_that_does_not_fit_is_refused_and_not_rounded() {
        for value in ["0.00000000001", "79228162514264337593543950335"] {
            let mut row = rows()[0].clone();
            row[5] = Cell::Decimal(value.parse().unwrap());
            let mut encoder = open(Format::Arrow, &columns(), Options::default(), Shared::default().sink()).unwrap();
            let refusal = encoder.rows(&[row]).unwrap_err();
            assert!(refusal.to_string().contains(value), "{refusal}");
        }
    }
}
