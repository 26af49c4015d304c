//! Lets nobody near the graph without a session.

use std::sync::Arc;

use axum::extract::Request;
use axum::extract::State;
use axum::middleware::Next;
use axum::response::IntoResponse;
use axum::response::Response;
use http::HeaderValue;
use http::header::WWW_AUTHENTICATE;

use crate::auth::Authenticator;
use crate::error::Code;
use crate::error::Error;
use crate::http::problem::Problem;
use crate::http::request_id::RequestId;
use crate::telemetry::logs;

/// Middleware: gives the request its session as an extension, or refuses it with 401.
pub(super) async fn authenticate(
    State(authenticator): State<Arc<Authenticator>>,
    mut request: Request,
    next: Next,
) -> Response {
    match authenticator.session(request.headers()).await {
        Ok(session) => {
            request.extensions_mut().insert(session);
            next.run(request).await
        }
        Err(error) => refused(error, request.extensions().get::<RequestId>()),
    }
}

/// The answer to a request whose credential opens nothing.
pub(super) fn refused(error: Error, request_id: Option<&RequestId>) -> Response {
    let unauthenticated = error.code == Code::Unauthenticated;
    if let Some(source) = &error.source {
        tracing::error!(error = logs::chain(source.as_ref()), "a credential could not be checked");
    }
    let problem = Problem::from(error).with_request_id(request_id);
    let challenge = HeaderValue::from_static("Bearer realm=\"forecourt\"");
    if unauthenticated { problem.with_header(WWW_AUTHENTICATE, challenge) } else { problem }.into_response()
}
