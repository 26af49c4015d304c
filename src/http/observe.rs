//! Counts and times what is answered over HTTP.

use axum::extract::MatchedPath;
use axum::extract::Request;
use axum::middleware::Next;
use axum::response::Response;
use http::Method;
use tokio::time::Instant;

use crate::telemetry::metrics::{HTTP_REQUESTS, HTTP_SECONDS};

/// Counts the request under its route, so that no path a client makes up becomes a label.
///
/// To be added with [`axum::Router::layer`] around all routes. The time runs until the answer's head is ready.
pub async fn observe(request: Request, next: Next) -> Response {
    let started = Instant::now();
    let route = route(&request).to_owned();
    let method = known(request.method());
    let response = next.run(request).await;
    let status = response.status().as_u16().to_string();
    metrics::counter!(HTTP_REQUESTS, "route" => route.clone(), "method" => method, "status" => status).increment(1);
    metrics::histogram!(HTTP_SECONDS, "route" => route, "method" => method).record(started.elapsed().as_secs_f64());
    response
}

/// The route of a request, `none` where nothing is: a path that a client makes up may bear anything.
pub(super) fn route(request: &Request) -> &str {
    request.extensions().get::<MatchedPath>().map_or("none", MatchedPath::as_str)
}

fn known(method: &Method) -> &'static str {
    match *method {
        Method::GET => "GET",
        Method::HEAD => "HEAD",
        Method::POST => "POST",
        Method::PUT => "PUT",
        Method::DELETE => "DELETE",
        Method::OPTIONS => "OPTIONS",
        _ => "other",
    }
}
