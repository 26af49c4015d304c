//! The scalars of the graph, one file each.

mod currency_code;
mod date;
mod date_time;
mod decimal;
mod stored;
mod vin;

pub use currency_code::CurrencyCode;
pub use date::Date;
pub use date_time::DateTime;
pub use decimal::Decimal;
pub use vin::Vin;

use async_graphql::InputValueError;
use async_graphql::ScalarType;
use async_graphql::Value;

use crate::error::Code;

/// The refusal of an input value as `BAD_INPUT`; `message` says what is expected.
fn refused<T: ScalarType + async_graphql::InputType>(value: &Value, message: &str) -> InputValueError<T> {
    InputValueError::custom(format!("{value} is not valid: {message}")).with_extension("code", Code::BadInput.as_str())
}
