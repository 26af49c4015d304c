//! The diagnostics vendor's socket: connecting, staying connected, connecting again.

use std::time::Duration;

use forecourt::domain::status::model::Status;
use forecourt::domain::status::model::StatusEvent;
use forecourt::domain::status::model::Subject;
use forecourt::domain::ticket::model::TicketId;
use forecourt::error::VendorError;
use forecourt::error::VendorErrorKind;
use forecourt::vendors::jifeline::JifelineSocket;
use tokio::time::advance;

use crate::support::recorder::Recorder;
use crate::support::recorder::ok;
use crate::support::sockets::Opened;
use crate::support::sockets::Sockets;
use crate::support::sockets::hold_time;
use crate::support::sockets::log_ins;
use crate::support::sockets::next_of;

const UPDATE: &str = r#"{"action": "subscribeToTicket", "message": {"ticket_id": 7014045, "state": 1}}"#;
const PING: &str = r#"{"action": "ping", "message": {}}"#;
const SUBSCRIBE: &str = r#"{"action":"subscribeToTicket","ticket_id":7014045}"#;

fn ticket() -> Subject {
    Subject::Ticket(TicketId("7014045".to_owned()))
}

fn lost(event: StatusEvent) -> VendorError {
    let StatusEvent::Disconnected(error) = event else { panic!("{event:?}") };
    error
}

/// What the vendor does while the watcher hears nothing.
async fn meanwhile<T>(watcher: &mut JifelineSocket, vendor: impl Future<Output = T>) -> T {
    tokio::select! {
        event = next_of(watcher) => panic!("{event:?}"),
        done = vendor => done,
    }
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
    let (event, _vendor) = tokio::join!(next_of(&mut watcher), serve(&mut sockets));
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
        let error = lost(next_of(&mut watcher).await);
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
    let (event, vendor) = tokio::join!(next_of(&mut watcher), serve(&mut sockets));
    let StatusEvent::Changed(known) = event else { panic!("{event:?}") };
    drop(vendor);
    assert_eq!(lost(next_of(&mut watcher).await).kind, VendorErrorKind::Interrupted);

    let other = r#"{"action": "subscribeToTicket", "message": {"ticket_id": "7014045", "state": 7}}"#;
    let again = async {
        let mut vendor = serve(&mut sockets).await;
        vendor.say(other).await;
        vendor
    };
    let (first, _vendor) = tokio::join!(next_of(&mut watcher), again);
    let StatusEvent::Changed(first) = first else { panic!("{first:?}") };
    assert_eq!(first, known, "what has happened meanwhile is unknown, so an equal update is an event after a drop");
    let StatusEvent::Changed(Status::Ticket(status)) = next_of(&mut watcher).await else { panic!("no change") };
    assert_eq!(status.state_code, Some(7));
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
    let (event, _vendor) = tokio::join!(next_of(&mut watcher), vendor);
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
        assert_eq!(lost(next_of(&mut watcher).await).kind, VendorErrorKind::Unavailable);
    }
    let mut waiting = Box::pin(next_of(&mut watcher));
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
    let (event, _vendor) = tokio::join!(next_of(&mut watcher), vendor);
    assert!(matches!(&event, StatusEvent::Silent(subject) if *subject == ticket()), "{event:?}");
}

#[tokio::test(start_paused = true)]
async fn a_subject_that_falls_silent_is_asked_for_again_and_is_news_when_it_is_heard() {
    let recorder = log_ins().await;
    let _held = hold_time(&recorder.shutdown);
    let mut sockets = Sockets::start(|_| 101).await;
    let mut watcher = sockets.watcher(&recorder);
    watcher.subscribe(&ticket());
    let (_, mut vendor) = tokio::join!(next_of(&mut watcher), serve(&mut sockets));
    let silence = async {
        advance(Duration::from_secs(15)).await;
        assert_eq!(vendor.read().await, SUBSCRIBE);
        advance(Duration::from_secs(15)).await;
    };
    let (event, ()) = tokio::join!(next_of(&mut watcher), silence);
    assert!(matches!(&event, StatusEvent::Silent(subject) if *subject == ticket()), "{event:?}");
    let later = async {
        advance(Duration::from_mins(1)).await;
        assert_eq!(vendor.read().await, SUBSCRIBE);
        vendor.say(UPDATE).await;
    };
    let (event, ()) = tokio::join!(next_of(&mut watcher), later);
    assert!(matches!(event, StatusEvent::Changed(_)), "an equal update is an event after a silence: {event:?}");
}

#[tokio::test(start_paused = true)]
async fn a_subject_that_is_heard_of_regularly_is_asked_for_once() {
    let recorder = log_ins().await;
    let _held = hold_time(&recorder.shutdown);
    let mut sockets = Sockets::start(|_| 101).await;
    let mut watcher = sockets.watcher(&recorder);
    watcher.subscribe(&ticket());
    watcher.hear_pings(true);
    let (_, mut vendor) = tokio::join!(next_of(&mut watcher), serve(&mut sockets));
    for _ in 0..12 {
        advance(Duration::from_secs(14)).await;
        vendor.say(UPDATE).await;
        vendor.say(PING).await;
        let event = next_of(&mut watcher).await;
        assert!(matches!(event, StatusEvent::Pinged(None)), "{event:?}");
    }
    watcher.unsubscribe(&ticket());
    let frame = meanwhile(&mut watcher, vendor.read()).await;
    assert_eq!(frame, r#"{"action":"unsubscribeToTicket","ticket_id":7014045}"#, "the first frame since");
}

#[tokio::test(start_paused = true)]
async fn updates_that_go_on_are_refused_once_more_in_the_other_spelling() {
    let recorder = log_ins().await;
    let _held = hold_time(&recorder.shutdown);
    let mut sockets = Sockets::start(|_| 101).await;
    let mut watcher = sockets.watcher(&recorder);
    watcher.subscribe(&ticket());
    watcher.hear_pings(true);
    let (_, mut vendor) = tokio::join!(next_of(&mut watcher), serve(&mut sockets));
    watcher.unsubscribe(&ticket());
    let vendor_side = async {
        assert_eq!(vendor.read().await, r#"{"action":"unsubscribeToTicket","ticket_id":7014045}"#);
        vendor.say(UPDATE).await;
        assert_eq!(vendor.read().await, r#"{"action":"unsubscribeFromTicket","ticket_id":7014045}"#);
        vendor.say(UPDATE).await;
        vendor.say(PING).await;
    };
    let (event, ()) = tokio::join!(next_of(&mut watcher), vendor_side);
    assert!(matches!(event, StatusEvent::Pinged(None)), "what is not watched is no event: {event:?}");
    // Who watches it again is told of it again, and nothing but that was sent.
    watcher.subscribe(&ticket());
    let vendor_side = async {
        assert_eq!(vendor.read().await, SUBSCRIBE);
        vendor.say(UPDATE).await;
    };
    let (event, ()) = tokio::join!(next_of(&mut watcher), vendor_side);
    assert!(matches!(event, StatusEvent::Changed(_)), "{event:?}");
}

#[tokio::test(start_paused = true)]
async fn a_connection_of_no_use_is_kept_for_a_moment() {
    let recorder = log_ins().await;
    let _held = hold_time(&recorder.shutdown);
    let mut sockets = Sockets::start(|_| 101).await;
    let mut watcher = sockets.watcher(&recorder);
    let unsubscribe = r#"{"action":"unsubscribeToTicket","ticket_id":7014045}"#;
    watcher.subscribe(&ticket());
    let (_, mut vendor) = tokio::join!(next_of(&mut watcher), serve(&mut sockets));
    watcher.unsubscribe(&ticket());
    assert_eq!(meanwhile(&mut watcher, vendor.read()).await, unsubscribe);
    watcher.subscribe(&ticket());
    let back = async {
        assert_eq!(vendor.read().await, SUBSCRIBE, "over the same connection");
        vendor.say(UPDATE).await;
    };
    let (event, ()) = tokio::join!(next_of(&mut watcher), back);
    assert!(matches!(event, StatusEvent::Changed(_)), "{event:?}");
    watcher.unsubscribe(&ticket());
    let left = async {
        assert_eq!(vendor.read().await, unsubscribe);
        advance(Duration::from_secs(6)).await;
        assert!(vendor.is_closed().await);
    };
    meanwhile(&mut watcher, left).await;
    assert!(!watcher.is_connected());
    watcher.subscribe(&ticket());
    let (event, _vendor) = tokio::join!(next_of(&mut watcher), serve(&mut sockets));
    assert!(matches!(event, StatusEvent::Changed(_)), "{event:?}");
    assert_eq!(sockets.handshakes().len(), 2);
}

#[tokio::test(start_paused = true)]
async fn a_vendor_that_speaks_and_drops_is_not_connected_to_at_once_for_ever() {
    let recorder = log_ins().await;
    let _held = hold_time(&recorder.shutdown);
    let mut sockets = Sockets::start(|_| 101).await;
    let mut watcher = sockets.watcher(&recorder);
    watcher.subscribe(&ticket());
    for drops in 1..=6 {
        if drops > 4 {
            let mut waiting = Box::pin(next_of(&mut watcher));
            assert!(futures_util::poll!(waiting.as_mut()).is_pending());
            advance(Duration::from_millis(4990)).await;
            assert!(futures_util::poll!(waiting.as_mut()).is_pending());
            assert_eq!(sockets.handshakes().len(), drops - 1, "not within five seconds");
            advance(Duration::from_millis(1010)).await;
        }
        let (event, vendor) = tokio::join!(next_of(&mut watcher), serve(&mut sockets));
        assert!(matches!(event, StatusEvent::Changed(_)), "{event:?}");
        drop(vendor);
        assert_eq!(lost(next_of(&mut watcher).await).kind, VendorErrorKind::Interrupted);
        assert_eq!(sockets.handshakes().len(), drops);
    }
    // A connection that lasted shows that the trouble is over.
    let mut waiting = Box::pin(next_of(&mut watcher));
    assert!(futures_util::poll!(waiting.as_mut()).is_pending());
    advance(Duration::from_secs(6)).await;
    let (_, vendor) = tokio::join!(waiting, serve(&mut sockets));
    advance(Duration::from_mins(1)).await;
    drop(vendor);
    while !matches!(next_of(&mut watcher).await, StatusEvent::Disconnected(_)) {}
    let (event, _vendor) = tokio::join!(next_of(&mut watcher), serve(&mut sockets));
    assert!(matches!(event, StatusEvent::Changed(_)), "{event:?}");
}

/// Connects for pings alone.
async fn connect(watcher: &mut JifelineSocket, sockets: &mut Sockets) -> Opened {
    watcher.hear_pings(true);
    let (event, vendor) = tokio::join!(watcher.next_event(), sockets.accept());
    assert!(matches!(event, StatusEvent::Connected), "{event:?}");
    vendor
}

#[tokio::test(start_paused = true)]
async fn a_connection_is_pinged_every_five_minutes() {
    let recorder = log_ins().await;
    let _held = hold_time(&recorder.shutdown);
    let mut sockets = Sockets::start(|_| 101).await;
    let mut watcher = sockets.watcher(&recorder);
    let mut vendor = connect(&mut watcher, &mut sockets).await;
    for _ in 0..3 {
        let vendor_side = async {
            advance(Duration::from_mins(5)).await;
            assert!(vendor.is_pinged().await);
            vendor.say(PING).await;
        };
        let (event, ()) = tokio::join!(next_of(&mut watcher), vendor_side);
        assert!(matches!(event, StatusEvent::Pinged(None)), "{event:?}");
    }
}

#[tokio::test(start_paused = true)]
async fn a_connection_that_answers_no_ping_is_dropped() {
    let recorder = log_ins().await;
    let _held = hold_time(&recorder.shutdown);
    let mut sockets = Sockets::start(|_| 101).await;
    let mut watcher = sockets.watcher(&recorder);
    let _vendor = connect(&mut watcher, &mut sockets).await;
    advance(Duration::from_mins(5)).await;
    let mut waiting = Box::pin(next_of(&mut watcher));
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
    let (_, mut old) = tokio::join!(next_of(&mut watcher), serve(&mut sockets));
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
    let (event, _vendor) = tokio::join!(next_of(&mut watcher), vendor);
    assert!(matches!(event, StatusEvent::Changed(_)), "{event:?}");
    assert_eq!(sockets.handshakes().len(), 2);
}
