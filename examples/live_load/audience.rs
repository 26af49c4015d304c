//! The clients.

use std::collections::HashMap;
use std::time::Duration;
use std::time::Instant;

use anyhow::Context;
use anyhow::Result;
use anyhow::bail;
use forecourt::shutdown::Shutdown;
use futures_util::SinkExt;
use futures_util::StreamExt;
use futures_util::TryStreamExt;
use futures_util::stream;
use serde_json::Value;
use serde_json::json;
use tokio::net::TcpStream;
use tokio::sync::mpsc;
use tokio_tungstenite::MaybeTlsStream;
use tokio_tungstenite::WebSocketStream;
use tokio_tungstenite::connect_async_with_config;
use tokio_tungstenite::tungstenite::Message;
use tokio_tungstenite::tungstenite::client::IntoClientRequest;
use tokio_tungstenite::tungstenite::protocol::WebSocketConfig;
use url::Url;

/// How many connect at the same time.
const AT_A_TIME: usize = 64;
const WATCH: &str = "subscription($id: ID!) { ticketStatus(ticketId: $id) { live heldMessage } }";

type Socket = WebSocketStream<MaybeTlsStream<TcpStream>>;

/// What a client has heard.
struct Report {
    client: usize,
    heard: Heard,
    at: Instant,
}

enum Heard {
    /// What is said of the ticket, and whether the gateway hears the vendor.
    State { message: String, live: bool },
    /// The connection has ended.
    End,
}

/// Everybody who watches.
pub(crate) struct Audience {
    count: usize,
    gone: usize,
    reports: mpsc::UnboundedReceiver<Report>,
}

impl Audience {
    /// Connects `count` clients; each of them has heard the present state.
    pub(crate) async fn gather(url: &Url, ticket: &Value, count: usize) -> Result<Self> {
        let (shutdown, (sender, reports)) = (Shutdown::new(), mpsc::unbounded_channel());
        let joining = (0..count).map(|client| {
            let (sender, shutdown) = (sender.clone(), shutdown.clone());
            async move {
                let socket = join(url, ticket).await.with_context(|| format!("client {client}"))?;
                drop(shutdown.spawn(listen(socket, client, sender)));
                anyhow::Ok(())
            }
        });
        stream::iter(joining).buffer_unordered(AT_A_TIME).try_collect::<Vec<()>>().await?;
        Ok(Self { count, gone: 0, reports })
    }

    /// How many there are.
    pub(crate) fn count(&self) -> usize {
        self.count
    }

    /// How many were disconnected.
    pub(crate) fn gone(&self) -> usize {
        self.gone
    }

    /// Waits until everybody knows `message` from a gateway that hears the vendor; gives when each of them heard it first.
    pub(crate) async fn hear(&mut self, message: &str, patience: Duration) -> Vec<Instant> {
        let mut heard: HashMap<usize, Instant> = HashMap::new();
        let deadline = tokio::time::Instant::now() + patience;
        while heard.len() + self.gone < self.count {
            let Ok(Some(report)) = tokio::time::timeout_at(deadline, self.reports.recv()).await else { break };
            match report.heard {
                Heard::State { message: now, live } if live && now == message => {
                    heard.entry(report.client).or_insert(report.at);
                }
                Heard::State { .. } => {
                    heard.remove(&report.client);
                }
                Heard::End => self.gone += 1,
            }
        }
        heard.into_values().collect()
    }
}

/// Connects and subscribes; the first state was heard.
async fn join(url: &Url, ticket: &Value) -> Result<Socket> {
    let mut request = url.as_str().into_client_request()?;
    request.headers_mut().insert("sec-websocket-protocol", "graphql-transport-ws".parse()?);
    // So many clients would fill the usual buffers all the time.
    let config = WebSocketConfig::default().read_buffer_size(4 * 1024);
    let (mut socket, _) = connect_async_with_config(request, Some(config), false).await?;
    socket.send(Message::text(json!({ "type": "connection_init" }).to_string())).await?;
    let payload = json!({ "query": WATCH, "variables": { "id": ticket } });
    let subscribe = json!({ "id": "1", "type": "subscribe", "payload": payload });
    while let Some(message) = socket.next().await {
        let Message::Text(text) = message? else { continue };
        let message: Value = serde_json::from_str(&text)?;
        match message.get("type").and_then(Value::as_str) {
            Some("connection_ack") => socket.send(Message::text(subscribe.to_string())).await?,
            Some("next") if message.pointer("/payload/errors").is_none() => return Ok(socket),
            _ => bail!("{text}"),
        }
    }
    bail!("the connection ended")
}

async fn listen(mut socket: Socket, client: usize, reports: mpsc::UnboundedSender<Report>) {
    let report = |heard| drop(reports.send(Report { client, heard, at: Instant::now() }));
    while let Some(Ok(message)) = socket.next().await {
        match message {
            Message::Text(text) => report(read(&text).unwrap_or(Heard::End)),
            Message::Close(_) => break,
            // Pings are answered by the next turn of reading.
            Message::Binary(_) | Message::Ping(_) | Message::Pong(_) | Message::Frame(_) => {}
        }
    }
    report(Heard::End);
}

fn read(text: &str) -> Option<Heard> {
    let message: Value = serde_json::from_str(text).ok()?;
    let status = message.pointer("/payload/data/ticketStatus")?;
    let held = status.get("heldMessage")?.as_str().unwrap_or_default().to_owned();
    Some(Heard::State { message: held, live: status.get("live")?.as_bool()? })
}
