//! The diagnostics vendor's socket: connecting, staying connected, connecting again.

use std::time::Duration;

use forecourt::domain::status::model::Status;
use forecourt::domain::status::model::StatusEvent;
use forecourt::domain::status::model::Subject;
use forecourt::domain::ticket::model::TicketId;
use forecourt::error::VendorError;
use forecourt::error::VendorErrorKind;
use tokio::time::advance;

use crate::support::recorder::Recorder;
use crate::support::recorder::ok;
use crate::support::sockets::Opened;
use crate::support::sockets::Sockets;
use crate::support::sockets::hold_time;
use crate::support::sockets::log_ins;

const UPDATE: &str = r#"{"action": "subscribeToTicket", "message": {"ticket_id": 7014045, "state": 1}}"#;
const SUBSCRIBE: &str = r#"{"action":"subscribeToTicket","ticket_id":7014045}"#;

fn ticket() -> Subject {
    Subject::Ticket(TicketId("7014045".to_owned()))
}

fn lost(event: StatusEvent) -> VendorError {
    let StatusEvent::Disconnected(error) = event else { panic!("{event:?}") };
    error
}

/// Accepts a connection, waits for the subscription and sends an update.
async fn serve(sockets: &mut Sockets) -> Opened {
    let mut vendor = sockets.accept().await;
    assert_eq!(vendor.read().await, SUBSCRIBE);
    vendor.say(UPDATE).await;
    vendor
}

#[tokio::test]
async fn a_refused_token_is_replaced_once() {
    let tokens = |number: usize| format!(r#"{{"access_token": "token-{number}"}}"#);
    let recorder = Recorder::start(move |_, before| ok(tokens(before))).await;
    let mut sockets = Sockets::start(|before| if before == 0 { 401 } else { 101 }).await;
    let mut watcher = sockets.watcher(&recorder);
    watcher.subscribe(&ticket());
    let (event, _vendor) = tokio::join!(watcher.next_event(), serve(&mut sockets));
    assert!(matches!(event, StatusEvent::Changed(_)), "{event:?}");
    let bearers: Vec<_> = sockets.handshakes().iter().map(|seen| seen.bearer().to_owned()).collect();
    assert_eq!(bearers, ["token-0", "token-1"]);
}

#[tokio::test]
async fn a_token_that_is_refused_again_ends_in_an_error() {
    for code in [401, 403] {
        let recorder = Recorder::start(|_, _| ok(r#"{"access_token": "token"}"#)).await;
        let sockets = Sockets::start(move |_| code).await;
        let mut watcher = sockets.watcher(&recorder);
        watcher.subscribe(&ticket());
        let error = lost(watcher.next_event().await);
        assert_eq!((error.kind, error.status), (VendorErrorKind::Auth, Some(code)));
        assert_eq!((recorder.seen().len(), sockets.handshakes().len()), (2, 2));
    }
}

#[tokio::test]
async fn what_was_watched_is_watched_again_after_a_drop() {
    let recorder = log_ins().await;
    let mut sockets = Sockets::start(|_| 101).await;
    let mut watcher = sockets.watcher(&recorder);
    watcher.subscribe(&ticket());
    let (event, vendor) = tokio::join!(watcher.next_event(), serve(&mut sockets));
    assert!(matches!(event, StatusEvent::Changed(_)), "{event:?}");
    drop(vendor);
    assert_eq!(lost(watcher.next_event().await).kind, VendorErrorKind::Interrupted);

    let other = r#"{"action": "subscribeToTicket", "message": {"ticket_id": "7014045", "state": 7}}"#;
    let again = async {
        let mut vendor = serve(&mut sockets).await;
        vendor.say(other).await;
        vendor
    };
    let (event, _vendor) = tokio::join!(watcher.next_event(), again);
    let StatusEvent::Changed(Status::Ticket(status)) = event else { panic!("{event:?}") };
    assert_eq!(status.state_code, Some(7), "the update that was known before the drop is no event");
    assert_eq!(recorder.seen().len(), 1, "the token is shared by all connections");
}

#[tokio::test]
async fn a_message_that_is_too_large_breaks_the_connection() {
    let recorder = log_ins().await;
    let mut sockets = Sockets::start(|_| 101).await;
    let mut watcher = sockets.watcher(&recorder);
    watcher.subscribe(&ticket());
    let vendor = async {
        let mut vendor = sockets.accept().await;
        vendor.read().await;
        vendor.say(&"x".repeat(128 * 1024 + 1)).await;
        vendor
    };
    let (event, _vendor) = tokio::join!(watcher.next_event(), vendor);
    assert_eq!(lost(event).kind, VendorErrorKind::Protocol);
}

#[tokio::test(start_paused = true)]
async fn a_few_tries_follow_at_once_and_the_others_at_leisure() {
    let recorder = log_ins().await;
    let _held = hold_time(&recorder.shutdown);
    let sockets = Sockets::start(|_| 503).await;
    let mut watcher = sockets.watcher(&recorder);
    watcher.subscribe(&ticket());
    for _ in 0..4 {
        assert_eq!(lost(watcher.next_event().await).kind, VendorErrorKind::Unavailable);
    }
    let mut waiting = Box::pin(watcher.next_event());
    for _ in 0..4 {
        assert!(futures_util::poll!(waiting.as_mut()).is_pending());
        advance(Duration::from_millis(1240)).await;
    }
    assert!(futures_util::poll!(waiting.as_mut()).is_pending());
    assert_eq!(sockets.handshakes().len(), 4, "not within five seconds");
    advance(Duration::from_secs(2)).await;
    assert_eq!(lost(waiting.await).kind, VendorErrorKind::Unavailable);
    assert_eq!(sockets.handshakes().len(), 5);
}

#[tokio::test(start_paused = true)]
async fn a_subject_of_which_nothing_is_heard_is_asked_for_once_more() {
    let recorder = log_ins().await;
    let _held = hold_time(&recorder.shutdown);
    let mut sockets = Sockets::start(|_| 101).await;
    let mut watcher = sockets.watcher(&recorder);
    watcher.subscribe(&ticket());
    let vendor = async {
        let mut vendor = sockets.accept().await;
        for _ in 0..2 {
            assert_eq!(vendor.read().await, SUBSCRIBE);
            advance(Duration::from_secs(15)).await;
        }
        vendor
    };
    let (event, _vendor) = tokio::join!(watcher.next_event(), vendor);
    assert!(matches!(&event, StatusEvent::Silent(subject) if *subject == ticket()), "{event:?}");
}

#[tokio::test(start_paused = true)]
async fn a_connection_that_answers_no_ping_is_dropped() {
    let recorder = log_ins().await;
    let _held = hold_time(&recorder.shutdown);
    let mut sockets = Sockets::start(|_| 101).await;
    let mut watcher = sockets.watcher(&recorder);
    watcher.subscribe(&ticket());
    let (_, _vendor) = tokio::join!(watcher.next_event(), serve(&mut sockets));
    advance(Duration::from_mins(5)).await;
    let mut waiting = Box::pin(watcher.next_event());
    assert!(futures_util::poll!(waiting.as_mut()).is_pending());
    advance(Duration::from_secs(31)).await;
    let error = lost(waiting.await);
    assert_eq!(error.context, "the vendor does not answer a ping");
}

#[tokio::test(start_paused = true)]
async fn a_connection_is_replaced_before_the_vendor_closes_it() {
    let recorder = log_ins().await;
    let _held = hold_time(&recorder.shutdown);
    let mut sockets = Sockets::start(|_| 101).await;
    let mut watcher = sockets.watcher(&recorder);
    watcher.subscribe(&ticket());
    let (_, mut old) = tokio::join!(watcher.next_event(), serve(&mut sockets));
    advance(Duration::from_mins(115)).await;
    let changed = r#"{"action": "subscribeToTicket", "message": {"ticket_id": 7014045, "state": 7}}"#;
    let vendor = async {
        assert!(old.is_closed().await);
        drop(old);
        let mut new = sockets.accept().await;
        assert_eq!(new.read().await, SUBSCRIBE);
        new.say(changed).await;
        new
    };
    let (event, _vendor) = tokio::join!(watcher.next_event(), vendor);
    assert!(matches!(event, StatusEvent::Changed(_)), "{event:?}");
    assert_eq!(sockets.handshakes().len(), 2);
}
