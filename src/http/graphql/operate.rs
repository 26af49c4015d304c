//! Runs an operation that came over a channel: the same way as one that came by HTTP, with an answer or with many.

use std::panic::AssertUnwindSafe;
use std::sync::Arc;

use async_graphql::Request;
use async_graphql::Response;
use async_graphql::ServerError;
use async_graphql::parser::types::OperationType;
use futures_util::StreamExt;
use futures_util::stream::BoxStream;
use futures_util::stream::once;
use tracing::Instrument;

use super::Endpoint;
use super::RequestContext;
use super::refusal::Refusal;
use super::respond;
use super::run_once;
use crate::error::Error;
use crate::graphql::event::Place;
use crate::graphql::server_error;
use crate::http::request_id::RequestId;
use crate::telemetry::logs;

/// One answer of an operation.
#[derive(Debug)]
pub(in crate::http) struct Answer {
    /// The answer, its errors complete.
    pub(in crate::http) response: Response,
    /// Whether no part of the operation has run; then nothing follows.
    pub(in crate::http) is_refusal: bool,
    /// Where a stream that can be resumed stands with this answer.
    pub(in crate::http) place: Option<String>,
}

/// An operation that the limits admit.
pub(in crate::http) struct Operation {
    /// Its kind.
    pub(in crate::http) kind: OperationType,
    /// One answer, or with a subscription any number. Nothing runs unless it is polled.
    pub(in crate::http) answers: BoxStream<'static, Answer>,
}

impl Endpoint {
    /// Admits the operation of `request`; `since` is where the client says that it has left the stream.
    ///
    /// # Errors
    /// What the limits refuse.
    pub(in crate::http) fn operate(
        &self,
        request: Request,
        context: RequestContext,
        since: Option<String>,
    ) -> Result<Operation, Refusal> {
        let admitted = self.limits.admit(&self.outline, &request)?;
        let kind = admitted.operation;
        let (execute, request_id) = (Arc::clone(&self.execute), context.request_id.clone());
        if kind != OperationType::Subscription {
            let span = logs::request_span(request_id.as_str());
            let answer = async move {
                match run_once(execute, request, admitted, context).await {
                    Ok(response) => answer(response, kind, &request_id, None),
                    Err(refusal) => refused(refusal, &request_id),
                }
            };
            return Ok(Operation { kind, answers: once(answer.instrument(span)).boxed() });
        }
        let place = Place::at(since);
        let mut said = place.read();
        let events = execute.subscribe(request.data(place.clone()), admitted, context);
        let events = AssertUnwindSafe(events).catch_unwind().map(move |event| {
            let Ok(response) = event else {
                return refused(Refusal::from(server_error(Error::internal("the execution panicked"))), &request_id);
            };
            let now = place.read();
            let moved = if now == said { None } else { now.clone() };
            said = now;
            answer(response, kind, &request_id, moved)
        });
        Ok(Operation { kind, answers: events.boxed() })
    }
}

fn answer(mut response: Response, kind: OperationType, request_id: &RequestId, place: Option<String>) -> Answer {
    let is_refusal = !respond::has_run(&response, kind);
    response.errors = respond::finish(std::mem::take(&mut response.errors), request_id);
    Answer { response, is_refusal, place }
}

fn refused(refusal: Refusal, request_id: &RequestId) -> Answer {
    let errors: Vec<ServerError> = respond::finish(vec![*refusal.error], request_id);
    Answer { response: Response::from_errors(errors), is_refusal: true, place: None }
}
