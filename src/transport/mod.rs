//! Outbound calls: everything between a vendor's operation and the wire.
//!
//! A vendor client builds a [`Call`] and gives it to [`Transport::call`]. The call passes these layers, outermost
//! first; each is one file, and [`Transport::call`] puts them together in this order:
//!
//! 1. `observe` – one span and one set of metrics per call, whatever happens inside.
//! 2. `timeout::until_deadline` – the request that asks has only so much time left; nothing below may outlive it.
//! 3. `limit` – the bulkhead: a slow vendor may hold only so many of our calls. It counts calls, not attempts, so a
//!    repeated attempt needs no second place. Calls of the background hold a quarter of the places at most.
//! 4. `retry` – a read that failed for a passing reason is tried again, within a budget of the account.
//! 5. `quota` – our own limit on how often the account is called, if one is configured.
//! 6. `circuit` – an account whose vendor fails most of the time is left alone for a while.
//! 7. `reconnect` – a connection that was never made carried no byte, so it is tried once more, even for a write.
//! 8. `timeout::of_attempt` – one attempt may take only so long; it stands inside everything that repeats.
//! 9. `auth` – attaches the credential; a refused one is replaced and the attempt repeated within its time.
//! 10. `send` – the wire: connection, body cap, no redirects.
//! 11. `tape` – writes answers down, or gives them from a recording instead of all that stands from 9 on.
//! 12. `refusal` – an answer that is no success becomes a [`VendorError`] with a safe reason.
//!
//! `vitals` watches beside `observe`: how the account's calls went lately, for those who run the gateway.
//!
//! [`decode`] then turns the body of a success into the vendor's own types.
//!
//! A [`Socket`] goes past these layers: it is signed as calls are, and whoever holds it decides when to connect again.

mod auth;
mod call;
mod circuit;
pub mod decode;
mod handover;
mod limit;
mod observe;
mod quota;
mod reconnect;
mod refusal;
mod retry;
mod send;
mod socket;
pub mod tape;
mod timeout;
mod token;
mod vitals;

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use futures_util::FutureExt;
use tokio::sync::Semaphore;
use tower_resilience_circuitbreaker::CircuitBreakerConfigError;
use url::Url;

use crate::clock::Clock;
use crate::error::VendorError;
use crate::error::VendorErrorKind;

pub use auth::Authorize;
pub use auth::Credential;
pub use auth::StaticKey;
pub use call::Call;
pub use call::Idempotency;
pub use call::Method;
pub use call::Operation;
pub use call::Provenance;
pub use call::Reply;
pub use circuit::CircuitConfig;
pub use circuit::CircuitState;
pub use handover::Handover;
pub use handover::NotTaken;
pub use quota::QuotaConfig;
pub use quota::QuotaLeft;
pub use refusal::RefusalRule;
pub use refusal::STANDARD;
pub use retry::RetryConfig;
pub use socket::Socket;
pub use token::FetchToken;
pub use token::Held;
pub use token::Issued;
pub use token::TokenCell;
pub use vitals::REMEMBERED;
pub use vitals::Reading;
pub use vitals::ToldLimit;
pub use vitals::WINDOW;

use circuit::Attempt;
use circuit::Circuit;
use limit::Places;
use quota::Quota;
use retry::Retries;
use send::Progress;
use send::Wire;
use tape::Tape;
use vitals::Vitals;

/// Where and how one vendor account is called.
#[derive(Clone, Debug)]
pub struct TransportConfig {
    /// The vendor's id, such as `tchek`.
    pub vendor: &'static str,
    /// The address that operation paths are appended to; it may have a path of its own.
    pub base: Url,
    /// How many calls may be under way at once.
    pub concurrency: usize,
    /// How long making a connection may take.
    pub connect_timeout: Duration,
    /// The most that one attempt may take; an operation whose own time-out is shorter keeps it.
    pub timeout: Option<Duration>,
    /// How many bytes of an answer are read, after decompression.
    pub body_limit: usize,
    /// How often reads are tried again.
    pub retry: RetryConfig,
    /// When the account is left alone.
    pub circuit: CircuitConfig,
    /// How often the account may be called, if that is limited.
    pub quota: Option<QuotaConfig>,
    /// What the vendor's refusals mean.
    pub refusals: &'static [RefusalRule],
    /// What stands between the client and the wire, if anything does.
    pub tape: Option<Arc<dyn Tape>>,
}

impl TransportConfig {
    /// The usual limits for `vendor` at `base`: 32 calls at once, 5 s to connect, 16 MiB of answer.
    #[must_use]
    pub fn new(vendor: &'static str, base: Url) -> Self {
        Self {
            vendor,
            base,
            concurrency: 32,
            connect_timeout: Duration::from_secs(5),
            timeout: None,
            body_limit: 16 * 1024 * 1024,
            retry: RetryConfig::default(),
            circuit: CircuitConfig::default(),
            quota: None,
            refusals: STANDARD,
            tape: None,
        }
    }
}

/// Calls one vendor account. Cheap to clone: clones share connections, places and credential.
#[derive(Clone)]
pub struct Transport {
    vendor: &'static str,
    timeout: Option<Duration>,
    concurrency: usize,
    refusals: &'static [RefusalRule],
    tape: Option<Arc<dyn Tape>>,
    places: Arc<Places>,
    retries: Retries,
    quota: Quota,
    circuit: Circuit,
    circuit_config: CircuitConfig,
    vitals: Arc<Vitals>,
    authorize: Option<Arc<dyn Authorize>>,
    wire: Arc<Wire>,
}

impl fmt::Debug for Transport {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Transport").field("vendor", &self.vendor).finish_non_exhaustive()
    }
}

impl Transport {
    /// Makes the client of one account; `authorize` signs its calls, none leaves them unsigned.
    ///
    /// # Errors
    /// When the TLS machinery of this host cannot be set up.
    pub fn new(
        config: &TransportConfig,
        authorize: Option<Arc<dyn Authorize>>,
        clock: Clock,
    ) -> Result<Self, TransportError> {
        let concurrency = config.concurrency.clamp(1, Semaphore::MAX_PERMITS);
        Ok(Self {
            vendor: config.vendor,
            timeout: config.timeout,
            concurrency,
            refusals: config.refusals,
            tape: config.tape.clone(),
            places: Arc::new(Places::new(concurrency)),
            retries: Retries::new(config.retry),
            quota: Quota::new(config.quota),
            circuit: Circuit::new(config.vendor, &config.circuit)?,
            circuit_config: config.circuit,
            vitals: Arc::new(Vitals::new(clock.clone())),
            authorize,
            wire: Arc::new(Wire::new(config, clock)?),
        })
    }

    /// The same client with calls signed by `authorize`: connections and limits are shared. Places and circuit are its
    /// own, since a call that holds a place, or tries whether the vendor is well again, may wait for a token.
    ///
    /// # Errors
    /// [`TransportError::Circuit`], which [`Transport::new`] would have met first.
    pub fn signed_by(&self, authorize: Arc<dyn Authorize>) -> Result<Self, TransportError> {
        let places = Arc::new(Places::new(self.concurrency));
        let circuit = Circuit::new(self.vendor, &self.circuit_config)?;
        Ok(Self { authorize: Some(authorize), places, circuit, ..self.clone() })
    }

    /// The same client at another address of the vendor, unsigned, with a circuit of its own.
    ///
    /// # Errors
    /// [`TransportError::Base`] when `base` cannot carry paths.
    pub fn at(&self, base: &Url) -> Result<Self, TransportError> {
        let places = Arc::new(Places::new(self.concurrency));
        let circuit = Circuit::new(self.vendor, &self.circuit_config)?;
        let wire = Arc::new(self.wire.at(self.vendor, base)?);
        Ok(Self { authorize: None, places, circuit, wire, ..self.clone() })
    }

    /// Whether calls are let through at present.
    pub async fn circuit(&self) -> CircuitState {
        self.circuit.state().await
    }

    /// What is left of our own quota, if there is one.
    #[must_use]
    pub fn quota(&self) -> Option<QuotaLeft> {
        self.quota.left()
    }

    /// How the account's calls went lately, log-ins included.
    #[must_use]
    pub fn reading(&self) -> Reading {
        self.vitals.read()
    }

    /// The vendor's id.
    #[must_use]
    pub fn vendor(&self) -> &'static str {
        self.vendor
    }

    /// What stands between the client and the wire, for a socket beside it.
    #[must_use]
    pub fn tape(&self) -> Option<Arc<dyn Tape>> {
        self.tape.clone()
    }

    /// Makes `call` and returns the answer if its status is one of the operation's successes.
    ///
    /// # Errors
    /// Every way a call can fail; see [`VendorErrorKind`]. A write that never left this process fails as
    /// [`VendorErrorKind::Connection`], whatever kept it.
    pub async fn call(&self, call: Call) -> Result<Reply, VendorError> {
        let (operation, deadline) = (call.operation(), call.deadline());
        let asked = Arc::new((call, Progress::default()));

        let repeated = self.retries.within(operation, deadline, || self.guarded(operation, &asked).boxed());
        let placed = self.places.placed(operation, repeated.boxed());
        let bounded = timeout::until_deadline(operation, deadline, placed.boxed());
        let settled = async { bounded.await.map_err(|error| never_left(operation, &asked.1, error)) };
        let watched = self.vitals.watched(operation, settled.boxed());
        observe::observed(operation, watched.boxed()).await
    }

    /// One attempt, and its second connection, as far as quota and circuit let it.
    async fn guarded(
        &self,
        operation: &'static Operation,
        asked: &Arc<(Call, Progress)>,
    ) -> Result<Reply, VendorError> {
        // A turn that the circuit then wastes would be missing when the vendor is well again.
        self.circuit.check(operation).await?;
        self.quota.turn(operation, asked.0.deadline()).await?;
        let attempt = {
            let (client, asked) = (self.clone(), Arc::clone(asked));
            async move { reconnect::once_more(|| client.attempt(&asked.0, &asked.1).boxed()).await }
        };
        let attempt: Attempt = attempt.boxed();
        self.circuit.guarded(operation, attempt).await
    }

    /// One attempt within its time, its answer judged.
    async fn attempt(&self, call: &Call, progress: &Progress) -> Result<Reply, VendorError> {
        let operation = call.operation();
        let judged = async { refusal::judge(self.refusals, call, self.reply(call, progress).await?, &self.wire.clock) };
        let limit = self.timeout.map_or(operation.timeout, |most| most.min(operation.timeout));
        timeout::of_attempt(operation, limit, judged.boxed()).await
    }

    /// The answer of the vendor, or of a recording.
    async fn reply(&self, call: &Call, progress: &Progress) -> Result<Reply, VendorError> {
        if let Some(replayed) = self.tape.as_ref().and_then(|tape| tape.replayed(call)) {
            return replayed;
        }
        let signed = auth::signed(self.authorize.as_deref(), call.operation(), |credential| {
            self.wire.send(call, credential, progress).boxed()
        });
        let reply = signed.await?;
        if let Some(tape) = &self.tape {
            tape.note(call, &reply).await;
        }
        Ok(reply)
    }
}

/// Makes it certain for the caller of a write that nothing happened, when no byte of it was sent.
///
/// A deadline that passes while a write waits for a token or a place looks like one that passes after sending; only
/// this layer knows the difference, and a write of unknown outcome must not be reported where the outcome is known.
fn never_left(operation: &'static Operation, progress: &Progress, error: VendorError) -> VendorError {
    if operation.idempotency == Idempotency::Safe || progress.sent() || error.nothing_happened() {
        return error;
    }
    let mut unsent = operation.error(VendorErrorKind::Connection, format!("the call was not sent: {}", error.context));
    unsent.retry_after = error.retry_after;
    unsent.with_source(error)
}

/// Why an account's client could not be made.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum TransportError {
    /// The HTTP client could not be set up.
    #[error("the HTTP client for `{vendor}` cannot be set up")]
    Client {
        /// The vendor's id.
        vendor: &'static str,
        /// The technical cause.
        #[source]
        source: reqwest::Error,
    },
    /// The limits of the circuit do not fit.
    #[error("the circuit for `{vendor}` cannot be set up")]
    Circuit {
        /// The vendor's id.
        vendor: &'static str,
        /// What does not fit.
        #[source]
        source: CircuitBreakerConfigError,
    },
    /// The base address cannot carry paths.
    #[error("the base address for `{vendor}` must be an http or https address")]
    Base {
        /// The vendor's id.
        vendor: &'static str,
    },
    /// A credential holds characters that no header can carry.
    #[error("the `{what}` for `{vendor}` holds characters that no HTTP header can carry")]
    Credential {
        /// The vendor's id.
        vendor: &'static str,
        /// Which credential.
        what: &'static str,
    },
}
