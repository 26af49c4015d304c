//! What becomes of a vendor's words when it refuses.

use std::io;
use std::sync::Arc;
use std::sync::Mutex;
use std::sync::PoisonError;
use std::time::Duration;

use forecourt::clock::Clock;
use forecourt::transport::Call;
use forecourt::transport::Idempotency;
use forecourt::transport::Method;
use forecourt::transport::Operation;
use forecourt::transport::Provenance;
use forecourt::transport::Transport;
use forecourt::transport::TransportConfig;
use serde_json::json;
use tokio::time::Instant;
use tracing_subscriber::fmt::MakeWriter;

use crate::support::accounts::install_tls;
use crate::support::accounts::start;
use crate::support::recorder::Recorder;
use crate::support::recorder::status;

const CREATE: Operation = Operation {
    name: "vendor.things.create",
    vendor: "vendor",
    method: Method::Post,
    path: "/things/{id}",
    idempotency: Idempotency::Once,
    timeout: Duration::from_secs(10),
    success: &[200],
    asks: false,
    provenance: Provenance::Inferred,
};

/// Keeps what is logged.
#[derive(Clone, Default)]
struct Sink(Arc<Mutex<Vec<u8>>>);

impl io::Write for Sink {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).write(bytes)
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

impl<'a> MakeWriter<'a> for Sink {
    type Writer = Self;

    fn make_writer(&'a self) -> Self {
        self.clone()
    }
}

#[tokio::test]
async fn what_was_sent_comes_back_masked_and_the_log_has_no_word_of_the_vendor() {
    let refusal = json!({
        "detail": "Car AB123CD of JANSEN is unknown at garage-7",
        "violations": [
            {"propertyPath": "immat", "message": "ab-123-cd is Jansen's"},
            {"propertyPath": "owners[Jansen]", "message": "unheard of"},
        ],
    });
    let recorder = Recorder::start(move |_, _| status(422, refusal.to_string())).await;
    install_tls();
    let config = TransportConfig::new("vendor", recorder.url.clone());
    let transport = Transport::new(&config, None, Clock::settable(start())).unwrap();
    let body = json!({"immat": "AB-123-CD", "customer": {"lastname": "Jansen"}});
    let deadline = Instant::now() + Duration::from_secs(10);
    let call = Call::new(&CREATE, deadline).segment("garage-7").json(&body).unwrap();

    let sink = Sink::default();
    let subscriber = tracing_subscriber::fmt().with_writer(sink.clone()).with_ansi(false).finish();
    let logged = tracing::subscriber::set_default(subscriber);
    let error = transport.call(call).await.unwrap_err();
    drop(logged);

    // The fault whose path repeats a name is told without it.
    assert_eq!(error.context, "unheard of");
    assert_eq!(error.violations, [("immat".to_owned(), "[value] is [value]'s".to_owned())]);
    let log = String::from_utf8(sink.0.lock().unwrap().clone()).unwrap();
    let line = log.lines().find(|line| line.contains("the vendor call failed")).unwrap();
    for told in ["vendor.things.create", "status=422", "outcome=\"rejected\"", "fields=\"immat\""] {
        assert!(line.contains(told), "{told} in {line}");
    }
    for word in ["unknown", "unheard", "[value]", "garage", "Jansen", "AB"] {
        assert!(!log.contains(word), "{word} in {log}");
    }
}
