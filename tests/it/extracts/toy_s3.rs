//! A store that speaks as much S3 as an upload and a look need.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::sync::Mutex;

use axum::Router;
use axum::body::Bytes;
use axum::extract::Path;
use axum::extract::State;
use axum::http::HeaderMap;
use axum::http::StatusCode;
use axum::response::IntoResponse;
use axum::response::Response;
use axum::routing::get;
use forecourt::shutdown::Shutdown;
use tokio::net::TcpListener;

pub(super) const KEY_ID: &str = "toy-key-id";
pub(super) const KEY: &str = "toy-secret-key";

/// Its objects by path, and how many requests it still refuses.
#[derive(Clone, Default)]
pub(super) struct ToyS3(Arc<Mutex<(BTreeMap<String, Bytes>, usize)>>);

impl ToyS3 {
    /// Starts it; gives its address.
    pub(super) async fn start() -> (Self, String) {
        let store = Self::default();
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = format!("http://{}", listener.local_addr().unwrap());
        let router = Router::new().route("/{*path}", get(read).put(write)).with_state(store.clone());
        drop(Shutdown::new().spawn(async move { axum::serve(listener, router).await }));
        (store, address)
    }

    /// Refuses so many requests from now on.
    pub(super) fn refuse(&self, requests: usize) {
        self.0.lock().unwrap().1 = requests;
    }

    pub(super) fn names(&self) -> Vec<String> {
        self.0.lock().unwrap().0.keys().cloned().collect()
    }

    pub(super) fn object(&self, name: &str) -> Option<Bytes> {
        self.0.lock().unwrap().0.get(name).cloned()
    }

    /// What stands in the way of a request, if anything does.
    fn refusal(&self, headers: &HeaderMap) -> Option<Response> {
        let authorization = headers.get("authorization").and_then(|value| value.to_str().ok()).unwrap_or_default();
        if !authorization.starts_with(&format!("AWS4-HMAC-SHA256 Credential={KEY_ID}/")) {
            return Some((StatusCode::FORBIDDEN, "<Error><Code>AccessDenied</Code></Error>").into_response());
        }
        let mut state = self.0.lock().unwrap();
        let is_refused = state.1 > 0;
        state.1 = state.1.saturating_sub(1);
        is_refused.then(|| (StatusCode::FORBIDDEN, "<Error><Code>AccessDenied</Code></Error>").into_response())
    }
}

async fn read(State(store): State<ToyS3>, Path(path): Path<String>, headers: HeaderMap) -> Response {
    if let Some(refusal) = store.refusal(&headers) {
        return refusal;
    }
    match store.object(&path) {
        Some(bytes) => {
            let headers = [("etag", "\"toy\""), ("last-modified", "Fri, 02 Oct 2026 08:00:00 GMT")];
            (headers, bytes).into_response()
        }
        None => (StatusCode::NOT_FOUND, "<Error><Code>NoSuchKey</Code></Error>").into_response(),
    }
}

async fn write(State(store): State<ToyS3>, Path(path): Path<String>, headers: HeaderMap, body: Bytes) -> Response {
    if let Some(refusal) = store.refusal(&headers) {
        return refusal;
    }
    store.0.lock().unwrap().0.insert(path, body);
    [("etag", "\"toy\"")].into_response()
}
