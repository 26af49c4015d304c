//! Reports that are read once and kept: `/reports/{name}.parquet` and `.xlsx`, and what there is of their runs.
//!
//! - `conditions` decides by the headers of RFC 9110 what of a file is sent.
//! - `serve` sends it.

mod conditions;
mod serve;

use std::sync::Arc;
use std::time::Duration;

use async_graphql::Variables;
use axum::Router;
use axum::extract::Path;
use axum::extract::Request;
use axum::extract::State;
use axum::response::IntoResponse;
use axum::response::Response;
use axum::routing::get;
use headers::CacheControl;
use headers::HeaderMapExt;
use headers::IfMatch;
use headers::IfRange;
use http::HeaderName;
use http::HeaderValue;
use http::header;
use http::request::Parts;
use serde::Serialize;
use uuid::Uuid;

use super::problem::Problem;
use super::reports::described;
use super::reports::may_read;
use super::request_id::RequestId;
use super::tables::Partial;
use super::tables::Tables;
use super::tables::Wish;
use super::tables::failed;
use super::tables::not_whole;
use super::tables::projection;
use super::tables::unwritten;
use crate::auth::Session;
use crate::error::Code;
use crate::error::Error;
use crate::report::ending::Ending;
use crate::report::format::Format;
use crate::report::project::Projection;
use crate::report::run::Demand;
use crate::report::run::Line;
use crate::report::run::Owner;
use crate::report::run::Run;
use crate::report::run::Stored;
use crate::report::run::Wanted;
use crate::report::saved::Saved;
use serve::Table;
pub(super) use serve::about;

/// The run that an answer tells of.
pub(super) const FORECOURT_RUN: HeaderName = HeaderName::from_static("forecourt-run");

/// When a run that the end of the process has interrupted may be asked for again.
const RETRY_AFTER: Duration = Duration::from_secs(5);

/// The asker's runs of a report.
#[derive(Serialize)]
struct List {
    runs: Vec<Line>,
}

/// The routes of runs.
pub(super) fn routes() -> Router<Tables> {
    Router::new().route("/reports/{name}/runs", get(list)).route("/reports/{name}/runs/{file}", get(one))
}

/// The table of `saved` in a format that is kept: from a run that is at hand, or one that is read now.
pub(super) async fn answer(
    tables: &Tables,
    saved: &Saved,
    variables: Variables,
    wish: Wish,
    parts: &Parts,
) -> Result<Response, Problem> {
    let projection = projection(saved.plan.columns(), parts)?;
    let extract = tables.wanted(Arc::clone(&saved.plan), variables, wish, parts)?;
    let session = Arc::clone(&extract.session);
    let (report, document) = (saved.name.clone(), saved.document.clone());
    let wanted = Wanted { report, document, limit: wish.limit, extract };
    let run = match named(tables, &wanted, (wish.format, &projection), parts) {
        Some(run) => run,
        None => tables.runs().obtain(wanted, demand(parts), || tables.seat(&session))?,
    };
    let ending = ended(&run).await?;
    if ending.has_nothing() {
        return Err(failed(&ending));
    }
    if wish.partial == Partial::Fail && !wish.is_met_by(&ending) {
        let problem = not_whole(&ending);
        return Err(about(&run).into_iter().fold(problem, |problem, (name, value)| problem.with_header(name, value)));
    }
    let (stored, file) = tables.runs().file(&run, wish.format, projection).await.map_err(unwritten)?;
    let cache = HeaderValue::from_static("private, no-cache");
    let table = Table { run: &run, ending, format: wish.format, stored, file, cache };
    serve::serve(table, parts, tables.shutdown())
}

/// The run whose file the client has a part of already, or wants to be sure of.
fn named(tables: &Tables, wanted: &Wanted, file: (Format, &Projection), parts: &Parts) -> Option<Arc<Run>> {
    let if_match = parts.headers.typed_get::<IfMatch>().filter(|tags| !tags.is_any());
    let if_range = parts.headers.typed_get::<IfRange>();
    if if_match.is_none() && if_range.is_none() {
        return None;
    }
    let is_meant = |stored: &Stored| {
        conditions::tag(stored).is_some_and(|tag| {
            if_match.as_ref().is_some_and(|tags| tags.precondition_passes(&tag))
                || if_range.as_ref().is_some_and(|range| !range.is_modified(Some(&tag), None))
        })
    };
    tables.runs().with_file(wanted, file, is_meant)
}

fn demand(parts: &Parts) -> Demand {
    if parts.headers.contains_key(header::RANGE) {
        return Demand::Piece;
    }
    let is_anew = parts.headers.typed_get::<CacheControl>().is_some_and(|cache| cache.no_cache());
    if is_anew { Demand::Anew } else { Demand::Fresh }
}

/// How `run` ended, when it has.
pub(super) async fn ended(run: &Run) -> Result<Ending, Problem> {
    if let Some(ending) = run.ended().await {
        return Ok(ending);
    }
    if run.has_failed() {
        return Err(Problem::from(Error::internal("the run cannot be kept")));
    }
    let message = "the run was interrupted; ask for the report again, and it goes on where it was";
    let error = Error::new(Code::Overloaded, message);
    Err(Problem::from(Error { retryable: true, retry_after: Some(RETRY_AFTER), ..error }))
}

async fn list(State(tables): State<Tables>, Path(name): Path<String>, request: Request) -> Response {
    let parts = request.into_parts().0;
    let listed = owner(&parts).map(|owner| {
        let runs = tables.runs().of(&owner, &name).iter().map(|run| run.line()).collect();
        described(List { runs })
    });
    listed.unwrap_or_else(|problem| told(problem, &parts))
}

/// A manifest, or a file where the name has the ending of a format.
async fn one(State(tables): State<Tables>, Path((name, file)): Path<(String, String)>, request: Request) -> Response {
    let parts = request.into_parts().0;
    let answered = match file.rsplit_once('.') {
        None => find(&tables, &parts, &name, &file).map(|run| described(run.manifest())),
        Some((id, extension)) => kept(&tables, &parts, (&name, id), extension).await,
    };
    answered.unwrap_or_else(|problem| told(problem, &parts))
}

/// A file of a run, which never changes.
async fn kept(tables: &Tables, parts: &Parts, (name, id): (&str, &str), extension: &str) -> Result<Response, Problem> {
    let run = find(tables, parts, name, id)?;
    let format = Format::of_extension(extension).filter(|format| format.is_available() && !format.streams());
    let format = format.ok_or_else(|| {
        let known = Format::ALL.into_iter().filter(|format| format.is_available() && !format.streams());
        let known = known.map(|format| format!("`.{}`", format.extension())).collect::<Vec<_>>().join(", ");
        Problem::new(Code::NotFound, format!("no run is kept as `.{extension}`; there are {known}"))
    })?;
    let ending = ended(&run).await?;
    let (stored, file) =
        tables.runs().file(&run, format, projection(&run.columns(), parts)?).await.map_err(unwritten)?;
    let age = tables.runs().time_left(&run).num_seconds().max(0);
    let cache = HeaderValue::from_str(&format!("private, max-age={age}, immutable")).map_err(Error::internal)?;
    serve::serve(Table { run: &run, ending, format, stored, file, cache }, parts, tables.shutdown())
}

/// A run of the asker; that of anybody else is not there.
fn find(tables: &Tables, parts: &Parts, name: &str, id: &str) -> Result<Arc<Run>, Problem> {
    let owner = owner(parts)?;
    let run = Uuid::try_parse(id).ok().and_then(|id| tables.runs().find(&owner, name, id));
    run.ok_or_else(|| {
        Problem::new(Code::NotFound, format!("there is no such run of `{name}`; `/reports/{name}/runs` lists them"))
    })
}

fn owner(parts: &Parts) -> Result<Owner, Problem> {
    may_read(parts)?;
    let session = parts.extensions.get::<Arc<Session>>();
    let session = session.ok_or_else(|| Problem::from(Error::internal("the layers in front of runs are missing")))?;
    Ok(Owner::of(session))
}

fn told(problem: Problem, parts: &Parts) -> Response {
    problem.with_request_id(parts.extensions.get::<RequestId>()).into_response()
}
