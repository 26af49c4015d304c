//! Writes rows in a format.
//!
//! An encoder holds no more than a batch of rows; what it writes goes to the sink at once, save where a format is only whole
//! at its end. No value is changed in silence: what a format cannot hold exactly is told beside it, or refused.

mod checked;
mod csv;
mod json;
mod ndjson;
mod object;
mod text;
mod xlsx;

#[cfg(feature = "columnar")]
mod arrow;
#[cfg(feature = "columnar")]
mod batch;
#[cfg(feature = "columnar")]
mod parquet;

#[cfg(test)]
mod samples;

use std::io;
use std::io::Write;

use crate::report::cell::Row;
use crate::report::column::Column;
use crate::report::ending::Ending;
use crate::report::format::Format;

/// Where an encoder writes to.
pub type Sink = Box<dyn Write + Send>;

/// What the reader chooses about the writing.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Options {
    /// Whether text that a spreadsheet would take for a formula gets an apostrophe in front (`excel=safe`).
    pub excel_safe: bool,
}

/// Writes the rows of one table.
pub trait Encode: Send {
    /// Writes rows; each has a cell for each column.
    ///
    /// # Errors
    /// What the sink refuses, and [`io::ErrorKind::InvalidData`] for a cell that does not fit its column.
    fn rows(&mut self, rows: &[Row]) -> io::Result<()>;

    /// Writes what belongs to the end, and gives the sink back flushed.
    ///
    /// # Errors
    /// What the sink refuses.
    fn finish(self: Box<Self>, ending: &Ending) -> io::Result<Box<dyn Write + Send>>;
}

/// Begins a table of `columns` in `format`, and writes what belongs to its beginning.
///
/// # Errors
/// What the sink refuses, and [`io::ErrorKind::Unsupported`] for a format that this build has not.
pub fn open(format: Format, columns: &[Column], options: Options, sink: Sink) -> io::Result<Box<dyn Encode>> {
    let encoder: Box<dyn Encode> = match format {
        Format::Csv => Box::new(csv::Csv::open(columns, options, sink)?),
        Format::NdJson => Box::new(ndjson::NdJson::open(columns, sink)?),
        Format::Json => Box::new(json::Json::open(columns, sink)?),
        #[cfg(feature = "columnar")]
        Format::Arrow => Box::new(arrow::Arrow::open(columns, sink)?),
        #[cfg(feature = "columnar")]
        Format::Parquet => Box::new(parquet::Parquet::open(columns, sink)?),
        #[cfg(not(feature = "columnar"))]
        Format::Arrow | Format::Parquet => return Err(not_built_in(format)),
        Format::Xlsx => Box::new(xlsx::Xlsx::open(columns, sink)?),
    };
    Ok(Box::new(checked::Checked::new(columns, encoder)))
}

#[cfg(not(feature = "columnar"))]
fn not_built_in(format: Format) -> io::Error {
    let message = format!("{} is not built in: this build lacks the feature `columnar`", format.extension());
    io::Error::new(io::ErrorKind::Unsupported, message)
}

/// Data that a format cannot hold.
fn invalid(message: impl Into<String>) -> io::Error {
    io::Error::new(io::ErrorKind::InvalidData, message.into())
}
