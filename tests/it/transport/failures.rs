use std::sync::Arc;
use std::sync::atomic::AtomicUsize;
use std::sync::atomic::Ordering;
use std::time::Duration;

use forecourt::clock::Clock;
use forecourt::error::Retry;
use forecourt::error::VendorError;
use forecourt::error::VendorErrorKind;
use forecourt::shutdown::Shutdown;
use forecourt::transport::Call;
use forecourt::transport::Idempotency;
use forecourt::transport::Method;
use forecourt::transport::Operation;
use forecourt::transport::Provenance;
use forecourt::transport::Reply;
use forecourt::transport::RetryConfig;
use forecourt::transport::Transport;
use forecourt::transport::TransportConfig;
use tokio::io::AsyncReadExt;
use tokio::net::TcpListener;
use tokio::time::Instant;
use url::Url;

use crate::support::accounts::install_tls;
use crate::support::accounts::start;
use crate::support::recorder::Answer;
use crate::support::recorder::Recorder;
use crate::support::recorder::ok;
use crate::support::recorder::status;

const READ: Operation = Operation {
    name: "vendor.things.read",
    vendor: "vendor",
    method: Method::Get,
    path: "/things/{id}",
    idempotency: Idempotency::Safe,
    timeout: Duration::from_secs(10),
    success: &[200],
    asks: false,
    provenance: Provenance::Inferred,
};
const HASTY: Operation = Operation { timeout: Duration::from_millis(40), ..READ };
const WRITE: Operation = Operation {
    name: "vendor.things.create",
    method: Method::Post,
    path: "/things",
    idempotency: Idempotency::Once,
    ..READ
};

fn config(url: &Url) -> TransportConfig {
    let retry = RetryConfig { limit: 0, percent: 0 };
    TransportConfig { retry, ..TransportConfig::new("vendor", url.clone()) }
}

fn transport(config: &TransportConfig) -> Transport {
    install_tls();
    Transport::new(config, None, Clock::settable(start())).unwrap()
}

fn within(time: Duration) -> Instant {
    Instant::now() + time
}

async fn read(config: &TransportConfig) -> Result<Reply, VendorError> {
    transport(config).call(Call::new(&READ, within(Duration::from_secs(10))).segment("7")).await
}

fn write(time: Duration) -> Call {
    Call::new(&WRITE, within(time)).json(&serde_json::json!({"name": "jan"})).unwrap()
}

/// A server that reads what arrives and closes the connection without an answer; counts connections and those that
/// brought a request.
async fn closing() -> (Url, Arc<AtomicUsize>, Arc<AtomicUsize>) {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = Url::parse(&format!("http://{}", listener.local_addr().unwrap())).unwrap();
    let (connections, requests) = (Arc::new(AtomicUsize::new(0)), Arc::new(AtomicUsize::new(0)));
    let counted = (Arc::clone(&connections), Arc::clone(&requests));
    Shutdown::new().spawn(async move {
        while let Ok((mut socket, _)) = listener.accept().await {
            counted.0.fetch_add(1, Ordering::SeqCst);
            let mut head = vec![0; 16 * 1024];
            let count = socket.read(&mut head).await.unwrap_or(0);
            head.truncate(count);
            if head.starts_with(b"POST ") || head.starts_with(b"GET ") {
                counted.1.fetch_add(1, Ordering::SeqCst);
            }
        }
    });
    (url, connections, requests)
}

#[tokio::test]
async fn an_answer_over_the_cap_is_refused_whether_or_not_it_announces_its_length() {
    let recorder = Recorder::start(|_, _| ok("x".repeat(2000))).await;
    let capped = TransportConfig { body_limit: 1999, ..config(&recorder.url) };
    let error = read(&capped).await.unwrap_err();
    assert_eq!((error.kind, error.status), (VendorErrorKind::Protocol, Some(200)));
    assert_eq!(error.context, "the answer is longer than 1999 bytes");
    assert_eq!(read(&TransportConfig { body_limit: 2000, ..capped }).await.unwrap().body.len(), 2000);
}

#[tokio::test]
async fn silence_ends_at_the_attempts_time_or_at_the_deadline_whichever_is_first() {
    let recorder = Recorder::start(|_, _| Answer::Hang).await;
    let hasty = TransportConfig { timeout: Some(Duration::from_millis(40)), ..config(&recorder.url) };
    let error = read(&hasty).await.unwrap_err();
    assert_eq!((error.kind, error.retry), (VendorErrorKind::Timeout, Retry::Temporary));

    // The account's time-out shortens an operation's own and never lengthens it.
    let patient = TransportConfig { timeout: Some(Duration::from_mins(1)), ..config(&recorder.url) };
    let call = Call::new(&HASTY, within(Duration::from_secs(10))).segment("7");
    assert_eq!(transport(&patient).call(call).await.unwrap_err().kind, VendorErrorKind::Timeout);

    let late = Call::new(&READ, within(Duration::from_millis(40))).segment("7");
    let error = transport(&config(&recorder.url)).call(late).await.unwrap_err();
    assert_eq!(error.kind, VendorErrorKind::Deadline);
}

#[tokio::test]
async fn a_call_that_is_too_late_is_not_begun() {
    let recorder = Recorder::start(|_, _| ok("{}")).await;
    let error = transport(&config(&recorder.url)).call(write(Duration::ZERO)).await.unwrap_err();
    assert_eq!(error.kind, VendorErrorKind::Connection);
    assert!(error.nothing_happened());
    assert!(recorder.seen().is_empty());
}

#[tokio::test]
async fn a_refused_connection_is_reported_as_one() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = Url::parse(&format!("http://{}", listener.local_addr().unwrap())).unwrap();
    drop(listener);
    let error = transport(&config(&url)).call(write(Duration::from_secs(10))).await.unwrap_err();
    assert_eq!((error.kind, error.nothing_happened()), (VendorErrorKind::Connection, true));
    let shown = format!("{error} {:?}", error.source);
    assert!(!shown.contains("/things"), "{shown}");
}

#[tokio::test]
async fn a_connection_that_is_never_made_is_tried_once_more() {
    let (mut url, connections, requests) = closing().await;
    url.set_scheme("https").unwrap();
    let error = transport(&config(&url)).call(write(Duration::from_secs(10))).await.unwrap_err();
    assert_eq!(error.kind, VendorErrorKind::Connection);
    assert_eq!((connections.load(Ordering::SeqCst), requests.load(Ordering::SeqCst)), (2, 0));
}

#[tokio::test]
async fn a_connection_that_breaks_after_sending_is_not_tried_again() {
    let (url, connections, requests) = closing().await;
    let error = transport(&config(&url)).call(write(Duration::from_secs(10))).await.unwrap_err();
    assert_eq!((error.kind, error.nothing_happened()), (VendorErrorKind::Interrupted, false));
    assert_eq!((connections.load(Ordering::SeqCst), requests.load(Ordering::SeqCst)), (1, 1));
}

#[tokio::test]
async fn a_write_that_waits_for_a_place_until_its_deadline_was_never_sent() {
    let recorder = Recorder::start(|_, _| Answer::Hang).await;
    let narrow = transport(&TransportConfig { concurrency: 1, ..config(&recorder.url) });
    let mut first = Box::pin(narrow.call(write(Duration::from_secs(10))));
    assert!(futures_util::poll!(first.as_mut()).is_pending());
    let error = narrow.call(write(Duration::from_millis(40))).await.unwrap_err();
    assert_eq!(error.kind, VendorErrorKind::Connection);
    assert_eq!(error.context, "the call was not sent: the request had no time left");
}

#[tokio::test]
async fn statuses_become_kinds_and_pauses_are_kept() {
    let cases = [
        (302, VendorErrorKind::Protocol),
        (400, VendorErrorKind::Rejected),
        (404, VendorErrorKind::NotFound),
        (409, VendorErrorKind::Conflict),
        (429, VendorErrorKind::RateLimited),
        (500, VendorErrorKind::Unavailable),
        (504, VendorErrorKind::Unavailable),
    ];
    for (code, kind) in cases {
        let recorder = Recorder::start(move |_, _| status(code, "{}")).await;
        let error = read(&config(&recorder.url)).await.unwrap_err();
        assert_eq!((error.kind, error.status), (kind, Some(code)));
    }
    let after = |value: String| async move {
        let recorder =
            Recorder::start(move |_, _| Answer::Full(429, vec![("retry-after", value.clone())], String::new())).await;
        read(&config(&recorder.url)).await.unwrap_err().retry_after
    };
    assert_eq!(after("7".to_owned()).await, Some(Duration::from_secs(7)));
    let at = start() + chrono::TimeDelta::seconds(90);
    assert_eq!(after(at.format("%a, %d %b %Y %H:%M:%S GMT").to_string()).await, Some(Duration::from_secs(90)));
    assert_eq!(after("soon".to_owned()).await, None);
}

#[tokio::test]
async fn a_redirect_is_not_followed() {
    let recorder = Recorder::start(|seen, _| match seen.path.as_str() {
        "/elsewhere" => ok("{}"),
        _ => Answer::Full(307, vec![("location", "/elsewhere".to_owned())], String::new()),
    })
    .await;
    assert_eq!(read(&config(&recorder.url)).await.unwrap_err().kind, VendorErrorKind::Protocol);
    assert_eq!(recorder.seen().len(), 1);
}
