//! What becomes of a ticket that was ordered here, as the timeline of its car tells it.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use chrono::TimeDelta;
use serde_json::Value;
use serde_json::json;

use crate::support::gateway::Rig;
use crate::support::gateway::SHOWPIECE;

const CREATE: &str = "mutation($input: CreateTicketInput!) { createTicket(input: $input) {
    ticket { id number } userErrors { message }
} }";
const RATE: &str =
    "mutation($input: RateTicketInput!) { rateTicket(input: $input) { ticket { number } userErrors { message } } }";
const TIMELINE: &str = "query($vin: Vin!) { vehicle(by: {vin: $vin}) { timeline { nodes { __typename at
    ... on TicketCreated { ticketNumber }
    ... on TicketChanged { ticketNumber from fromCode to toCode }
    ... on TicketClosed { ticketNumber state stateCode }
    ... on TicketRated { ticketNumber score }
} } } }";
const OPEN: &str = "query($vin: Vin!) { vehicle(by: {vin: $vin}) { activeTicket { number state } } }";
const PAST: &str = "query($vin: Vin!) { tickets(vin: $vin, first: 1) { nodes { id number state finishedAt } } }";
/// A car that is plugged into a free connector.
const VIN: &str = "YV1DRMUJWLA123757";
/// Nothing that may change is kept, so that every question is asked of the vendor.
const FORGETFUL: [(&str, &str); 3] = [
    ("FORECOURT_CACHE__FRESH__JIFELINE__TICKETS__GET_ACTIVE", "0s"),
    ("FORECOURT_CACHE__FRESH__JIFELINE__TICKETS__LIST_HISTORICAL", "0s"),
    ("FORECOURT_CACHE__FRESH__JIFELINE__CONNECTORS__LIST", "0s"),
];

async fn timeline(rig: &Rig) -> Vec<Value> {
    let mut data = rig.data(TIMELINE, json!({ "vin": VIN })).await;
    let Value::Array(nodes) = data["vehicle"]["timeline"]["nodes"].take() else { unreachable!("it is a list") };
    nodes
}

/// Waits until the timeline has so many entries, and gives the newest.
async fn newest(rig: &Rig, count: usize) -> Value {
    rig.until("the timeline has it", async || timeline(rig).await.len() == count).await;
    timeline(rig).await.remove(0)
}

async fn ask(rig: &Rig, query: &str) -> Value {
    rig.data(query, json!({ "vin": VIN })).await
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_timeline_tells_each_change_of_a_ticket_once() {
    let rig = Rig::with(&FORGETFUL).await;
    let connector = URL_SAFE_NO_PAD.encode("1:Connector:jifeline/main/910000002");
    let input = json!({ "connectorId": connector, "vin": VIN, "productIds": ["52351"] });
    let data = rig.data(CREATE, json!({ "input": input })).await;
    let number = data["createTicket"]["ticket"]["number"].clone();
    let at = |rig: &Rig| json!(rig.clock.now().to_rfc3339_opts(chrono::SecondsFormat::Secs, true));
    let created = json!({ "__typename": "TicketCreated", "at": at(&rig), "ticketNumber": number });
    assert_eq!(timeline(&rig).await, [created]);
    let path = format!("tickets/{}/transition", number.as_str().unwrap());

    rig.clock.advance(TimeDelta::minutes(10));
    rig.control("POST", &path, &json!({ "to": "in_progress" })).await;
    assert_eq!(timeline(&rig).await.len(), 1, "nobody has asked");
    rig.forget_calls().await;
    assert_eq!(ask(&rig, OPEN).await["vehicle"]["activeTicket"]["number"], number);
    let changed = newest(&rig, 2).await;
    let calls: Vec<String> = rig.calls().await.into_keys().collect();
    assert_eq!(calls, ["jifeline.connectors.list", "jifeline.tickets.get_active"], "a question costs what it did");
    assert_eq!((&changed["__typename"], &changed["ticketNumber"]), (&json!("TicketChanged"), &number));
    assert_eq!(
        (&changed["from"], &changed["to"], &changed["at"]),
        (&json!("PENDING"), &json!("IN_PROGRESS"), &at(&rig))
    );
    assert_ne!(changed["fromCode"], changed["toCode"]);

    rig.clock.advance(TimeDelta::minutes(10));
    let ended = at(&rig);
    rig.control("POST", &path, &json!({ "to": "closed" })).await;
    rig.clock.advance(TimeDelta::minutes(10));
    let past = ask(&rig, PAST).await;
    let past = &past["tickets"]["nodes"][0];
    assert_eq!((&past["number"], &past["state"]), (&number, &json!("CLOSED")));
    let closed = newest(&rig, 3).await;
    let expected =
        json!({ "__typename": "TicketClosed", "at": ended, "ticketNumber": number, "state": "CLOSED", "stateCode": 7 });
    assert_eq!(closed, expected);

    rig.clock.advance(TimeDelta::minutes(10));
    for score in ["0.5", "-1"] {
        let input = json!({ "ticketId": past["id"], "score": score, "comment": "Quick" });
        assert_eq!(rig.data(RATE, json!({ "input": input })).await["rateTicket"]["ticket"]["number"], number);
        rig.clock.advance(TimeDelta::minutes(1));
    }
    let told = timeline(&rig).await;
    let scores: Vec<&Value> = told.iter().take(2).map(|event| &event["score"]).collect();
    assert_eq!(scores, ["-1", "0.5"], "{told:?}");

    // What was told is told once, also to who asks again and after a restart.
    let rig = rig.restart(&FORGETFUL).await;
    for _ in 0..2 {
        ask(&rig, PAST).await;
        ask(&rig, OPEN).await;
    }
    // The sightings are noted in the background, and an orderly end waits for them.
    let rig = rig.restart(&FORGETFUL).await;
    assert_eq!(timeline(&rig).await, told);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_ticket_of_others_leaves_nothing_in_the_timeline() {
    let rig = Rig::with(&FORGETFUL).await;
    let past = "query($vin: Vin!) { tickets(vin: $vin, first: 1) { nodes { id } } }";
    let data = rig.data(past, json!({ "vin": SHOWPIECE })).await;
    let input = json!({ "ticketId": data["tickets"]["nodes"][0]["id"], "score": "1" });
    assert_eq!(rig.data(RATE, json!({ "input": input })).await["rateTicket"]["userErrors"], json!([]));
    let rig = rig.restart(&FORGETFUL).await;
    let data = rig.data(TIMELINE, json!({ "vin": SHOWPIECE })).await;
    assert_eq!(data["vehicle"]["timeline"]["nodes"], json!([]));
}
