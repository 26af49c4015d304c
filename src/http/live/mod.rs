//! Channels that stay open: GraphQL over WebSocket (`graphql-transport-ws`), and GraphQL over server-sent events.
//!
//! The engine's own WebSocket service is not used: it closes with other codes than the protocol asks for, takes an
//! operation's id twice, neither pings nor closes, and passes by our limits.

mod credential;
mod seats;
mod socket;
mod stream;

use std::fmt;
use std::sync::Arc;

use async_graphql::Request;
use axum::Router;
use axum::extract::State;
use axum::middleware;
use axum::middleware::Next;
use axum::response::Response;
use axum::routing::any;
use http::Extensions;
use http::HeaderMap;
use tokio::time::Instant;

use crate::auth::Authenticator;
use crate::auth::Session;
use crate::config::Live as Bounds;
use crate::http::graphql::Endpoint;
use crate::http::graphql::Operation;
use crate::http::graphql::RequestContext;
use crate::http::graphql::refusal::Refusal;
use crate::http::request_id::RequestId;
use crate::http::request_id::RequestIds;
use crate::shutdown::Shutdown;
use seats::Seats;

/// Everything that channels need.
pub(super) struct Live {
    pub(super) endpoint: Arc<Endpoint>,
    pub(super) authenticator: Arc<Authenticator>,
    pub(super) ids: RequestIds,
    pub(super) shutdown: Shutdown,
    bounds: Bounds,
    seats: Seats,
}

impl fmt::Debug for Live {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Live").field("bounds", &self.bounds).finish_non_exhaustive()
    }
}

impl Live {
    pub(super) fn new(
        endpoint: Arc<Endpoint>,
        authenticator: Arc<Authenticator>,
        ids: RequestIds,
        shutdown: Shutdown,
        bounds: Bounds,
    ) -> Arc<Self> {
        Arc::new(Self { endpoint, authenticator, ids, shutdown, bounds, seats: Seats::new(bounds) })
    }

    /// Admits an operation of `session`, whose answers are due by `deadline` unless they are those of a subscription.
    fn operate(
        &self,
        request: Request,
        session: &Arc<Session>,
        (request_id, headers): (RequestId, HeaderMap),
        deadline: Instant,
        since: Option<String>,
    ) -> Result<Operation, Refusal> {
        let mut extensions = Extensions::new();
        extensions.insert(Arc::clone(session));
        let context = RequestContext { request_id, deadline, headers, extensions };
        self.endpoint.operate(request, context, since)
    }
}

/// The event streams at `path`.
pub(super) fn streams(live: &Arc<Live>, path: &str) -> Router {
    Router::new().route(path, any(stream::handle)).with_state(Arc::clone(live))
}

/// Lets `WebSocket`s be opened at every path of `router`; its other requests go on as before.
///
/// A WebSocket is authenticated by its first message, so this stands outside of what authenticates requests.
pub(super) fn with_sockets(live: &Arc<Live>, router: Router) -> Router {
    router.layer(middleware::from_fn_with_state(Arc::clone(live), open_socket))
}

async fn open_socket(State(live): State<Arc<Live>>, request: axum::extract::Request, next: Next) -> Response {
    if socket::is_wanted(&request) { socket::open(live, request).await } else { next.run(request).await }
}
