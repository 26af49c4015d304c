//! GraphQL over HTTP, by the specification of that name.
//!
//! `POST` with `application/json`, or `GET` for queries. The engine's own service is not used: it runs mutations
//! that come by `GET` or as `text/plain`, and answers 200 to whatever it refuses.

mod accept;
mod ask;
mod deadline;
mod operate;
pub(super) mod read;
pub(super) mod refusal;
pub(super) mod respond;

use std::fmt;
use std::panic::AssertUnwindSafe;
use std::sync::Arc;
use std::time::Duration;

use async_graphql::Request;
use async_graphql::async_trait::async_trait;
use async_graphql::parser::types::OperationType;
use axum::Router;
use axum::body::Body;
use axum::extract::State;
use axum::response::IntoResponse;
use axum::response::Response;
use axum::routing::any;
use futures_util::FutureExt;
use futures_util::stream::BoxStream;
use http::Extensions;
use http::HeaderMap;
use http::HeaderValue;
use http::Method;
use http::StatusCode;
use http::header;
use tokio::time::Instant;
use tokio::time::timeout_at;

pub use accept::MediaType;
pub(super) use accept::table_format;
pub use ask::Asker;
pub use deadline::Timeouts;
pub(super) use operate::Answer;
pub(super) use operate::Operation;

use super::problem::Problem;
use super::request_id::RequestId;
use crate::error::Code;
use crate::error::Error;
use crate::graphql::outline::Outline;
use crate::graphql::server_error;
use crate::schema::limits::Admitted;
use crate::schema::limits::Limits;
use refusal::Refusal;

/// What a request gets beyond its deadline to answer with what it has.
const GRACE: Duration = Duration::from_secs(1);

/// Runs documents that the limits admit.
#[async_trait]
pub trait Execute: Send + Sync {
    /// Runs the operation of `request`; `admitted` has its parsed document, for `Request::set_parsed_query`.
    ///
    /// It answers by the deadline of `context`; the endpoint gives it up a second later.
    async fn execute(&self, request: Request, admitted: Admitted, context: RequestContext) -> async_graphql::Response;

    /// Starts the subscription of `request`. Each of its events gets the time that `context` has left at the start.
    fn subscribe(
        &self,
        request: Request,
        admitted: Admitted,
        context: RequestContext,
    ) -> BoxStream<'static, async_graphql::Response>;
}

/// What is known of a request besides its GraphQL.
#[derive(Clone)]
pub struct RequestContext {
    /// The request's id.
    pub request_id: RequestId,
    /// When it must be answered.
    pub deadline: Instant,
    /// Its headers, credentials among them.
    pub headers: HeaderMap,
    /// What the layers in front have found out, such as the session.
    pub extensions: Extensions,
}

impl fmt::Debug for RequestContext {
    /// Leaves the headers out: they bear credentials.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut context = f.debug_struct("RequestContext");
        context.field("request_id", &self.request_id).field("deadline", &self.deadline).finish_non_exhaustive()
    }
}

/// The GraphQL endpoint: bounds, and who runs what they admit.
#[derive(Clone)]
pub struct Endpoint {
    /// Runs the documents.
    pub execute: Arc<dyn Execute>,
    /// The schema in the form that the limits ask it.
    pub outline: Arc<Outline>,
    /// What one document may ask.
    pub limits: Limits,
    /// The length of a request's body in bytes.
    pub max_body: usize,
    /// How long a request may take.
    pub timeouts: Timeouts,
}

impl Endpoint {
    /// The routes of the endpoint at `path`. The layer of [`request_id`](super::request_id) must stand in front.
    pub fn router(self, path: &str) -> Router {
        routes(Arc::new(self), path)
    }
}

/// The routes of a shared `endpoint` at `path`.
pub(super) fn routes(endpoint: Arc<Endpoint>, path: &str) -> Router {
    Router::new().route(path, any(handle)).with_state(endpoint)
}

async fn handle(State(endpoint): State<Arc<Endpoint>>, request: axum::extract::Request) -> Response {
    let (parts, body) = request.into_parts();
    let Some(request_id) = parts.extensions.get::<RequestId>().cloned() else {
        tracing::error!("the layer that gives request ids does not stand in front of the GraphQL endpoint");
        return Problem::new(Code::Internal, "the gateway is put together wrongly").into_response();
    };
    let Some(media) = MediaType::negotiate(&parts.headers) else {
        let detail = "answers are `application/graphql-response+json` or `application/json`, tables `text/csv` and others; \
                      `Accept` excludes them all";
        let problem = Problem::new(Code::BadInput, detail).with_status(StatusCode::NOT_ACCEPTABLE);
        return problem.with_request_id(Some(&request_id)).into_response();
    };
    match endpoint.answer(parts, body, request_id.clone()).await {
        Ok((response, operation)) => respond::executed(response, operation, media, &request_id),
        Err(refusal) => respond::refused(refusal, media, &request_id),
    }
}

impl Endpoint {
    async fn answer(
        &self,
        parts: http::request::Parts,
        body: Body,
        request_id: RequestId,
    ) -> Result<(async_graphql::Response, OperationType), Refusal> {
        let deadline = self.timeouts.deadline(&parts.headers)?;
        let request = read::read(&parts, body, self.max_body, deadline).await?;
        let admitted = self.limits.admit(&self.outline, &request)?;
        let operation = admitted.operation;
        check_operation(operation, &parts.method)?;

        let http::request::Parts { headers, extensions, .. } = parts;
        let context = RequestContext { request_id, deadline, headers, extensions };
        Ok((run_once(Arc::clone(&self.execute), request, admitted, context).await?, operation))
    }
}

/// Runs a query or a mutation, at most a moment longer than its deadline.
async fn run_once(
    execute: Arc<dyn Execute>,
    request: Request,
    admitted: Admitted,
    context: RequestContext,
) -> Result<async_graphql::Response, Refusal> {
    let deadline = context.deadline;
    let run = AssertUnwindSafe(execute.execute(request, admitted, context)).catch_unwind();
    match timeout_at(deadline + GRACE, run).await {
        Ok(Ok(response)) => Ok(response),
        Ok(Err(_)) => Err(Refusal::from(server_error(Error::internal("the execution panicked")))),
        Err(_) => {
            let error = Error { retryable: true, ..Error::new(Code::VendorTimeout, "the request's time was up") };
            Err(Refusal::from(server_error(error)))
        }
    }
}

/// Here nothing is streamed.
fn check_operation(operation: OperationType, method: &Method) -> Result<(), Refusal> {
    if operation == OperationType::Subscription {
        let message = "a subscription needs a stream: a WebSocket at this address, or `/graphql/stream`";
        return Err(Refusal::new(Code::BadInput, message).well_formed());
    }
    check_method(operation, method)
}

/// What changes something must not come by `GET`, which any link can send.
pub(super) fn check_method(operation: OperationType, method: &Method) -> Result<(), Refusal> {
    if operation == OperationType::Mutation && method == Method::GET {
        let refusal = Refusal::new(Code::BadInput, "a mutation must come by `POST`");
        return Err(refusal
            .with_status(StatusCode::METHOD_NOT_ALLOWED)
            .with_header(header::ALLOW, HeaderValue::from_static("POST")));
    }
    Ok(())
}
