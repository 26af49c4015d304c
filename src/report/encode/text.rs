//! Values as text, alike in every format that writes them as text.

use chrono::DateTime;
use chrono::SecondsFormat;
use chrono::Utc;

/// A moment by RFC 3339 with `Z`. Always six digits of a second: tools that guess the notation from the first row would not
/// read a shorter one in a later row.
pub(super) fn timestamp(at: DateTime<Utc>) -> String {
    at.to_rfc3339_opts(SecondsFormat::Micros, true)
}

/// A binary floating point number: the shortest digits that give it back, always with a point or an exponent.
pub(super) fn float(value: f64) -> String {
    format!("{value:?}")
}
