//! The vehicle identification number.

use std::fmt;
use std::sync::Arc;

use async_graphql::InputValueResult;
use async_graphql::Scalar;
use async_graphql::ScalarType;
use async_graphql::Value;

use super::refused;

/// A vehicle identification number.
///
/// As an argument it has 17 letters or digits; lower case is raised. There is no check digit: European numbers
/// have none. In answers it is what the source sent, which can have another length.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Vin(Arc<str>);

impl Vin {
    /// Reads a number as a client writes it: trimmed, upper-cased; none unless it has 17 letters or digits.
    pub fn parse(text: &str) -> Option<Self> {
        let text = text.trim();
        let is_valid = text.len() == 17 && text.bytes().all(|byte| byte.is_ascii_alphanumeric());
        is_valid.then(|| Self(Arc::from(text.to_ascii_uppercase())))
    }

    /// Takes a number as a source wrote it, upper-cased and otherwise unchecked.
    pub fn from_source(text: &str) -> Self {
        Self(Arc::from(text.trim().to_ascii_uppercase()))
    }

    /// Whether it has the 17 letters or digits that the standard asks for.
    pub fn is_standard(&self) -> bool {
        Self::parse(&self.0).is_some()
    }

    /// The number as text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for Vin {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// A vehicle identification number (VIN).
///
/// As an argument: 17 letters or digits, lower case is accepted. In answers it stands as the source has it; some
/// sources shorten or lengthen it.
#[Scalar(name = "Vin")]
impl ScalarType for Vin {
    fn parse(value: Value) -> InputValueResult<Self> {
        let read = match &value {
            Value::String(text) => Self::parse(text),
            Value::Null
            | Value::Number(_)
            | Value::Boolean(_)
            | Value::Binary(_)
            | Value::Enum(_)
            | Value::List(_)
            | Value::Object(_) => None,
        };
        read.ok_or_else(|| refused(&value, "a VIN is a string of 17 letters or digits"))
    }

    fn to_value(&self) -> Value {
        Value::String(self.0.as_ref().to_owned())
    }
}
