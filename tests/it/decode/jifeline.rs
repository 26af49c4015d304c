use std::collections::BTreeMap;
use std::collections::HashMap;
use std::fmt::Debug;
use std::hash::Hash;

use forecourt::clock::Clock;
use forecourt::domain::connector::model::ConnectorId;
use forecourt::domain::connector::source::ConnectorSource;
use forecourt::domain::ticket::model::TicketId;
use forecourt::domain::ticket::source::TicketSource;
use forecourt::domain::vehicle::source::VehicleSource;
use forecourt::error::VendorErrorKind;
use forecourt::graphql::scalars::Vin;
use forecourt::vendors::jifeline::JifelineClient;

use crate::support::accounts::context;
use crate::support::accounts::jifeline;
use crate::support::accounts::log_in;
use crate::support::accounts::start;
use crate::support::recorder::Answer;
use crate::support::recorder::Recorder;
use crate::support::recorder::Seen;
use crate::support::recorder::ok;
use crate::support::recorder::status;

use super::assert_decoded;

pub(super) async fn account(
    respond: impl Fn(&Seen, usize) -> Answer + Send + Sync + 'static,
) -> (Recorder, JifelineClient) {
    let recorder =
        Recorder::start(move |seen, before| log_in(&seen.path).map_or_else(|| respond(seen, before), ok)).await;
    let client = jifeline(&recorder, &Clock::settable(start()));
    (recorder, client)
}

pub(super) async fn answering(body: &'static str) -> JifelineClient {
    account(move |_, _| ok(body)).await.1
}

pub(super) fn vin() -> Vin {
    Vin::from_source("YV1ZWA8UDL1234507")
}

fn connector(number: u32) -> ConnectorId {
    ConnectorId(number.to_string())
}

pub(super) fn only<K: Eq + Hash + Debug, V>(mut answers: HashMap<K, V>, key: &K) -> V {
    assert_eq!(answers.len(), 1, "{:?}", answers.keys());
    answers.remove(key).unwrap()
}

#[tokio::test]
async fn a_found_vehicle() {
    let client = answering(include_str!("../../fixtures/jifeline/jifeline.vehicles.find.json")).await;
    let found = only(client.vehicles().find(vec![vin()], context()).await, &vin());
    assert_decoded("jifeline.vehicles.find", &found.unwrap());
}

#[tokio::test]
async fn an_unknown_vehicle_comes_in_several_forms() {
    let unknown = r#"{"make": null, "model_group": {"id": null, "name": null}, "model": null, "model_variant": null}"#;
    for answer in [status(404, "{}"), ok("null"), ok(""), ok(r#"{"make": null}"#), ok(unknown)] {
        let shown = format!("{answer:?}");
        let (_recorder, client) = account(move |_, _| answer.clone()).await;
        let found = only(client.vehicles().find(vec![vin()], context()).await, &vin());
        assert!(matches!(found, Ok(None)), "{shown}: {found:?}");
    }
    let (_recorder, client) = account(|_, _| status(500, r#"{"title": "Internal"}"#)).await;
    let failed = only(client.vehicles().find(vec![vin()], context()).await, &vin()).unwrap_err();
    assert_eq!(failed.kind, VendorErrorKind::Unavailable);
}

#[tokio::test]
async fn a_vehicle_in_another_shape_is_not_an_unknown_one() {
    for body in ["{}", r#"{"result": {"make": {"id": 1}}}"#, r#"{"make": "Volvo", "model": null}"#] {
        let found = only(answering(body).await.vehicles().find(vec![vin()], context()).await, &vin());
        assert_eq!(found.unwrap_err().kind, VendorErrorKind::Protocol, "{body}");
    }
}

/// A log-in that the vendor refuses with `code`.
async fn refusing_log_in(code: u16) -> JifelineClient {
    let recorder = Recorder::start(move |_, _| status(code, r#"{"message": "no"}"#)).await;
    jifeline(&recorder, &Clock::settable(start()))
}

#[tokio::test]
async fn a_refused_log_in_is_never_an_absent_thing() {
    let (connector, ticket) = (connector(1), TicketId("1".to_owned()));
    let uuid = "0f8fad5b-d9cb-469f-a165-70867728950e".to_owned();
    for code in [400, 401, 403, 404, 422] {
        let client = refusing_log_in(code).await;
        let errors = [
            only(client.vehicles().find(vec![vin()], context()).await, &vin()).unwrap_err(),
            only(client.tickets().history(vec![vin()], context()).await, &vin()).unwrap_err(),
            only(client.tickets().historical(vec![ticket.clone()], context()).await, &ticket).unwrap_err(),
            only(client.tickets().active(vec![connector.clone()], context()).await, &connector).unwrap_err(),
            only(client.connectors().by_id(vec![connector.clone()], context()).await, &connector).unwrap_err(),
            only(client.connectors().by_uuid(vec![uuid.clone()], context()).await, &uuid).unwrap_err(),
            client.connectors().list(context()).await.unwrap_err(),
        ];
        for error in errors {
            assert_eq!((error.kind, error.operation), (VendorErrorKind::Auth, "jifeline.sessions.create"), "{code}");
        }
    }
}

#[tokio::test]
async fn a_page_of_serviced_vehicles() {
    let client = answering(include_str!("../../fixtures/jifeline/jifeline.vehicles.list_serviced.json")).await;
    let page = client.vehicles().serviced_page(0, context()).await.unwrap();
    assert_decoded("jifeline.vehicles.list_serviced", &page);
    let last = client.vehicles().serviced_page(446, context()).await.unwrap();
    assert_eq!(last.next_offset, None);
    let empty = answering(r#"{"result": [], "total": 450}"#).await;
    assert_eq!(empty.vehicles().serviced_page(200, context()).await.unwrap().next_offset, None);
}

#[tokio::test]
async fn the_history_of_a_vehicle() {
    let client = answering(include_str!("../../fixtures/jifeline/jifeline.tickets.list_historical.json")).await;
    let history = only(client.tickets().history(vec![vin()], context()).await, &vin());
    assert_decoded("jifeline.tickets.list_historical", &history.unwrap());
}

#[tokio::test]
async fn a_history_longer_than_its_first_answer_is_paged() {
    let ticket = |id: usize| format!(r#"{{"id": {id}}}"#);
    let (recorder, client) = account(move |seen, _| {
        let offset = seen
            .query
            .split("offset=")
            .nth(1)
            .map_or(0, |tail| tail.split('&').next().unwrap_or_default().parse().unwrap());
        let items: Vec<_> = (offset..450.min(offset + 200)).map(ticket).collect();
        ok(format!(r#"{{"result": [{}], "total": 450}}"#, items.join(",")))
    })
    .await;
    let history = only(client.tickets().history(vec![vin()], context()).await, &vin()).unwrap().unwrap();
    assert_eq!(history.len(), 450);
    assert_eq!(recorder.seen_at("/jifeline/v1/historical-tickets").len(), 3);
}

#[tokio::test]
async fn a_historical_ticket() {
    let client = answering(include_str!("../../fixtures/jifeline/jifeline.tickets.get_historical.json")).await;
    let id = TicketId("7014045".to_owned());
    let read = only(client.tickets().historical(vec![id.clone()], context()).await, &id);
    assert_decoded("jifeline.tickets.get_historical", &read.unwrap());
}

#[tokio::test]
async fn an_unknown_ticket_comes_with_several_statuses() {
    for code in [400, 403, 404] {
        let (_recorder, client) = account(move |_, _| status(code, r#"{"message": "Forbidden"}"#)).await;
        let id = TicketId("1".to_owned());
        let read = only(client.tickets().historical(vec![id.clone()], context()).await, &id);
        assert!(matches!(read, Ok(None)), "{code}: {read:?}");
    }
}

#[tokio::test]
async fn the_active_ticket() {
    let client = answering(include_str!("../../fixtures/jifeline/jifeline.tickets.get_active.json")).await;
    let id = connector(910_000_001);
    let read = only(client.tickets().active(vec![id.clone()], context()).await, &id);
    assert_decoded("jifeline.tickets.get_active", &read.unwrap());
}

#[tokio::test]
async fn no_active_ticket_comes_in_several_forms_and_a_refusal_is_none_of_them() {
    let id = connector(910_000_001);
    for answer in [status(404, "{}"), ok("null"), ok(""), Answer::Full(204, Vec::new(), String::new())] {
        let (_recorder, client) = account(move |_, _| answer.clone()).await;
        let read = only(client.tickets().active(vec![id.clone()], context()).await, &id);
        assert!(matches!(read, Ok(None)), "{read:?}");
    }
    let (_recorder, client) = account(|_, _| status(403, r#"{"message": "Forbidden"}"#)).await;
    let refused = only(client.tickets().active(vec![id.clone()], context()).await, &id).unwrap_err();
    assert_eq!(refused.kind, VendorErrorKind::Rejected);
}

#[tokio::test]
async fn the_list_of_connectors() {
    let client = answering(include_str!("../../fixtures/jifeline/jifeline.connectors.list.json")).await;
    assert_decoded("jifeline.connectors.list", &client.connectors().list(context()).await.unwrap());
}

#[tokio::test]
async fn a_connector_by_number() {
    let client = answering(include_str!("../../fixtures/jifeline/jifeline.connectors.get.json")).await;
    let id = connector(910_000_001);
    let read = only(client.connectors().by_id(vec![id.clone()], context()).await, &id);
    assert_decoded("jifeline.connectors.get", &read.unwrap());
}

#[tokio::test]
async fn a_connector_by_uuid() {
    let client = answering(include_str!("../../fixtures/jifeline/jifeline.connectors.get_by_uuid.json")).await;
    let uuid = "0f8fad5b-d9cb-469f-a165-70867728950e".to_owned();
    let read = only(client.connectors().by_uuid(vec![uuid.clone()], context()).await, &uuid);
    assert_decoded("jifeline.connectors.get_by_uuid", &read.unwrap());
}

#[tokio::test]
async fn more_than_a_handful_of_connectors_takes_one_list() {
    let (recorder, client) =
        account(|_, _| ok(include_str!("../../fixtures/jifeline/jifeline.connectors.list.json"))).await;
    let ids: Vec<_> = (910_000_001..=910_000_006).map(connector).collect();
    let answers: BTreeMap<_, _> = client.connectors().by_id(ids, context()).await.into_iter().collect();
    let found: Vec<_> = answers.values().map(|answer| answer.as_ref().unwrap().is_some()).collect();
    assert_eq!(found, [true, true, false, false, false, false]);
    assert_eq!(recorder.seen().len(), 2, "one log-in, one list");
}

#[tokio::test]
async fn one_failing_key_leaves_its_neighbours() {
    let (_recorder, client) =
        account(|seen, _| if seen.path.ends_with("/3") { status(500, "{}") } else { ok(r#"{"id": 1}"#) }).await;
    let answers = client.connectors().by_id((1..=4).map(connector).collect(), context()).await;
    assert_eq!(answers.len(), 4);
    assert!(answers.iter().all(|(id, answer)| answer.is_err() == (id.0 == "3")));
}

#[tokio::test]
async fn a_list_that_repeats_itself_ends() {
    let (recorder, client) = account(|_, _| ok(r#"{"result": [{"id": 1}, {"id": 2}], "total": 5}"#)).await;
    let listed = client.connectors().list(context()).await.unwrap();
    assert_eq!(listed.len(), 2);
    assert_eq!(recorder.seen_at("/jifeline/v1/connectors").len(), 3);
}
