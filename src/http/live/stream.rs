//! GraphQL over server-sent events, in its mode of distinct connections: one operation, one stream.

use std::convert::Infallible;
use std::sync::Arc;
use std::time::Duration;

use async_graphql::parser::types::OperationType;
use axum::extract::Request;
use axum::extract::State;
use axum::response::IntoResponse;
use axum::response::Response;
use axum::response::sse::Event;
use axum::response::sse::KeepAlive;
use axum::response::sse::Sse;
use futures_util::FutureExt;
use futures_util::Stream;
use futures_util::StreamExt;
use futures_util::future::BoxFuture;
use futures_util::stream::BoxStream;
use futures_util::stream::unfold;
use http::HeaderMap;
use http::HeaderName;
use http::HeaderValue;
use http::StatusCode;
use http::header;
use tokio::time::Instant;
use tokio::time::Interval;
use tokio::time::MissedTickBehavior;
use tokio::time::interval_at;

use crate::auth::Session;
use crate::error::Code;
use crate::http::access;
use crate::http::graphql::Answer;
use crate::http::graphql::MediaType;
use crate::http::graphql::Operation;
use crate::http::graphql::check_method;
use crate::http::graphql::read::read;
use crate::http::graphql::refusal::Refusal;
use crate::http::graphql::respond;
use crate::http::problem::Problem;
use crate::http::request_id::RequestId;
use crate::telemetry::metrics::LIVE_EVENTS;

use super::Live;
use super::credential::Credential;
use super::seats::Seat;
use super::socket::Counted;

const LAST_EVENT_ID: HeaderName = HeaderName::from_static("last-event-id");
/// Tells proxies that gather answers to pass on each event.
const X_ACCEL_BUFFERING: HeaderName = HeaderName::from_static("x-accel-buffering");
const TRANSPORT: &str = "sse";

/// Answers with a stream, or with a status when nothing can be streamed.
pub(super) async fn handle(State(live): State<Arc<Live>>, request: Request) -> Response {
    let Some(request_id) = request.extensions().get::<RequestId>().cloned() else {
        tracing::error!("the layer that gives request ids does not stand in front of the event streams");
        return Problem::new(Code::Internal, "the gateway is put together wrongly").into_response();
    };
    let refuse = |problem: Problem| problem.with_request_id(Some(&request_id)).into_response();
    if !takes_events(request.headers()) {
        let problem = Problem::new(Code::BadInput, "answers are `text/event-stream`; `Accept` must name it");
        return refuse(problem.with_status(StatusCode::NOT_ACCEPTABLE));
    }
    let credential = Credential::of_headers(request.headers());
    let session = match credential.session(&live.authenticator).await {
        Ok(session) => session,
        Err(error) => return access::refused(error, Some(&request_id)),
    };
    let Some(mut seat) = live.seats.take(TRANSPORT) else {
        return refuse(Problem::new(Code::Overloaded, "too many channels are open; try again later"));
    };
    if !seat.belongs_to(&session) {
        return refuse(Problem::new(Code::TooManyRequests, "too many channels are open for this client"));
    }
    match start(&live, request, &session, request_id.clone()).await {
        Ok((operation, first)) => {
            let feed = Feed::new(Arc::clone(&live), operation, first, (credential, session), seat);
            respond_with(feed, live.bounds.ping_interval)
        }
        Err(refusal) => respond::refused(refusal, MediaType::GraphqlResponse, &request_id),
    }
}

fn takes_events(headers: &HeaderMap) -> bool {
    let accepts = headers.get_all(header::ACCEPT).iter().filter_map(|value| value.to_str().ok());
    accepts.flat_map(|value| value.split(',')).any(|range| {
        let range = range.split(';').next().unwrap_or_default().trim();
        ["text/event-stream", "text/*", "*/*"].iter().any(|fits| range.eq_ignore_ascii_case(fits))
    })
}

/// Starts the operation as far as that shows whether it can run; gives the answer that this has brought, if any.
async fn start(
    live: &Live,
    request: Request,
    session: &Arc<Session>,
    request_id: RequestId,
) -> Result<(Operation, Option<Answer>), Refusal> {
    let (parts, body) = request.into_parts();
    let deadline = live.endpoint.timeouts.deadline(&parts.headers)?;
    let request = read(&parts, body, live.endpoint.max_body, deadline).await?;
    let since = parts.headers.get(LAST_EVENT_ID).and_then(|id| id.to_str().ok());
    let since = since.filter(|id| !id.is_empty()).map(str::to_owned);
    let mut operation = live.operate(request, session, (request_id, parts.headers), deadline, since)?;
    check_method(operation.kind, &parts.method)?;
    let first = match operation.kind {
        // The document is checked before anything waits; the first event may be long in coming.
        OperationType::Subscription => operation.answers.next().now_or_never().flatten(),
        OperationType::Query | OperationType::Mutation => operation.answers.next().await,
    };
    match first {
        Some(answer) if answer.is_refusal => Err(Refusal::of_answer(answer.response.errors)),
        first => Ok((operation, first)),
    }
}

fn respond_with(feed: Feed, interval: Duration) -> Response {
    let events = Sse::new(events(feed)).keep_alive(KeepAlive::new().interval(interval));
    let mut response = events.into_response();
    let headers = response.headers_mut();
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("private, no-store"));
    headers.insert(header::VARY, HeaderValue::from_static("Authorization, Forecourt-Session, Accept"));
    headers.insert(X_ACCEL_BUFFERING, HeaderValue::from_static("no"));
    response
}

/// What flows through one stream. It is polled only when the client takes what it was sent.
struct Feed {
    live: Arc<Live>,
    first: Option<Answer>,
    answers: BoxStream<'static, Answer>,
    credential: Credential,
    session: Arc<Session>,
    checks: Interval,
    draining: BoxFuture<'static, ()>,
    has_ended: bool,
    _counted: Option<Counted>,
    _seat: Seat,
}

/// What comes next in a stream.
enum Next {
    Answer(Box<Answer>),
    /// The operation has ended.
    End,
    /// The stream ends although the operation goes on; the client may come back.
    Broken,
}

impl Feed {
    fn new(
        live: Arc<Live>,
        operation: Operation,
        first: Option<Answer>,
        (credential, session): (Credential, Arc<Session>),
        seat: Seat,
    ) -> Self {
        let period = live.bounds.recheck_interval;
        let mut checks = interval_at(Instant::now() + period, period);
        checks.set_missed_tick_behavior(MissedTickBehavior::Delay);
        Self {
            draining: live.shutdown.draining().boxed(),
            live,
            first,
            answers: operation.answers,
            credential,
            session,
            checks,
            has_ended: false,
            _counted: (operation.kind == OperationType::Subscription).then(|| Counted::new(TRANSPORT)),
            _seat: seat,
        }
    }

    async fn next(&mut self) -> Next {
        loop {
            if let Some(first) = self.first.take() {
                return Next::Answer(Box::new(first));
            }
            tokio::select! {
                biased;
                () = &mut self.draining => return Next::Broken,
                _ = self.checks.tick() => {
                    if !self.credential.still_is(&self.session, &self.live.authenticator).await {
                        return Next::Broken;
                    }
                }
                answer = self.answers.next() => return answer.map_or(Next::End, |answer| Next::Answer(Box::new(answer))),
            }
        }
    }
}

fn events(feed: Feed) -> impl Stream<Item = Result<Event, Infallible>> + Send + 'static {
    unfold(feed, |mut feed| async move {
        if feed.has_ended {
            return None;
        }
        match feed.next().await {
            Next::Answer(answer) => {
                metrics::counter!(LIVE_EVENTS, "transport" => TRANSPORT).increment(1);
                Some((Ok(event(&answer)?), feed))
            }
            Next::End => {
                feed.has_ended = true;
                // Browsers pass over an event without data.
                Some((Ok(Event::default().event("complete").data("")), feed))
            }
            Next::Broken => None,
        }
    })
}

/// The answer as an event; none when it has no JSON form, which ends the stream.
fn event(answer: &Answer) -> Option<Event> {
    let event = Event::default().event("next").json_data(&answer.response);
    let event = event.inspect_err(|error| tracing::error!(%error, "an answer has no JSON form")).ok()?;
    Some(match &answer.place {
        Some(place) => event.id(place),
        None => event,
    })
}
