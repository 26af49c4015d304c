//! Frames of the socket. What is sent by us is answered by nothing but these: `jifeline.socket.connect`,
//! `jifeline.socket.subscribe_connector`, `jifeline.socket.subscribe_ticket`, `jifeline.socket.subscribe_connection`,
//! `jifeline.socket.unsubscribe_connector`, `jifeline.socket.unsubscribe_ticket`, `jifeline.socket.unsubscribe_connection`.

use forecourt::domain::connector::model::ConnectorId;
use forecourt::domain::status::model::ConnectionId;
use forecourt::domain::status::model::Status;
use forecourt::domain::status::model::StatusEvent;
use forecourt::domain::status::model::Subject;
use forecourt::domain::ticket::model::TicketId;
use serde_json::Value;

use crate::support::sockets::Sockets;
use crate::support::sockets::log_ins;
use crate::support::sockets::next_of;

use super::bodies;
use super::mutate;
use super::mutate::Dice;

/// Tells the client so many spoilt frames like `fixture`, then a whole one about another voltage, which it must hear.
async fn hear_all(subject: Subject, fixture: &str) {
    let body: Value = serde_json::from_str(fixture).unwrap();
    let places = mutate::places(&body, &[]);
    let mut dice = Dice::new(fixture);
    let recorder = log_ins().await;
    let mut sockets = Sockets::start(|_| 101).await;
    let mut watcher = sockets.watcher(&recorder);
    let last = Subject::Connector(ConnectorId("910000009".to_owned()));
    watcher.subscribe(&subject);
    watcher.subscribe(&last);
    let vendor = async {
        let mut vendor = sockets.accept().await;
        vendor.read().await;
        vendor.read().await;
        for turn in 0..bodies() {
            let mut text = mutate::mutated(&body, &places, &mut dice);
            if turn % super::BROKEN_OFF == 0 {
                text.truncate((0..=dice.below(text.len())).rev().find(|at| text.is_char_boundary(*at)).unwrap_or(0));
            }
            vendor.say(&text).await;
        }
        vendor
            .say(r#"{"action": "subscribeToConnector", "message": {"connector_id": 910000009, "voltage": 99}}"#)
            .await;
        vendor
    };
    let client = async {
        loop {
            let event = next_of(&mut watcher).await;
            if matches!(&event, StatusEvent::Changed(Status::Connector(status)) if status.connector.0 == "910000009") {
                return;
            }
        }
    };
    let (_vendor, ()) = tokio::join!(vendor, client);
    assert_eq!(sockets.handshakes().len(), 1, "no frame breaks the connection");
}

#[tokio::test]
async fn every_frame_about_a_connector() {
    let subject = Subject::Connector(ConnectorId("910000001".to_owned()));
    hear_all(subject, include_str!("../../fixtures/jifeline/jifeline.socket.subscribe_connector.json")).await;
}

#[tokio::test]
async fn every_frame_about_a_ticket() {
    let subject = Subject::Ticket(TicketId("7014045".to_owned()));
    hear_all(subject, include_str!("../../fixtures/jifeline/jifeline.socket.subscribe_ticket.json")).await;
}

#[tokio::test]
async fn every_frame_about_a_connection() {
    let subject = Subject::Connection(ConnectionId("97a0e81d-0000-4000-8000-000000000001".to_owned()));
    hear_all(subject, include_str!("../../fixtures/jifeline/jifeline.socket.subscribe_connection.json")).await;
}
