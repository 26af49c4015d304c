use std::time::Duration;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use chrono::TimeDelta;
use forecourt::clock::Clock;
use forecourt::domain::connector::source::ConnectorSource;
use forecourt::domain::listing::source::ListingSource;
use forecourt::error::VendorErrorKind;
use futures_util::future::join_all;

use crate::support::accounts::autochat;
use crate::support::accounts::context;
use crate::support::accounts::jifeline;
use crate::support::accounts::start;
use crate::support::recorder::Answer;
use crate::support::recorder::Recorder;
use crate::support::recorder::Seen;
use crate::support::recorder::ok;
use crate::support::recorder::status;

const TOKENS: &str = "/autochat/oauth/token";
const OPTIONS: &str = "/autochat/api/options";
const LOG_INS: &str = "/jifeline/v2/authenticate/pincode";
const CONNECTORS: &str = "/jifeline/v1/connectors";

/// The first two letters of the token, which tell what it is and from which log-in.
fn mark(seen: &Seen) -> String {
    seen.bearer().chars().take(2).collect()
}

/// A server that issues tokens `token-1`, `token-2` … of ten minutes and lets `respond` answer the rest.
async fn server(respond: impl Fn(&Seen, usize) -> Answer + Send + Sync + 'static) -> Recorder {
    Recorder::start(move |seen, before| match seen.path.as_str() {
        TOKENS => ok(format!(r#"{{"access_token": "token-{}", "expires_in": 600}}"#, before + 1)),
        _ => respond(seen, before),
    })
    .await
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn five_hundred_calls_over_an_expired_token_fetch_one() {
    let recorder = server(|_, _| ok("[]")).await;
    let clock = Clock::settable(start());
    let source = autochat(&recorder, &clock);
    source.options(context()).await.unwrap();
    clock.advance(TimeDelta::minutes(10));

    let answers = join_all((0..500).map(|_| source.options(context()))).await;

    assert!(answers.iter().all(Result::is_ok));
    assert_eq!(recorder.seen_at(TOKENS).len(), 2);
    assert_eq!(recorder.seen_at(OPTIONS).iter().filter(|seen| seen.bearer() == "token-2").count(), 500);
}

#[tokio::test]
async fn a_token_is_renewed_early_while_the_old_one_still_serves() {
    let recorder = server(|_, _| ok("[]")).await;
    let clock = Clock::settable(start());
    let source = autochat(&recorder, &clock);
    source.options(context()).await.unwrap();
    clock.advance(TimeDelta::minutes(7));
    source.options(context()).await.unwrap();
    assert_eq!(recorder.seen_at(TOKENS).len(), 1, "more than a fifth of its life is left");

    clock.advance(TimeDelta::seconds(90));
    source.options(context()).await.unwrap();
    // The renewal is the only task left.
    assert!(recorder.shutdown.finish(Duration::from_secs(5)).await);
    source.options(context()).await.unwrap();

    let used: Vec<_> = recorder.seen_at(OPTIONS).iter().map(|seen| seen.bearer().to_owned()).collect();
    assert_eq!(used, ["token-1", "token-1", "token-1", "token-2"]);
    assert_eq!(recorder.seen_at(TOKENS).len(), 2);
}

#[tokio::test]
async fn a_caller_that_leaves_takes_nobody_with_it() {
    let recorder = server(|_, _| ok("[]")).await;
    let source = autochat(&recorder, &Clock::settable(start()));
    let mut leaving = Box::pin(source.options(context()));
    assert!(futures_util::poll!(leaving.as_mut()).is_pending());
    drop(leaving);

    source.options(context()).await.unwrap();

    assert_eq!(recorder.seen_at(TOKENS).len(), 1);
}

#[tokio::test]
async fn a_refused_token_is_replaced_once_and_the_call_repeated_once() {
    let recorder = server(|seen, _| if seen.bearer() == "token-1" { status(401, "{}") } else { ok("[]") }).await;
    let source = autochat(&recorder, &Clock::settable(start()));

    source.options(context()).await.unwrap();

    assert_eq!((recorder.seen_at(TOKENS).len(), recorder.seen_at(OPTIONS).len()), (2, 2));
}

#[tokio::test]
async fn many_calls_with_a_refused_token_replace_it_once() {
    let recorder = server(|seen, _| if seen.bearer() == "token-1" { status(401, "{}") } else { ok("[]") }).await;
    let source = autochat(&recorder, &Clock::settable(start()));

    let answers = join_all((0..20).map(|_| source.options(context()))).await;

    assert!(answers.iter().all(Result::is_ok));
    assert_eq!(recorder.seen_at(TOKENS).len(), 2);
}

#[tokio::test]
async fn a_token_refused_while_fresh_ends_in_an_error_and_no_storm() {
    let recorder = server(|_, _| status(401, r#"{"code": 401, "message": "Invalid token"}"#)).await;
    let source = autochat(&recorder, &Clock::settable(start()));

    let error = source.options(context()).await.unwrap_err();

    assert_eq!((error.kind, error.status, error.context.as_str()), (VendorErrorKind::Auth, Some(401), "Invalid token"));
    assert_eq!((recorder.seen_at(TOKENS).len(), recorder.seen_at(OPTIONS).len()), (2, 2));
    source.options(context()).await.unwrap_err();
    assert_eq!((recorder.seen_at(TOKENS).len(), recorder.seen_at(OPTIONS).len()), (2, 3));
}

#[tokio::test]
async fn wrong_credentials_are_not_hammered() {
    let recorder =
        Recorder::start(|_, _| status(401, r#"{"error": "access_denied", "error_description": "Unauthorized"}"#)).await;
    let source = autochat(&recorder, &Clock::settable(start()));

    let answers = join_all((0..20).map(|_| source.options(context()))).await;
    let later = source.options(context()).await.unwrap_err();

    assert!(answers.iter().all(Result::is_err));
    assert_eq!((later.kind, later.operation), (VendorErrorKind::Auth, "autochat.tokens.create"));
    assert_eq!(recorder.seen().len(), 1);
}

/// A server whose access tokens are refused and whose id tokens are not; every log-in issues new ones.
async fn wants_id_token() -> Recorder {
    Recorder::start(|seen, before| {
        if seen.path == LOG_INS {
            let claims = URL_SAFE_NO_PAD.encode(format!(r#"{{"exp": {}}}"#, start().timestamp() + 3600));
            return ok(format!(r#"{{"access_token": "a{before}.{claims}.s", "id_token": "i{before}.{claims}.s"}}"#));
        }
        if seen.bearer().starts_with('i') {
            ok(r#"{"result": []}"#)
        } else {
            status(401, r#"{"message": "Unauthorized"}"#)
        }
    })
    .await
}

#[tokio::test]
async fn a_vendor_that_wants_the_id_token_gets_it_and_is_remembered() {
    let recorder = wants_id_token().await;
    let clock = Clock::settable(start());
    let client = jifeline(&recorder, &clock);

    client.connectors().list(context()).await.unwrap();
    let used: Vec<_> = recorder.seen_at(CONNECTORS).iter().map(mark).collect();
    assert_eq!(used, ["a0", "a1", "i1"]);
    clock.advance(TimeDelta::minutes(55));
    client.connectors().list(context()).await.unwrap();

    // The token is in its last fifth, so it still serves while another one is fetched.
    assert!(recorder.shutdown.finish(Duration::from_secs(5)).await);
    client.connectors().list(context()).await.unwrap();
    let used: Vec<_> = recorder.seen_at(CONNECTORS).iter().skip(3).map(mark).collect();
    assert_eq!(used.last().map(String::as_str), Some("i2"));
    assert!(used.iter().all(|token| token.starts_with('i')));
    assert_eq!(recorder.seen_at(LOG_INS).len(), 3);
}

#[tokio::test]
async fn a_vendor_that_wants_neither_token_is_asked_three_times_at_most() {
    let recorder = Recorder::start(|seen, _| {
        if seen.path == LOG_INS { ok(r#"{"access_token": "a", "id_token": "i"}"#) } else { status(401, "{}") }
    })
    .await;
    let client = jifeline(&recorder, &Clock::settable(start()));

    let error = client.connectors().list(context()).await.unwrap_err();

    assert_eq!(error.kind, VendorErrorKind::Auth);
    assert_eq!((recorder.seen_at(LOG_INS).len(), recorder.seen_at(CONNECTORS).len()), (2, 3));
}
