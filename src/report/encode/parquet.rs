//! Apache Parquet.

use std::io;
use std::io::Write;
use std::sync::Arc;

use parquet::arrow::ArrowWriter;
use parquet::basic::Compression;
use parquet::basic::ZstdLevel;
use parquet::errors::ParquetError;
use parquet::file::metadata::KeyValue;
use parquet::file::properties::EnabledStatistics;
use parquet::file::properties::WriterProperties;

use super::Encode;
use super::Sink;
use super::batch::Batches;
use crate::report::cell::Row;
use crate::report::column::Column;
use crate::report::ending::Ending;

/// The most rows of a row group.
const GROUP_ROWS: usize = 65_536;

/// The most bytes that wait in memory for the end of their row group.
const GROUP_BYTES: usize = 16 * 1_024 * 1_024;

/// The key under which a file tells how its table ended.
const ENDING_KEY: &str = "forecourt.ending";

/// Writes row groups that are bounded in rows and bytes, compressed, with statistics of each page.
pub(super) struct Parquet {
    batches: Batches,
    writer: ArrowWriter<Sink>,
}

impl Parquet {
    pub(super) fn open(columns: &[Column], sink: Sink) -> io::Result<Self> {
        let batches = Batches::new(columns)?;
        let properties = WriterProperties::builder()
            .set_compression(Compression::ZSTD(ZstdLevel::default()))
            .set_created_by(concat!("forecourt ", env!("CARGO_PKG_VERSION")).to_owned())
            .set_max_row_group_row_count(Some(GROUP_ROWS))
            .set_statistics_enabled(EnabledStatistics::Page)
            .build();
        let writer =
            ArrowWriter::try_new(sink, Arc::clone(batches.schema()), Some(properties)).map_err(parquet_error)?;
        Ok(Self { batches, writer })
    }
}

impl Encode for Parquet {
    fn rows(&mut self, rows: &[Row]) -> io::Result<()> {
        for batch in self.batches.of(rows) {
            self.writer.write(&batch?).map_err(parquet_error)?;
            if self.writer.memory_size() > GROUP_BYTES {
                self.writer.flush().map_err(parquet_error)?;
            }
        }
        Ok(())
    }

    fn finish(mut self: Box<Self>, ending: &Ending) -> io::Result<Box<dyn Write + Send>> {
        let ending = serde_json::to_string(ending)?;
        self.writer.append_key_value_metadata(KeyValue::new(ENDING_KEY.to_owned(), ending));
        let mut sink = self.writer.into_inner().map_err(parquet_error)?;
        sink.flush()?;
        Ok(sink)
    }
}

/// What Parquet says, as the sink's error if it is one.
fn parquet_error(error: ParquetError) -> io::Error {
    let ParquetError::External(error) = error else { return io::Error::other(error) };
    match error.downcast::<io::Error>() {
        Ok(error) => *error,
        Err(error) => io::Error::other(error),
    }
}

#[cfg(test)]
mod tests {
    use arrow_array::cast::AsArray;
    use arrow_array::types::Decimal128Type;
    use bytes::Bytes;
    use parquet::arrow::arrow_reader::ParquetRecordBatchReaderBuilder;
    use parquet::file::metadata::ParquetMetaData;

    use super::super::samples::Shared;
    use super::super::samples::columns;
    use super::super::samples::complete;
    use super::super::samples::incomplete;
    use super::super::samples::rows;
    use super::super::samples::written;
    use super::ENDING_KEY;
    use super::GROUP_BYTES;
    use crate::report::cell::Cell;
    use crate::report::cell::Row;
    use crate::report::encode::Options;
    use crate::report::encode::open;
    use crate::report::ending::Ending;
    use crate::report::format::Format;

    fn read(bytes: Vec<u8>) -> ParquetRecordBatchReaderBuilder<Bytes> {
        ParquetRecordBatchReaderBuilder::try_new(Bytes::from(bytes)).unwrap()
    }

    fn ending(metadata: &ParquetMetaData) -> Ending {
        let pairs = metadata.file_metadata().key_value_metadata().unwrap();
        let pair = pairs.iter().find(|pair| pair.key == ENDING_KEY).unwrap();
        serde_json::from_str(pair.value.as_deref().unwrap()).unwrap()
    }

    #[test]
    fn a_file_tells_its_values_and_how_it_ended() {
        let builder = read(written(Format::Parquet, &columns(), Options::default(), &rows(), &incomplete()));
        assert_eq!(ending(builder.metadata()), incomplete());
        assert_eq!(builder.schema().field(2).metadata()["description"], "The boolean.");
        assert!(builder.metadata().row_group(0).column(3).statistics().is_some());
        let batch = builder.build().unwrap().next().unwrap().unwrap();
        assert_eq!(batch.num_rows(), 5);
        let decimals = batch.column(5).as_primitive::<Decimal128Type>();
        assert_eq!(decimals.value_as_string(1), "-1234567890123456789.0123456789");
        assert!(batch.column(5).is_null(4));
    }

    #[test]
    fn a_file_without_rows_has_its_columns() {
        let builder = read(written(Format::Parquet, &columns(), Options::default(), &[], &complete()));
        assert_eq!((builder.schema().fields().len(), builder.metadata().num_row_groups()), (9, 0));
    }

    #[test]
    fn large_cells_end_their_row_group_early() {
        let shared = Shared::default();
        let mut encoder = open(Format::Parquet, &columns(), Options::default(), shared.sink()).unwrap();
        let mut noise = 1_u32;
        for _ in 0..32 {
            let mut row: Row = rows()[0].clone();
            // What repeats would be compressed to nothing.
            let text = std::iter::repeat_with(|| {
                noise = noise.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
                char::from(b' ' + noise.to_be_bytes()[0] % 90)
            });
            row[1] = Cell::Text(text.take(GROUP_BYTES / 16).collect());
            encoder.rows(&[row]).unwrap();
        }
        encoder.finish(&complete()).unwrap();
        let builder = read(shared.bytes());
        assert!(builder.metadata().num_row_groups() > 1);
        assert_eq!(builder.metadata().file_metadata().num_rows(), 32);
    }
}
