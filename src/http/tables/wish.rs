//! What a client wants to be sent, by its headers and the parameters of the address.

use http::HeaderMap;
use http::Method;
use http::header;
use http::request::Parts;
use url::form_urlencoded;

use crate::error::Code;
use crate::http::graphql::table_format;
use crate::http::problem::Problem;
use crate::report::encode::Options;
use crate::report::ending::Ending;
use crate::report::ending::Outcome;
use crate::report::format::Format;

/// What becomes of a table that is not whole.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::http) enum Partial {
    /// It is sent where its end can tell so, and else broken off at its end.
    Tell,
    /// It is sent to its end even where nothing can tell that it is not whole.
    Allow,
    /// It is refused, so nothing is sent before it is known.
    Fail,
}

/// How a client wants its table.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::http) struct Wish {
    pub(in crate::http) format: Format,
    pub(in crate::http) options: Options,
    pub(in crate::http) partial: Partial,
    /// The most rows that the client wants.
    pub(in crate::http) limit: Option<u64>,
    /// Whether the client reads trailers.
    pub(in crate::http) takes_trailers: bool,
    /// Whether the client wants the headers only.
    pub(in crate::http) is_head: bool,
}

impl Wish {
    /// The wish of a request whose `Accept` names a format.
    pub(in crate::http) fn read(parts: &Parts) -> Result<Self, Problem> {
        let format = table_format(&parts.headers)
            .ok_or_else(|| Problem::new(Code::BadInput, "`Accept` names no format of tables"))?;
        Self::of_format(format, parts)
    }

    /// The wish for a table in `format`.
    pub(in crate::http) fn of_format(format: Format, parts: &Parts) -> Result<Self, Problem> {
        let takes_trailers = takes_trailers(&parts.headers);
        let (options, partial) = (Options::default(), Partial::Tell);
        let is_head = parts.method == Method::HEAD;
        let mut wish = Self { format, options, partial, limit: None, takes_trailers, is_head };
        for (name, value) in form_urlencoded::parse(parts.uri.query().unwrap_or_default().as_bytes()) {
            match (&*name, &*value) {
                ("excel", "safe") => wish.options.excel_safe = true,
                ("excel", "plain") => wish.options.excel_safe = false,
                ("excel", _) => return Err(wrong(&name, "`safe` or `plain`")),
                ("partial", "fail") => wish.partial = Partial::Fail,
                ("partial", "tell") => wish.partial = Partial::Tell,
                ("partial", "allow") => wish.partial = Partial::Allow,
                ("partial", _) => return Err(wrong(&name, "`fail`, `tell` or `allow`")),
                ("limit", value) => {
                    let limit = value.parse().ok().filter(|limit| *limit > 0);
                    wish.limit = Some(limit.ok_or_else(|| wrong(&name, "a number of rows above 0"))?);
                }
                _ => {}
            }
        }
        Ok(wish)
    }

    /// Whether a table that ended so has all that the client asks for: it knows how many rows it has asked for.
    pub(in crate::http) fn is_met_by(&self, ending: &Ending) -> bool {
        match ending.outcome {
            Outcome::Complete => true,
            Outcome::Capped => self.limit == Some(ending.rows),
            Outcome::Incomplete => false,
        }
    }

    /// The most rows, where no table may have more than `most`.
    pub(in crate::http) fn row_cap(&self, most: u64) -> u64 {
        self.limit.map_or(most, |limit| limit.min(most))
    }
}

/// The names of the columns that the client wants, parted by commas; none for all.
pub(super) fn columns(parts: &Parts) -> Option<String> {
    let mut query = form_urlencoded::parse(parts.uri.query().unwrap_or_default().as_bytes());
    query.find_map(|(name, value)| (name == "columns").then(|| value.into_owned()))
}

fn wrong(name: &str, expected: &str) -> Problem {
    Problem::new(Code::BadInput, format!("the parameter `{name}` of the address must be {expected}"))
}

fn takes_trailers(headers: &HeaderMap) -> bool {
    let values = headers.get_all(header::TE).iter().filter_map(|value| value.to_str().ok());
    values.flat_map(|value| value.split(',')).any(|value| {
        let name = value.split(';').next().unwrap_or_default();
        name.trim().eq_ignore_ascii_case("trailers")
    })
}
