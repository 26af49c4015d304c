//! The diagnostics vendor's ways to log in.

use chrono::TimeDelta;
use forecourt::clock::Clock;
use forecourt::domain::connector::source::ConnectorSource;
use forecourt::error::VendorErrorKind;
use forecourt::vendors::jifeline::JifelineClient;
use forecourt::vendors::jifeline::JifelineConfig;
use forecourt::vendors::jifeline::JifelineLogIn;
use forecourt::vendors::jifeline::LogIn;

use crate::support::accounts::context;
use crate::support::accounts::install_tls;
use crate::support::accounts::jifeline_config;
use crate::support::accounts::log_in;
use crate::support::accounts::start;
use crate::support::recorder::Answer;
use crate::support::recorder::Recorder;
use crate::support::recorder::Seen;
use crate::support::recorder::ok;
use crate::support::recorder::status;
use crate::wire::assert_wire;

const OTP: &str = "/jifeline/v1/authenticate/otp-login";
const LIST: &str = r#"{"result": []}"#;

fn by(log_in: LogIn, recorder: &Recorder, clock: &Clock) -> JifelineClient {
    install_tls();
    let config = JifelineConfig { log_in, ..jifeline_config(recorder) };
    JifelineClient::new(config, clock.clone(), recorder.shutdown.clone()).unwrap()
}

fn otp() -> LogIn {
    LogIn::OneTimePassword("1b4e28ba-2fa1-11d2-883f-0016d3cca427".into())
}

async fn server(respond: impl Fn(&Seen, usize) -> Answer + Send + Sync + 'static) -> Recorder {
    Recorder::start(move |seen, before| log_in(&seen.path).map_or_else(|| respond(seen, before), ok)).await
}

#[tokio::test]
async fn a_connector_logs_in_by_its_number() {
    let recorder = server(|_, _| ok(LIST)).await;
    let log_in = LogIn::ConnectorId { id: "910000001".to_owned(), pincode: "01234".into() };
    let client = by(log_in, &recorder, &Clock::settable(start()));
    client.log_in(&context()).await.unwrap();
    client.connectors().list(context()).await.unwrap();
    assert_wire("jifeline.sessions.create_by_connector_id", &recorder.nth(0));
    assert_eq!(recorder.seen().len(), 2, "one log-in, one list");
}

#[tokio::test]
async fn a_session_of_a_one_time_password_is_not_renewed() {
    let recorder = server(|_, _| ok(LIST)).await;
    let clock = Clock::settable(start());
    let client = by(otp(), &recorder, &clock);
    client.connectors().list(context()).await.unwrap();
    assert_wire("jifeline.sessions.create_by_otp", &recorder.nth(0));

    clock.advance(TimeDelta::minutes(59));
    client.connectors().list(context()).await.unwrap();
    clock.advance(TimeDelta::minutes(2));
    let ended = client.connectors().list(context()).await.unwrap_err();

    assert_eq!((ended.kind, ended.operation), (VendorErrorKind::Auth, "jifeline.sessions.create_by_otp"));
    assert!(ended.context.contains("a new log-in is needed"), "{ended}");
    assert_eq!(recorder.seen_at(OTP).len(), 1);
}

#[tokio::test]
async fn a_session_of_a_one_time_password_ends_when_both_its_tokens_are_refused() {
    let recorder = server(|_, _| status(401, r#"{"message": "Unauthorized"}"#)).await;
    let client = by(otp(), &recorder, &Clock::settable(start()));
    for _ in 0..2 {
        let ended = client.connectors().list(context()).await.unwrap_err();
        assert_eq!((ended.kind, ended.operation), (VendorErrorKind::Auth, "jifeline.sessions.create_by_otp"));
        assert!(ended.context.contains("a new log-in is needed"), "{ended}");
    }
    assert_eq!(recorder.seen().len(), 3, "one log-in, one list with each token");
}

#[tokio::test]
async fn a_refused_one_time_password_is_not_tried_again() {
    for code in [400, 401, 403, 404] {
        let recorder = Recorder::start(move |_, _| status(code, r#"{"title": "used"}"#)).await;
        let client = by(otp(), &recorder, &Clock::settable(start()));
        for _ in 0..2 {
            let refused = client.log_in(&context()).await.unwrap_err();
            assert_eq!(refused.kind, VendorErrorKind::Auth, "{code}");
        }
        assert_eq!(recorder.seen().len(), 1);
    }
}

#[tokio::test]
async fn the_mail_for_a_forgotten_password() {
    let fixture = include_str!("../../fixtures/jifeline/jifeline.passwords.request_reset.json");
    let recorder = Recorder::start(move |_, _| ok(fixture)).await;
    let transport = jifeline_config(&recorder).transport;
    let client = JifelineLogIn::new(&transport, Clock::settable(start())).unwrap();
    let method = client.request_password_reset("owner@garage.example", context()).await.unwrap();
    assert_eq!(method.as_deref(), Some("SESSION"));
    assert_wire("jifeline.passwords.request_reset", &recorder.nth(0));

    let empty = Recorder::start(|_, _| ok("")).await;
    let client = JifelineLogIn::new(&jifeline_config(&empty).transport, Clock::settable(start())).unwrap();
    assert_eq!(client.request_password_reset("owner@garage.example", context()).await.unwrap(), None);
}
