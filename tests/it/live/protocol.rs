//! `graphql-transport-ws`: greetings, refusals, pings, and the bounds of a socket.

use std::time::Duration;

use forecourt::auth::Scope;
use serde_json::Value;
use serde_json::json;
use tempfile::TempDir;
use tokio_tungstenite::tungstenite::Message;

use super::client::Client;
use super::client::Got;
use super::client::PROTOCOL;
use super::client::try_open;
use super::inspection;
use super::is_counted;
use crate::support::gateway::Rig;
use crate::support::gateway::SHOWPIECE;
use crate::support::keys;
use crate::support::keys::give_keys;
use crate::support::keys::revoke;

const HOSTS: (&str, &str) = ("FORECOURT_SERVER__HOSTS", "graph.example.com");
const STATUS: &str = "subscription($id: ID!) { inspectionStatus(id: $id) { status } }";
const ACTIVITY: &str = "subscription($vin: Vin!) { vehicleActivity(vin: $vin) { at } }";

fn vin() -> Value {
    json!({ "vin": SHOWPIECE })
}

/// A gateway that wants a key.
async fn guarded(settings: &[(&str, &str)], clients: &[keys::Client<'_>]) -> Rig {
    let data = TempDir::new().unwrap();
    give_keys(data.path(), clients).await;
    let settings: Vec<(&str, &str)> = settings.iter().copied().chain([HOSTS]).collect();
    Rig::on(data, &settings).await
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_query_and_a_mutation_run_over_the_socket() {
    let rig = Rig::start().await;
    let mut client = Client::ready(&rig).await;
    client.subscribe("1", "query($by: VehicleBy!) { vehicle(by: $by) { vin } }", &json!({ "by": vin() })).await;
    assert_eq!(client.data("1").await["vehicle"]["vin"], SHOWPIECE);
    assert_eq!(client.hear().await, Got::Message(json!({ "type": "complete", "id": "1" })));
    let mutation = "mutation($vin: String) { createInspection(input: {vin: $vin}) { inspection { vin } } }";
    client.subscribe("1", mutation, &vin()).await;
    assert_eq!(client.data("1").await["createInspection"]["inspection"]["vin"], SHOWPIECE);
    assert_eq!(client.hear().await, Got::Message(json!({ "type": "complete", "id": "1" })));
    client.leave().await;
    assert!(is_counted(&rig, "forecourt_live_channels{transport=\"websocket\"}").await);
    assert!(is_counted(&rig, "forecourt_live_events_total{transport=\"websocket\"}").await);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_document_that_cannot_run_is_an_error_of_its_operation() {
    let rig = Rig::with(&[("FORECOURT_LIMITS__DEPTH", "4")]).await;
    let mut client = Client::ready(&rig).await;
    let deep = "{ vehicles { nodes { inspections { nodes { vin } } } } }";
    let two =
        "subscription($vin: Vin!) { one: vehicleActivity(vin: $vin) { at } two: vehicleActivity(vin: $vin) { at } }";
    let fragment = "subscription($vin: Vin!) { ...F } fragment F on Subscription { vehicleActivity(vin: $vin) { at } }";
    let conditional = "subscription($vin: Vin!) { vehicleActivity(vin: $vin) @skip(if: false) { at } }";
    for (query, code) in [
        ("{", "GRAPHQL_PARSE_FAILED"),
        ("{ nothing }", "GRAPHQL_VALIDATION_FAILED"),
        (deep, "QUERY_TOO_COSTLY"),
        ("subscription { nothing }", "GRAPHQL_VALIDATION_FAILED"),
        ("subscription { __typename }", "GRAPHQL_VALIDATION_FAILED"),
        (two, "GRAPHQL_VALIDATION_FAILED"),
        (fragment, "GRAPHQL_VALIDATION_FAILED"),
        (conditional, "GRAPHQL_VALIDATION_FAILED"),
    ] {
        client.subscribe("a", query, &vin()).await;
        assert_eq!(client.refusal("a").await, ("error".to_owned(), code.to_owned()), "{query}");
    }
    // The socket lives on, and so does the id.
    client.subscribe("a", "{ __typename }", &json!({})).await;
    assert_eq!(client.data("a").await["__typename"], "Query");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_the_protocol_does_not_have_closes_the_socket() {
    let rig = Rig::start().await;
    let init = json!({ "type": "connection_init" });
    let run = json!({ "type": "subscribe", "id": "1", "payload": { "query": ACTIVITY, "variables": vin() } });
    let cases = [
        (vec![Message::text("{")], 4400),
        (vec![Message::text(r#"{"type":"start"}"#)], 4400),
        (vec![Message::binary(vec![1])], 4400),
        (vec![Message::text(r#"{"type":"connection_init","payload":{"authorization":1}}"#)], 4400),
        (vec![Message::text(init.to_string()), Message::text(r#"{"type":"subscribe","id":"1"}"#)], 4400),
        (vec![Message::text(init.to_string()), Message::text(r#"{"type":"subscribe","id":"1","payload":{}}"#)], 4400),
        (vec![Message::text(run.to_string())], 4401),
        (vec![Message::text(init.to_string()), Message::text(init.to_string())], 4429),
        (vec![Message::text(init.to_string()), Message::text(run.to_string()), Message::text(run.to_string())], 4409),
    ];
    for (messages, code) in cases {
        let shown = format!("{messages:?}");
        let mut client = Client::open(&rig).await;
        for message in messages {
            client.say_raw(message).await;
        }
        let closed = loop {
            match client.hear().await {
                Got::Closed(code) => break code,
                Got::Message(message) => assert_eq!(message["type"], "connection_ack"),
            }
        };
        assert_eq!(closed, Some(code), "{shown}");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn only_the_one_protocol_and_no_foreign_page_opens_a_socket() {
    let rig = Rig::start().await;
    assert_eq!(try_open(&rig, &[]).await.err(), Some(400));
    assert_eq!(try_open(&rig, &[("sec-websocket-protocol", "graphql-ws")]).await.err(), Some(400));
    assert_eq!(try_open(&rig, &[PROTOCOL, ("origin", "https://elsewhere.example")]).await.err(), Some(403));
    assert_eq!(try_open(&rig, &[PROTOCOL, ("host", "elsewhere.example")]).await.err(), Some(403));
    let own = rig.base.clone();
    assert!(try_open(&rig, &[PROTOCOL, ("origin", &own)]).await.is_ok());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_client_that_does_not_introduce_itself_is_sent_away() {
    let rig = Rig::with(&[("FORECOURT_LIVE__INIT_TIMEOUT", "50ms")]).await;
    assert_eq!(Client::open(&rig).await.closed().await, Some(4408));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_key_comes_in_the_first_message_or_in_a_header() {
    let narrow = keys::Client { name: "narrow", scopes: &[Scope::VehiclesRead], ..keys::Client::ALL };
    let rig = guarded(&[], &[keys::Client::ALL, narrow]).await;
    let init = |payload: Value| json!({ "type": "connection_init", "payload": payload });
    let bearer = keys::Client::ALL.bearer();
    for (payload, code) in [
        (json!({}), 4401),
        (json!({ "authorization": "Bearer wrong" }), 4403),
        (json!({ "authorization": bearer, "forecourtSession": "unknown" }), 4403),
    ] {
        let mut client = Client::open(&rig).await;
        client.say(&init(payload.clone())).await;
        assert_eq!(client.closed().await, Some(code), "{payload}");
    }
    let mut client = try_open(&rig, &[PROTOCOL, ("authorization", &bearer)]).await.ok().unwrap();
    client.say(&init(json!({}))).await;
    assert_eq!(client.hear().await, Got::Message(json!({ "type": "connection_ack" })));

    let mut client = Client::ready_as(&rig, &json!({ "Authorization": narrow.bearer() })).await;
    client.subscribe("1", ACTIVITY, &vin()).await;
    assert_eq!(client.refusal("1").await, ("error".to_owned(), "FORBIDDEN".to_owned()));
    client.subscribe("1", "{ vehicles { totalCount } }", &json!({})).await;
    client.data("1").await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_socket_ends_when_its_key_does() {
    let rig = guarded(&[("FORECOURT_LIVE__RECHECK_INTERVAL", "20ms")], &[keys::Client::ALL]).await;
    let mut client = Client::ready_as(&rig, &json!({ "authorization": keys::Client::ALL.bearer() })).await;
    client.subscribe("1", ACTIVITY, &vin()).await;
    revoke(rig.data.path(), keys::Client::ALL.name).await;
    assert_eq!(client.closed().await, Some(4403));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn pings_go_both_ways() {
    let rig = Rig::with(&[("FORECOURT_LIVE__PING_INTERVAL", "20ms"), ("FORECOURT_LIVE__PING_TIMEOUT", "10s")]).await;
    let mut client = Client::open(&rig).await;
    client.say(&json!({ "type": "ping", "payload": { "n": 1 } })).await;
    assert_eq!(client.hear().await, Got::Message(json!({ "type": "pong" })));
    let mut client = Client::ready(&rig).await;
    client.say(&json!({ "type": "ping" })).await;
    client.say(&json!({ "type": "pong" })).await;
    let (mut pings, mut pong) = (0, false);
    while pings < 5 || !pong {
        let frame = client.frame().await.expect("a client that answers stays");
        match &frame {
            Message::Ping(_) => pings += 1,
            Message::Text(text) => pong |= text.as_str() == r#"{"type":"pong"}"#,
            Message::Binary(_) | Message::Pong(_) | Message::Close(_) | Message::Frame(_) => panic!("{frame:?}"),
        }
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_client_that_does_not_answer_pings_is_left() {
    let rig = Rig::with(&[("FORECOURT_LIVE__PING_INTERVAL", "30ms"), ("FORECOURT_LIVE__PING_TIMEOUT", "30ms")]).await;
    let mut client = Client::ready(&rig).await;
    client.subscribe("1", ACTIVITY, &vin()).await;
    client.ends_unanswered().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn sockets_operations_and_messages_are_bounded() {
    let settings = [
        ("FORECOURT_LIVE__CHANNELS", "3"),
        ("FORECOURT_LIVE__CHANNELS_PER_CLIENT", "2"),
        ("FORECOURT_LIVE__OPERATIONS_PER_SOCKET", "1"),
        ("FORECOURT_SERVER__BODY_LIMIT", "2KiB"),
    ];
    let rig = Rig::with(&settings).await;
    let mut first = Client::ready(&rig).await;
    let mut second = Client::ready(&rig).await;
    let mut third = Client::open(&rig).await;
    assert_eq!(try_open(&rig, &[PROTOCOL]).await.err(), Some(503));
    third.say(&json!({ "type": "connection_init" })).await;
    assert_eq!(third.closed().await, Some(1013));

    first.subscribe("1", ACTIVITY, &vin()).await;
    first.subscribe("2", ACTIVITY, &vin()).await;
    assert_eq!(first.refusal("2").await, ("error".to_owned(), "TOO_MANY_REQUESTS".to_owned()));
    first.say(&json!({ "type": "complete", "id": "1" })).await;
    first.subscribe("1", "{ __typename }", &json!({})).await;
    assert_eq!(first.data("1").await["__typename"], "Query");

    second.say(&json!({ "type": "ping", "payload": { "text": "x".repeat(4096) } })).await;
    assert_eq!(second.closed().await, Some(1009));
    drop(third);
    rig.until("a place is free again", async || try_open(&rig, &[PROTOCOL]).await.is_ok()).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_stop_closes_the_sockets() {
    let rig = Rig::start().await;
    let (_, id) = inspection(&rig, SHOWPIECE).await;
    let mut waiting = Client::open(&rig).await;
    let mut client = Client::ready(&rig).await;
    client.subscribe("1", STATUS, &json!({ "id": id })).await;
    client.data("1").await;
    let stop = rig.gateway.stop(Duration::from_secs(20));
    let (ended, closed, waited) = tokio::join!(stop, client.closed(), waiting.closed());
    assert_eq!((ended, closed, waited), (true, Some(1001), Some(1001)));
}
