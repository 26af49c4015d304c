//! What stands between a call and its attempts: repetition within a budget, the circuit, our own quota.

use std::num::NonZeroU32;
use std::time::Duration;

use forecourt::clock::Clock;
use forecourt::error::Code;
use forecourt::error::Error;
use forecourt::error::Reason;
use forecourt::error::VendorErrorKind;
use forecourt::transport::Call;
use forecourt::transport::CircuitConfig;
use forecourt::transport::CircuitState;
use forecourt::transport::Idempotency;
use forecourt::transport::Method;
use forecourt::transport::Operation;
use forecourt::transport::Provenance;
use forecourt::transport::QuotaConfig;
use forecourt::transport::QuotaLeft;
use forecourt::transport::RetryConfig;
use forecourt::transport::Transport;
use forecourt::transport::TransportConfig;
use tokio::time::Instant;

use crate::support::accounts::install_tls;
use crate::support::accounts::start;
use crate::support::gateway::until;
use crate::support::recorder::Answer;
use crate::support::recorder::Recorder;
use crate::support::recorder::ok;
use crate::support::recorder::status;

const READ: Operation = Operation {
    name: "vendor.things.read",
    vendor: "vendor",
    method: Method::Get,
    path: "/things",
    idempotency: Idempotency::Safe,
    timeout: Duration::from_secs(10),
    success: &[200],
    asks: false,
    provenance: Provenance::Inferred,
};
const WRITE: Operation =
    Operation { name: "vendor.things.create", method: Method::Post, idempotency: Idempotency::Once, ..READ };
/// A log-in: it may be sent again, but it does not only ask.
const LOG_IN: Operation = Operation { name: "vendor.sessions.create", method: Method::Post, ..READ };
/// A judgement after four attempts, and a pause that no test outlasts.
const STRICT: CircuitConfig =
    CircuitConfig { percent: 50, attempts: 4, window: Duration::from_mins(10), pause: Duration::from_hours(1) };
const NEVER: RetryConfig = RetryConfig { limit: 0, percent: 0 };

fn config(recorder: &Recorder) -> TransportConfig {
    TransportConfig::new("vendor", recorder.url.clone())
}

fn transport(config: &TransportConfig) -> Transport {
    install_tls();
    Transport::new(config, None, Clock::settable(start())).unwrap()
}

fn call(operation: &'static Operation, seconds: u64) -> Call {
    Call::new(operation, Instant::now() + Duration::from_secs(seconds))
}

fn busy(seconds: &str) -> Answer {
    Answer::Full(429, vec![("retry-after", seconds.to_owned())], "{}".to_owned())
}

#[tokio::test]
async fn a_read_is_tried_again_and_a_write_and_a_log_in_are_not() {
    let failing_twice = || Recorder::start(|_, turn| if turn < 2 { status(503, "{}") } else { ok("{}") });
    let recorder = failing_twice().await;
    assert_eq!(transport(&config(&recorder)).call(call(&READ, 30)).await.unwrap().status, 200);
    assert_eq!(recorder.seen().len(), 3);
    for operation in [&WRITE, &LOG_IN] {
        let recorder = failing_twice().await;
        let error = transport(&config(&recorder)).call(call(operation, 30)).await.unwrap_err();
        assert_eq!((error.kind, recorder.seen().len()), (VendorErrorKind::Unavailable, 1), "{}", operation.name);
    }
}

#[tokio::test]
async fn a_refusal_is_not_repeated_and_the_limit_of_repetitions_holds() {
    let recorder = Recorder::start(|_, _| status(404, "{}")).await;
    let error = transport(&config(&recorder)).call(call(&READ, 30)).await.unwrap_err();
    assert_eq!((error.kind, recorder.seen().len()), (VendorErrorKind::NotFound, 1));
    let recorder = Recorder::start(|_, _| status(500, "{}")).await;
    let error = transport(&config(&recorder)).call(call(&READ, 30)).await.unwrap_err();
    assert_eq!((error.kind, recorder.seen().len()), (VendorErrorKind::Unavailable, 3));
}

#[tokio::test]
async fn the_vendors_wish_to_wait_is_kept_or_the_error_comes_at_once() {
    let recorder = Recorder::start(|_, turn| if turn == 0 { busy("1") } else { ok("{}") }).await;
    let began = Instant::now();
    assert_eq!(transport(&config(&recorder)).call(call(&READ, 30)).await.unwrap().status, 200);
    assert!(began.elapsed() >= Duration::from_secs(1), "not before the vendor's time");
    let recorder = Recorder::start(|_, _| busy("60")).await;
    let error = transport(&config(&recorder)).call(call(&READ, 30)).await.unwrap_err();
    assert_eq!((error.kind, error.retry_after), (VendorErrorKind::RateLimited, Some(Duration::from_mins(1))));
    assert_eq!(recorder.seen().len(), 1);
}

#[tokio::test]
async fn the_budget_ends_repetition_when_everything_fails() {
    let recorder = Recorder::start(|_, _| status(503, "{}")).await;
    let open = CircuitConfig { attempts: 1_000_000, ..STRICT };
    let client = transport(&TransportConfig { circuit: open, concurrency: 100, ..config(&recorder) });
    futures_util::future::join_all((0..60).map(|_| client.call(call(&READ, 30)))).await;
    let repeated = recorder.seen().len() - 60;
    // Ten that are always allowed in ten seconds, one for each five calls, and what the slots of the budget regain.
    assert!((10..60).contains(&repeated), "{repeated}");
}

#[tokio::test]
async fn a_vendor_that_fails_too_often_is_left_alone() {
    let recorder = Recorder::start(|_, _| status(503, "{}")).await;
    let client = transport(&TransportConfig { circuit: STRICT, retry: NEVER, ..config(&recorder) });
    for _ in 0..4 {
        assert_eq!(client.call(call(&READ, 30)).await.unwrap_err().kind, VendorErrorKind::Unavailable);
    }
    for operation in [&READ, &WRITE] {
        let error = client.call(call(operation, 30)).await.unwrap_err();
        assert_eq!((error.kind, error.nothing_happened()), (VendorErrorKind::CircuitOpen, true));
        let wait = error.retry_after.unwrap();
        assert!(wait > Duration::from_mins(50) && wait <= Duration::from_hours(1), "{wait:?}");
        let shown = Error::from(error);
        assert_eq!((shown.code, shown.reason), (Code::VendorUnavailable, Some(Reason::CircuitOpen)));
        assert!(shown.retryable);
    }
    assert_eq!(recorder.seen().len(), 4);
    assert!(matches!(client.circuit().await, CircuitState::Open(_)));
    assert_eq!((client.reading().calls, client.reading().failures), (4, 4), "what was kept back is no call");
}

#[tokio::test]
async fn refusals_do_not_open_the_circuit() {
    let recorder = Recorder::start(|_, turn| status([400, 401, 403, 404, 409, 422, 429][turn % 7], "{}")).await;
    let client = transport(&TransportConfig { circuit: STRICT, retry: NEVER, ..config(&recorder) });
    for _ in 0..21 {
        client.call(call(&READ, 30)).await.unwrap_err();
    }
    assert_eq!((client.circuit().await, recorder.seen().len()), (CircuitState::Closed, 21));
}

#[tokio::test]
async fn one_call_tries_whether_the_vendor_is_well_again() {
    let recorder = Recorder::start(|_, turn| if turn < 5 { status(503, "{}") } else { ok("{}") }).await;
    let short = CircuitConfig { pause: Duration::from_millis(1), ..STRICT };
    let client = transport(&TransportConfig { circuit: short, retry: NEVER, ..config(&recorder) });
    for _ in 0..4 {
        client.call(call(&READ, 30)).await.unwrap_err();
    }
    // The first trial fails and opens it again, the second closes it.
    until("the circuit is closed again", async || {
        client.call(call(&READ, 30)).await.is_ok() && client.circuit().await == CircuitState::Closed
    })
    .await;
    assert_eq!(recorder.seen().len(), 6);
}

#[tokio::test]
async fn a_trial_that_nobody_waits_for_leaves_room_for_another() {
    let recorder = Recorder::start(|_, turn| match turn {
        0..4 => status(503, "{}"),
        4 => Answer::Hang,
        _ => ok("{}"),
    })
    .await;
    let short = CircuitConfig { pause: Duration::from_millis(1), ..STRICT };
    let client = transport(&TransportConfig { circuit: short, retry: NEVER, ..config(&recorder) });
    for _ in 0..4 {
        client.call(call(&READ, 30)).await.unwrap_err();
    }
    until("a trial hangs", async || {
        let soon = Call::new(&READ, Instant::now() + Duration::from_millis(50));
        client.call(soon).await.unwrap_err().kind == VendorErrorKind::Deadline
    })
    .await;
    assert_eq!(client.circuit().await, CircuitState::HalfOpen);
    assert_eq!(client.call(call(&READ, 30)).await.unwrap().status, 200);
    assert_eq!(client.circuit().await, CircuitState::Closed);
}

#[tokio::test]
async fn our_own_quota_refuses_what_cannot_wait() {
    let recorder = Recorder::start(|_, _| ok("{}")).await;
    let quota = QuotaConfig { calls: NonZeroU32::new(2).unwrap(), window: Duration::from_hours(2) };
    let client = transport(&TransportConfig { quota: Some(quota), ..config(&recorder) });
    assert_eq!(client.quota(), Some(QuotaLeft { limit: 2, remaining: 2 }));
    for left in [1, 0] {
        client.call(call(&READ, 30)).await.unwrap();
        assert_eq!(client.quota(), Some(QuotaLeft { limit: 2, remaining: left }));
    }
    let error = client.call(call(&WRITE, 30)).await.unwrap_err();
    assert_eq!((error.kind, error.nothing_happened()), (VendorErrorKind::Quota, true));
    let wait = error.retry_after.unwrap();
    assert!(wait > Duration::from_mins(50) && wait <= Duration::from_hours(1), "{wait:?}");
    let shown = Error::from(error);
    assert_eq!((shown.code, shown.reason), (Code::VendorRateLimited, Some(Reason::Quota)));
    assert_eq!(recorder.seen().len(), 2);
    assert_eq!(client.circuit().await, CircuitState::Closed);
}

#[tokio::test]
async fn our_own_quota_lets_the_others_wait_for_their_turn() {
    let recorder = Recorder::start(|_, _| ok("{}")).await;
    let quota = QuotaConfig { calls: NonZeroU32::new(1).unwrap(), window: Duration::from_millis(20) };
    let client = transport(&TransportConfig { quota: Some(quota), ..config(&recorder) });
    let answers = futures_util::future::join_all((0..4).map(|_| client.call(call(&READ, 30)))).await;
    assert!(answers.iter().all(Result::is_ok), "{answers:?}");
}

#[tokio::test]
async fn what_the_vendor_tells_of_its_limit_is_kept() {
    let headers = || {
        let number = |name, text: &str| (name, text.to_owned());
        vec![
            number("x-ratelimit-limit", "100"),
            number("x-ratelimit-remaining", "93"),
            number("x-ratelimit-reset", "1750003600"),
        ]
    };
    let recorder = Recorder::start(move |_, _| Answer::Full(200, headers(), "{}".to_owned())).await;
    let client = transport(&config(&recorder));
    client.call(call(&READ, 30)).await.unwrap();
    let reading = client.reading();
    let [told] = reading.told.as_slice() else { unreachable!("{reading:?}") };
    assert_eq!((told.operation, told.limit, told.remaining), (READ.name, 100, Some(93)));
    assert_eq!(told.resets_at.unwrap().to_rfc3339(), "2025-06-15T16:06:40+00:00");
    assert_eq!((reading.in_flight, reading.calls, reading.failures), (0, 1, 0));
    assert_eq!((reading.last_success_at, reading.last_failure_at), (Some(start()), None));
    assert!(reading.median.is_some() && reading.median <= reading.slowest_twentieth);
}
