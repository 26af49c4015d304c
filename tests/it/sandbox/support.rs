//! A running sandbox, a client for it, and a receiver of its deliveries.

use std::collections::VecDeque;
use std::io;
use std::net::Ipv4Addr;
use std::sync::Arc;
use std::sync::Mutex;
use std::time::Duration;

use axum::Router;
use axum::body::Bytes;
use axum::extract::State;
use axum::http::HeaderMap;
use axum::http::StatusCode;
use chrono::DateTime;
use chrono::TimeDelta;
use chrono::Utc;
use forecourt::clock::Clock;
use forecourt::ids::Ids;
use forecourt::sandbox;
use forecourt::sandbox::Options;
use forecourt::shutdown::Shutdown;
use serde_json::Map;
use serde_json::Value;
use serde_json::json;
use tokio::sync::mpsc::UnboundedReceiver;
use tokio::sync::mpsc::UnboundedSender;
use tokio::sync::mpsc::unbounded_channel;

/// The key of the first account in production.
pub(crate) const KEY: (&str, &str) = ("X-API-Key", "sandbox-tchek-key");

/// The path of a token's creation in production.
pub(crate) const CREATE: &str = "/tchek/apiV1/tokenmanager/token";

/// The VIN of the first seeded car.
pub(crate) const SHOWPIECE: &str = "YV1ZWA8UDL1234507";

/// A sandbox at a free port whose clock stands still.
pub(crate) struct Bench {
    pub(crate) clock: Clock,
    base: String,
    shutdown: Shutdown,
    client: reqwest::Client,
}

/// An answer, read to its end.
#[derive(Debug)]
pub(crate) struct Answer {
    pub(crate) status: u16,
    pub(crate) headers: HeaderMap,
    pub(crate) text: String,
}

impl Answer {
    /// The body as JSON.
    pub(crate) fn json(&self) -> Value {
        serde_json::from_str(&self.text).expect("the answer is JSON")
    }

    /// A header's value.
    pub(crate) fn header(&self, name: &str) -> &str {
        self.headers.get(name).and_then(|value| value.to_str().ok()).unwrap_or_default()
    }
}

impl Bench {
    /// Starts a sandbox at 08:00 on 10 January 2026.
    pub(crate) async fn start() -> Self {
        Self::with_vehicles(40).await
    }

    /// Starts a sandbox of that many cars at the same moment.
    pub(crate) async fn with_vehicles(vehicles: usize) -> Self {
        Self::try_start(Options { vehicles, ..Options::default() }, 7).await.expect("a port is free")
    }

    /// Starts a sandbox at the same moment whose ids come from `seed`.
    pub(crate) async fn try_start(options: Options, seed: u64) -> io::Result<Self> {
        let now: DateTime<Utc> = "2026-01-10T08:00:00Z".parse().expect("the start is a time");
        let (clock, shutdown) = (Clock::settable(now), Shutdown::new());
        let running = sandbox::start(options, clock.clone(), Ids::seeded(seed), &shutdown).await?;
        let client = reqwest::Client::builder()
            .no_proxy()
            .redirect(reqwest::redirect::Policy::none())
            .build()
            .expect("the client can be built");
        Ok(Self { clock, base: running.url().as_str().trim_end_matches('/').to_owned(), shutdown, client })
    }

    /// The address of `path`.
    pub(crate) fn url(&self, path: &str) -> String {
        if path.starts_with('/') { format!("{}{path}", self.base) } else { path.to_owned() }
    }

    /// Sends a request; `body` goes as it is.
    pub(crate) async fn send(&self, method: &str, path: &str, headers: &[(&str, &str)], body: String) -> Answer {
        self.try_send(method, path, headers, body).await.expect("the sandbox answers")
    }

    /// Sends a request; an error when the connection is dropped.
    pub(crate) async fn try_send(
        &self,
        method: &str,
        path: &str,
        headers: &[(&str, &str)],
        body: String,
    ) -> reqwest::Result<Answer> {
        let request = self.client.request(method.parse().expect("the method is one"), self.url(path)).body(body);
        let request = headers.iter().fold(request, |request, (name, value)| request.header(*name, *value));
        let answer = self.client.execute(request.build()?).await?;
        let (status, headers) = (answer.status().as_u16(), answer.headers().clone());
        Ok(Answer { status, headers, text: answer.text().await? })
    }

    /// Sends JSON.
    pub(crate) async fn json(&self, method: &str, path: &str, headers: &[(&str, &str)], body: &Value) -> Answer {
        let headers = [headers, &[("content-type", "application/json")]].concat();
        self.send(method, path, &headers, body.to_string()).await
    }

    /// Reads an address.
    pub(crate) async fn get(&self, path: &str, headers: &[(&str, &str)]) -> Answer {
        self.send("GET", path, headers, String::new()).await
    }

    /// Makes a token in production with the first key and gives its public id.
    pub(crate) async fn token(&self, order: &Value) -> String {
        let answer = self.json("POST", CREATE, &[KEY], order).await;
        assert_eq!(answer.status, 200, "{}", answer.text);
        text(&answer.json(), "/token/uid").to_owned()
    }

    /// Reads a token's state.
    pub(crate) async fn status(&self, uid: &str) -> Value {
        let path = format!("/tchek/apiV1/tokenmanager/test?deviceId={uid}-pwa");
        let answer = self.get(&path, &[KEY]).await;
        assert_eq!(answer.status, 200, "{}", answer.text);
        at(&answer.json(), "/token").clone()
    }

    /// Asks for a status and tells how that was answered.
    pub(crate) async fn advance(&self, uid: &str, to: u64) -> u16 {
        self.json("POST", &format!("/__sandbox/tokens/{uid}/advance"), &[], &json!({"to": to})).await.status
    }

    /// Leads a token through several statuses.
    pub(crate) async fn walk(&self, uid: &str, steps: &[u64]) {
        for to in steps {
            assert_eq!(self.advance(uid, *to).await, 200, "{uid} to {to}");
        }
    }

    /// Turns switches.
    pub(crate) async fn switch(&self, switches: &Value) {
        let answer = self.json("PUT", "/__sandbox/switches", &[], switches).await;
        assert_eq!(answer.status, 200, "{}", answer.text);
    }

    /// The journal's lines of one operation.
    pub(crate) async fn journal(&self, operation: &str) -> Vec<Value> {
        let answer = self.get(&format!("/__sandbox/journal?operation={operation}"), &[]).await;
        list(&answer.json(), "").to_vec()
    }

    /// Moves the clock.
    pub(crate) fn pass(&self, span: TimeDelta) {
        self.clock.advance(span);
    }

    /// Starts a receiver that answers with `statuses` and then with 200, and has results sent to it.
    pub(crate) async fn receiver(&self, statuses: &[u16], header_key: Option<&str>) -> Receiver {
        let (sender, deliveries) = unbounded_channel();
        let statuses = Arc::new(Mutex::new(statuses.iter().copied().collect()));
        let listener = tokio::net::TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await.expect("a port is free");
        let addr = listener.local_addr().expect("the listener is bound");
        let url = format!("http://{addr}/hook?from=tchek");
        let app = Router::new().fallback(take).with_state(Desk { statuses, sender });
        let draining = self.shutdown.draining();
        self.shutdown.spawn(async move { axum::serve(listener, app).with_graceful_shutdown(draining).await });
        let setting = json!({"url": url, "headerKey": header_key, "retriesMs": [1, 1]});
        let answer = self.json("PUT", "/__sandbox/tchek/webhook", &[], &setting).await;
        assert_eq!(answer.status, 200, "{}", answer.text);
        Receiver { url, deliveries }
    }

    /// Begins to end the sandbox.
    pub(crate) fn end(&self) {
        self.shutdown.begin();
    }

    /// Ends the sandbox; tells whether every task of it has ended.
    pub(crate) async fn stop(self) -> bool {
        drop(self.client);
        self.shutdown.finish(Duration::from_secs(10)).await
    }
}

/// Takes deliveries.
pub(crate) struct Receiver {
    /// Where it takes them.
    pub(crate) url: String,
    deliveries: UnboundedReceiver<(HeaderMap, Value)>,
}

impl Receiver {
    /// The next delivery, with its headers.
    pub(crate) async fn next(&mut self) -> (HeaderMap, Value) {
        self.deliveries.recv().await.expect("the receiver runs")
    }

    /// Whether no delivery waits to be looked at.
    pub(crate) fn is_empty(&self) -> bool {
        self.deliveries.is_empty()
    }
}

#[derive(Clone)]
struct Desk {
    statuses: Arc<Mutex<VecDeque<u16>>>,
    sender: UnboundedSender<(HeaderMap, Value)>,
}

async fn take(State(desk): State<Desk>, headers: HeaderMap, body: Bytes) -> StatusCode {
    let body = serde_json::from_slice(&body).expect("a delivery is JSON");
    desk.sender.send((headers, body)).expect("the test still listens");
    let status = desk.statuses.lock().expect("nobody panicked with the lock").pop_front().unwrap_or(200);
    StatusCode::from_u16(status).expect("the test gives statuses")
}

/// A request for a token that keeps every rule.
pub(crate) fn order() -> Value {
    json!({
        "options": {"shootInspect": true, "fastTrack": false, "cost": false, "report": false, "downloadRoi": false},
        "tradeIn": {"tradeinVehicle": true, "immat": "AB-123-CD", "vin": SHOWPIECE, "sendingType": null},
        "customer": {
            "clientType": "customer", "email": "ada@example.com", "firstname": "Ada", "lastname": "Example",
            "gender": null, "phone": "0031600000000", "locale": "nl-BE",
        },
        "creatorUserId": null,
        "validity": 30,
    })
}

/// `order` for a car that nobody knows.
pub(crate) fn unknown_car() -> Value {
    with(order(), "/tradeIn/vin", json!("TESTV1N0000000001"))
}

/// `value` with `changed` at `pointer`; the parent must exist.
pub(crate) fn with(mut value: Value, pointer: &str, changed: Value) -> Value {
    let (parent, name) = parent_of(&mut value, pointer);
    parent.insert(name.to_owned(), changed);
    value
}

/// `value` without what is at `pointer`.
pub(crate) fn without(mut value: Value, pointer: &str) -> Value {
    let (parent, name) = parent_of(&mut value, pointer);
    parent.remove(name).expect("the member is there");
    value
}

fn parent_of<'a, 'b>(value: &'a mut Value, pointer: &'b str) -> (&'a mut Map<String, Value>, &'b str) {
    let (parent, name) = pointer.rsplit_once('/').expect("a pointer has a slash");
    let parent = value.pointer_mut(parent).and_then(Value::as_object_mut);
    (parent.expect("the parent is an object"), name)
}

/// What is at `pointer`.
pub(crate) fn at<'a>(value: &'a Value, pointer: &str) -> &'a Value {
    value.pointer(pointer).expect("the member is there")
}

/// The text at `pointer`.
pub(crate) fn text<'a>(value: &'a Value, pointer: &str) -> &'a str {
    at(value, pointer).as_str().expect("the member is a text")
}

/// The list at `pointer`.
pub(crate) fn list<'a>(value: &'a Value, pointer: &str) -> &'a [Value] {
    at(value, pointer).as_array().expect("the member is a list")
}

/// The names in an object, sorted.
pub(crate) fn names(value: &Value) -> Vec<&str> {
    let mut names: Vec<&str> = value.as_object().expect("an object").keys().map(String::as_str).collect();
    names.sort_unstable();
    names
}
