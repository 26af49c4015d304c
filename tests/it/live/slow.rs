//! A client that does not read.

use serde_json::json;

use super::client::Client;
use crate::support::gateway::Rig;

const CHANGES: usize = 1000;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_client_that_does_not_read_is_told_the_newest_state_and_not_each_before_it() {
    let rig = Rig::with(&[("FORECOURT_LIVE__LOOK_AGAIN", "1h"), ("FORECOURT_LIVE__PING_TIMEOUT", "1h")]).await;
    let query = "{ connector(by: {number: \"910000001\"}) { activeTicket { id } } }";
    let id = rig.data(query, json!({})).await["connector"]["activeTicket"]["id"].take();
    // Every event is so long that the buffers of the system hold but a few.
    let aliases: Vec<_> = (0..8).map(|number| format!("h{number}: heldMessage")).collect();
    let aliases = aliases.join(" ");
    let long = format!("subscription($id: ID!) {{ ticketStatus(ticketId: $id) {{ {aliases} }} }}");
    let short = "subscription($id: ID!) { ticketStatus(ticketId: $id) { heldMessage } }";
    let mut slow = Client::ready(&rig).await;
    slow.subscribe("1", &long, &json!({ "id": id })).await;
    slow.data("1").await;
    let mut quick = Client::ready(&rig).await;
    quick.subscribe("1", short, &json!({ "id": id })).await;
    quick.data("1").await;

    let filler = "x".repeat(16 * 1024);
    let words = |number: usize| format!("{number} {filler}");
    for number in 1..=CHANGES {
        let hold = json!({ "until": "2026-10-03T06:00:00Z", "message": words(number) });
        rig.control("POST", "tickets/6990001/hold", &hold).await;
    }
    let last = words(CHANGES);
    while quick.data("1").await["ticketStatus"]["heldMessage"] != last {}
    let mut told = 1;
    while slow.data("1").await["ticketStatus"]["h0"] != last {
        told += 1;
    }
    assert!(told < CHANGES / 4, "{told} events waited for a client that did not read");
}
