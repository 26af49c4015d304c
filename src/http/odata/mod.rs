//! `/reports/odata`: the reports as a feed of the OData protocol 4.0, read-only.
//!
//! - `address` reads the path, and makes links.
//! - `format` knows the forms of JSON, `answer` makes the answers.
//!
//! Entities come from a run of their report, so that all pages are of one reading.

mod address;
mod answer;
mod format;

use std::sync::Arc;

use axum::Router;
use axum::extract::Path;
use axum::extract::Request;
use axum::extract::State;
use axum::response::Response;
use axum::routing::any;
use http::HeaderValue;
use http::Method;
use http::StatusCode;
use http::header;
use http::request::Parts;
use serde::Serialize;
use url::Url;

use super::problem::Problem;
use super::reports::may_read;
use super::runs;
use super::runs::about;
use super::tables::Partial;
use super::tables::Tables;
use super::tables::Wish;
use super::tables::failed;
use super::tables::not_whole;
use crate::error::Code;
use crate::report::ending::Ending;
use crate::report::format::Format;
use crate::report::odata::csdl;
use crate::report::odata::name;
use crate::report::odata::options::Options;
use crate::report::run::Demand;
use crate::report::run::Wanted;
use crate::report::saved;
use address::FEED;
use address::Resource;
use address::SkipToken;
use answer::Answer;
use format::JsonFormat;

/// Everything that the feed needs.
#[derive(Clone, Debug)]
pub(super) struct Feed {
    tables: Tables,
    public: Option<Url>,
}

/// The routes of the feed; the layers of `/graphql` must stand in front.
pub(super) fn routes(tables: Tables, public: Option<Url>) -> Router {
    let feed = Feed { tables, public };
    Router::new()
        .route(FEED, any(root))
        .route("/reports/odata/", any(root))
        .route("/reports/odata/{*resource}", any(resource))
        .with_state(feed)
}

/// Lets clients that know no bearer ask for the key.
pub(super) fn challenge(mut response: Response) -> Response {
    if response.status() == StatusCode::UNAUTHORIZED {
        let basic = HeaderValue::from_static("Basic realm=\"forecourt\", charset=\"UTF-8\"");
        response.headers_mut().append(header::WWW_AUTHENTICATE, basic);
    }
    response
}

async fn root(State(feed): State<Feed>, request: Request) -> Response {
    feed.respond("", request.into_parts().0).await
}

async fn resource(State(feed): State<Feed>, Path(path): Path<String>, request: Request) -> Response {
    feed.respond(&path, request.into_parts().0).await
}

impl Feed {
    async fn respond(self, path: &str, parts: Parts) -> Response {
        let answered = self.answer(path, &parts).await;
        let mut response = answered.unwrap_or_else(refused);
        let headers = response.headers_mut();
        headers.insert("odata-version", HeaderValue::from_static("4.0"));
        headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("private, no-store"));
        headers.insert(header::VARY, HeaderValue::from_static("Authorization, Forecourt-Session, Accept, Prefer"));
        response
    }

    async fn answer(self, path: &str, parts: &Parts) -> Result<Response, Problem> {
        may_read(parts)?;
        may_speak(parts)?;
        let resource = Resource::read(path)?;
        if !matches!(parts.method, Method::GET | Method::HEAD) {
            let detail = format!("the feed is read-only: `{}` is no method of it", parts.method);
            let problem = Problem::new(Code::BadInput, detail).with_status(StatusCode::METHOD_NOT_ALLOWED);
            return Err(problem.with_header(header::ALLOW, HeaderValue::from_static("GET, HEAD")));
        }
        let options = Options::read(address::pairs(parts))?;
        let feed = address::feed(parts, self.public.as_ref())?;
        let all = ["$filter", "$orderby", "$select", "$top", "$skip", "$count", "$skiptoken"];
        match resource {
            Resource::Service => {
                options.refuse(&all, "the service document")?;
                let form = JsonFormat::read(options.format.as_deref(), &parts.headers)?;
                answer::service(&feed, self.tables.named(), form)
            }
            Resource::Metadata => {
                options.refuse(&all, "the metadata")?;
                answer::metadata(&csdl::metadata(self.tables.named()), options.format.as_deref())
            }
            Resource::Set(set) => {
                let form = JsonFormat::read(options.format.as_deref(), &parts.headers)?;
                let answer = self.run(&set, &options, parts).await?;
                answer.page(form, (&feed, &set), parts).await
            }
            Resource::Count(set) => {
                options.refuse(&["$orderby", "$select", "$top", "$skip", "$count", "$skiptoken"], "a bare number")?;
                self.run(&set, &options, parts).await?.count().await
            }
            Resource::Entity(set, number) => {
                options.refuse(&["$filter", "$orderby", "$top", "$skip", "$count", "$skiptoken"], "a single entity")?;
                let form = JsonFormat::read(options.format.as_deref(), &parts.headers)?;
                self.run(&set, &options, parts).await?.entity(number, form, (&feed, &set)).await
            }
        }
    }

    /// The run that answers for an entity set, with what is asked of it.
    async fn run(self, set: &str, options: &Options, parts: &Parts) -> Result<Answer, Problem> {
        let saved = self.tables.named().iter().find(|saved| name::set(&saved.name) == *set).ok_or_else(|| {
            let detail = format!("the feed has no entity set `{set}`; `{FEED}` names those that there are");
            Problem::new(Code::NotFound, detail)
        })?;
        // All that can be wrong with the request is told before anything is read.
        let columns = saved.plan.columns().to_vec();
        let query = options.query(&columns)?;
        let token = options.token.as_deref().map(SkipToken::read).transpose()?;
        let wish = Wish::of_format(Format::Json, parts)?;
        let given = options.others.iter().filter(|(name, _)| !matches!(name.as_str(), "partial" | "limit"));
        let given = given.cloned().collect::<Vec<_>>();
        let variables = saved::variables(saved.plan.parameters(), &given)?;
        let (report, document) = (saved.name.clone(), saved.document.clone());
        let extract = self.tables.wanted(Arc::clone(&saved.plan), variables, wish, parts)?;
        let session = Arc::clone(&extract.session);
        let wanted = Wanted { report, document, limit: wish.limit, extract };
        let runs = self.tables.runs();
        let run = match token {
            Some(token) => runs.kept(&wanted, token.run).ok_or_else(|| {
                let detail = "the run that this page is of is gone; begin with the first page";
                Problem::new(Code::NotFound, detail).with_status(StatusCode::GONE)
            })?,
            None => runs.obtain(wanted, Demand::Fresh, || self.tables.seat(&session))?,
        };
        let ending = runs::ended(&run).await?;
        is_enough(&ending, wish).map_err(|problem| {
            about(&run).into_iter().fold(problem, |problem, (name, value)| problem.with_header(name, value))
        })?;
        let start = token.map(|token| token.start).unwrap_or_default();
        Ok(Answer { run, ending, columns, query, start, shutdown: self.tables.shutdown().clone() })
    }
}

/// Refuses what is not whole: the clients of feeds read rows, and nothing that could tell them so.
fn is_enough(ending: &Ending, wish: Wish) -> Result<(), Problem> {
    let is_part_allowed = wish.partial == Partial::Allow && !ending.has_nothing();
    match () {
        () if wish.is_met_by(ending) || is_part_allowed => Ok(()),
        // A request that is to blame for having nothing is told so.
        () if ending.has_nothing() => Err(failed(ending)),
        () => Err(not_whole(ending)),
    }
}

/// Refuses clients that know no version of the protocol from 4.0 up.
fn may_speak(parts: &Parts) -> Result<(), Problem> {
    let Some(most) = parts.headers.get("odata-maxversion") else { return Ok(()) };
    let most = most.to_str().unwrap_or_default().split(';').next().unwrap_or_default().trim();
    let major = most.split('.').next().and_then(|major| major.parse::<u32>().ok());
    if major.is_some_and(|major| major >= 4) {
        return Ok(());
    }
    Err(Problem::new(
        Code::BadInput,
        format!("the feed speaks OData 4.0, and `OData-MaxVersion: {most}` does not take it"),
    ))
}

/// A refusal in the form of the protocol.
fn refused(problem: Problem) -> Response {
    #[derive(Serialize)]
    struct Body<'a> {
        error: Told<'a>,
    }
    #[derive(Serialize)]
    struct Told<'a> {
        code: &'a str,
        message: &'a str,
        #[serde(skip_serializing_if = "Vec::is_empty")]
        details: Vec<Detail<'a>>,
    }
    #[derive(Serialize)]
    struct Detail<'a> {
        code: &'a str,
        target: &'a str,
        message: &'a str,
    }
    problem.into_response_of("application/json;charset=utf-8", |code, message, faults| {
        let details =
            faults.iter().map(|fault| Detail { code: &fault.code, target: &fault.path, message: &fault.message });
        let body = Body { error: Told { code, message, details: details.collect() } };
        serde_json::to_vec(&body).unwrap_or_default()
    })
}
