//! Cells of a sheet, and what a spreadsheet cannot hold.

use chrono::DateTime;
use chrono::Datelike;
use chrono::NaiveDate;
use chrono::Utc;
use rust_decimal::Decimal;
use rust_xlsxwriter::Format;
use rust_xlsxwriter::Worksheet;
use rust_xlsxwriter::XlsxError;

use crate::report::cell::Cell;
use crate::report::encode::text;

/// The most UTF-16 units of a text.
const MAX_TEXT: usize = 32_767;

/// Spreadsheets show and keep so many digits of a number.
const MAX_DIGITS: u32 = 15;

/// What was done to a value that a spreadsheet cannot hold as it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Change {
    /// Text that was too long lost its end.
    Cut,
    /// A number with too many digits, or a day out of the spreadsheets' calendar, is text.
    AsText,
}

/// How days and moments are shown.
pub(super) struct Styles {
    date: Format,
    timestamp: Format,
}

impl Styles {
    pub(super) fn new() -> Self {
        Self {
            date: Format::new().set_num_format("yyyy-mm-dd"),
            timestamp: Format::new().set_num_format("yyyy-mm-dd hh:mm:ss"),
        }
    }
}

/// Writes `cell` at a row and column of `sheet`.
pub(super) fn write(
    sheet: &mut Worksheet,
    (row, column): (u32, u16),
    cell: &Cell,
    styles: &Styles,
) -> Result<Option<Change>, XlsxError> {
    match shown(cell) {
        Shown::Nothing => return Ok(None),
        Shown::Text(value, change) => {
            sheet.write_string(row, column, value)?;
            return Ok(change);
        }
        Shown::Boolean(value) => sheet.write_boolean(row, column, value)?,
        Shown::Number(value) => sheet.write_number(row, column, value)?,
        Shown::Date(value) => sheet.write_date_with_format(row, column, value, &styles.date)?,
        Shown::Timestamp(value) => {
            sheet.write_datetime_with_format(row, column, value.naive_utc(), &styles.timestamp)?
        }
    };
    Ok(None)
}

/// A value as a sheet holds it.
#[derive(Debug, PartialEq)]
pub(super) enum Shown {
    Nothing,
    Text(String, Option<Change>),
    Boolean(bool),
    Number(f64),
    Date(NaiveDate),
    Timestamp(DateTime<Utc>),
}

/// What a sheet holds for `cell`.
pub(super) fn shown(cell: &Cell) -> Shown {
    match cell {
        Cell::Null => Shown::Nothing,
        Cell::Text(value) | Cell::Json(value) => bounded(value),
        Cell::Boolean(value) => Shown::Boolean(*value),
        Cell::Integer(value) => number(Decimal::from(*value)),
        Cell::Float(value) => Shown::Number(*value),
        Cell::Decimal(value) => number(*value),
        Cell::Date(value) if in_calendar(*value) => Shown::Date(*value),
        Cell::Date(value) => Shown::Text(value.to_string(), Some(Change::AsText)),
        Cell::Timestamp(value) if in_calendar(value.date_naive()) => Shown::Timestamp(*value),
        Cell::Timestamp(value) => Shown::Text(text::timestamp(*value), Some(Change::AsText)),
    }
}

fn bounded(value: &str) -> Shown {
    if value.encode_utf16().count() <= MAX_TEXT {
        return Shown::Text(value.to_owned(), None);
    }
    let mut room = MAX_TEXT - 1;
    let fits = |char: &char| room.checked_sub(char.len_utf16()).map(|left| room = left).is_some();
    let mut cut: String = value.chars().take_while(fits).collect();
    cut.push('…');
    Shown::Text(cut, Some(Change::Cut))
}

/// A binary number of so few digits gives the same digits back.
fn number(value: Decimal) -> Shown {
    let digits = value.normalize().mantissa().unsigned_abs().checked_ilog10().map_or(1, |log| log + 1);
    match value.to_string().parse() {
        Ok(number) if digits <= MAX_DIGITS => Shown::Number(number),
        _ => Shown::Text(value.to_string(), Some(Change::AsText)),
    }
}

/// Spreadsheets disagree on the days before, because some count a 29th of February 1900.
fn in_calendar(day: NaiveDate) -> bool {
    NaiveDate::from_ymd_opt(1900, 3, 1).is_some_and(|first| day >= first) && day.year() <= 9999
}
