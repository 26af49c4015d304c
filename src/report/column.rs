//! The columns of a table.

use serde::Deserialize;
use serde::Serialize;

/// What the cells of a column hold.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum ColumnType {
    /// Text: strings, ids, enumeration values.
    Text,
    /// True or false.
    Boolean,
    /// A whole number of 64 bits.
    Integer,
    /// A binary floating point number of 64 bits.
    Float,
    /// An exact decimal number of up to 38 digits, [`DECIMAL_SCALE`] of them after the point.
    Decimal,
    /// A day of the calendar.
    Date,
    /// A moment in UTC, in microseconds.
    Timestamp,
    /// A list or another structure, as JSON text.
    Json,
}

/// How many digits a decimal column has after the point, in formats that fix it.
pub const DECIMAL_SCALE: u8 = 10;

/// How many digits a decimal column has in all, in formats that fix it.
pub const DECIMAL_PRECISION: u8 = 38;

/// One column of a table.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Column {
    /// Its name: the response keys on the way to the value, joined by `_`.
    pub name: String,
    /// What its cells hold.
    #[serde(rename = "type")]
    pub ty: ColumnType,
    /// Whether a cell can be empty.
    #[serde(rename = "nullable")]
    pub is_nullable: bool,
    /// What the schema says of the field that feeds it.
    pub description: String,
}

impl ColumnType {
    /// The name of the type in listings and manifests.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Text => "text",
            Self::Boolean => "boolean",
            Self::Integer => "integer",
            Self::Float => "float",
            Self::Decimal => "decimal",
            Self::Date => "date",
            Self::Timestamp => "timestamp",
            Self::Json => "json",
        }
    }
}
