//! A vendor's socket: each connection is handed to the test, which speaks for the vendor.

use std::sync::Arc;
use std::sync::Mutex;
use std::sync::mpsc::Sender;

use forecourt::clock::Clock;
use forecourt::domain::status::model::StatusEvent;
use forecourt::ids::Ids;
use forecourt::shutdown::Shutdown;
use forecourt::transport::tape::Tape;
use forecourt::vendors::jifeline::JifelineClient;
use forecourt::vendors::jifeline::JifelineConfig;
use forecourt::vendors::jifeline::JifelineSocket;
use futures_util::SinkExt;
use futures_util::StreamExt;
use http::StatusCode;
use tokio::net::TcpListener;
use tokio::net::TcpStream;
use tokio::sync::mpsc;
use tokio_tungstenite::WebSocketStream;
use tokio_tungstenite::accept_hdr_async;
use tokio_tungstenite::tungstenite::Message;
use tokio_tungstenite::tungstenite::handshake::server::ErrorResponse;
use tokio_tungstenite::tungstenite::handshake::server::Request;
use tokio_tungstenite::tungstenite::handshake::server::Response;
use url::Url;

use super::accounts::install_tls;
use super::accounts::jifeline_config;
use super::accounts::log_in;
use super::accounts::start;
use super::recorder::Recorder;
use super::recorder::Seen;
use super::recorder::ok;

/// The server. It ends with the runtime of its test.
pub(crate) struct Sockets {
    url: Url,
    handshakes: Arc<Mutex<Vec<Seen>>>,
    opened: mpsc::UnboundedReceiver<Opened>,
}

/// A connection, seen from the vendor.
pub(crate) struct Opened(WebSocketStream<TcpStream>);

impl Sockets {
    /// Starts a server that answers handshakes, counted from 0, with the status that `answer` gives; 101 opens.
    #[expect(clippy::result_large_err, reason = "the handshake's own type")]
    pub(crate) async fn start(answer: impl Fn(usize) -> u16 + Send + Sync + 'static) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = Url::parse(&format!("ws://{}/jifeline/wss", listener.local_addr().unwrap())).unwrap();
        let handshakes: Arc<Mutex<Vec<Seen>>> = Arc::default();
        let (send, opened) = mpsc::unbounded_channel();
        let seen = Arc::clone(&handshakes);
        Shutdown::new().spawn(async move {
            loop {
                let (stream, _) = listener.accept().await.unwrap();
                let judge = |request: &Request, response: Response| {
                    let mut seen = seen.lock().unwrap();
                    seen.push(handshake(request));
                    match answer(seen.len() - 1) {
                        101 => Ok(response),
                        status => {
                            let mut refusal = ErrorResponse::new(None);
                            *refusal.status_mut() = StatusCode::from_u16(status).unwrap();
                            Err(refusal)
                        }
                    }
                };
                if let Ok(stream) = accept_hdr_async(stream, judge).await {
                    send.send(Opened(stream)).ok();
                }
            }
        });
        Self { url, handshakes, opened }
    }

    /// The handshakes that arrived so far.
    pub(crate) fn handshakes(&self) -> Vec<Seen> {
        self.handshakes.lock().unwrap().clone()
    }

    /// Waits for the next connection.
    pub(crate) async fn accept(&mut self) -> Opened {
        self.opened.recv().await.unwrap()
    }

    /// The socket of an account that logs in at `recorder` and connects here.
    pub(crate) fn watcher(&self, recorder: &Recorder) -> JifelineSocket {
        self.watcher_taped(recorder, None)
    }

    /// The same with `tape` between it and this server.
    pub(crate) fn watcher_with(&self, recorder: &Recorder, tape: Arc<dyn Tape>) -> JifelineSocket {
        self.watcher_taped(recorder, Some(tape))
    }

    fn watcher_taped(&self, recorder: &Recorder, tape: Option<Arc<dyn Tape>>) -> JifelineSocket {
        install_tls();
        let mut config = JifelineConfig { socket_url: self.url.clone(), ..jifeline_config(recorder) };
        config.transport.tape = tape;
        let client = JifelineClient::new(config, Clock::settable(start()), recorder.shutdown.clone()).unwrap();
        client.socket(Ids::seeded(1))
    }
}

impl Opened {
    /// The next text, without the control frames before it.
    pub(crate) async fn read(&mut self) -> String {
        loop {
            if let Message::Text(text) = self.0.next().await.unwrap().unwrap() {
                return text.as_str().to_owned();
            }
        }
    }

    /// The next text as the wire tests show it.
    pub(crate) async fn seen(&mut self) -> Seen {
        let (method, path) = ("TEXT".to_owned(), "/jifeline/wss".to_owned());
        Seen { method, path, query: String::new(), headers: [].into(), body: self.read().await }
    }

    /// Whether the client pings next.
    pub(crate) async fn is_pinged(&mut self) -> bool {
        matches!(self.0.next().await, Some(Ok(Message::Ping(_))))
    }

    /// Whether the client closes the connection next.
    pub(crate) async fn is_closed(&mut self) -> bool {
        matches!(self.0.next().await, Some(Ok(Message::Close(_))) | None)
    }

    pub(crate) async fn say(&mut self, text: &str) {
        self.0.send(Message::text(text)).await.unwrap();
    }
}

fn handshake(request: &Request) -> Seen {
    let headers = request.headers().iter().filter(|(name, _)| *name == "authorization");
    Seen {
        method: request.method().to_string(),
        path: request.uri().path().to_owned(),
        query: request.uri().query().unwrap_or_default().to_owned(),
        headers: headers.map(|(name, value)| (name.to_string(), value.to_str().unwrap().to_owned())).collect(),
        body: String::new(),
    }
}

/// What `watcher` hears next, beyond that it is connected.
pub(crate) async fn next_of(watcher: &mut JifelineSocket) -> StatusEvent {
    loop {
        let event = watcher.next_event().await;
        if !matches!(event, StatusEvent::Connected) {
            return event;
        }
    }
}

/// A server that only lets log in.
pub(crate) async fn log_ins() -> Recorder {
    Recorder::start(|seen, _| ok(log_in(&seen.path).unwrap_or("null"))).await
}

/// Keeps paused time from running ahead by itself, which it does not do while something blocks.
pub(crate) fn hold_time(shutdown: &Shutdown) -> Sender<()> {
    let (holder, held) = std::sync::mpsc::channel();
    drop(shutdown.spawn_blocking(move || held.recv()));
    holder
}
