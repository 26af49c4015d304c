//! The journal: every call as received and every delivery as made, so that tests can prove what went over the wire.

use std::collections::BTreeMap;
use std::collections::VecDeque;
use std::sync::Arc;
use std::sync::Mutex;

use axum::body::Body;
use axum::body::Bytes;
use axum::extract::Request;
use axum::extract::State;
use axum::middleware::Next;
use axum::response::IntoResponse;
use axum::response::Response;
use axum::routing::MethodRouter;
use chrono::DateTime;
use chrono::Utc;
use http::HeaderMap;
use http::StatusCode;
use serde::Serialize;
use serde_json::value::RawValue;
use url::Url;

use crate::sandbox::core::Core;
use crate::sandbox::core::lock;
use crate::sandbox::faults::Outcome;

/// How many entries are kept; the oldest go first.
const CAPACITY: usize = 100_000;

/// The largest body a call may bring.
const BODY_LIMIT: usize = 16 * 1024 * 1024;

/// One call or frame that a vendor received, or one delivery that a vendor made.
#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Entry {
    /// The place in the journal, from 1, without gaps, in order of arrival.
    pub(crate) seq: u64,
    /// When it arrived or was sent, by the sandbox's clock.
    pub(crate) at: DateTime<Utc>,
    /// The canonical name of the operation, or `unmatched` for an address nobody serves.
    pub(crate) operation: &'static str,
    /// The method; `FRAME` for a frame over a socket.
    pub(crate) method: String,
    /// The path as received, with the vendor's prefix.
    pub(crate) path: String,
    /// The query as received, without the question mark; null when there was none.
    pub(crate) query: Option<String>,
    /// All headers under lower-case names; values of a repeated header are joined by a comma.
    pub(crate) headers: BTreeMap<String, String>,
    /// The body: the JSON to the letter, or the text when it is no JSON, or null when it was empty.
    pub(crate) body: Box<RawValue>,
    /// The status of the answer; null while there is none, or when the connection was dropped instead.
    pub(crate) status: Option<u16>,
}

/// The entries, oldest first.
#[derive(Debug, Default)]
pub(crate) struct Journal(Mutex<Pages>);

#[derive(Debug, Default)]
struct Pages {
    written: u64,
    entries: VecDeque<Entry>,
}

impl Journal {
    /// The entries after `since` (a `seq`), of one operation or of all, oldest first.
    pub(crate) fn entries(&self, since: u64, operation: Option<&str>) -> Vec<Entry> {
        let pages = lock(&self.0);
        let wanted = |entry: &&Entry| entry.seq > since && operation.is_none_or(|name| name == entry.operation);
        pages.entries.iter().filter(wanted).cloned().collect()
    }

    /// Forgets every entry; the numbering goes on.
    pub(crate) fn clear(&self) {
        lock(&self.0).entries.clear();
    }

    /// Records a delivery that a vendor made to `url`, with the receiver's status or none when it could not be reached.
    pub(crate) fn delivery(
        &self,
        at: DateTime<Utc>,
        operation: &'static str,
        url: &Url,
        headers: &HeaderMap,
        body: &[u8],
        status: Option<u16>,
    ) {
        self.write(Entry {
            seq: 0,
            at,
            operation,
            method: "POST".to_owned(),
            path: url.path().to_owned(),
            query: url.query().map(str::to_owned),
            headers: plain(headers),
            body: readable(body),
            status,
        });
    }

    /// Records a frame that a client sent over a vendor's socket, with the status that its answer amounts to.
    pub(crate) fn frame(
        &self,
        at: DateTime<Utc>,
        operation: &'static str,
        path: &str,
        body: &[u8],
        status: Option<u16>,
    ) {
        self.write(Entry {
            seq: 0,
            at,
            operation,
            method: "FRAME".to_owned(),
            path: path.to_owned(),
            query: None,
            headers: BTreeMap::new(),
            body: readable(body),
            status,
        });
    }

    fn write(&self, mut entry: Entry) -> u64 {
        let mut pages = lock(&self.0);
        pages.written += 1;
        entry.seq = pages.written;
        if pages.entries.len() == CAPACITY {
            pages.entries.pop_front();
        }
        pages.entries.push_back(entry);
        pages.written
    }

    fn answered(&self, seq: u64, status: u16) {
        let mut pages = lock(&self.0);
        if let Some(entry) = pages.entries.iter_mut().rev().find(|entry| entry.seq == seq) {
            entry.status = Some(status);
        }
    }
}

/// Puts `routes` under the journal and the faults as `operation`.
///
/// The path is recorded as the routes see it, so they are to be mounted with their whole path and not nested.
pub(crate) fn named<S: Clone + Send + Sync + 'static>(
    core: &Arc<Core>,
    operation: &'static str,
    routes: MethodRouter<S>,
) -> MethodRouter<S> {
    let named = Named { core: Arc::clone(core), operation };
    routes.layer(axum::middleware::from_fn_with_state(named, observe))
}

#[derive(Clone)]
struct Named {
    core: Arc<Core>,
    operation: &'static str,
}

/// Records the call on arrival, lets the fault have its way, and adds the status when there is an answer.
async fn observe(State(named): State<Named>, request: Request, next: Next) -> Response {
    let Named { core, operation } = named;
    let (parts, body) = request.into_parts();
    let read = axum::body::to_bytes(body, BODY_LIMIT).await;
    let bytes = read.as_ref().map_or_else(|_| Bytes::new(), Bytes::clone);
    let seq = core.journal.write(Entry {
        seq: 0,
        at: core.clock.now(),
        operation,
        method: parts.method.to_string(),
        path: parts.uri.path().to_owned(),
        query: parts.uri.query().map(str::to_owned),
        headers: plain(&parts.headers),
        body: readable(&bytes),
        status: None,
    });
    if read.is_err() {
        core.journal.answered(seq, StatusCode::PAYLOAD_TOO_LARGE.as_u16());
        return (StatusCode::PAYLOAD_TOO_LARGE, "the body is too large or broke off").into_response();
    }
    let outcome = match core.faults.take(operation, &parts.headers, &core.ids) {
        Ok(Some(fault)) => fault.apply(&core, next.run(Request::from_parts(parts, Body::from(bytes)))).await,
        Ok(None) => Outcome::Answered(next.run(Request::from_parts(parts, Body::from(bytes))).await),
        Err(reason) => Outcome::Answered((StatusCode::BAD_REQUEST, reason).into_response()),
    };
    match outcome {
        Outcome::Answered(response) => {
            core.journal.answered(seq, response.status().as_u16());
            response
        }
        Outcome::Dropped(response) => response,
    }
}

fn plain(headers: &HeaderMap) -> BTreeMap<String, String> {
    let mut plain = BTreeMap::<String, String>::new();
    for (name, value) in headers {
        let text = String::from_utf8_lossy(value.as_bytes());
        plain
            .entry(name.as_str().to_owned())
            .and_modify(|all| {
                all.push_str(", ");
                all.push_str(&text);
            })
            .or_insert_with(|| text.clone().into_owned());
    }
    plain
}

/// JSON is kept as its own text, so that no number changes its digits on the way to a test.
fn readable(body: &[u8]) -> Box<RawValue> {
    if body.is_empty() {
        return RawValue::NULL.to_owned();
    }
    serde_json::from_slice(body)
        .or_else(|_| serde_json::value::to_raw_value(&String::from_utf8_lossy(body)))
        .unwrap_or_else(|_| RawValue::NULL.to_owned())
}
