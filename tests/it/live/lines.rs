//! What the diagnostics vendor tells over its socket, watched through the graph.

use std::time::Duration;

use forecourt::shutdown::Shutdown;
use serde_json::Value;
use serde_json::json;
use tokio::time::advance;

use super::client::Client;
use super::client::Stream;
use crate::support::gateway::Rig;
use crate::support::sockets::hold_time;

const CONNECTOR: &str = "subscription($id: ID!) {
    connectorStatus(connectorId: $id) { live voltage vin roundTripTime connector { number } }
}";
const TICKET: &str = "subscription($id: ID!) {
    ticketStatus(ticketId: $id) { live state connectionUuid ticket { state vin } }
}";
const CONNECTION: &str = "subscription($uuid: String!) {
    connectionStatus(connectionUuid: $uuid) { live uuid scriptUiUrl scriptUiAvailable scriptUiAvailableRaw autonomous }
}";
const PING: &str = "subscription($id: ID!) { channelPing(channelId: $id) { live at count channel { id } } }";
const SUBSCRIBE_TICKET: &str = "jifeline.socket.subscribe_ticket";
const UNSUBSCRIBE_TICKET: &str = "jifeline.socket.unsubscribe_ticket";
/// Long enough to happen in no test.
const NEVER: (&str, &str) = ("FORECOURT_LIVE__LOOK_AGAIN", "1h");
/// The ticket that is open on the first connector.
const NUMBER: i64 = 6_990_001;

/// The global ids of the first connector and of the ticket that is open on it.
async fn ids(rig: &Rig) -> (Value, Value) {
    let query = "{ connector(by: {number: \"910000001\"}) { id activeTicket { id } } }";
    let mut data = rig.data(query, json!({})).await;
    (data["connector"]["id"].take(), data["connector"]["activeTicket"]["id"].take())
}

async fn transition(rig: &Rig, to: &str) {
    rig.control("POST", &format!("tickets/{NUMBER}/transition"), &json!({ "to": to })).await;
}

async fn drop_sockets(rig: &Rig) {
    rig.control("POST", "jifeline/sockets/drop", &json!({ "abrupt": true })).await;
}

/// The next state of a ticket that is live or not, as `live` wants it, whatever comes before.
async fn state_when(client: &mut Client, live: bool, state: &str) -> Value {
    loop {
        let data = client.data("1").await;
        let status = &data["ticketStatus"];
        if status["live"] == live && status["state"] == state {
            return data;
        }
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_ticket_is_shown_as_it_stands_and_then_as_it_moves() {
    let rig = Rig::with(&[NEVER]).await;
    let (_, id) = ids(&rig).await;
    let mut client = Client::ready(&rig).await;
    client.subscribe("1", TICKET, &json!({ "id": id })).await;
    let first = client.data("1").await;
    assert_eq!((&first["ticketStatus"]["live"], &first["ticketStatus"]["state"]), (&json!(true), &json!("PENDING")));
    let vin = first["ticketStatus"]["ticket"]["vin"].clone();

    let mut stream = Stream::open(&rig, &[], TICKET, &json!({ "id": id })).await;
    assert_eq!(stream.next().await.unwrap().json()["data"], first);
    let activity = "subscription($vin: Vin!) {
        vehicleActivity(vin: $vin) { __typename ... on TicketStateChanged { ticketNumber fromCode toCode to } }
    }";
    let mut listener = Client::ready(&rig).await;
    listener.subscribe("1", activity, &json!({ "vin": vin })).await;
    listener.subscribe("2", "{ __typename }", &json!({})).await;
    listener.data("2").await;
    listener.hear().await;

    transition(&rig, "in_progress").await;
    let second = client.data("1").await;
    // What was cached is dropped before anybody is told, so the ticket in the event is read anew.
    let status = &second["ticketStatus"];
    assert_eq!((&status["state"], &status["ticket"]["state"]), (&json!("IN_PROGRESS"), &json!("IN_PROGRESS")));
    assert_eq!(stream.next().await.unwrap().json()["data"], second);
    let query = "query($id: ID!) { ticket(id: $id) { state } }";
    assert_eq!(rig.data(query, json!({ "id": id })).await["ticket"]["state"], "IN_PROGRESS");
    let entry = json!({
        "__typename": "TicketStateChanged", "ticketNumber": NUMBER.to_string(),
        "fromCode": 1, "toCode": 2, "to": "IN_PROGRESS",
    });
    assert_eq!(listener.data("1").await["vehicleActivity"], entry);

    // The connection that the ticket tells of can be followed in turn.
    let uuid = &status["connectionUuid"];
    assert!(uuid.is_string(), "{second:#}");
    client.subscribe("3", CONNECTION, &json!({ "uuid": uuid })).await;
    let connection = client.data("3").await["connectionStatus"].take();
    assert_eq!((&connection["uuid"], &connection["live"]), (uuid, &json!(true)));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_connector_and_the_pings_of_a_channel_are_told() {
    let rig = Rig::with(&[NEVER]).await;
    let (id, ticket) = ids(&rig).await;
    let mut client = Client::ready(&rig).await;
    client.subscribe("1", CONNECTOR, &json!({ "id": id })).await;
    let first = client.data("1").await["connectorStatus"].take();
    assert_eq!((&first["live"], &first["connector"]["number"]), (&json!(true), &json!("910000001")));
    assert!(first["voltage"].is_string() && first["roundTripTime"].is_i64(), "{first:#}");
    rig.control("POST", "connectors/910000001", &json!({ "voltage": 9.5 })).await;
    assert_eq!(client.data("1").await["connectorStatus"]["voltage"], "9.5");

    let query = "query($id: ID!) { ticket(id: $id) { chat { channel { id } } } }";
    let channel = rig.data(query, json!({ "id": ticket })).await["ticket"]["chat"]["channel"]["id"].take();
    let mut listener = Client::ready(&rig).await;
    listener.subscribe("1", PING, &json!({ "id": channel })).await;
    let silent = listener.data("1").await["channelPing"].take();
    assert_eq!((&silent["count"], &silent["at"], &silent["channel"]["id"]), (&json!(0), &Value::Null, &channel));
    let mutation = "mutation($id: ID!) { pingChannel(input: {channelId: $id}) { userErrors { code } } }";
    rig.data(mutation, json!({ "id": channel })).await;
    let ping = listener.data("1").await["channelPing"].take();
    assert_eq!((&ping["count"], &ping["live"]), (&json!(1), &json!(true)));
    assert!(ping["at"].is_string());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn fifty_who_watch_are_one_for_the_vendor_and_none_when_they_have_left() {
    let rig = Rig::with(&[NEVER]).await;
    rig.control("PUT", "switches", &json!({ "jifelineSocketPeriodMs": 20 })).await;
    let (_, id) = ids(&rig).await;
    let mut clients = Vec::new();
    for _ in 0..50 {
        let mut client = Client::ready(&rig).await;
        client
            .subscribe("1", "subscription($id: ID!) { ticketStatus(ticketId: $id) { state } }", &json!({ "id": id }))
            .await;
        assert_eq!(client.data("1").await["ticketStatus"]["state"], "PENDING");
        clients.push(client);
    }
    assert_eq!((rig.count("jifeline.socket.connect").await, rig.count(SUBSCRIBE_TICKET).await), (1, 1));
    // Equal updates came all the while; the next event is the change.
    transition(&rig, "in_progress").await;
    for client in &mut clients {
        assert_eq!(client.data("1").await["ticketStatus"]["state"], "IN_PROGRESS");
    }
    let mut last = clients.pop().unwrap();
    drop(clients);
    assert_eq!(rig.count(UNSUBSCRIBE_TICKET).await, 0);
    last.say(&json!({ "id": "1", "type": "complete" })).await;
    rig.until("the vendor hears that nobody watches", async || rig.count(UNSUBSCRIBE_TICKET).await > 0).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_broken_line_breaks_nobody_off() {
    let rig = Rig::with(&[NEVER]).await;
    let (_, id) = ids(&rig).await;
    let mut client = Client::ready(&rig).await;
    client.subscribe("1", TICKET, &json!({ "id": id })).await;
    state_when(&mut client, true, "PENDING").await;
    for _ in 0..3 {
        drop_sockets(&rig).await;
        let mut said = client.data("1").await;
        if said["ticketStatus"]["live"] == false {
            said = state_when(&mut client, true, "PENDING").await;
        }
        assert_eq!(said["ticketStatus"]["state"], "PENDING");
    }
    transition(&rig, "in_progress").await;
    state_when(&mut client, true, "IN_PROGRESS").await;
    assert_eq!(rig.count(SUBSCRIBE_TICKET).await, 4);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn while_the_line_is_down_the_vendor_is_asked_and_the_graph_says_so() {
    let rig = Rig::with(&[("FORECOURT_LIVE__LOOK_AGAIN", "50ms")]).await;
    let (_, id) = ids(&rig).await;
    let fault = json!({ "operation": "jifeline.socket.connect", "status": 503 });
    rig.control("PUT", "faults", &json!([fault])).await;
    let mut client = Client::ready(&rig).await;
    client.subscribe("1", TICKET, &json!({ "id": id })).await;
    let vin = state_when(&mut client, false, "PENDING").await["ticketStatus"]["ticket"]["vin"].take();
    transition(&rig, "in_progress").await;
    state_when(&mut client, false, "IN_PROGRESS").await;
    assert_eq!(rig.count(SUBSCRIBE_TICKET).await, 0);
    // What was found by asking is written down as what was told.
    let query = "query($vin: Vin!) {
        vehicle(by: {vin: $vin}) { timeline(first: 1) { nodes { ... on TicketStateChanged { ticketNumber to } } } }
    }";
    let told = rig.data(query, json!({ "vin": vin })).await["vehicle"]["timeline"]["nodes"].take();
    assert_eq!(told, json!([{ "ticketNumber": NUMBER.to_string(), "to": "IN_PROGRESS" }]));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_is_not_the_callers_is_not_watched() {
    let rig = Rig::with(&[NEVER]).await;
    let (connector, _) = ids(&rig).await;
    let mut client = Client::ready(&rig).await;
    client.subscribe("1", TICKET, &json!({ "id": connector })).await;
    assert_eq!(client.refusal("1").await.1, "BAD_INPUT");
    client.hear().await;
    let uuid = "00000000-0000-4000-8000-000000000000";
    client.subscribe("2", CONNECTION, &json!({ "uuid": uuid })).await;
    assert_eq!(client.refusal("2").await.1, "NOT_FOUND");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn pings_can_be_heard_only_once_the_line_is_open() {
    let rig = Rig::with(&[NEVER]).await;
    let (_, ticket) = ids(&rig).await;
    let query = "query($id: ID!) { ticket(id: $id) { chat { channel { id } } } }";
    let channel = rig.data(query, json!({ "id": ticket })).await["ticket"]["chat"]["channel"]["id"].take();
    let fault = json!({ "operation": "jifeline.socket.connect", "status": 503, "times": 2 });
    rig.control("PUT", "faults", &json!([fault])).await;
    let mut client = Client::ready(&rig).await;
    client.subscribe("1", PING, &json!({ "id": channel })).await;
    let mut told = client.data("1").await["channelPing"].take();
    assert_eq!((&told["live"], &told["count"]), (&json!(false), &json!(0)));
    while told["live"] == false {
        told = client.data("1").await["channelPing"].take();
    }
    assert_eq!(rig.count("jifeline.socket.connect").await, 3);

    // It is said at once of a line that is down, and of one that is open.
    let mut other = Client::ready(&rig).await;
    other.subscribe("1", PING, &json!({ "id": channel })).await;
    assert_eq!(other.data("1").await["channelPing"]["live"], true);
    let down = json!({ "operation": "jifeline.socket.connect", "status": 503 });
    rig.control("PUT", "faults", &json!([down])).await;
    drop_sockets(&rig).await;
    assert_eq!(other.data("1").await["channelPing"]["live"], false);
    let mut late = Client::ready(&rig).await;
    late.subscribe("1", PING, &json!({ "id": channel })).await;
    assert_eq!(late.data("1").await["channelPing"]["live"], false);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn whoever_comes_back_is_served_and_at_once_over_the_same_line() {
    let rig = Rig::with(&[NEVER]).await;
    let (_, id) = ids(&rig).await;
    let mut client = Client::ready(&rig).await;
    for turn in 1..=5 {
        client.subscribe("1", TICKET, &json!({ "id": id })).await;
        state_when(&mut client, true, "PENDING").await;
        client.say(&json!({ "id": "1", "type": "complete" })).await;
        rig.until("the vendor hears that nobody watches", async || rig.count(UNSUBSCRIBE_TICKET).await == turn).await;
    }
    assert_eq!(rig.count("jifeline.socket.connect").await, 1);
    // A line that breaks while nobody watches is no use to the next one.
    drop_sockets(&rig).await;
    transition(&rig, "in_progress").await;
    client.subscribe("1", TICKET, &json!({ "id": id })).await;
    state_when(&mut client, true, "IN_PROGRESS").await;
    assert_eq!(rig.count("jifeline.socket.connect").await, 2);
}

#[tokio::test]
async fn whoever_comes_back_much_later_is_served_by_a_new_line() {
    // Pings of clients would be due as well.
    let rig = Rig::with(&[NEVER, ("FORECOURT_LIVE__PING_INTERVAL", "1h")]).await;
    let held = hold_time(&Shutdown::new());
    let (_, id) = ids(&rig).await;
    let mut client = Client::ready(&rig).await;
    for turn in 1..=3 {
        client.subscribe("1", TICKET, &json!({ "id": id })).await;
        state_when(&mut client, true, "PENDING").await;
        client.say(&json!({ "id": "1", "type": "complete" })).await;
        rig.until("the vendor hears that nobody watches", async || rig.count(UNSUBSCRIBE_TICKET).await == turn).await;
        assert_eq!(rig.count("jifeline.socket.connect").await, turn);
        tokio::time::pause();
        // First the line is of no use any more, then whoever keeps it.
        advance(Duration::from_secs(6)).await;
        advance(Duration::from_secs(61)).await;
        tokio::time::resume();
    }
    drop(held);
}
