//! Puts the endpoints together; the order of the layers is the order in which a request meets them.

use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::extract::Request;
use axum::middleware;
use axum::middleware::Next;
use axum::response::IntoResponse;
use axum::response::Response;
use axum::routing::get;
use http::HeaderName;
use http::HeaderValue;
use http::Method;
use http::StatusCode;
use http::header::ACCEPT_RANGES;
use http::header::AUTHORIZATION;
use http::header::CACHE_CONTROL;
use http::header::CONTENT_LOCATION;
use http::header::CONTENT_RANGE;
use http::header::CONTENT_TYPE;
use http::header::ETAG;
use http::header::IF_MATCH;
use http::header::IF_NONE_MATCH;
use http::header::IF_RANGE;
use http::header::LINK;
use http::header::RANGE;
use http::header::X_CONTENT_TYPE_OPTIONS;
use tower_http::catch_panic::CatchPanicLayer;
use tower_http::compression::CompressionLayer;
use tower_http::compression::DefaultPredicate;
use tower_http::compression::Predicate;
use tower_http::compression::predicate::NotForContentType;
use tower_http::cors::AllowOrigin;
use tower_http::cors::CorsLayer;
use tower_http::set_header::SetResponseHeaderLayer;
use tracing::Instrument;
use url::Url;

use crate::auth::Authenticator;
use crate::auth::FORECOURT_SESSION;
use crate::config::Live as Bounds;
use crate::config::Reports;
use crate::error::Code;
use crate::error::Error;
use crate::http::access::authenticate;
use crate::http::graphiql;
use crate::http::graphql;
use crate::http::graphql::Endpoint;
use crate::http::health;
use crate::http::health::Health;
use crate::http::live;
use crate::http::live::Live;
use crate::http::observe::observe;
use crate::http::observe::route;
use crate::http::odata;
use crate::http::origin::OriginRule;
use crate::http::origin::check_origin;
use crate::http::problem::Problem;
use crate::http::reports;
use crate::http::request_id::RequestId;
use crate::http::request_id::RequestIds;
use crate::http::request_id::X_REQUEST_ID;
use crate::http::request_id::request_id;
use crate::http::runs::FORECOURT_RUN;
use crate::http::tables::FORECOURT_FAULTS;
use crate::http::tables::FORECOURT_MASKED;
use crate::http::tables::FORECOURT_OUTCOME;
use crate::http::tables::FORECOURT_ROWS;
use crate::http::tables::Tables;
use crate::http::tables::with_tables;
use crate::http::webhooks;
use crate::intake::Inbox;
use crate::report::run::Runs;
use crate::report::saved::SavedReports;
use crate::report::seats::Seats;
use crate::schema;
use crate::shutdown::Shutdown;
use crate::telemetry::logs;
use crate::telemetry::metrics::Metrics;

const LAST_EVENT_ID: HeaderName = HeaderName::from_static("last-event-id");
const X_REQUEST_TIMEOUT: HeaderName = HeaderName::from_static("x-request-timeout");

/// Everything that the router is made of.
pub struct Front {
    /// The GraphQL endpoint.
    pub endpoint: Arc<Endpoint>,
    /// Bounds of channels that stay open.
    pub live: Bounds,
    /// Bounds of tables.
    pub reports: Reports,
    /// A folder for what is only for the time of a request.
    pub folder: PathBuf,
    /// The reports that have a name.
    pub saved: SavedReports,
    /// The runs of reports.
    pub runs: Runs,
    /// How many tables are read at once.
    pub seats: Seats,
    /// Checks credentials.
    pub authenticator: Arc<Authenticator>,
    /// Checks where requests are addressed and where they come from.
    pub origin: OriginRule,
    /// The origins whose pages may send requests.
    pub origins: Vec<String>,
    /// Makes request ids.
    pub ids: RequestIds,
    /// Tells how the parts are.
    pub health: Arc<dyn Health>,
    /// What has been counted.
    pub metrics: Metrics,
    /// Takes deliveries.
    pub inbox: Arc<Inbox>,
    /// Tells when the end has begun.
    pub shutdown: Shutdown,
    /// Where clients find the gateway, if it has a name of its own.
    pub public_url: Option<Url>,
    /// Whether `/schema.graphql` is served.
    pub introspection: bool,
}

impl std::fmt::Debug for Front {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Front")
    }
}

/// The router of the gateway.
pub fn router(front: Front) -> Router {
    let endpoint = front.endpoint;
    let live = Live::new(
        Arc::clone(&endpoint),
        Arc::clone(&front.authenticator),
        front.ids.clone(),
        front.shutdown.clone(),
        front.live,
    );
    let (kept, shutdown) = ((front.folder, front.runs, front.saved), front.shutdown.clone());
    let tables = Tables::new(Arc::clone(&endpoint), front.reports, kept, front.seats, shutdown);
    let graph = with_tables(tables.clone(), graphql::routes(endpoint, "/graphql"))
        .merge(reports::routes(tables.clone()))
        .layer(middleware::from_fn_with_state(Arc::clone(&front.authenticator), authenticate));
    let feed = odata::routes(tables, front.public_url)
        .layer(middleware::from_fn_with_state(front.authenticator, authenticate))
        .layer(middleware::map_response(async |response| odata::challenge(response)));
    let graph = live::with_sockets(&live, graph).merge(live::streams(&live, "/graphql/stream"));
    let draining = front.shutdown.clone();
    let work = Router::new()
        .merge(graph)
        .merge(feed)
        .merge(webhooks::routes(front.inbox))
        .layer(middleware::from_fn(move |request, next| refuse_while_draining(draining.clone(), request, next)));
    let mut pages = graphiql::routes(front.ids.ids.clone());
    if front.introspection {
        pages = pages.route("/schema.graphql", get(sdl));
    }
    let served = Router::new()
        .merge(work)
        .merge(pages)
        .layer(CompressionLayer::new().compress_when(is_compressible()))
        .merge(health::router(front.health, front.metrics, front.shutdown))
        .fallback(unknown);
    // Without allowed origins no page of another host is told anything.
    let served = if front.origins.is_empty() { served } else { served.layer(cross_origin(&front.origins)) };
    served
        .layer(middleware::from_fn_with_state(front.origin, check_origin))
        .layer(CatchPanicLayer::custom(panicked))
        .layer(SetResponseHeaderLayer::if_not_present(X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff")))
        .layer(middleware::from_fn(observe))
        .layer(middleware::from_fn(in_span))
        .layer(middleware::from_fn_with_state(front.ids, request_id))
}

/// What is worth compressing: not what comes compressed, and whose length is told.
fn is_compressible() -> impl Predicate {
    let parquet = NotForContentType::const_new("application/vnd.apache.parquet");
    let xlsx = NotForContentType::const_new("application/vnd.openxmlformats-officedocument.spreadsheetml.sheet");
    DefaultPredicate::new().and(parquet).and(xlsx)
}

/// Refuses new work once the end has begun; what runs already goes on.
async fn refuse_while_draining(shutdown: Shutdown, request: Request, next: Next) -> Response {
    if shutdown.is_draining() {
        let problem =
            Problem::new(Code::Overloaded, "the gateway is stopping; try again at once, another one may answer");
        let problem = problem.with_header(http::header::CONNECTION, HeaderValue::from_static("close"));
        return problem.with_request_id(request.extensions().get::<RequestId>()).into_response();
    }
    next.run(request).await
}

/// Gives every line that the log gets from this request the request's id.
async fn in_span(request: Request, next: Next) -> Response {
    let id = request.extensions().get::<RequestId>().cloned();
    let (method, route) = (request.method().clone(), route(&request).to_owned());
    let span = logs::request_span(id.as_ref().map_or("", RequestId::as_str));
    async move {
        let response = next.run(request).await;
        let status = response.status().as_u16();
        if is_probe(&route) {
            tracing::debug!(%method, route, status, "answered");
        } else {
            tracing::info!(%method, route, status, "answered");
        }
        response
    }
    .instrument(span)
    .await
}

fn is_probe(route: &str) -> bool {
    matches!(route, "/healthz" | "/readyz" | "/metrics")
}

#[expect(clippy::needless_pass_by_value, reason = "the layer hands the panic over")]
fn panicked(panic: Box<dyn std::any::Any + Send>) -> Response {
    let said = panic.downcast_ref::<&str>().copied().map(str::to_owned);
    let text = said.or_else(|| panic.downcast_ref::<String>().cloned());
    tracing::error!(panic = text.unwrap_or_default(), "a handler panicked");
    Problem::from(Error::internal("a handler panicked")).into_response()
}

/// Lets pages of the allowed origins send what clients send; without such origins no page of another host may.
fn cross_origin(origins: &[String]) -> CorsLayer {
    let origins = origins.iter().filter_map(|origin| HeaderValue::from_str(origin).ok());
    CorsLayer::new()
        .allow_origin(AllowOrigin::list(origins))
        .allow_methods([Method::GET, Method::POST])
        .allow_headers([
            AUTHORIZATION,
            CONTENT_TYPE,
            FORECOURT_SESSION,
            X_REQUEST_ID,
            X_REQUEST_TIMEOUT,
            LAST_EVENT_ID,
            CACHE_CONTROL,
            IF_MATCH,
            IF_NONE_MATCH,
            IF_RANGE,
            RANGE,
        ])
        .expose_headers([
            X_REQUEST_ID,
            FORECOURT_OUTCOME,
            FORECOURT_ROWS,
            FORECOURT_FAULTS,
            FORECOURT_MASKED,
            FORECOURT_RUN,
            ACCEPT_RANGES,
            CONTENT_LOCATION,
            CONTENT_RANGE,
            ETAG,
            LINK,
        ])
        .max_age(Duration::from_hours(1))
}

async fn sdl() -> Response {
    let kind = HeaderValue::from_static("application/graphql; charset=utf-8");
    ([(CONTENT_TYPE, kind), (CACHE_CONTROL, HeaderValue::from_static("no-cache"))], schema::sdl()).into_response()
}

async fn unknown(request: Request) -> Response {
    let problem =
        Problem::new(Code::NotFound, "nothing is here; the graph is at `/graphql`, the tool to try it at `/`");
    problem.with_status(StatusCode::NOT_FOUND).with_request_id(request.extensions().get::<RequestId>()).into_response()
}
