//! One account of each vendor, pointed at a recorder.

use std::time::Duration;

use chrono::DateTime;
use chrono::Utc;
use forecourt::clock::Clock;
use forecourt::config::socket_url_of;
use forecourt::domain::mileage::MileageUnit;
use forecourt::domain::registry::CallContext;
use forecourt::transport::TransportConfig;
use forecourt::vendors::autochat;
use forecourt::vendors::autochat::AutoChatConfig;
use forecourt::vendors::autochat::AutoChatListingSource;
use forecourt::vendors::jifeline;
use forecourt::vendors::jifeline::JifelineClient;
use forecourt::vendors::jifeline::JifelineConfig;
use forecourt::vendors::jifeline::LogIn;
use forecourt::vendors::tchek;
use forecourt::vendors::tchek::TchekConfig;
use forecourt::vendors::tchek::TchekInspectionSource;
use tokio::time::Instant;

use super::recorder::Recorder;

/// Where a settable clock starts.
pub(crate) fn start() -> DateTime<Utc> {
    DateTime::from_timestamp(1_750_000_000, 0).unwrap()
}

/// A request with half a minute left.
pub(crate) fn context() -> CallContext {
    CallContext { deadline: Instant::now() + Duration::from_secs(30) }
}

/// The TLS provider that the binary installs first.
pub(crate) fn install_tls() {
    // Another test of the process may have installed it already, which is just as well.
    rustls::crypto::aws_lc_rs::default_provider().install_default().ok();
}

pub(crate) fn tchek_config(recorder: &Recorder) -> TchekConfig {
    TchekConfig {
        transport: TransportConfig::new(tchek::VENDOR, recorder.url.join("/tchek").unwrap()),
        web: recorder.url.join("/webapp").unwrap(),
        environment: "production",
        api_key: "test-key".into(),
        message_templates: true,
        dutch_segment: "nl-BE".to_owned(),
    }
}

pub(crate) fn tchek(recorder: &Recorder) -> TchekInspectionSource {
    install_tls();
    TchekInspectionSource::connect(tchek_config(recorder), Clock::settable(start())).unwrap()
}

pub(crate) fn autochat_config(recorder: &Recorder) -> AutoChatConfig {
    AutoChatConfig {
        transport: TransportConfig::new(autochat::VENDOR, recorder.url.join("/autochat").unwrap()),
        token_url: recorder.url.join("/autochat/oauth/token").unwrap(),
        audience: autochat::DEFAULT_AUDIENCE.to_owned(),
        client_id: "client".to_owned(),
        client_secret: "secret".into(),
        environment: "production",
        lookup: false,
        dealerships: [("main".to_owned(), "dealer-0001".to_owned())].into_iter().collect(),
    }
}

pub(crate) fn autochat(recorder: &Recorder, clock: &Clock) -> AutoChatListingSource {
    autochat_with(recorder, clock, |_| {})
}

pub(crate) fn autochat_with(
    recorder: &Recorder,
    clock: &Clock,
    change: impl FnOnce(&mut AutoChatConfig),
) -> AutoChatListingSource {
    install_tls();
    let mut config = autochat_config(recorder);
    change(&mut config);
    AutoChatListingSource::connect(config, clock.clone(), recorder.shutdown.clone()).unwrap()
}

pub(crate) fn jifeline_config(recorder: &Recorder) -> JifelineConfig {
    let base = recorder.url.join("/jifeline").unwrap();
    JifelineConfig {
        socket_url: socket_url_of(&base).unwrap(),
        transport: TransportConfig::new(jifeline::VENDOR, base),
        log_in: LogIn::ConnectorUuid {
            uuid: "0f8fad5b-d9cb-469f-a165-70867728950e".to_owned(),
            pincode: "01234".into(),
        },
        odometer_unit: MileageUnit::Unknown,
        ticket_states: jifeline::DEFAULT_TICKET_STATES.into_iter().collect(),
    }
}

pub(crate) fn jifeline(recorder: &Recorder, clock: &Clock) -> JifelineClient {
    install_tls();
    JifelineClient::new(jifeline_config(recorder), clock.clone(), recorder.shutdown.clone()).unwrap()
}

/// What the recorder answers to a log-in or a token request; none for any other path.
pub(crate) fn log_in(path: &str) -> Option<&'static str> {
    match path {
        "/jifeline/v2/authenticate/pincode" => {
            Some(include_str!("../../fixtures/jifeline/jifeline.sessions.create.json"))
        }
        "/jifeline/v1/authenticate/pincode" => {
            Some(include_str!("../../fixtures/jifeline/jifeline.sessions.create_by_connector_id.json"))
        }
        "/jifeline/v1/authenticate/otp-login" => {
            Some(include_str!("../../fixtures/jifeline/jifeline.sessions.create_by_otp.json"))
        }
        "/autochat/oauth/token" => Some(include_str!("../../fixtures/autochat/autochat.tokens.create.json")),
        _ => None,
    }
}
