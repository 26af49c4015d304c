//! Days.

use async_graphql::InputValueResult;
use async_graphql::Scalar;
use async_graphql::ScalarType;
use async_graphql::Value;
use chrono::NaiveDate;

use super::refused;

/// A day of the calendar without a time and without a time zone.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Date(pub NaiveDate);

impl From<NaiveDate> for Date {
    fn from(day: NaiveDate) -> Self {
        Self(day)
    }
}

/// A day of the calendar, such as `2026-03-31`, without a time and without a time zone.
#[Scalar(name = "Date")]
impl ScalarType for Date {
    fn parse(value: Value) -> InputValueResult<Self> {
        let read = if let Value::String(text) = &value { text.parse().ok().map(Self) } else { None };
        read.ok_or_else(|| refused(&value, "a date is a string such as `2026-03-31`"))
    }

    fn to_value(&self) -> Value {
        Value::String(self.0.to_string())
    }
}
