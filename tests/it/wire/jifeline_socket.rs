//! The frames of the diagnostics vendor's socket.

use forecourt::domain::connector::model::ConnectorId;
use forecourt::domain::status::model::ConnectionId;
use forecourt::domain::status::model::Subject;
use forecourt::domain::ticket::model::TicketId;
use futures_util::future::Either;
use futures_util::future::select;

use crate::support::sockets::Sockets;
use crate::support::sockets::log_ins;
use crate::support::sockets::next_of;

use super::assert_wire;

#[tokio::test]
async fn watching_and_no_longer_watching() {
    let connection = "97a0e81d-0000-4000-8000-000000000001";
    let subjects = [
        ("connector", Subject::Connector(ConnectorId("910000001".to_owned())), "{}"),
        (
            "ticket",
            Subject::Ticket(TicketId("7014045".to_owned())),
            include_str!("../../fixtures/jifeline/jifeline.socket.unsubscribe_ticket.json"),
        ),
        (
            "connection",
            Subject::Connection(ConnectionId(connection.to_owned())),
            include_str!("../../fixtures/jifeline/jifeline.socket.unsubscribe_connection.json"),
        ),
    ];
    let recorder = log_ins().await;
    let mut sockets = Sockets::start(|_| 101).await;
    let mut watcher = sockets.watcher(&recorder);
    // Keeps the connection open whatever is watched.
    watcher.hear_pings(true);
    let mut vendor = match select(Box::pin(next_of(&mut watcher)), Box::pin(sockets.accept())).await {
        Either::Left((event, _)) => panic!("{event:?}"),
        Either::Right((vendor, _)) => vendor,
    };
    for (word, subject, update) in subjects {
        watcher.subscribe(&subject);
        let frame = select(Box::pin(next_of(&mut watcher)), Box::pin(vendor.seen()));
        let Either::Right((frame, _)) = frame.await else { panic!("nothing happens yet") };
        assert_wire(&format!("jifeline.socket.subscribe_{word}"), &frame);
        watcher.unsubscribe(&subject);
        let frame = select(Box::pin(next_of(&mut watcher)), Box::pin(vendor.seen()));
        let Either::Right((frame, _)) = frame.await else { panic!("nothing happens yet") };
        assert_wire(&format!("jifeline.socket.unsubscribe_{word}"), &frame);
        if word != "connector" {
            let other = async {
                vendor.say(update).await;
                vendor.say(update).await;
                vendor.seen().await
            };
            let frame = select(Box::pin(next_of(&mut watcher)), Box::pin(other));
            let Either::Right((frame, _)) = frame.await else { panic!("what is not watched is no event") };
            assert_wire(&format!("jifeline.socket.unsubscribe_{word}@otherwise"), &frame);
        }
    }
    assert_wire("jifeline.socket.connect", &sockets.handshakes()[0]);
    assert_eq!((recorder.seen().len(), sockets.handshakes().len()), (1, 1));
}
