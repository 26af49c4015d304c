//! A server that records what it is sent and answers what it is told to.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::sync::Arc;
use std::sync::Mutex;
use std::time::Duration;

use axum::Router;
use axum::body::Body;
use axum::body::Bytes;
use axum::extract::Request;
use axum::extract::State;
use axum::response::Response;
use forecourt::shutdown::Shutdown;
use tokio::net::TcpListener;
use tokio::sync::watch;
use url::Url;

/// Headers that say nothing about the vendor's contract.
const VOLATILE: [&str; 5] = ["accept-encoding", "connection", "content-length", "host", "user-agent"];

/// A request as it arrived.
#[derive(Clone, Debug)]
pub(crate) struct Seen {
    pub(crate) method: String,
    pub(crate) path: String,
    pub(crate) query: String,
    pub(crate) headers: BTreeMap<String, String>,
    pub(crate) body: String,
}

impl Seen {
    /// The token of the `Authorization` header.
    pub(crate) fn bearer(&self) -> &str {
        self.headers.get("authorization").and_then(|value| value.strip_prefix("Bearer ")).unwrap()
    }

    /// The request as a snapshot shows it.
    pub(crate) fn shown(&self) -> String {
        let mut text = format!("{} {}\n", self.method, self.path);
        for (name, value) in url::form_urlencoded::parse(self.query.as_bytes()) {
            writeln!(text, "  {name} = {value}").unwrap();
        }
        for (name, value) in self.headers.iter().filter(|(name, _)| !VOLATILE.contains(&name.as_str())) {
            let value =
                if matches!(name.as_str(), "authorization" | "x-api-key") { secret(value) } else { value.clone() };
            writeln!(text, "{name}: {value}").unwrap();
        }
        if !self.body.is_empty() {
            writeln!(text, "\n{}", indented(&self.body)).unwrap();
        }
        without_ports(&text)
    }
}

/// JSON on lines of its own, every value as it was spelled: a reader of JSON would spell `27950.10` otherwise.
fn indented(json: &str) -> String {
    let (mut text, mut depth, mut quoted, mut escaped) = (String::new(), 0_usize, false, false);
    let mut chars = json.chars().peekable();
    while let Some(c) = chars.next() {
        let is_outside = !quoted;
        quoted ^= c == '"' && !escaped;
        escaped = quoted && c == '\\' && !escaped;
        match c {
            '{' | '[' if is_outside && chars.next_if(|next| matches!(next, '}' | ']')).is_some() => {
                text.push_str(if c == '{' { "{}" } else { "[]" });
            }
            '{' | '[' if is_outside => {
                depth += 1;
                write!(text, "{c}\n{}", "  ".repeat(depth)).unwrap();
            }
            '}' | ']' if is_outside => {
                depth = depth.saturating_sub(1);
                write!(text, "\n{}{c}", "  ".repeat(depth)).unwrap();
            }
            ',' if is_outside => write!(text, ",\n{}", "  ".repeat(depth)).unwrap(),
            ':' if is_outside => text.push_str(": "),
            _ => text.push(c),
        }
    }
    text
}

/// The text without the ports of this run.
fn without_ports(text: &str) -> String {
    let mut parts = text.split("127.0.0.1:");
    let head = parts.next().unwrap_or_default().to_owned();
    parts.fold(head, |text, part| text + "127.0.0.1:[port]" + part.trim_start_matches(|c: char| c.is_ascii_digit()))
}

fn secret(value: &str) -> String {
    value.split_once(' ').map_or("[secret]".to_owned(), |(scheme, _)| format!("{scheme} [secret]"))
}

/// What to answer.
#[derive(Clone, Debug)]
pub(crate) enum Answer {
    /// Status, further headers, body.
    Full(u16, Vec<(&'static str, String)>, String),
    /// Nothing, ever.
    Hang,
}

/// JSON with status 200.
pub(crate) fn ok(body: impl Into<String>) -> Answer {
    Answer::Full(200, vec![("content-type", "application/json".to_owned())], body.into())
}

/// JSON with another status.
pub(crate) fn status(status: u16, body: impl Into<String>) -> Answer {
    Answer::Full(status, vec![("content-type", "application/json".to_owned())], body.into())
}

type Respond = Box<dyn Fn(&Seen, usize) -> Answer + Send + Sync>;

struct Inner {
    seen: Mutex<Vec<Seen>>,
    count: watch::Sender<usize>,
    respond: Respond,
}

/// The server. It ends with the runtime of its test.
pub(crate) struct Recorder {
    inner: Arc<Inner>,
    pub(crate) url: Url,
    pub(crate) shutdown: Shutdown,
}

impl Recorder {
    /// Starts a server whose answer to a request is made from it and the number of requests with its path before it.
    pub(crate) async fn start(respond: impl Fn(&Seen, usize) -> Answer + Send + Sync + 'static) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = Url::parse(&format!("http://{}", listener.local_addr().unwrap())).unwrap();
        let inner =
            Arc::new(Inner { seen: Mutex::default(), count: watch::Sender::new(0), respond: Box::new(respond) });
        let router = Router::new().fallback(record).with_state(Arc::clone(&inner));
        let shutdown = Shutdown::new();
        // A supervisor of its own: tests wait for the clients' tasks, which this one would keep from ending.
        Shutdown::new().spawn(async move { axum::serve(listener, router).await });
        Self { inner, url, shutdown }
    }

    /// Everything that arrived so far.
    pub(crate) fn seen(&self) -> Vec<Seen> {
        self.inner.seen.lock().unwrap().clone()
    }

    /// The request that arrived as number `index`, counted from 0.
    pub(crate) fn nth(&self, index: usize) -> Seen {
        self.seen().into_iter().nth(index).unwrap()
    }

    /// Waits for the request number `index`, counted from 0.
    pub(crate) async fn arrived(&self, index: usize) -> Seen {
        let mut count = self.inner.count.subscribe();
        let long = Duration::from_secs(10);
        tokio::time::timeout(long, count.wait_for(|count| *count > index)).await.unwrap().unwrap();
        self.nth(index)
    }

    /// The requests to `path`.
    pub(crate) fn seen_at(&self, path: &str) -> Vec<Seen> {
        self.seen().into_iter().filter(|seen| seen.path == path).collect()
    }
}

async fn record(State(inner): State<Arc<Inner>>, request: Request) -> Response {
    let (parts, body) = request.into_parts();
    let body: Bytes = axum::body::to_bytes(body, usize::MAX).await.unwrap();
    let headers = parts
        .headers
        .iter()
        .map(|(name, value)| (name.as_str().to_owned(), String::from_utf8_lossy(value.as_bytes()).into_owned()));
    let seen = Seen {
        method: parts.method.to_string(),
        path: parts.uri.path().to_owned(),
        query: parts.uri.query().unwrap_or_default().to_owned(),
        headers: headers.collect(),
        body: String::from_utf8_lossy(&body).into_owned(),
    };
    let before = {
        let mut all = inner.seen.lock().unwrap();
        let before = all.iter().filter(|earlier| earlier.path == seen.path).count();
        all.push(seen.clone());
        before
    };
    inner.count.send_modify(|count| *count += 1);
    match (inner.respond)(&seen, before) {
        Answer::Hang => std::future::pending().await,
        Answer::Full(status, headers, body) => {
            let mut response = Response::builder().status(status);
            for (name, value) in headers {
                response = response.header(name, value);
            }
            response.body(Body::from(body)).unwrap()
        }
    }
}
