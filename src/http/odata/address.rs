//! What the addresses of a feed say: resources, pages, and where the feed itself is.

use http::header;
use http::request::Parts;
use url::Url;
use url::form_urlencoded;
use url::form_urlencoded::Serializer;
use uuid::Uuid;

use crate::error::Code;
use crate::error::Error;
use crate::http::problem::Problem;
use crate::report::odata::page::Start;

/// The path of the feed.
pub(super) const FEED: &str = "/reports/odata";

/// A resource of the feed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Resource {
    /// What entity sets there are.
    Service,
    /// What their types are.
    Metadata,
    /// An entity set.
    Set(String),
    /// How many entities a set has.
    Count(String),
    /// One entity.
    Entity(String, u64),
}

impl Resource {
    /// The resource at `path`, which is what follows on the feed's own.
    pub(super) fn read(path: &str) -> Result<Self, Problem> {
        let path = path.trim_end_matches('/');
        let (first, rest) = path.split_once('/').map_or((path, None), |(first, rest)| (first, Some(rest)));
        let system = first.split('(').next().unwrap_or_default();
        if matches!(system, "$batch" | "$entity" | "$all" | "$crossjoin") {
            return Err(unsupported(&format!("`{system}`")));
        }
        let (set, key) = match first.split_once('(') {
            None => (first, None),
            Some((set, key)) => {
                let key = key.strip_suffix(')').ok_or_else(|| unknown(path))?;
                let digits = key.strip_prefix("_row=").unwrap_or(key);
                let message = || format!("the key of an entity is its `_row`, a whole number, not `{key}`");
                let number = digits.parse().map_err(|_| Problem::new(Code::BadInput, message()))?;
                (set, Some(number))
            }
        };
        match (set, key, rest) {
            ("", None, None) => Ok(Self::Service),
            ("$metadata", None, None) => Ok(Self::Metadata),
            (set, None, None) => Ok(Self::Set(set.to_owned())),
            (set, None, Some("$count")) => Ok(Self::Count(set.to_owned())),
            (set, Some(number), None) => Ok(Self::Entity(set.to_owned(), number)),
            (_, Some(_), Some(_)) => Err(unsupported("resources below an entity; `$select` gives single properties")),
            (_, None, Some(rest)) if rest.starts_with('$') => Err(unsupported(&format!("`{rest}`"))),
            _ => Err(unknown(path)),
        }
    }
}

/// Where a page stands in a run: what `$skiptoken` holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct SkipToken {
    pub(super) run: Uuid,
    pub(super) start: Start,
}

impl SkipToken {
    pub(super) fn read(text: &str) -> Result<Self, Problem> {
        let read = || {
            let mut parts = text.split('.');
            let run = parts.next()?.parse().ok()?;
            let (after, given) = (parts.next()?.parse().ok()?, parts.next()?.parse().ok()?);
            let is_whole = parts.next().is_none() && after > 0;
            is_whole.then_some(Self { run, start: Start { after, given } })
        };
        read().ok_or_else(|| Problem::new(Code::BadInput, "the `$skiptoken` is none that this feed has given"))
    }

    fn text(self) -> String {
        let Start { after, given } = self.start;
        format!("{}.{after}.{given}", self.run.simple())
    }
}

/// The pairs of the address' query. Blanks may stand as `+`, so a plus sign stands as `%2B`.
pub(super) fn pairs(parts: &Parts) -> Vec<(String, String)> {
    form_urlencoded::parse(parts.uri.query().unwrap_or_default().as_bytes()).into_owned().collect()
}

/// The address of the feed as the client has called it. Some clients take no relative addresses.
pub(super) fn feed(parts: &Parts, public: Option<&Url>) -> Result<String, Problem> {
    let host = parts.headers.get(header::HOST).and_then(|host| host.to_str().ok());
    let host = host.or_else(|| parts.uri.authority().map(http::uri::Authority::as_str));
    let host = host.ok_or_else(|| Problem::from(Error::internal("a request without a host")))?;
    // The name that is public is where a proxy in front takes the requests, perhaps encrypted.
    let is_public = public.is_some_and(|url| url.authority() == host);
    let scheme = public.filter(|_| is_public).map_or("http", Url::scheme);
    Ok(format!("{scheme}://{host}{FEED}"))
}

/// The address of the page that `token` names, which has every option of the present one.
pub(super) fn next(feed: &str, set: &str, parts: &Parts, token: SkipToken) -> String {
    let mut query = Serializer::new(String::new());
    for (name, value) in pairs(parts) {
        if name != "$skiptoken" {
            query.append_pair(&name, &value);
        }
    }
    query.append_pair("$skiptoken", &token.text());
    // All read `%20`, and not all read `+`, for a blank.
    format!("{feed}/{set}?{}", query.finish().replace('+', "%20"))
}

fn unsupported(what: &str) -> Problem {
    Problem::new(Code::Unsupported, format!("this feed does not support {what}"))
}

fn unknown(path: &str) -> Problem {
    Problem::new(Code::NotFound, format!("the feed has no resource `{path}`; `{FEED}` names its entity sets"))
}
