//! The bodies of answers.

use std::io;
use std::io::Write;
use std::sync::Arc;

use axum::body::Body;
use axum::response::Response;
use http::HeaderMap;
use http::HeaderValue;
use http::header;
use http::request::Parts;
use serde_json::json;

use super::address;
use super::address::SkipToken;
use super::format::JsonFormat;
use super::format::unacceptable;
use crate::error::Code;
use crate::error::Error;
use crate::http::problem::Problem;
use crate::http::runs::about;
use crate::http::tables::told;
use crate::report::column::Column;
use crate::report::ending::Ending;
use crate::report::ending::Outcome;
use crate::report::odata::json::Writer;
use crate::report::odata::name;
use crate::report::odata::options::Query;
use crate::report::odata::page;
use crate::report::odata::page::Page;
use crate::report::odata::page::Start;
use crate::report::run::Run;
use crate::report::saved::SavedReports;
use crate::shutdown::Shutdown;

/// How many entities a page has at most.
const PAGE_SIZE: u64 = 10_000;

/// The two names of the preference for smaller pages: those of the versions 4.0 and 4.01.
const MAX_PAGE_SIZE: [&str; 2] = ["odata.maxpagesize", "maxpagesize"];

/// What is asked of a run that has ended.
pub(super) struct Answer {
    pub(super) run: Arc<Run>,
    pub(super) ending: Ending,
    pub(super) columns: Vec<Column>,
    pub(super) query: Query,
    pub(super) start: Start,
    pub(super) shutdown: Shutdown,
}

/// The list of the entity sets.
pub(super) fn service(feed: &str, reports: &SavedReports, form: JsonFormat) -> Result<Response, Problem> {
    let sets = reports.iter().map(|report| {
        let set = name::set(&report.name);
        json!({ "name": set, "kind": "EntitySet", "url": set, "title": report.title })
    });
    let mut document = serde_json::Map::new();
    // The addresses of the sets are relative to this one, so it cannot be left out.
    document.insert("@odata.context".to_owned(), format!("{feed}/$metadata").into());
    document.insert("value".to_owned(), sets.collect());
    Ok(answered(form.content_type(), serde_json::to_vec(&document).map_err(Error::internal)?))
}

/// The description of the types.
pub(super) fn metadata(document: &str, format: Option<&str>) -> Result<Response, Problem> {
    if format.is_none_or(|format| matches!(format, "xml" | "application/xml")) {
        return Ok(answered("application/xml;charset=utf-8", document.into()));
    }
    Err(unacceptable("the metadata is written in XML only: `$format=xml`".to_owned()))
}

impl Answer {
    /// A page of an entity set.
    pub(super) async fn page(
        self,
        form: JsonFormat,
        (feed, set): (&str, &str),
        parts: &Parts,
    ) -> Result<Response, Problem> {
        let preferred = preferred(&parts.headers);
        let size = preferred.map_or(PAGE_SIZE, |(_, size)| size.min(PAGE_SIZE));
        let (feed, set, asked) = (feed.to_owned(), set.to_owned(), parts.clone());
        let told = self.told();
        let writing = self.shutdown.clone().spawn_blocking(move || {
            let page = page::page(&*self.run, &self.query, self.start, size)?;
            let token = page.next.map(|start| SkipToken { run: self.run.id(), start });
            let next = token.map(|token| address::next(&feed, &set, &asked, token));
            self.written(&page, form, (&feed, &set), next.as_deref())
        });
        let mut response = answered(form.content_type(), ready(writing.await)?);
        response.headers_mut().extend(told);
        if let Some((name, size)) = preferred
            && let Ok(applied) = HeaderValue::from_str(&format!("{name}={size}"))
        {
            response.headers_mut().insert("preference-applied", applied);
        }
        Ok(response)
    }

    /// How many entities meet the condition.
    pub(super) async fn count(self) -> Result<Response, Problem> {
        let told = self.told();
        let counting = self.shutdown.clone().spawn_blocking(move || page::count(&*self.run, &self.query));
        let count = ready(counting.await)?;
        let mut response = answered("text/plain;charset=utf-8", count.to_string().into_bytes());
        response.headers_mut().extend(told);
        Ok(response)
    }

    /// One entity.
    pub(super) async fn entity(
        self,
        number: u64,
        form: JsonFormat,
        (feed, set): (&str, &str),
    ) -> Result<Response, Problem> {
        let told = self.told();
        let context = (!form.has_no_metadata).then(|| self.context(feed, set) + "/$entity");
        let writing = self.shutdown.clone().spawn_blocking(move || {
            let Some(entity) = page::entity(&*self.run, number)? else { return Ok(None) };
            let mut body = b"{".to_vec();
            if let Some(context) = context {
                write!(body, "\"@odata.context\":{},", serde_json::to_string(&context)?)?;
            }
            Writer::new(&self.query.select, &self.columns, form.is_compatible)?.push(&mut body, &entity)?;
            body.push(b'}');
            io::Result::Ok(Some(body))
        });
        let body = ready(writing.await)?;
        let missing = || Problem::new(Code::NotFound, format!("`{set}` has no entity with the `_row` {number}"));
        let mut response = answered(form.content_type(), body.ok_or_else(missing)?);
        response.headers_mut().extend(told);
        Ok(response)
    }

    fn written(
        &self,
        page: &Page,
        form: JsonFormat,
        (feed, set): (&str, &str),
        next: Option<&str>,
    ) -> io::Result<Vec<u8>> {
        let mut body = b"{".to_vec();
        if !form.has_no_metadata {
            write!(body, "\"@odata.context\":{},", serde_json::to_string(&self.context(feed, set))?)?;
        }
        let ending = &self.ending;
        if ending.outcome != Outcome::Complete {
            let (outcome, faults) = (serde_json::to_string(&ending.outcome)?, serde_json::to_string(&ending.faults)?);
            write!(body, "\"@{0}.outcome\":{outcome},\"@{0}.faults\":{faults},", name::NAMESPACE)?;
        }
        if let Some(count) = page.count {
            let quote = if form.is_compatible { "\"" } else { "" };
            write!(body, "\"@odata.count\":{quote}{count}{quote},")?;
        }
        body.extend_from_slice(b"\"value\":[");
        let writer = Writer::new(&self.query.select, &self.columns, form.is_compatible)?;
        for (at, entity) in page.entities.iter().enumerate() {
            body.extend_from_slice(if at == 0 { b"\n{" } else { b",\n{" });
            writer.push(&mut body, entity)?;
            body.push(b'}');
        }
        body.push(b']');
        if let Some(next) = next {
            write!(body, ",\"@odata.nextLink\":{}", serde_json::to_string(next)?)?;
        }
        body.push(b'}');
        Ok(body)
    }

    /// Which run the answer is from, and how that ended.
    fn told(&self) -> HeaderMap {
        let mut headers = told(&self.ending);
        headers.extend(about(&self.run));
        headers
    }

    /// What the entities are, by their place in the metadata.
    fn context(&self, feed: &str, set: &str) -> String {
        let selected = if self.query.is_selected {
            let names = self.query.select.iter().map(|property| property.name(&self.columns)).collect::<Vec<_>>();
            format!("({})", names.join(","))
        } else {
            String::new()
        };
        format!("{feed}/$metadata#{set}{selected}")
    }
}

/// The size of pages that the client prefers, with the name of its preference.
fn preferred(headers: &HeaderMap) -> Option<(&'static str, u64)> {
    let values = headers.get_all("prefer").iter().filter_map(|value| value.to_str().ok());
    let mut preferences = values.flat_map(|value| value.split([',', ';']));
    preferences.find_map(|preference| {
        let (name, size) = preference.split_once('=')?;
        let name = MAX_PAGE_SIZE.into_iter().find(|known| known.eq_ignore_ascii_case(name.trim()))?;
        let size = size.trim().trim_matches('"').parse().ok().filter(|size| *size > 0)?;
        Some((name, size))
    })
}

fn ready<T>(work: Result<io::Result<T>, tokio::task::JoinError>) -> Result<T, Problem> {
    Ok(work.map_err(Error::internal)?.map_err(Error::internal)?)
}

fn answered(kind: &'static str, body: Vec<u8>) -> Response {
    let mut response = Response::new(Body::from(body));
    response.headers_mut().insert(header::CONTENT_TYPE, HeaderValue::from_static(kind));
    response
}
