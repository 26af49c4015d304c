//! Jifeline's websocket.

use futures_util::SinkExt;
use futures_util::StreamExt;
use serde_json::Value;
use serde_json::json;
use tokio::net::TcpStream;
use tokio_tungstenite::MaybeTlsStream;
use tokio_tungstenite::WebSocketStream;
use tokio_tungstenite::connect_async;
use tokio_tungstenite::tungstenite::Error;
use tokio_tungstenite::tungstenite::Message;
use tokio_tungstenite::tungstenite::client::IntoClientRequest;

use crate::sandbox::garage::FIRST_LOGIN;
use crate::sandbox::garage::SECOND_LOGIN;
use crate::sandbox::support::Bench;
use crate::sandbox::support::text;

/// The ticket that is open on the first connector.
const TICKET: i64 = 6_990_001;

/// The first connector.
const CONNECTOR: i64 = 910_000_001;

/// The channel of that ticket.
const CHANNEL: &str = "416e4c77-4fc0-40ca-8da5-95a12c4e8401";

struct Socket(WebSocketStream<MaybeTlsStream<TcpStream>>);

impl Socket {
    async fn open(bench: &Bench, login: (&str, &str)) -> Self {
        let tokens = bench.log_in(login).await.json();
        Self::with(bench, "", Some(text(&tokens, "/access_token"))).await.unwrap()
    }

    /// Opens a socket; the status of a refusal.
    async fn with(bench: &Bench, query: &str, token: Option<&str>) -> Result<Self, u16> {
        let url = bench.url(&format!("/jifeline/wss{query}")).replacen("http", "ws", 1);
        let mut request = url.into_client_request().unwrap();
        if let Some(token) = token {
            request.headers_mut().insert("authorization", format!("Bearer {token}").parse().unwrap());
        }
        match connect_async(request).await {
            Ok((socket, _)) => Ok(Self(socket)),
            Err(Error::Http(response)) => Err(response.status().as_u16()),
            Err(error) => panic!("{error}"),
        }
    }

    async fn send(&mut self, frame: Value) {
        self.0.send(Message::text(frame.to_string())).await.unwrap();
    }

    async fn next(&mut self) -> Value {
        match self.0.next().await {
            Some(Ok(Message::Text(text))) => serde_json::from_str(&text).unwrap(),
            other => panic!("a frame was awaited, not {other:?}"),
        }
    }

    async fn ask(&mut self, frame: Value) -> Value {
        self.send(frame).await;
        self.next().await
    }

    /// The code with which the server closes; none when the line breaks.
    async fn end(mut self) -> Option<u16> {
        match self.0.next().await {
            Some(Ok(Message::Close(frame))) => frame.map(|frame| frame.code.into()),
            None | Some(Err(_)) => None,
            Some(Ok(other)) => panic!("the end was awaited, not {other:?}"),
        }
    }
}

fn ticket() -> Value {
    json!({"action": "subscribeToTicket", "ticket_id": TICKET})
}

fn connector() -> Value {
    json!({"action": "subscribeToConnector", "connector_id": CONNECTOR})
}

async fn transition(bench: &Bench, to: &str) {
    let answer = bench.control("POST", &format!("tickets/{TICKET}/transition"), json!({"to": to})).await;
    assert_eq!(answer.status, 200, "{}", answer.text);
}

#[tokio::test]
async fn a_socket_wants_a_token_in_header_or_query() {
    let bench = Bench::start().await;
    let tokens = bench.log_in(FIRST_LOGIN).await.json();
    let token = text(&tokens, "/access_token");
    assert_eq!(Socket::with(&bench, "", None).await.err(), Some(401));
    assert_eq!(Socket::with(&bench, "", Some("x")).await.err(), Some(401));
    bench.switch(&json!({"jifelineSocketRefusalStatus": 403})).await;
    assert_eq!(Socket::with(&bench, "?access_token=x", None).await.err(), Some(403));
    assert!(Socket::with(&bench, "", Some(token)).await.is_ok());
    let mut socket = Socket::with(&bench, &format!("?access_token={token}"), None).await.unwrap();
    assert_eq!(socket.ask(ticket()).await["message"]["ticket_id"], TICKET);
    let journal = bench.journal("jifeline.socket.connect").await;
    let statuses: Vec<_> = journal.iter().map(|entry| entry["status"].as_u64()).collect();
    assert_eq!(statuses, [401, 401, 403, 101, 101].map(Some));
    assert_eq!(bench.get("/jifeline/wss", &[("authorization", &format!("Bearer {token}"))]).await.status, 400);
}

#[tokio::test]
async fn each_subscription_begins_with_an_update() {
    let bench = Bench::start().await;
    let mut socket = Socket::open(&bench, FIRST_LOGIN).await;
    transition(&bench, "in_progress").await;
    let of_ticket = socket.ask(ticket()).await;
    let of_connector = socket.ask(connector()).await;
    let uuid = &of_ticket["message"]["connection_uuid"];
    let of_connection = socket.ask(json!({"action": "subscribeToConnection", "connection_uuid": uuid})).await;
    let updates = json!([of_ticket, of_connector, of_connection]);
    insta::assert_json_snapshot!("sandbox_jifeline_socket_updates", updates, {
        ".**.connection_uuid" => "[connection]",
    });
    for (operation, count) in [("subscribe_ticket", 1), ("subscribe_connector", 1), ("subscribe_connection", 1)] {
        let journal = bench.journal(&format!("jifeline.socket.{operation}")).await;
        assert_eq!(journal.len(), count, "{operation}");
        assert_eq!((&journal[0]["method"], &journal[0]["status"]), (&json!("FRAME"), &json!(200)));
    }
}

#[tokio::test]
async fn updates_are_repeated_and_follow_a_change_at_once() {
    let bench = Bench::start().await;
    let mut socket = Socket::open(&bench, FIRST_LOGIN).await;
    let first = socket.ask(ticket()).await;
    assert_eq!((&first["message"]["state"], &first["message"]["connection_id"]), (&json!(1), &Value::Null));
    // A token that ends meanwhile ends no socket.
    bench.control("POST", "clock", json!({"advanceSeconds": 7_000})).await;
    transition(&bench, "in_progress").await;
    let second = socket.next().await;
    assert_eq!((&second["action"], &second["message"]["state"]), (&json!("subscribeToTicket"), &json!(2)));
    assert!(second["message"]["connection_id"].as_i64().unwrap() > i64::from(u32::MAX));

    let mut socket = Socket::open(&bench, FIRST_LOGIN).await;
    let first = socket.ask(connector()).await;
    bench.control("POST", &format!("connectors/{CONNECTOR}"), json!({"voltage": 11.1})).await;
    let second = socket.next().await;
    assert_ne!(first, second);
    assert_eq!(second["message"]["voltage"], 11.1);

    bench.switch(&json!({"jifelineSocketPeriodMs": 1})).await;
    let mut socket = Socket::open(&bench, FIRST_LOGIN).await;
    let first = socket.ask(ticket()).await;
    for _ in 0..3 {
        assert_eq!(socket.next().await, first);
    }
}

#[tokio::test]
async fn both_spellings_end_a_subscription() {
    for word in ["To", "From"] {
        let bench = Bench::start().await;
        let mut socket = Socket::open(&bench, FIRST_LOGIN).await;
        socket.ask(ticket()).await;
        socket.ask(connector()).await;
        socket.send(json!({"action": format!("unsubscribe{word}Ticket"), "ticket_id": TICKET})).await;
        // What is not read as an order is answered, which tells that the order before was carried out.
        assert_eq!(socket.ask(json!({"action": "no such"})).await["message"], "Forbidden");
        transition(&bench, "in_progress").await;
        // The ticket is told of before its connector.
        assert_eq!(socket.next().await["action"], "subscribeToConnector");
        socket.send(json!({"action": format!("unsubscribe{word}Connector"), "connector_id": CONNECTOR})).await;
        socket.send(json!({"action": format!("unsubscribe{word}Connection"), "connection_uuid": CHANNEL})).await;
        assert_eq!(socket.ask(json!({"action": "no such"})).await["message"], "Forbidden");
        for subject in ["ticket", "connector", "connection"] {
            let journal = bench.journal(&format!("jifeline.socket.unsubscribe_{subject}")).await;
            assert_eq!(journal.len(), 1, "{subject}");
        }
    }
}

#[tokio::test]
async fn a_refused_frame_leaves_the_socket_open() {
    let bench = Bench::start().await;
    let mut socket = Socket::open(&bench, FIRST_LOGIN).await;
    for (frame, message) in [
        (json!({"action": "subscribeToTicket", "ticket_id": 6_990_101}), "Forbidden"),
        (json!({"action": "subscribeToTicket", "ticket_id": 1}), "Forbidden"),
        (json!({"action": "subscribeToConnector", "connector_id": 910_000_101}), "Forbidden"),
        (json!({"action": "subscribeToConnection", "connection_uuid": CHANNEL}), "Forbidden"),
        (json!({"action": "subscribeToConnection", "connection_uuid": "x"}), "Internal server error"),
        (json!({"action": "subscribeToTicket"}), "Internal server error"),
        (json!({"action": "shout"}), "Forbidden"),
        (json!({}), "Forbidden"),
    ] {
        let refusal = socket.ask(frame.clone()).await;
        assert_eq!(refusal["message"], message, "{frame}");
        assert!(refusal["connectionId"].is_string() && refusal["requestId"].is_string(), "{refusal}");
    }
    socket.0.send(Message::text("no JSON")).await.unwrap();
    assert_eq!(socket.next().await["message"], "Internal server error");
    let by_digits = socket.ask(json!({"action": "subscribeToTicket", "ticket_id": TICKET.to_string()})).await;
    assert_eq!(by_digits["message"]["ticket_id"], TICKET);
    let journal = bench.journal("jifeline.socket.subscribe_ticket").await;
    let statuses: Vec<_> = journal.iter().map(|entry| entry["status"].as_u64()).collect();
    assert_eq!(statuses, [403, 403, 500, 200].map(Some));
}

#[tokio::test]
async fn a_ping_reaches_the_sockets_of_its_garage() {
    let bench = Bench::start().await;
    let mut sockets = [Socket::open(&bench, FIRST_LOGIN).await, Socket::open(&bench, FIRST_LOGIN).await];
    let mut foreign = Socket::open(&bench, SECOND_LOGIN).await;
    for socket in sockets.iter_mut().chain([&mut foreign]) {
        socket.ask(json!({"action": "no such"})).await;
    }
    let garage = bench.garage(FIRST_LOGIN).await;
    let path = format!("/v1/channels/{CHANNEL}/actions/send-control-message");
    assert_eq!(garage.json("POST", &path, &json!({"channel_id": CHANNEL})).await.status, 200);
    for socket in &mut sockets {
        assert_eq!(socket.next().await, json!({"action": "ping", "message": {"channel_id": CHANNEL}}));
    }
    assert_eq!(foreign.ask(json!({"action": "no such"})).await["message"], "Forbidden");
}

#[tokio::test]
async fn sockets_end_on_demand_after_their_time_and_with_the_sandbox() {
    let bench = Bench::start().await;
    for (abrupt, code) in [(false, Some(1_001)), (true, None)] {
        let mut socket = Socket::open(&bench, FIRST_LOGIN).await;
        socket.ask(ticket()).await;
        let answer = bench.control("POST", "jifeline/sockets/drop", json!({"abrupt": abrupt})).await;
        assert!(answer.json()["dropped"].as_u64().unwrap() >= 1);
        assert_eq!(socket.end().await, code);
    }
    let fault = json!([{"operation": "jifeline.socket.subscribe_ticket", "reset": "before", "times": 1}]);
    assert_eq!(bench.json("PUT", "/__sandbox/faults", &[], &fault).await.status, 204);
    let mut socket = Socket::open(&bench, FIRST_LOGIN).await;
    socket.send(ticket()).await;
    assert_eq!(socket.end().await, None);

    for switch in ["jifelineSocketIdleMs", "jifelineSocketLifeMs"] {
        bench.switch(&json!({switch: 1})).await;
        assert_eq!(Socket::open(&bench, FIRST_LOGIN).await.end().await, Some(1_001), "{switch}");
        bench.send("DELETE", "/__sandbox/switches", &[], String::new()).await;
    }
    let mut socket = Socket::open(&bench, FIRST_LOGIN).await;
    socket.ask(ticket()).await;
    bench.end();
    assert_eq!(socket.end().await, Some(1_001));
    assert!(bench.stop().await, "no task is left");
}
