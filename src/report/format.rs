//! The formats of tables.

/// A format that a table can be written in.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Format {
    /// Comma separated values with a line of names, by RFC 4180, in UTF-8.
    Csv,
    /// One JSON object in each line.
    NdJson,
    /// One JSON object with the columns, an array of objects, and how the table ended.
    Json,
    /// Apache Parquet.
    Parquet,
    /// A stream of Apache Arrow record batches.
    Arrow,
    /// A workbook of Office Open XML.
    Xlsx,
}

impl Format {
    /// Every format.
    pub const ALL: [Self; 6] = [Self::Csv, Self::NdJson, Self::Json, Self::Parquet, Self::Arrow, Self::Xlsx];

    /// The ending of its files' names.
    #[must_use]
    pub fn extension(self) -> &'static str {
        match self {
            Self::Csv => "csv",
            Self::NdJson => "ndjson",
            Self::Json => "json",
            Self::Parquet => "parquet",
            Self::Arrow => "arrow",
            Self::Xlsx => "xlsx",
        }
    }

    /// Its media type, without parameters.
    #[must_use]
    pub fn media_type(self) -> &'static str {
        match self {
            Self::Csv => "text/csv",
            Self::NdJson => "application/x-ndjson",
            Self::Json => "application/json",
            Self::Parquet => "application/vnd.apache.parquet",
            Self::Arrow => "application/vnd.apache.arrow.stream",
            Self::Xlsx => "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
        }
    }

    /// Whether it can be sent while rows are still coming; the others are written to their end first.
    #[must_use]
    pub fn streams(self) -> bool {
        matches!(self, Self::Csv | Self::NdJson | Self::Json | Self::Arrow)
    }

    /// Whether a table in it says itself how it ended.
    #[must_use]
    pub fn holds_ending(self) -> bool {
        !matches!(self, Self::Csv | Self::Arrow)
    }

    /// Whether this build can write it.
    #[must_use]
    pub fn is_available(self) -> bool {
        cfg!(feature = "columnar") || !matches!(self, Self::Parquet | Self::Arrow)
    }

    /// The format whose files end in `.extension`.
    #[must_use]
    pub fn of_extension(extension: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|format| format.extension() == extension)
    }
}
