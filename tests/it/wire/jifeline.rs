use std::future::Future;

use forecourt::clock::Clock;
use forecourt::domain::connector::model::ConnectorId;
use forecourt::domain::connector::source::ConnectorSource;
use forecourt::domain::ticket::model::TicketId;
use forecourt::domain::ticket::source::TicketSource;
use forecourt::domain::vehicle::source::VehicleSource;
use forecourt::graphql::scalars::Vin;
use forecourt::vendors::jifeline::JifelineClient;

use crate::support::accounts::context;
use crate::support::accounts::jifeline;
use crate::support::accounts::log_in;
use crate::support::accounts::start;
use crate::support::recorder::Recorder;
use crate::support::recorder::ok;

use super::assert_wire;

const VIN: &str = "YV1ZWA8UDL1234507";

/// Lets `ask` use an account whose reads answer `body`, and compares the request behind the log-in.
pub(super) async fn wire<F: Future>(
    operation: &str,
    body: &'static str,
    ask: impl FnOnce(JifelineClient) -> F,
) -> Recorder {
    let recorder = Recorder::start(move |seen, _| ok(log_in(&seen.path).unwrap_or(body))).await;
    ask(jifeline(&recorder, &Clock::settable(start()))).await;
    assert_wire(operation, &recorder.nth(1));
    recorder
}

fn connector() -> ConnectorId {
    ConnectorId("910000001".to_owned())
}

#[tokio::test]
async fn logging_in_and_finding_a_vehicle() {
    let recorder = wire("jifeline.vehicles.find", "null", |client| async move {
        client.vehicles().find(vec![Vin::from_source(VIN)], context()).await
    })
    .await;
    assert_wire("jifeline.sessions.create", &recorder.nth(0));
}

#[tokio::test]
async fn listing_serviced_vehicles() {
    wire("jifeline.vehicles.list_serviced", r#"{"result": []}"#, |client| async move {
        client.vehicles().serviced_page(200, context()).await
    })
    .await;
}

#[tokio::test]
async fn listing_historical_tickets() {
    wire("jifeline.tickets.list_historical", r#"{"result": []}"#, |client| async move {
        client.tickets().history(vec![Vin::from_source(VIN)], context()).await
    })
    .await;
}

#[tokio::test]
async fn listing_historical_tickets_on_a_connector() {
    wire("jifeline.tickets.list_historical@connector", r#"{"result": []}"#, |client| async move {
        client.tickets().history_of_connectors(vec![connector()], context()).await
    })
    .await;
}

#[tokio::test]
async fn reading_a_historical_ticket() {
    wire("jifeline.tickets.get_historical", "null", |client| async move {
        client.tickets().historical(vec![TicketId("7014045".to_owned())], context()).await
    })
    .await;
}

#[tokio::test]
async fn reading_the_active_ticket() {
    wire("jifeline.tickets.get_active", "null", |client| async move {
        client.tickets().active(vec![connector()], context()).await
    })
    .await;
}

#[tokio::test]
async fn listing_connectors() {
    wire(
        "jifeline.connectors.list",
        r#"{"result": []}"#,
        |client| async move { client.connectors().list(context()).await },
    )
    .await;
}

#[tokio::test]
async fn reading_a_connector_by_number() {
    wire("jifeline.connectors.get", "null", |client| async move {
        client.connectors().by_id(vec![connector()], context()).await
    })
    .await;
}

#[tokio::test]
async fn reading_a_connector_by_uuid() {
    wire("jifeline.connectors.get_by_uuid", "null", |client| async move {
        client.connectors().by_uuid(vec!["0f8fad5b-d9cb-469f-a165-70867728950e".to_owned()], context()).await
    })
    .await;
}

#[tokio::test]
async fn an_id_cannot_leave_its_place_in_the_path() {
    let recorder = wire("jifeline.connectors.get@encoded", "null", |client| async move {
        client.connectors().by_id(vec![ConnectorId("1/../2?x#y%2F".to_owned())], context()).await
    })
    .await;
    let client = jifeline(&recorder, &Clock::settable(start()));
    let dots = ConnectorId("..".to_owned());
    let answers = client.connectors().by_id(vec![dots.clone()], context()).await;
    assert!(matches!(answers.get(&dots), Some(Ok(None))));
    // One log-in and one read of before; the dotted id costs a log-in at most, never a read.
    assert_eq!(recorder.seen().iter().filter(|seen| seen.method == "GET").count(), 1);
}
