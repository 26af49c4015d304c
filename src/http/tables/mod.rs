//! Queries as tables: `/graphql` with an `Accept` that names a format of tables.
//!
//! - `wish` reads what the client wants to be sent.
//! - `send` makes the answer: at once and row by row (`flow`), or when the table is whole (`spool`).

mod flow;
mod send;
mod spool;
mod wish;

use std::fmt;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use async_graphql::Variables;
use axum::Router;
use axum::body::Body;
use axum::extract::Request;
use axum::extract::State;
use axum::middleware;
use axum::middleware::Next;
use axum::response::IntoResponse;
use axum::response::Response;
use http::request::Parts;
use tokio::time::Instant;

use super::graphql::Asker;
use super::graphql::Endpoint;
use super::graphql::MediaType;
use super::graphql::read;
use super::graphql::refusal::Refusal;
use super::graphql::respond;
use super::graphql::table_format;
use super::problem::Problem;
use super::request_id::RequestId;
use crate::auth::Scope;
use crate::auth::Session;
use crate::config::Reports as Bounds;
use crate::error::Code;
use crate::error::Error;
use crate::graphql::server_error;
use crate::report::column::Column;
use crate::report::plan::Plan;
use crate::report::project::Projection;
use crate::report::run::Runs;
use crate::report::saved::Saved;
use crate::report::saved::SavedReports;
use crate::report::seats::Seat;
use crate::report::seats::Seats;
use crate::report::walk::Bookmark;
use crate::report::walk::Extract;
use crate::shutdown::Shutdown;

pub(super) use send::FORECOURT_FAULTS;
pub(super) use send::FORECOURT_MASKED;
pub(super) use send::FORECOURT_OUTCOME;
pub(super) use send::FORECOURT_ROWS;
use send::Table;
pub(super) use send::describe;
pub(super) use send::failed;
pub(super) use send::not_whole;
use send::send;
pub(super) use send::told;
pub(super) use send::unwritten;
pub(super) use wish::Partial;
pub(super) use wish::Wish;

/// When a client that has all its seats taken may ask again.
const RETRY_AFTER: Duration = Duration::from_secs(5);

/// Everything that tables need.
#[derive(Clone)]
pub(super) struct Tables {
    endpoint: Arc<Endpoint>,
    bounds: Bounds,
    seats: Seats,
    /// Where tables stand that are sent when they are whole.
    folder: Arc<PathBuf>,
    runs: Runs,
    saved: SavedReports,
    shutdown: Shutdown,
}

impl fmt::Debug for Tables {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Tables").field("bounds", &self.bounds).finish_non_exhaustive()
    }
}

impl Tables {
    pub(super) fn new(
        endpoint: Arc<Endpoint>,
        bounds: Bounds,
        (folder, runs, saved): (PathBuf, Runs, SavedReports),
        seats: Seats,
        shutdown: Shutdown,
    ) -> Self {
        Self { endpoint, bounds, seats, folder: Arc::new(folder), runs, saved, shutdown }
    }

    /// The reports that have a name.
    pub(super) fn named(&self) -> &SavedReports {
        &self.saved
    }

    /// The runs of reports.
    pub(super) fn runs(&self) -> &Runs {
        &self.runs
    }

    /// Owns what is read beside a request.
    pub(super) fn shutdown(&self) -> &Shutdown {
        &self.shutdown
    }
}

/// Lets every path of `router` answer with a table where the client wants one; other requests go on as before.
pub(super) fn with_tables(tables: Tables, router: Router) -> Router {
    router.layer(middleware::from_fn_with_state(tables, answer_in_table))
}

async fn answer_in_table(State(tables): State<Tables>, request: Request, next: Next) -> Response {
    if table_format(request.headers()).is_none() {
        return next.run(request).await;
    }
    let (parts, body) = request.into_parts();
    let (request_id, session) = (parts.extensions.get().cloned(), parts.extensions.get().cloned());
    let (Some(request_id), Some(session)) = (request_id, session) else {
        return Problem::from(Error::internal("the layers in front of tables are missing")).into_response();
    };
    match tables.answer(parts, body, &request_id, session).await {
        Ok(response) => response,
        Err(Refused::Request(refusal)) => respond::refused(refusal, MediaType::GraphqlResponse, &request_id),
        Err(Refused::Table(problem)) => problem.with_request_id(Some(&request_id)).into_response(),
    }
}

/// Why there is no table.
enum Refused {
    /// The GraphQL request is wrong.
    Request(Refusal),
    /// The client may not have the table, or not now.
    Table(Problem),
}

impl From<Refusal> for Refused {
    fn from(refusal: Refusal) -> Self {
        Self::Request(refusal)
    }
}

impl From<Problem> for Refused {
    fn from(problem: Problem) -> Self {
        Self::Table(problem)
    }
}

impl Tables {
    async fn answer(
        &self,
        parts: Parts,
        body: Body,
        request_id: &RequestId,
        session: Arc<Session>,
    ) -> Result<Response, Refused> {
        let wish = Wish::read(&parts)?;
        let seat = self.seat(&session)?;
        let deadline = self.endpoint.timeouts.deadline(&parts.headers)?;
        let timeout = deadline.saturating_duration_since(Instant::now());
        let request = read::read(&parts, body, self.endpoint.max_body, deadline).await?;
        let plan = Plan::new(&request.query, request.operation_name.as_deref(), &self.endpoint.outline);
        let plan = plan.map_err(|error| Refusal::from(server_error(error)))?;
        let (plan, projection) = chosen(Arc::new(plan), &parts).map_err(|error| Refusal::from(server_error(error)))?;
        let ask = Asker::new(Arc::clone(&self.endpoint), request_id.clone(), timeout);
        let extract = self.extract(plan, request.variables, session, ask, wish);
        let name = request.operation_name.unwrap_or_else(|| "table".to_owned());
        Ok(send(Table { extract, projection, name, seat }, wish, &self.folder, &self.shutdown).await?)
    }

    /// The table of `saved` with these `variables`, for the request of `parts`.
    pub(super) async fn saved(
        &self,
        saved: &Saved,
        variables: Variables,
        wish: Wish,
        parts: &Parts,
    ) -> Result<Response, Problem> {
        let (plan, projection) = chosen(Arc::clone(&saved.plan), parts)?;
        let extract = self.wanted(plan, variables, wish, parts)?;
        let seat = self.seat(&extract.session)?;
        send(Table { extract, projection, name: saved.name.clone(), seat }, wish, &self.folder, &self.shutdown).await
    }

    /// What is read of `plan` on behalf of the request of `parts`.
    pub(super) fn wanted(
        &self,
        plan: Arc<Plan>,
        variables: Variables,
        wish: Wish,
        parts: &Parts,
    ) -> Result<Extract, Problem> {
        let (request_id, session) = (parts.extensions.get::<RequestId>(), parts.extensions.get::<Arc<Session>>());
        let (Some(request_id), Some(session)) = (request_id, session) else {
            return Err(Problem::from(Error::internal("the layers in front of tables are missing")));
        };
        let deadline = self.endpoint.timeouts.deadline(&parts.headers);
        let deadline = deadline.map_err(|refusal| Problem::new(Code::BadInput, refusal.error.message))?;
        let timeout = deadline.saturating_duration_since(Instant::now());
        let ask = Asker::new(Arc::clone(&self.endpoint), request_id.clone(), timeout);
        Ok(self.extract(plan, variables, Arc::clone(session), ask, wish))
    }

    /// A table from its beginning, with no more rows than `wish` and the bounds have.
    fn extract(&self, plan: Arc<Plan>, variables: Variables, session: Arc<Session>, ask: Asker, wish: Wish) -> Extract {
        let row_cap = Some(wish.row_cap(session.row_cap(self.bounds.max_rows.into())));
        Extract { plan, variables, session, ask: Arc::new(ask), row_cap, from: Bookmark::default() }
    }

    /// A seat for a table of `session`, if it may have one.
    pub(super) fn seat(&self, session: &Session) -> Result<Seat, Problem> {
        if !session.may(Scope::ReportsRead) {
            let detail = format!("tables need the scope `{}`, which the credential lacks", Scope::ReportsRead);
            return Err(Problem::new(Code::Forbidden, detail));
        }
        self.seats.take(&session.tenant).ok_or_else(|| {
            let each = self.bounds.tables_at_once;
            let message = format!("{each} tables are being read already, and no more at once; wait for one to end");
            let error = Error::new(Code::TooManyRequests, message);
            Problem::from(Error { retryable: true, retry_after: Some(RETRY_AFTER), ..error })
        })
    }
}

/// What is read of `plan` for the columns that the address of a request names, and these columns.
fn chosen(plan: Arc<Plan>, parts: &Parts) -> Result<(Arc<Plan>, Projection), Error> {
    let projection = projection(plan.columns(), parts)?;
    let Some(names) = projection.chosen() else { return Ok((plan, projection)) };
    let plan = plan.for_columns(&names)?;
    let projection = self::projection(plan.columns(), parts)?;
    Ok((Arc::new(plan), projection))
}

/// The columns of `table` that the address of a request names.
pub(super) fn projection(table: &[Column], parts: &Parts) -> Result<Projection, Error> {
    Projection::new(table, wish::columns(parts).as_deref())
}
