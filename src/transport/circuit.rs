//! The circuit breaker: an account whose vendor fails most of the time is left alone for a while.
//!
//! It counts attempts, not calls. What the vendor refuses (4xx), what cannot be read, and what nobody waits for any more
//! says nothing about the vendor's health. The breaker runs on the system's steady clock.

use std::future::poll_fn;
use std::task::Context;
use std::task::Poll;
use std::time::Duration;

use futures_util::future::BoxFuture;
use tower::Service;
use tower_resilience_circuitbreaker::CircuitBreaker;
use tower_resilience_circuitbreaker::CircuitBreakerError;
use tower_resilience_circuitbreaker::CircuitBreakerHandle;
use tower_resilience_circuitbreaker::CircuitBreakerLayer;
use tower_resilience_circuitbreaker::CircuitState as State;
use tower_resilience_circuitbreaker::FailureClassifier;
use tower_resilience_circuitbreaker::SlidingWindowType;

use crate::error::VendorError;
use crate::error::VendorErrorKind;
use crate::telemetry::metrics::CIRCUIT_CHANGES;
use crate::telemetry::metrics::CIRCUITS_OPEN;

use super::TransportError;
use super::call::Operation;
use super::call::Reply;

/// An attempt that owns all it needs, since the breaker may outlive the caller's borrow of it.
pub(super) type Attempt = BoxFuture<'static, Result<Reply, VendorError>>;

/// When an account's circuit opens, and for how long.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct CircuitConfig {
    /// How many attempts of a hundred must fail.
    pub percent: u32,
    /// How many attempts are needed for a judgement.
    pub attempts: u32,
    /// The span whose attempts are judged.
    pub window: Duration,
    /// How long the vendor is left alone before one call may try again.
    pub pause: Duration,
}

impl Default for CircuitConfig {
    fn default() -> Self {
        Self { percent: 50, attempts: 20, window: Duration::from_secs(30), pause: Duration::from_secs(10) }
    }
}

/// Whether an account's calls are let through.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CircuitState {
    /// All calls are let through.
    Closed,
    /// No call is let through; the next one may be after this span.
    Open(Duration),
    /// One call tries whether the vendor is well again.
    HalfOpen,
}

/// The breaker of one account; clones are the same breaker.
#[derive(Clone)]
pub(super) struct Circuit {
    breaker: CircuitBreaker<Run, Faults>,
    handle: CircuitBreakerHandle<Faults>,
    pause: Duration,
}

impl Circuit {
    pub(super) fn new(vendor: &'static str, config: &CircuitConfig) -> Result<Self, TransportError> {
        let (layer, handle) = CircuitBreakerLayer::builder()
            .name(vendor)
            .failure_rate_threshold(f64::from(config.percent.clamp(1, 100)) / 100.0)
            .sliding_window_type(SlidingWindowType::TimeBased)
            .sliding_window_duration(config.window)
            .minimum_number_of_calls(usize::try_from(config.attempts).unwrap_or(usize::MAX))
            .wait_duration_in_open(config.pause)
            .permitted_calls_in_half_open(1)
            .failure_classifier_type(Faults)
            .on_state_transition(move |from, to| changed(vendor, from, to))
            .build_with_handle()
            .map_err(|source| TransportError::Circuit { vendor, source })?;
        Ok(Self { breaker: layer.layer_fn(Run), handle, pause: config.pause })
    }

    pub(super) async fn state(&self) -> CircuitState {
        match self.handle.state() {
            State::Closed => CircuitState::Closed,
            State::HalfOpen => CircuitState::HalfOpen,
            State::Open => {
                let since = self.handle.metrics().await.time_since_state_change;
                CircuitState::Open(self.pause.saturating_sub(since))
            }
        }
    }

    /// Fails when the circuit is open and its pause is not over; for layers that must not begin in vain.
    pub(super) async fn check(&self, operation: &'static Operation) -> Result<(), VendorError> {
        match self.state().await {
            CircuitState::Open(left) if !left.is_zero() => Err(refused(operation, left)),
            CircuitState::Open(_) | CircuitState::Closed | CircuitState::HalfOpen => Ok(()),
        }
    }

    /// Makes `attempt` if the circuit lets it through, and learns from its outcome.
    pub(super) async fn guarded(&self, operation: &'static Operation, attempt: Attempt) -> Result<Reply, VendorError> {
        let mut breaker = self.breaker.clone();
        let outcome = match poll_fn(|cx| Service::<Attempt>::poll_ready(&mut breaker, cx)).await {
            Ok(()) => breaker.call(attempt).await,
            Err(error) => Err(error),
        };
        match outcome {
            Ok(reply) => Ok(reply),
            Err(CircuitBreakerError::Inner(error)) => Err(error),
            Err(CircuitBreakerError::OpenCircuit) => {
                let left = match self.state().await {
                    CircuitState::Open(left) => left,
                    // Another call is trying; its outcome is known soon.
                    CircuitState::Closed | CircuitState::HalfOpen => Duration::ZERO,
                };
                Err(refused(operation, left))
            }
        }
    }
}

fn refused(operation: &'static Operation, left: Duration) -> VendorError {
    let context = "the vendor failed too often, so it is left alone for a while";
    let mut error = operation.error(VendorErrorKind::CircuitOpen, context);
    error.retry_after = Some(left.max(Duration::from_secs(1)));
    error
}

fn changed(vendor: &'static str, from: State, to: State) {
    let word = match to {
        State::Closed => "closed",
        State::Open => "open",
        State::HalfOpen => "half_open",
    };
    metrics::counter!(CIRCUIT_CHANGES, "vendor" => vendor, "state" => word).increment(1);
    if to == State::Open {
        metrics::gauge!(CIRCUITS_OPEN, "vendor" => vendor).increment(1.0);
        tracing::warn!(vendor, "the vendor fails too often; its circuit is open");
    } else {
        tracing::info!(vendor, state = word, "the circuit changed");
    }
    if from == State::Open {
        metrics::gauge!(CIRCUITS_OPEN, "vendor" => vendor).decrement(1.0);
    }
}

/// What the breaker stands before: the attempt itself.
#[derive(Clone, Copy)]
struct Run;

impl Service<Attempt> for Run {
    type Response = Reply;
    type Error = VendorError;
    type Future = Attempt;

    fn poll_ready(&mut self, _: &mut Context<'_>) -> Poll<Result<(), VendorError>> {
        Poll::Ready(Ok(()))
    }

    fn call(&mut self, attempt: Attempt) -> Attempt {
        attempt
    }
}

/// Tells which outcomes are faults of the vendor.
#[derive(Clone, Copy)]
struct Faults;

impl FailureClassifier<Reply, VendorError> for Faults {
    fn classify(&self, outcome: &Result<Reply, VendorError>) -> bool {
        use VendorErrorKind as K;
        match outcome.as_ref().map_err(|error| error.kind) {
            // An open circuit of the log-in is as good as a failed one: the account cannot be used.
            Err(K::Connection | K::Interrupted | K::Unavailable | K::Timeout | K::CircuitOpen) => true,
            Err(
                K::Rejected
                | K::Auth
                | K::NotFound
                | K::Conflict
                | K::RateLimited
                | K::Quota
                | K::Deadline
                | K::Protocol
                | K::Unsupported,
            )
            | Ok(_) => false,
        }
    }
}
