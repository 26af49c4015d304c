//! The cells of a table.

use chrono::DateTime;
use chrono::NaiveDate;
use chrono::Utc;
use rust_decimal::Decimal;

/// One value of a row; it fits the type of its column or is [`Cell::Null`].
#[derive(Clone, Debug, PartialEq)]
pub enum Cell {
    /// Nothing.
    Null,
    /// Text.
    Text(String),
    /// True or false.
    Boolean(bool),
    /// A whole number.
    Integer(i64),
    /// A binary floating point number.
    Float(f64),
    /// An exact decimal number.
    Decimal(Decimal),
    /// A day.
    Date(NaiveDate),
    /// A moment in UTC.
    Timestamp(DateTime<Utc>),
    /// JSON text.
    Json(String),
}

/// One row: a cell for each column, in their order.
pub type Row = Vec<Cell>;
