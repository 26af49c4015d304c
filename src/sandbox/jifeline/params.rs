//! Query and path parameters, and the paging that lists share.

use axum::Json;
use axum::extract::FromRequestParts;
use http::request::Parts;
use serde_json::Value;
use serde_json::json;

use super::problem::Problem;

/// The most a page can hold.
const MAXIMUM: usize = 200;

/// The query, decoded, in order.
#[derive(Debug)]
pub(super) struct Params(Vec<(String, String)>);

impl<S: Sync> FromRequestParts<S> for Params {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Problem> {
        let query = parts.uri.query().unwrap_or_default();
        Ok(Self(url::form_urlencoded::parse(query.as_bytes()).into_owned().collect()))
    }
}

impl Params {
    /// The first value under `name` that is not empty.
    pub(super) fn text(&self, name: &str) -> Option<&str> {
        self.0.iter().find(|(key, value)| key == name && !value.is_empty()).map(|(_, value)| value.as_str())
    }

    /// The integer under `name`.
    pub(super) fn integer(&self, name: &str) -> Result<Option<i64>, Problem> {
        self.text(name).map(|text| integer(name, text)).transpose()
    }

    /// The integer under `name`, which the call cannot do without.
    pub(super) fn required_integer(&self, name: &str) -> Result<i64, Problem> {
        self.integer(name)?.ok_or_else(|| Problem::invalid(format!("{name} is required.")))
    }

    /// The page that is asked for; `usual` is the limit when none is given.
    pub(super) fn page(&self, usual: usize) -> Result<Page, Problem> {
        let size = |name: &str, usual: usize| match self.integer(name)? {
            None => Ok(usual),
            Some(number) => {
                usize::try_from(number).map_err(|_| Problem::invalid(format!("{name} must not be negative.")))
            }
        };
        let page = Page { offset: size("offset", 0)?, limit: size("limit", usual)? };
        if page.limit > MAXIMUM {
            return Err(Problem::invalid(format!("limit must not exceed {MAXIMUM}.")));
        }
        Ok(page)
    }
}

/// An integer parameter.
pub(super) fn integer(name: &str, text: &str) -> Result<i64, Problem> {
    text.parse().map_err(|_| Problem::invalid(format!("{name} must be an integer.")))
}

/// A stretch of a list.
#[derive(Clone, Copy, Debug)]
pub(super) struct Page {
    offset: usize,
    limit: usize,
}

impl Page {
    /// The limit of lists that document paging, when the call names none.
    pub(super) const USUAL: usize = 25;

    /// The limit of lists that document no paging, when the call names none.
    pub(super) const WHOLE: usize = MAXIMUM;

    /// The envelope around this stretch of `all`.
    pub(super) fn of<T>(self, all: &[T], show: impl FnMut(&T) -> Value) -> Json<Value> {
        let result: Vec<Value> = all.iter().skip(self.offset).take(self.limit).map(show).collect();
        Json(json!({"result": result, "total": all.len(), "offset": self.offset, "limit": self.limit}))
    }
}
