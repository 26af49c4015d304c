//! Decimal numbers that never pass through a binary fraction, in either direction.

use std::fmt;

use rust_decimal::Decimal;
use serde::Serialize;
use serde::Serializer;
use serde::ser::Error as _;
use serde_json::value::RawValue;

/// A decimal that is written as a JSON number through its text.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct ExactDecimal(pub Decimal);

impl fmt::Debug for ExactDecimal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(&self.0, f)
    }
}

impl Serialize for ExactDecimal {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        RawValue::from_string(self.0.to_string()).map_err(S::Error::custom)?.serialize(serializer)
    }
}

/// Reads a decimal, also in scientific notation; none when it is no number or has more digits than can be kept.
pub(super) fn parse(text: &str) -> Option<Decimal> {
    let text = text.trim();
    if text.contains(['e', 'E']) { Decimal::from_scientific(text).ok() } else { Decimal::from_str_exact(text).ok() }
}
