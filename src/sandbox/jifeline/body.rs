//! The members of a JSON body, read as leniently as the vendor's own samples are written.

use axum::body::Bytes;
use axum::extract::FromRequest;
use axum::extract::Request;
use serde_json::Map;
use serde_json::Value;
use uuid::Uuid;

use super::problem::Problem;

/// A body that is a JSON object. A member that is null counts as absent.
#[derive(Debug)]
pub(super) struct Body(Map<String, Value>);

impl<S: Send + Sync> FromRequest<S> for Body {
    type Rejection = Problem;

    async fn from_request(request: Request, state: &S) -> Result<Self, Problem> {
        let bytes = Bytes::from_request(request, state).await;
        let bytes = bytes.map_err(|error| Problem::invalid(format!("The body cannot be read: {error}.")))?;
        let body: Value = serde_json::from_slice(&bytes)
            .map_err(|error| Problem::invalid(format!("The body is no JSON: {error}.")))?;
        match body {
            Value::Object(members) => Ok(Self(members)),
            Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) | Value::Array(_) => {
                Err(Problem::invalid("The body must be an object."))
            }
        }
    }
}

impl Body {
    /// The member, unless it is absent or null.
    pub(super) fn member(&self, name: &str) -> Option<&Value> {
        self.0.get(name).filter(|value| !value.is_null())
    }

    /// A text.
    pub(super) fn text(&self, name: &str) -> Result<Option<&str>, Problem> {
        match self.member(name) {
            Some(Value::String(text)) => Ok(Some(text)),
            Some(_) => Err(Problem::invalid(format!("{name} must be a string."))),
            None => Ok(None),
        }
    }

    /// A truth value.
    pub(super) fn boolean(&self, name: &str) -> Result<Option<bool>, Problem> {
        let boolean =
            |value: &Value| value.as_bool().ok_or_else(|| Problem::invalid(format!("{name} must be a boolean.")));
        self.member(name).map(boolean).transpose()
    }

    /// An integer that must be there.
    pub(super) fn integer(&self, name: &str) -> Result<i64, Problem> {
        let value = self.member(name).ok_or_else(|| required(name))?;
        as_integer(value).ok_or_else(|| Problem::invalid(format!("{name} must be an integer.")))
    }

    /// A UUID.
    pub(super) fn uuid(&self, name: &str) -> Result<Option<Uuid>, Problem> {
        let uuid = |text: &str| text.parse().map_err(|_| Problem::invalid(format!("{name} is no UUID.")));
        self.text(name)?.map(uuid).transpose()
    }

    /// A list of integers that must be there.
    pub(super) fn integers(&self, name: &str) -> Result<Vec<i64>, Problem> {
        let value = self.member(name).ok_or_else(|| required(name))?;
        let all = value.as_array().and_then(|members| members.iter().map(as_integer).collect());
        all.ok_or_else(|| Problem::invalid(format!("{name} must be a list of integers.")))
    }
}

impl Body {
    /// Whether the member is there at all, null or not.
    pub(super) fn has(&self, name: &str) -> bool {
        self.0.contains_key(name)
    }

    /// The object that must be there.
    pub(super) fn object(&self, name: &str) -> Result<Self, Problem> {
        let members = self.member(name).ok_or_else(|| required(name))?.as_object();
        members.cloned().map(Self).ok_or_else(|| Problem::invalid(format!("{name} must be an object.")))
    }

    /// A text that must be there and hold something.
    pub(super) fn some_text(&self, name: &str) -> Result<&str, Problem> {
        self.text(name)?.filter(|text| !text.is_empty()).ok_or_else(|| required(name))
    }

    /// A text that the vendor's schema calls a string and its sample writes as a number.
    pub(super) fn text_or_number(&self, name: &str) -> Result<String, Problem> {
        match self.member(name) {
            Some(Value::Number(number)) => Ok(number.to_string()),
            _ => self.some_text(name).map(str::to_owned),
        }
    }
}

/// A member is missing.
pub(super) fn required(name: &str) -> Problem {
    Problem::invalid(format!("{name} is required."))
}

/// An integer, also one in digits.
pub(super) fn as_integer(value: &Value) -> Option<i64> {
    value.as_i64().or_else(|| value.as_str().and_then(|text| text.parse().ok()))
}
