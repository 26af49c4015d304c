use forecourt::domain::cart::model::QuoteRequest;
use forecourt::domain::cart::source::CartSource;
use forecourt::domain::connector::source::ConnectorSource;
use forecourt::domain::ticket::model::TicketId;
use forecourt::domain::ticket::model::TicketRating;
use forecourt::domain::ticket::ordering::TicketOrdering;
use forecourt::error::VendorErrorKind;
use forecourt::graphql::scalars::Vin;
use forecourt::vendors::jifeline::JifelineClient;

use crate::support::accounts::context;
use crate::support::orders::full_ticket;
use crate::support::orders::new_ticket;
use crate::support::orders::quote_request;

use super::jifeline::wire;

const LIST: &str = r#"{"result": []}"#;

async fn quote(client: JifelineClient, vin: &str) {
    let request = QuoteRequest {
        vin: Some(Vin::from_source(vin)),
        voucher: Some("WELCOME".to_owned()),
        prepared_ticket_id: Some("8a6e2f1c-0000-4000-8000-000000000001".to_owned()),
        ..quote_request()
    };
    client.cart().quote(&request, context()).await.unwrap();
}

#[tokio::test]
async fn pricing_a_cart() {
    wire("jifeline.cart.calculate_prices", "{}", |client| quote(client, "YV1ZWA8UDL1234507")).await;
}

#[tokio::test]
async fn pricing_a_cart_for_a_car_with_a_short_vin() {
    wire("jifeline.cart.calculate_prices@short", "{}", |client| quote(client, "YV1ZWA8UDL123450")).await;
}

#[tokio::test]
async fn creating_a_ticket() {
    wire("jifeline.tickets.create", r#"{"id": "7014046"}"#, |client| async move {
        client.ordering().create(&full_ticket(), context()).await.unwrap()
    })
    .await;
}

#[tokio::test]
async fn creating_a_ticket_without_what_may_be_left_out() {
    wire("jifeline.tickets.create@plain", r#"{"id": 7014046}"#, |client| async move {
        client.ordering().create(&new_ticket(), context()).await.unwrap()
    })
    .await;
}

#[tokio::test]
async fn an_answer_without_a_ticket_leaves_it_open_whether_one_was_made() {
    for body in ["", "null", "{}", "[]", "<html>"] {
        let recorder = wire("jifeline.tickets.create@plain", body, |client| async move {
            let failed = client.ordering().create(&new_ticket(), context()).await.unwrap_err();
            assert_eq!(failed.kind, VendorErrorKind::Protocol, "{body}");
            assert!(!failed.nothing_happened(), "{body}");
        })
        .await;
        assert_eq!(recorder.seen().len(), 2, "{body}");
    }
}

#[tokio::test]
async fn listing_prepared_tickets() {
    wire("jifeline.tickets.list_prepared", LIST, |client| async move {
        client.ordering().prepared(vec![Vin::from_source("YV1ZWA8UDL1234507")], context()).await
    })
    .await;
}

#[tokio::test]
async fn listing_the_notes_of_a_ticket() {
    wire("jifeline.tickets.list_notes", LIST, |client| async move {
        client.ordering().notes(vec![TicketId("7014045".to_owned())], context()).await
    })
    .await;
}

#[tokio::test]
async fn rating_a_ticket() {
    wire("jifeline.tickets.rate", "null", |client| async move {
        let rating = TicketRating { score: "-0.50".parse().unwrap(), comment: Some("It took long".to_owned()) };
        client.ordering().rate(&TicketId("7014045".to_owned()), &rating, context()).await.unwrap();
    })
    .await;
}

#[tokio::test]
async fn ending_a_call_for_attention() {
    wire("jifeline.connectors.dismiss_attention", "", |client| async move {
        client.connectors().dismiss_attention("0f8fad5b-d9cb-469f-a165-70867728950e", context()).await.unwrap();
    })
    .await;
}
