//! Moments.

use async_graphql::InputValueResult;
use async_graphql::Scalar;
use async_graphql::ScalarType;
use async_graphql::Value;
use chrono::SecondsFormat;
use chrono::Utc;

use super::refused;

/// A moment in UTC.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct DateTime(pub chrono::DateTime<Utc>);

impl From<chrono::DateTime<Utc>> for DateTime {
    fn from(moment: chrono::DateTime<Utc>) -> Self {
        Self(moment)
    }
}

/// A moment in UTC by RFC 3339, such as `2026-03-31T08:15:00Z`. As an argument it may have any offset.
#[Scalar(name = "DateTime", specified_by_url = "https://datatracker.ietf.org/doc/html/rfc3339")]
impl ScalarType for DateTime {
    fn parse(value: Value) -> InputValueResult<Self> {
        let read = if let Value::String(text) = &value {
            chrono::DateTime::parse_from_rfc3339(text).ok().map(|moment| Self(moment.with_timezone(&Utc)))
        } else {
            None
        };
        read.ok_or_else(|| refused(&value, "a moment is a string with its offset, such as `2026-03-31T08:15:00Z`"))
    }

    fn to_value(&self) -> Value {
        Value::String(self.0.to_rfc3339_opts(SecondsFormat::AutoSi, true))
    }
}
