use forecourt::domain::cart::source::CartSource;
use forecourt::domain::connector::source::ConnectorSource;
use forecourt::domain::ticket::model::TicketId;
use forecourt::domain::ticket::model::TicketRating;
use forecourt::domain::ticket::ordering::TicketOrdering;
use forecourt::error::VendorErrorKind;

use crate::support::accounts::context;
use crate::support::orders::full_ticket;
use crate::support::orders::new_ticket;
use crate::support::orders::quote_request;
use crate::support::recorder::Answer;
use crate::support::recorder::ok;
use crate::support::recorder::status;

use super::assert_decoded;
use super::jifeline::account;
use super::jifeline::answering;
use super::jifeline::only;
use super::jifeline::vin;

fn ticket() -> TicketId {
    TicketId("7014045".to_owned())
}

#[tokio::test]
async fn a_priced_cart() {
    let client = answering(include_str!("../../fixtures/jifeline/jifeline.cart.calculate_prices.json")).await;
    let quote = client.cart().quote(&quote_request(), context()).await;
    assert_decoded("jifeline.cart.calculate_prices", &quote.unwrap());
}

#[tokio::test]
async fn a_created_ticket() {
    let body = include_str!("../../fixtures/jifeline/jifeline.tickets.create.json");
    let (_recorder, client) = account(move |_, _| status(201, body)).await;
    assert_decoded("jifeline.tickets.create", &client.ordering().create(&full_ticket(), context()).await.unwrap());
}

#[tokio::test]
async fn a_refused_ticket_was_not_made_and_is_sent_once() {
    for (refused, detail, kind) in [
        (400, "Connector has a pending ticket", VendorErrorKind::Conflict),
        (409, "Connector has a pending ticket", VendorErrorKind::Conflict),
        (400, "vin is required", VendorErrorKind::Rejected),
        (402, "The balance is too low", VendorErrorKind::Rejected),
    ] {
        let body = format!(r#"{{"status": {refused}, "type": "about:blank", "title": "No", "detail": "{detail}"}}"#);
        let (recorder, client) = account(move |_, _| status(refused, body.clone())).await;
        let error = client.ordering().create(&new_ticket(), context()).await.unwrap_err();
        assert_eq!(error.kind, kind);
        assert!(error.nothing_happened());
        assert_eq!(recorder.seen_at("/jifeline/v1/tickets").len(), 1);
    }
    let (recorder, client) = account(|_, _| status(504, r#"{"message": "Endpoint request timed out"}"#)).await;
    let error = client.ordering().create(&new_ticket(), context()).await.unwrap_err();
    assert!(!error.nothing_happened());
    assert_eq!(recorder.seen_at("/jifeline/v1/tickets").len(), 1);
}

#[tokio::test]
async fn listed_prepared_tickets() {
    let client = answering(include_str!("../../fixtures/jifeline/jifeline.tickets.list_prepared.json")).await;
    let prepared = only(client.ordering().prepared(vec![vin()], context()).await, &vin());
    assert_decoded("jifeline.tickets.list_prepared", &prepared.unwrap().unwrap());
    let (_recorder, client) = account(|_, _| status(404, "{}")).await;
    let prepared = only(client.ordering().prepared(vec![vin()], context()).await, &vin());
    assert_eq!(prepared.unwrap(), Some(Vec::new()));
}

#[tokio::test]
async fn listed_notes_oldest_first() {
    let client = answering(include_str!("../../fixtures/jifeline/jifeline.tickets.list_notes.json")).await;
    let notes = only(client.ordering().notes(vec![ticket()], context()).await, &ticket());
    assert_decoded("jifeline.tickets.list_notes", &notes.unwrap().unwrap());
    let (_recorder, client) = account(|_, _| status(404, "{}")).await;
    let notes = only(client.ordering().notes(vec![ticket()], context()).await, &ticket());
    assert!(matches!(notes, Ok(None)), "{notes:?}");
}

#[tokio::test]
async fn writes_that_answer_nothing() {
    let rating = TicketRating { score: "1".parse().unwrap(), comment: None };
    let rated = include_str!("../../fixtures/jifeline/jifeline.tickets.rate.json");
    let dismissed = include_str!("../../fixtures/jifeline/jifeline.connectors.dismiss_attention.json");
    for answer in [ok(rated), ok(dismissed), ok(""), Answer::Full(204, Vec::new(), String::new())] {
        let (_recorder, client) = account(move |_, _| answer.clone()).await;
        client.ordering().rate(&ticket(), &rating, context()).await.unwrap();
        client.connectors().dismiss_attention("0f8fad5b-d9cb-469f-a165-70867728950e", context()).await.unwrap();
    }
    let (_recorder, client) = account(|_, _| status(202, "")).await;
    client.connectors().dismiss_attention("0f8fad5b-d9cb-469f-a165-70867728950e", context()).await.unwrap();
    let (_recorder, client) = account(|_, _| status(409, r#"{"title": "The ticket is open"}"#)).await;
    let refused = client.ordering().rate(&ticket(), &rating, context()).await.unwrap_err();
    assert_eq!(refused.kind, VendorErrorKind::Conflict);
}
