//! Asks pages of the graph.

use std::sync::Arc;
use std::time::Duration;

use async_graphql::Request;
use async_graphql::Response;
use async_graphql::ServerError;
use async_graphql::Value;
use tokio::time::Instant;

use super::cells::take;
use super::cells::text;
use super::faults;
use super::walker::Walker;
use crate::cache::ReadFrom;
use crate::report::fault::Fault;
use crate::report::plan::At;
use crate::report::plan::Hop;
use crate::report::plan::Sizes;

/// How long a page may take.
const PAGE_TIME: Duration = Duration::from_secs(30);

/// How long to wait before a page that failed as a whole is asked again.
const WAITS: [Duration; 3] = [Duration::from_millis(200), Duration::from_secs(1), Duration::from_secs(5)];

/// The pages that a walk begins with; they get smaller where the limits do not admit them.
pub(super) const SIZES: Sizes = Sizes { page: 200, nested: 50 };

impl Walker {
    /// Asks the whole document; its outermost list begins where `hops` say.
    pub(super) async fn ask_whole(&mut self, hops: &[Hop]) -> Value {
        let plan = self.plan();
        let response = self.ask(|sizes| plan.whole(hops, sizes), hops).await;
        self.note(&response, &[]);
        response.data
    }

    /// Asks the page at the end of `hops`; none when it cannot be read, which is noted.
    pub(super) async fn ask_page(&mut self, hops: &[Hop]) -> Option<Value> {
        let plan = self.plan();
        let response = self.ask(|sizes| plan.only(hops, sizes), hops).await;
        let had_faults = self.note(&response, hops);
        let page = target(response.data, hops);
        if page.is_none() && !had_faults {
            let message = "the list changed while it was read, so that its further pages cannot be asked";
            self.lose(hops, "LIST_CHANGED", message);
        }
        page
    }

    async fn ask(&mut self, text: impl Fn(Sizes) -> String, hops: &[Hop]) -> Response {
        let mut waits = WAITS.into_iter();
        loop {
            let request = Request::new(text(self.sizes())).variables(self.extract.variables.clone());
            let session = Arc::clone(&self.extract.session);
            let answer = self.extract.ask.ask(request, session, Instant::now() + PAGE_TIME).await;
            self.note_age(answer.read_from);
            let response = answer.response;
            if response.errors.iter().any(is_too_costly)
                && let Some(smaller) = halved(self.sizes())
            {
                self.sizes = smaller;
                continue;
            }
            let has_failed =
                response.errors.iter().any(faults::is_retryable) && target(response.data.clone(), hops).is_none();
            match waits.next().filter(|_| has_failed) {
                Some(wait) => tokio::time::sleep(wait).await,
                None => return response,
            }
        }
    }

    /// Notes how old the answers of vendors are.
    fn note_age(&mut self, read_from: ReadFrom) {
        for (vendor, at) in read_from {
            let oldest = self.read_from.entry(vendor.to_owned()).or_insert(at);
            *oldest = at.min(*oldest);
        }
    }

    /// Notes what an answer lacks; says whether it lacks anything.
    fn note(&mut self, response: &Response, hops: &[Hop]) -> bool {
        let plan = self.plan();
        let errors = response.errors.iter().filter(|error| !faults::is_beside(error, hops));
        let found = errors.map(|error| faults::of_error(error, &response.data, &plan)).collect::<Vec<_>>();
        let has_faults = !found.is_empty();
        for fault in found {
            faults::add(&mut self.faults, fault);
        }
        if let Some(Value::List(masked)) = response.extensions.get("masked") {
            self.masked.extend(masked.iter().cloned().filter_map(text));
        }
        has_faults
    }

    /// Notes that what follows at `hops` is missing.
    pub(super) fn lose(&mut self, hops: &[Hop], code: &str, message: &str) {
        let keys = hops.iter().map(|hop| hop.key.clone()).collect::<Vec<_>>();
        let loses_rows = self.plan().route().starts_with(&keys);
        let (path, code, message) = (keys.join("."), code.to_owned(), message.to_owned());
        faults::add(&mut self.faults, Fault { path, code, message, vendor: None, loses_rows, count: 1 });
    }
}

/// The page at the end of `hops` in an answer; none when it is null, or stands elsewhere than it did.
fn target(data: Value, hops: &[Hop]) -> Option<Value> {
    let mut value = data;
    for hop in hops {
        let inner = take(value, &hop.key)?;
        value = match &hop.at {
            At::Object | At::Page { .. } => inner,
            At::Index(index) => item(inner, *index)?,
            At::Item { cursor, .. } => {
                let edge = item(take(inner, "edges")?, 0)?;
                let Value::Object(mut edge) = edge else { return None };
                if edge.get("cursor") != Some(&Value::String(cursor.clone())) {
                    return None;
                }
                edge.swap_remove("node")?
            }
        };
    }
    (value != Value::Null).then_some(value)
}

fn item(value: Value, index: usize) -> Option<Value> {
    if let Value::List(items) = value { items.into_iter().nth(index) } else { None }
}

/// Whether smaller pages would be admitted.
fn is_too_costly(error: &ServerError) -> bool {
    let facts = error.extensions.as_ref();
    facts.and_then(|facts| facts.get("measure")) == Some(&Value::String("cost".to_owned()))
}

fn halved(sizes: Sizes) -> Option<Sizes> {
    match sizes {
        Sizes { page: 0 | 1, nested: 0 | 1 } => None,
        Sizes { page, nested } if page > nested => Some(Sizes { page: page / 2, nested }),
        Sizes { page, nested } => Some(Sizes { page, nested: nested / 2 }),
    }
}
