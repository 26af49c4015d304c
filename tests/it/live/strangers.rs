//! Whoever may not see a thing cannot watch it: another tenant, and a client with other accounts.

use forecourt::auth::Scope;
use serde_json::Value;
use serde_json::json;
use tempfile::TempDir;

use super::client::Client;
use crate::support::gateway::Rig;
use crate::support::gateway::SHOWPIECE;
use crate::support::keys;
use crate::support::keys::give_keys;

const NORTH: keys::Client<'_> = keys::Client { tenant: "north", name: "website", scopes: &Scope::ALL, accounts: None };
/// A client of the same tenant that sees its inspections alone.
const STUDIO: keys::Client<'_> = keys::Client { name: "studio", accounts: Some(&["tchek/main"]), ..NORTH };
const SOUTH: keys::Client<'_> = keys::Client { tenant: "south", ..NORTH };

async fn two_tenants() -> Rig {
    let data = TempDir::new().unwrap();
    give_keys(data.path(), &[NORTH, STUDIO, SOUTH]).await;
    let settings = [
        ("FORECOURT_LIVE__LOOK_AGAIN", "1h"),
        ("FORECOURT_SERVER__HOSTS", "graph.example.com"),
        ("FORECOURT_TENANTS__NORTH__VENDORS__TCHEK__MODE", "sandbox"),
        ("FORECOURT_TENANTS__NORTH__VENDORS__JIFELINE__MODE", "sandbox"),
        ("FORECOURT_TENANTS__SOUTH__VENDORS__JIFELINE__MODE", "sandbox"),
        (
            "FORECOURT_TENANTS__SOUTH__VENDORS__JIFELINE__ACCOUNTS__WORKSHOP__CONNECTOR_UUID",
            "7c9e6679-7425-40de-944b-e07fc1f90ae7",
        ),
        ("FORECOURT_TENANTS__SOUTH__VENDORS__JIFELINE__ACCOUNTS__WORKSHOP__PINCODE", "54321"),
    ];
    Rig::on(data, &settings).await
}

async fn data_as(rig: &Rig, client: &keys::Client<'_>, query: &str, variables: Value) -> Value {
    let mut answer = rig.ask_with(&[("authorization", &client.bearer())], query, variables).await;
    assert_eq!(answer.get("errors"), None, "{answer:#}");
    answer["data"].take()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_id_of_another_tenant_or_account_watches_nothing() {
    let rig = two_tenants().await;
    let query = "{ connector(by: {number: \"910000001\"}) { id activeTicket { id chat { channel { id } } } } }";
    let found = data_as(&rig, &NORTH, query, json!({})).await["connector"].take();
    let create = "mutation($vin: String) { createInspection(input: {vin: $vin}) { inspection { id } } }";
    let made = data_as(&rig, &NORTH, create, json!({ "vin": SHOWPIECE })).await;
    let ticket = &found["activeTicket"];
    let watched = [
        ("connectorStatus(connectorId: $id)", &found["id"]),
        ("ticketStatus(ticketId: $id)", &ticket["id"]),
        ("channelPing(channelId: $id)", &ticket["chat"]["channel"]["id"]),
        ("inspectionStatus(id: $id)", &made["createInspection"]["inspection"]["id"]),
    ];
    for (stranger, watched) in [(SOUTH, watched.as_slice()), (STUDIO, &watched[..3])] {
        let mut client = Client::ready_as(&rig, &json!({ "authorization": stranger.bearer() })).await;
        for (field, id) in watched {
            let query = format!("subscription($id: ID!) {{ {field} {{ __typename }} }}");
            client.subscribe("1", &query, &json!({ "id": id })).await;
            assert_eq!(client.refusal("1").await.1, "NOT_FOUND", "{field} for {stranger:?}");
            client.hear().await;
        }
    }
    assert_eq!(rig.count("jifeline.socket.connect").await, 0, "the vendor has heard nothing of it");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_happens_to_one_tenant_is_told_to_nobody_else() {
    let rig = two_tenants().await;
    let status = "subscription($id: ID!) { ticketStatus(ticketId: $id) { state } }";
    let query = "{ connectors(first: 50) { nodes { activeTicket { id vin } } } }";
    let mut clients = Vec::new();
    let mut vin = Value::Null;
    for tenant in [NORTH, SOUTH] {
        let found = data_as(&rig, &tenant, query, json!({})).await;
        let nodes = found["connectors"]["nodes"].as_array().unwrap();
        let ticket = nodes.iter().map(|node| &node["activeTicket"]).find(|ticket| ticket.is_object()).unwrap();
        if vin.is_null() {
            vin = ticket["vin"].clone();
        }
        let mut client = Client::ready_as(&rig, &json!({ "authorization": tenant.bearer() })).await;
        client.subscribe("1", status, &json!({ "id": ticket["id"] })).await;
        assert_eq!(client.data("1").await["ticketStatus"]["state"], "PENDING");
        let activity = "subscription($vin: Vin!) { vehicleActivity(vin: $vin) { __typename } }";
        client.subscribe("2", activity, &json!({ "vin": vin })).await;
        client.subscribe("3", "{ __typename }", &json!({})).await;
        client.data("3").await;
        client.hear().await;
        clients.push(client);
    }
    assert_eq!(rig.count("jifeline.socket.connect").await, 2, "each account has its own line");
    rig.control("POST", "tickets/6990001/transition", &json!({ "to": "in_progress" })).await;
    let mut told = [clients[0].hear_next().await, clients[0].hear_next().await];
    told.sort_by_key(|message| message["id"].to_string());
    assert_eq!(told[0]["payload"]["data"]["ticketStatus"]["state"], "IN_PROGRESS");
    assert_eq!(told[1]["payload"]["data"]["vehicleActivity"]["__typename"], "TicketStateChanged");
    // The other tenant, who watches the same car, is told of its own ticket next.
    rig.control("POST", "tickets/6990101/transition", &json!({ "to": "cancelled" })).await;
    assert_eq!(clients[1].data("1").await["ticketStatus"]["state"], "CANCELLED");
}
