//! Answers that break off or cannot be read.

use std::io;
use std::time::Duration;

use axum::body::Body;
use axum::body::Bytes;
use axum::response::IntoResponse;
use axum::response::Response;
use futures_util::StreamExt;
use http::HeaderValue;
use http::StatusCode;
use http::header;
use serde::Deserialize;
use serde::Serialize;

/// How a body is spoilt.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) enum Spoil {
    /// The connection breaks when half of the body has gone.
    Half,
    /// The whole answer comes, but what it holds is no JSON.
    Malformed,
    /// A page for people comes instead, with the status of the answer.
    Html,
}

/// Between the half that is sent and the end of the connection.
const GAP: Duration = Duration::from_millis(20);
const PAGE: &str =
    "<!DOCTYPE html>\n<html><head><title>Sorry</title></head><body><h1>Something went wrong</h1></body></html>\n";

impl Spoil {
    /// Spoils `response`.
    pub(super) async fn spoil(self, response: Response) -> Response {
        let (mut parts, body) = response.into_parts();
        // The sandbox's own bodies are in memory already: there is nothing to limit.
        let Ok(bytes) = axum::body::to_bytes(body, usize::MAX).await else {
            return StatusCode::INTERNAL_SERVER_ERROR.into_response();
        };
        match self {
            Self::Half => {
                parts.headers.insert(header::CONTENT_LENGTH, bytes.len().into());
                let half = bytes.slice(..bytes.len() / 2);
                let broken = futures_util::stream::once(async { Ok(half) }).chain(futures_util::stream::once(async {
                    // The server sends what it has when nothing more is ready, and drops it when the end is an error.
                    tokio::time::sleep(GAP).await;
                    Err(io::Error::other("broken off on demand"))
                }));
                Response::from_parts(parts, Body::from_stream(broken))
            }
            Self::Malformed => {
                parts.headers.remove(header::CONTENT_LENGTH);
                let mut cut = bytes.slice(..bytes.len() * 2 / 3).to_vec();
                cut.extend_from_slice(b"{\"");
                Response::from_parts(parts, Body::from(cut))
            }
            Self::Html => {
                parts.headers.remove(header::CONTENT_LENGTH);
                parts.headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("text/html; charset=utf-8"));
                Response::from_parts(parts, Body::from(PAGE))
            }
        }
    }
}

/// A response whose body fails at once, upon which the server drops the connection with nothing sent.
pub(super) fn broken() -> Response {
    let failure = futures_util::stream::once(async { Err::<Bytes, _>(io::Error::other("dropped on demand")) });
    Response::new(Body::from_stream(failure))
}
