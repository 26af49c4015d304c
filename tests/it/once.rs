//! Every creation happens once, however many ask for it at the same time.

use std::collections::BTreeSet;

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use futures_util::future::join_all;
use serde_json::Value;
use serde_json::json;

use crate::support::gateway::Rig;
use crate::support::gateway::SHOWPIECE;

/// A car that is plugged into a free connector.
const VIN: &str = "YV1DRMUJWLA123757";

/// Asks a hundred times with one key: the vendor is asked once, everybody gets the same answer, and so does who comes later.
async fn a_hundred(rig: &Rig, mutation: &str, asked: &str, operation: &str, mut input: Value) {
    input["idempotencyKey"] = json!("one");
    let kind = format!("{}Input", mutation.replacen('c', "C", 1));
    let query = format!(
        "mutation($input: {kind}!) {{ {mutation}(input: $input) {{ outcome idempotencyKey {asked} userErrors {{ code message }} }} }}"
    );
    rig.forget_calls().await;
    let answers = join_all((0..100).map(|_| rig.ask(&query, json!({ "input": input })))).await;
    let distinct: BTreeSet<String> = answers.iter().map(Value::to_string).collect();
    assert_eq!(distinct.len(), 1, "{mutation}: {distinct:?}");
    let answer = answers.first().unwrap();
    assert_eq!((&answer["data"][mutation]["outcome"], answer.get("errors")), (&json!("CREATED"), None), "{answer:#}");
    assert_eq!(rig.ask(&query, json!({ "input": input })).await, *answer, "{mutation}");
    assert_eq!(rig.count(operation).await, 1, "{mutation}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_hundred_orders_with_one_key_are_one_ticket() {
    let rig = Rig::start().await;
    let connector = URL_SAFE_NO_PAD.encode("1:Connector:jifeline/main/910000002");
    let input = json!({ "connectorId": connector, "vin": VIN, "productIds": ["52351"] });
    a_hundred(&rig, "createTicket", "ticket { number }", "jifeline.tickets.create", input).await;
    let tickets = rig.control("GET", "tickets", &Value::Null).await;
    let ours = tickets["tickets"].as_array().unwrap().iter().filter(|ticket| ticket["vin"] == VIN);
    assert_eq!(ours.filter(|ticket| ticket["endedAt"].is_null()).count(), 1);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_hundred_of_every_other_creation_with_one_key_are_one() {
    let rig = Rig::start().await;
    let input = json!({ "vin": SHOWPIECE });
    a_hundred(&rig, "createInspection", "inspection { tokenUid }", "tchek.tokens.create", input).await;
    let input = json!({ "internalId": "STOCK-1", "make": "volvo", "model": "v60" });
    a_hundred(&rig, "createListing", "listing { internalId }", "autochat.cars.create", input).await;
    let input = json!({ "givenName": "Noor", "familyName": "Jansen" });
    a_hundred(&rig, "createEmployee", "employee { id }", "jifeline.employees.create", input).await;
    let query = "query($vin: Vin!) { vehicle(by: {vin: $vin}) { activeTicket { chat { channel { id } } } } }";
    let data = rig.data(query, json!({ "vin": SHOWPIECE })).await;
    let channel = &data["vehicle"]["activeTicket"]["chat"]["channel"]["id"];
    let input = json!({ "channelId": channel, "fileName": "scan.pdf" });
    let (asked, operation) = ("attachment { fileReference }", "jifeline.channels.create_attachment");
    a_hundred(&rig, "createChannelAttachment", asked, operation, input).await;
}
