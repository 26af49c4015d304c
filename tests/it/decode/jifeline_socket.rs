//! What the diagnostics vendor's socket tells.

use std::sync::Arc;

use forecourt::domain::connector::model::ConnectorId;
use forecourt::domain::status::model::ConnectionId;
use forecourt::domain::status::model::Status;
use forecourt::domain::status::model::StatusEvent;
use forecourt::domain::status::model::Subject;
use forecourt::domain::ticket::model::TicketId;
use forecourt::transport::tape::Player;
use forecourt::transport::tape::Pseudonyms;
use forecourt::transport::tape::Recorder;
use forecourt::vendors::jifeline::JifelineSocket;

use crate::support::sockets::Sockets;
use crate::support::sockets::log_ins;
use crate::support::sockets::next_of;

use super::assert_decoded;

fn ticket() -> Subject {
    Subject::Ticket(TicketId("7014045".to_owned()))
}

/// What is heard after `frames`, said when all of `subjects` were asked for.
async fn heard<const N: usize>(subjects: &[Subject], frames: &[&str]) -> [StatusEvent; N] {
    let recorder = log_ins().await;
    let mut sockets = Sockets::start(|_| 101).await;
    let mut watcher = sockets.watcher(&recorder);
    watcher.hear_pings(true);
    let count = subjects.len();
    for subject in subjects {
        watcher.subscribe(subject);
    }
    let vendor = async {
        let mut vendor = sockets.accept().await;
        for _ in 0..count {
            vendor.read().await;
        }
        for frame in frames {
            vendor.say(frame).await;
        }
        vendor
    };
    let client = async {
        let mut events = Vec::new();
        while events.len() < N {
            events.push(next_of(&mut watcher).await);
        }
        events
    };
    let (_vendor, events) = tokio::join!(vendor, client);
    events.try_into().unwrap()
}

#[tokio::test]
async fn updates() {
    let connection = ConnectionId("97a0e81d-0000-4000-8000-000000000001".to_owned());
    let subjects =
        vec![Subject::Connector(ConnectorId("910000001".to_owned())), ticket(), Subject::Connection(connection)];
    let frames = [
        include_str!("../../fixtures/jifeline/jifeline.socket.subscribe_connector.json"),
        include_str!("../../fixtures/jifeline/jifeline.socket.subscribe_ticket.json"),
        include_str!("../../fixtures/jifeline/jifeline.socket.subscribe_connection.json"),
    ];
    let [connector, ticket, connection] = heard(&subjects, &frames).await;
    assert_decoded("jifeline.socket.subscribe_connector", &connector);
    assert_decoded("jifeline.socket.subscribe_ticket", &ticket);
    assert_decoded("jifeline.socket.subscribe_connection", &connection);
}

#[tokio::test]
async fn an_update_equal_to_the_one_before_is_no_event() {
    let one = include_str!("../../fixtures/jifeline/jifeline.socket.subscribe_ticket.json");
    let other = include_str!("../../fixtures/jifeline/jifeline.socket.unsubscribe_ticket.json");
    let events: [_; 3] = heard(&[ticket()], &[one, one, other, other, one]).await;
    let codes = events.map(|event| {
        let StatusEvent::Changed(Status::Ticket(status)) = event else { panic!("{event:?}") };
        status.state_code
    });
    assert_eq!(codes, [Some(1), Some(7), Some(1)]);
}

#[tokio::test]
async fn a_refusal_names_the_only_subject_that_it_can_mean() {
    let refusal = include_str!("../../fixtures/jifeline/jifeline.socket.connect.json");
    let [refused, again] = heard(&[ticket()], &[refusal, refusal]).await;
    assert_decoded("jifeline.socket.connect", &refused);
    assert!(matches!(again, StatusEvent::Refused(None, _)), "{again:?}");
    let two = [ticket(), Subject::Connector(ConnectorId("910000001".to_owned()))];
    let [refused] = heard(&two, &[refusal]).await;
    assert!(matches!(refused, StatusEvent::Refused(None, _)), "{refused:?}");
}

#[tokio::test]
async fn pings_are_heard_and_what_is_not_known_is_left_out() {
    let unknown = [
        "no frame",
        "[]",
        "{}",
        r#"{"action": "subscribeToTicket"}"#,
        r#"{"action": "subscribeToTicket", "message": {}}"#,
        r#"{"action": "subscribeToTicket", "message": [7014045]}"#,
        r#"{"action": "subscribeToWeather", "message": {"ticket_id": 7014045}}"#,
        r#"{"action": "subscribeToTicket", "message": {"ticket_id": 1, "state": 1}}"#,
    ];
    let pings = [r#"{"action": "ping", "message": {"channel_id": "c-1"}}"#, r#"{"action": "ping", "message": {}}"#];
    let [one, other] = heard(&[ticket()], &[unknown.as_slice(), &pings].concat()).await;
    assert!(matches!(one, StatusEvent::Pinged(Some(channel)) if channel.0 == "c-1"));
    assert!(matches!(other, StatusEvent::Pinged(None)));
}

#[tokio::test]
async fn recorded_frames_come_again_in_their_order_without_a_socket() {
    let folder = tempfile::TempDir::new().unwrap();
    let one = include_str!("../../fixtures/jifeline/jifeline.socket.subscribe_ticket.json");
    let other = include_str!("../../fixtures/jifeline/jifeline.socket.unsubscribe_ticket.json");
    let recorder = log_ins().await;
    let mut sockets = Sockets::start(|_| 101).await;
    let pseudonyms = Pseudonyms::new([3; 32]);
    let tape = Recorder::new(folder.path().to_owned(), pseudonyms, forecourt::vendors::jifeline::PRIVATE);
    let mut watcher = sockets.watcher_with(&recorder, Arc::new(tape));
    watcher.subscribe(&ticket());
    let codes = async |watcher: &mut JifelineSocket| {
        let mut codes = Vec::new();
        while codes.len() < 2 {
            let event = next_of(watcher).await;
            let StatusEvent::Changed(Status::Ticket(status)) = event else { panic!("{event:?}") };
            codes.push((status.state_code, status.vin));
        }
        codes
    };
    let vendor = async {
        let mut vendor = sockets.accept().await;
        vendor.read().await;
        for frame in [one, other] {
            vendor.say(frame).await;
        }
        vendor
    };
    let (_vendor, told) = tokio::join!(vendor, codes(&mut watcher));

    let player = Player::load(folder.path()).unwrap();
    let mut watcher = sockets.watcher_with(&recorder, Arc::new(player));
    watcher.subscribe(&ticket());
    let again = codes(&mut watcher).await;
    assert_eq!([again[0].0, again[1].0], [told[0].0, told[1].0]);
    assert_ne!(again[0].1, told[0].1, "the VIN is a pseudonym");
    assert_eq!(again[0].1, again[1].1, "and the same one each time");
    assert_eq!(sockets.handshakes().len(), 1, "no socket is opened for a replay");
}
