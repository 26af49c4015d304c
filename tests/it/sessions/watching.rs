//! What a garage that has logged in can watch, and for how long.

use chrono::TimeDelta;
use forecourt::graphql::node::NodeId;
use serde_json::Value;
use serde_json::json;

use super::RING;
use super::SITE;
use super::TOM;
use super::VOORHOF;
use super::data;
use super::log_in;
use super::one_time_password;
use super::rig;
use super::token;
use super::try_password;
use crate::live::client::Client;
use crate::live::client::Stream;
use crate::support::gateway::Rig;

const STATUS: &str = "subscription($id: ID!) { ticketStatus(ticketId: $id) { live state } }";
const RECHECK: (&str, &str) = ("FORECOURT_LIVE__RECHECK_INTERVAL", "20ms");

async fn ticket(rig: &Rig, session: &str) -> Value {
    let query = "{ connectors(first: 50) { nodes { activeTicket { id } } } }";
    let found = data(rig, Some(session), query, json!({})).await;
    let nodes = found["connectors"]["nodes"].as_array().unwrap();
    nodes.iter().map(|node| &node["activeTicket"]["id"]).find(|id| id.is_string()).unwrap().clone()
}

async fn socket(rig: &Rig, session: &str) -> Client {
    Client::ready_as(rig, &json!({ "authorization": SITE.bearer(), "forecourtSession": session })).await
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_garage_watches_its_own_tickets_and_no_others() {
    let rig = rig(&[]).await;
    let (own_session, other_session) = (log_in(&rig, RING).await, log_in(&rig, VOORHOF).await);
    let (own, others) = (ticket(&rig, &own_session).await, ticket(&rig, &other_session).await);
    let mut client = socket(&rig, &own_session).await;
    client.subscribe("1", STATUS, &json!({ "id": others })).await;
    assert_eq!(client.refusal("1").await.1, "NOT_FOUND");
    client.hear().await;
    assert_eq!(rig.count("jifeline.socket.connect").await, 0, "an id of another garage starts nothing");
    // Even the number of the other's ticket under its own name: the vendor refuses it.
    let key = NodeId::decode_as(own.as_str().unwrap(), "DiagnosticTicket").unwrap();
    let account = key.rsplit_once('/').unwrap().0;
    let forged: async_graphql::ID = NodeId::new("DiagnosticTicket", format!("{account}/6990001")).into();
    client.subscribe("2", STATUS, &json!({ "id": forged.as_str() })).await;
    assert_eq!(client.refusal("2").await.1, "NOT_FOUND");
    client.hear().await;

    client.subscribe("3", STATUS, &json!({ "id": own })).await;
    assert_eq!(client.data("3").await["ticketStatus"], json!({ "live": true, "state": "PENDING" }));
    rig.control("POST", "tickets/6990101/transition", &json!({ "to": "in_progress" })).await;
    assert_eq!(client.data("3").await["ticketStatus"]["state"], "IN_PROGRESS");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_session_that_is_over_ends_what_it_watches() {
    let rig = rig(&[RECHECK]).await;
    let left = log_in(&rig, RING).await;
    let password = one_time_password(&rig, TOM).await;
    let expiring = token(&try_password(&rig, &password).await);
    let mut channels = Vec::new();
    for session in [&left, &expiring] {
        let id = ticket(&rig, session).await;
        let mut client = socket(&rig, session).await;
        client.subscribe("1", STATUS, &json!({ "id": id })).await;
        assert_eq!(client.data("1").await["ticketStatus"]["state"], "PENDING");
        let bearer = SITE.bearer();
        let headers = [("authorization", bearer.as_str()), ("forecourt-session", session.as_str())];
        let mut stream = Stream::open(&rig, &headers, STATUS, &json!({ "id": id })).await;
        assert_eq!(stream.next().await.unwrap().json()["data"]["ticketStatus"]["state"], "PENDING");
        channels.push((client, stream));
    }
    data(&rig, Some(&left), "mutation { logOut { loggedOut } }", json!({})).await;
    let (client, stream) = &mut channels[0];
    assert_eq!((client.closed().await, stream.next().await), (Some(4403), None));
    rig.control("POST", "tickets/6990101/transition", &json!({ "to": "in_progress" })).await;
    let (client, stream) = &mut channels[1];
    assert_eq!(client.data("1").await["ticketStatus"]["state"], "IN_PROGRESS", "the other session goes on");
    assert!(stream.next().await.is_some());
    rig.clock.advance(TimeDelta::hours(1));
    assert_eq!((client.closed().await, stream.next().await), (Some(4403), None));
}
