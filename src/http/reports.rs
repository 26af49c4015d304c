//! `/reports`: what reports have a name, and their tables.

use std::sync::Arc;

use axum::Json;
use axum::Router;
use axum::extract::Path;
use axum::extract::Request;
use axum::extract::State;
use axum::response::IntoResponse;
use axum::response::Response;
use axum::routing::get;
use http::HeaderValue;
use http::header;
use http::request::Parts;
use serde::Serialize;
use url::form_urlencoded;

use super::problem::Problem;
use super::request_id::RequestId;
use super::runs;
use super::tables::Tables;
use super::tables::Wish;
use crate::auth::Scope;
use crate::auth::Session;
use crate::error::Code;
use crate::report::format::Format;
use crate::report::saved;
use crate::report::saved::OPTIONS;
use crate::report::saved::Saved;

/// A report in the list.
#[derive(Serialize)]
struct Entry {
    name: String,
    title: String,
    description: String,
    parameters: Vec<Parameter>,
    columns: Vec<Column>,
    /// The addresses of its tables.
    formats: Vec<String>,
}

#[derive(Serialize)]
struct Parameter {
    name: String,
    r#type: String,
    required: bool,
    /// Its default as JSON text.
    #[serde(skip_serializing_if = "Option::is_none")]
    default: Option<String>,
}

#[derive(Serialize)]
struct Column {
    name: String,
    r#type: &'static str,
    nullable: bool,
    description: String,
}

#[derive(Serialize)]
struct List {
    reports: Vec<Entry>,
}

impl From<&Saved> for Entry {
    fn from(saved: &Saved) -> Self {
        let parameters = saved.plan.parameters().iter().map(|parameter| Parameter {
            name: parameter.name.clone(),
            r#type: parameter.ty.clone(),
            required: parameter.is_required,
            default: parameter.default.clone(),
        });
        let columns = saved.plan.columns().iter().map(|column| Column {
            name: column.name.clone(),
            r#type: column.ty.as_str(),
            nullable: column.is_nullable,
            description: column.description.clone(),
        });
        let formats = formats().map(|format| format!("/reports/{}.{}", saved.name, format.extension()));
        Self {
            parameters: parameters.collect(),
            columns: columns.collect(),
            formats: formats.collect(),
            name: saved.name.clone(),
            title: saved.title.clone(),
            description: saved.description.clone(),
        }
    }
}

/// The routes of reports; the layers of `/graphql` must stand in front.
pub(super) fn routes(tables: Tables) -> Router {
    Router::new()
        .route("/reports", get(list))
        .route("/reports/{name}", get(one))
        .merge(runs::routes())
        .with_state(tables)
}

async fn list(State(tables): State<Tables>, request: Request) -> Response {
    let id = request.extensions().get::<RequestId>().cloned();
    let listed =
        may_read(&request.into_parts().0).map(|()| List { reports: tables.named().iter().map(Entry::from).collect() });
    listed.map_or_else(|problem| problem.with_request_id(id.as_ref()).into_response(), described)
}

/// One entry of the list, or a table where the name has the ending of a format.
async fn one(State(tables): State<Tables>, Path(file): Path<String>, request: Request) -> Response {
    let parts = request.into_parts().0;
    let id = parts.extensions.get::<RequestId>().cloned();
    let answered = match file.rsplit_once('.') {
        None => may_read(&parts).and_then(|()| Ok(described(Entry::from(tables.named().find(&file)?)))),
        Some((name, extension)) => table(&tables, name, extension, &parts).await,
    };
    answered.unwrap_or_else(|problem| problem.with_request_id(id.as_ref()).into_response())
}

async fn table(tables: &Tables, name: &str, extension: &str, parts: &Parts) -> Result<Response, Problem> {
    may_read(parts)?;
    let saved = tables.named().find(name)?;
    let format = Format::of_extension(extension).filter(|format| format.is_available()).ok_or_else(|| {
        let known = formats().map(|format| format!("`.{}`", format.extension())).collect::<Vec<_>>().join(", ");
        Problem::new(Code::NotFound, format!("no report is written as `.{extension}`; there are {known}"))
    })?;
    let wish = Wish::of_format(format, parts)?;
    let query = form_urlencoded::parse(parts.uri.query().unwrap_or_default().as_bytes()).into_owned();
    let given = query.filter(|(name, _)| !OPTIONS.contains(&name.as_str())).collect::<Vec<_>>();
    let variables = saved::variables(saved.plan.parameters(), &given)?;
    if wish.format.streams() {
        tables.saved(saved, variables, wish, parts).await
    } else {
        runs::answer(tables, saved, variables, wish, parts).await
    }
}

/// The list says what the schema has, which is why it asks for the scope as well.
pub(super) fn may_read(parts: &Parts) -> Result<(), Problem> {
    let session = parts.extensions.get::<Arc<Session>>();
    if session.is_some_and(|session| session.may(Scope::ReportsRead)) {
        return Ok(());
    }
    let detail = format!("reports need the scope `{}`, which the credential lacks", Scope::ReportsRead);
    Err(Problem::new(Code::Forbidden, detail))
}

fn formats() -> impl Iterator<Item = Format> {
    Format::ALL.into_iter().filter(|format| format.is_available())
}

pub(super) fn described(body: impl Serialize) -> Response {
    let mut response = Json(body).into_response();
    response.headers_mut().insert(header::CACHE_CONTROL, HeaderValue::from_static("private, no-store"));
    response
}
