//! A client of the WebSocket, and one of the event streams, as plain as the wire.

use futures_util::SinkExt;
use futures_util::StreamExt;
use futures_util::stream::BoxStream;
use serde_json::Value;
use serde_json::json;
use tokio::io::AsyncReadExt;
use tokio::net::TcpStream;
use tokio_tungstenite::WebSocketStream;
use tokio_tungstenite::client_async;
use tokio_tungstenite::tungstenite;
use tokio_tungstenite::tungstenite::Message;
use tokio_tungstenite::tungstenite::client::IntoClientRequest;

use crate::support::gateway::Rig;
use crate::support::gateway::send;

/// What arrives on a socket.
#[derive(Debug, PartialEq)]
pub(crate) enum Got {
    Message(Value),
    /// The code of the close; none when the connection just ended.
    Closed(Option<u16>),
}

/// A WebSocket.
pub(crate) struct Client(WebSocketStream<TcpStream>);

/// Opens a WebSocket with these headers, or tells the status that refuses it.
pub(crate) async fn try_open(rig: &Rig, headers: &[(&str, &str)]) -> Result<Client, u16> {
    let address = rig.gateway.address();
    let mut request = format!("ws://{address}/graphql").into_client_request().unwrap();
    for (name, value) in headers {
        let name: http::HeaderName = name.parse().unwrap();
        request.headers_mut().insert(name, value.parse().unwrap());
    }
    let stream = TcpStream::connect(address).await.unwrap();
    match client_async(request, stream).await {
        Ok((socket, _)) => Ok(Client(socket)),
        Err(tungstenite::Error::Http(response)) => Err(response.status().as_u16()),
        Err(error) => panic!("{error}"),
    }
}

pub(crate) const PROTOCOL: (&str, &str) = ("sec-websocket-protocol", "graphql-transport-ws");

impl Client {
    /// Opens a WebSocket that has not said anything.
    pub(crate) async fn open(rig: &Rig) -> Self {
        try_open(rig, &[PROTOCOL]).await.unwrap_or_else(|status| panic!("{status}"))
    }

    /// Opens a WebSocket that may start operations.
    pub(crate) async fn ready(rig: &Rig) -> Self {
        Self::ready_as(rig, &json!({})).await
    }

    /// Opens a WebSocket that presents `payload` and is accepted.
    pub(crate) async fn ready_as(rig: &Rig, payload: &Value) -> Self {
        let mut client = Self::open(rig).await;
        client.say(&json!({ "type": "connection_init", "payload": payload })).await;
        assert_eq!(client.hear().await, Got::Message(json!({ "type": "connection_ack" })));
        client
    }

    pub(crate) async fn say(&mut self, message: &Value) {
        self.say_raw(Message::text(message.to_string())).await;
    }

    pub(crate) async fn say_raw(&mut self, message: Message) {
        self.0.send(message).await.unwrap();
    }

    /// Starts an operation.
    pub(crate) async fn subscribe(&mut self, id: &str, query: &str, variables: &Value) {
        let payload = json!({ "query": query, "variables": variables });
        self.say(&json!({ "id": id, "type": "subscribe", "payload": payload })).await;
    }

    /// The next message or close; pings are answered on the way.
    pub(crate) async fn hear(&mut self) -> Got {
        loop {
            match self.0.next().await {
                Some(Ok(Message::Text(text))) => return Got::Message(serde_json::from_str(&text).unwrap()),
                Some(Ok(Message::Close(frame))) => return Got::Closed(frame.map(|frame| frame.code.into())),
                Some(Ok(_)) => {}
                Some(Err(_)) | None => return Got::Closed(None),
            }
        }
    }

    /// The frames as they are, pings among them.
    pub(crate) async fn frame(&mut self) -> Option<Message> {
        self.0.next().await.and_then(Result::ok)
    }

    /// Says that it leaves, and hears that this was heard.
    pub(crate) async fn leave(&mut self) {
        self.say_raw(Message::Close(None)).await;
        assert!(matches!(self.0.next().await, Some(Ok(Message::Close(_)))));
    }

    /// Reads to the end of the connection, below the protocol: no ping is answered.
    pub(crate) async fn ends_unanswered(self) {
        let mut stream = self.0.into_inner();
        // A connection that is cut off has ended just as well.
        stream.read_to_end(&mut Vec::new()).await.ok();
    }

    /// The next message, which must be an answer without errors.
    pub(crate) async fn hear_next(&mut self) -> Value {
        let Got::Message(message) = self.hear().await else { panic!("the socket was closed") };
        assert!(message["type"] == "next" && message["payload"].get("errors").is_none(), "{message:#}");
        message
    }

    /// The data of the next answer, which must be one of the operation `id` without errors.
    pub(crate) async fn data(&mut self, id: &str) -> Value {
        let Got::Message(mut message) = self.hear().await else { panic!("the socket was closed") };
        assert_eq!((&message["type"], &message["id"]), (&json!("next"), &json!(id)), "{message:#}");
        assert_eq!(message["payload"].get("errors"), None, "{message:#}");
        message["payload"]["data"].take()
    }

    /// The code of the first error of the operation `id`, and how it came: `next` or `error`.
    pub(crate) async fn refusal(&mut self, id: &str) -> (String, String) {
        let Got::Message(message) = self.hear().await else { panic!("the socket was closed") };
        assert_eq!(message["id"], id, "{message:#}");
        let errors = if message["type"] == "error" { &message["payload"] } else { &message["payload"]["errors"] };
        let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
        (text(&message["type"]), text(&errors[0]["extensions"]["code"]))
    }

    /// Waits for the close.
    pub(crate) async fn closed(&mut self) -> Option<u16> {
        match self.hear().await {
            Got::Closed(code) => code,
            Got::Message(message) => panic!("{message:#}"),
        }
    }
}

/// One event of a stream.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Sent {
    pub(crate) event: String,
    pub(crate) data: String,
    pub(crate) id: Option<String>,
}

impl Sent {
    pub(crate) fn json(&self) -> Value {
        serde_json::from_str(&self.data).unwrap()
    }
}

/// An event stream.
pub(crate) struct Stream {
    chunks: BoxStream<'static, reqwest::Result<bytes::Bytes>>,
    text: String,
}

/// Asks for an event stream.
pub(crate) async fn request(rig: &Rig, headers: &[(&str, &str)], query: &str, variables: &Value) -> reqwest::Response {
    let body = json!({ "query": query, "variables": variables });
    let mut request = rig.client.post(format!("{}/graphql/stream", rig.base)).json(&body);
    request = request.header("accept", "text/event-stream");
    for (name, value) in headers {
        request = request.header(*name, *value);
    }
    send(request).await
}

impl Stream {
    /// Opens an event stream.
    pub(crate) async fn open(rig: &Rig, headers: &[(&str, &str)], query: &str, variables: &Value) -> Self {
        Self::of(request(rig, headers, query, variables).await)
    }

    pub(crate) fn of(response: reqwest::Response) -> Self {
        assert_eq!(response.status(), 200);
        assert_eq!(response.headers()["content-type"], "text/event-stream");
        Self { chunks: response.bytes_stream().boxed(), text: String::new() }
    }

    /// The next block of lines; none at the end of the stream.
    pub(crate) async fn block(&mut self) -> Option<String> {
        loop {
            if let Some((block, rest)) = self.text.split_once("\n\n") {
                let block = block.to_owned();
                self.text = rest.to_owned();
                return Some(block);
            }
            let chunk = self.chunks.next().await?.ok()?;
            self.text.push_str(std::str::from_utf8(&chunk).unwrap());
        }
    }

    /// The next event; comments are passed over.
    pub(crate) async fn next(&mut self) -> Option<Sent> {
        loop {
            let block = self.block().await?;
            let mut sent = Sent::default();
            for line in block.lines() {
                let (name, value) = line.split_once(':').unwrap_or((line, ""));
                let value = value.strip_prefix(' ').unwrap_or(value).to_owned();
                match name {
                    "event" => sent.event = value,
                    "data" => sent.data.push_str(&value),
                    "id" => sent.id = Some(value),
                    _ => {}
                }
            }
            if !sent.event.is_empty() {
                return Some(sent);
            }
        }
    }
}
