//! Exact numbers.

use async_graphql::InputValueResult;
use async_graphql::Scalar;
use async_graphql::ScalarType;
use async_graphql::Value;

use super::refused;

/// An exact decimal number; it never passes through a binary fraction.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Decimal(pub rust_decimal::Decimal);

impl From<rust_decimal::Decimal> for Decimal {
    fn from(number: rust_decimal::Decimal) -> Self {
        Self(number)
    }
}

/// An exact decimal number as a string, such as `"1299.50"`. As an argument a whole number may stand without quotes.
#[Scalar(name = "Decimal")]
impl ScalarType for Decimal {
    fn parse(value: Value) -> InputValueResult<Self> {
        let read = match &value {
            Value::String(text) => rust_decimal::Decimal::from_str_exact(text).ok().map(Self),
            Value::Number(number) => number.as_i64().map(|whole| Self(whole.into())),
            Value::Null | Value::Boolean(_) | Value::Binary(_) | Value::Enum(_) | Value::List(_) | Value::Object(_) => {
                None
            }
        };
        read.ok_or_else(|| refused(&value, "a decimal number is a string such as `\"1299.50\"`, at most 28 digits"))
    }

    fn to_value(&self) -> Value {
        Value::String(self.0.to_string())
    }
}
