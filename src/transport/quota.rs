//! Our own limit on how often an account is called, for vendors that count.
//!
//! A call waits for its turn as long as its request has time for that, else it fails at once and says when to come again.

use std::num::NonZeroU32;
use std::sync::Arc;
use std::sync::Mutex;
use std::sync::PoisonError;
use std::time::Duration;

use governor::Quota as Rate;
use governor::RateLimiter;
use governor::clock::Clock;
use governor::middleware::StateInformationMiddleware;
use governor::state::InMemoryState;
use governor::state::NotKeyed;
use tokio::time::Instant;

use crate::error::VendorError;
use crate::error::VendorErrorKind;
use crate::telemetry::metrics::QUOTA_WAITS;

use super::call::Operation;

/// How many calls an account may make.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct QuotaConfig {
    /// So many calls.
    pub calls: NonZeroU32,
    /// In such a span.
    pub window: Duration,
}

/// What is left of an account's quota.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct QuotaLeft {
    /// The calls in a window.
    pub limit: u32,
    /// How many of them are free now.
    pub remaining: u32,
}

/// Time as spans since the start, on the clock that tests pause.
struct Spans(Instant);

impl Clock for Spans {
    type Instant = Duration;

    fn now(&self) -> Duration {
        self.0.elapsed()
    }
}

type Limiter = RateLimiter<NotKeyed, InMemoryState, Spans, StateInformationMiddleware>;

/// The quota of one account; clones share it.
#[derive(Clone)]
pub(super) struct Quota(Option<Arc<Inner>>);

struct Inner {
    limiter: Limiter,
    config: QuotaConfig,
    /// How many calls were free at the last look, and when that was: looking itself would take one.
    seen: Mutex<(u32, Instant)>,
}

impl Quota {
    /// A quota as configured, or none.
    pub(super) fn new(config: Option<QuotaConfig>) -> Self {
        let inner = config.and_then(|config| {
            let rate = Rate::with_period(config.window / config.calls.get())?.allow_burst(config.calls);
            let limiter = RateLimiter::direct_with_clock(rate, Spans(Instant::now()));
            let seen = Mutex::new((config.calls.get(), Instant::now()));
            Some(Arc::new(Inner { limiter: limiter.with_middleware(), config, seen }))
        });
        Self(inner)
    }

    /// Takes a turn, waiting for it until `deadline` at most.
    pub(super) async fn turn(&self, operation: &'static Operation, deadline: Instant) -> Result<(), VendorError> {
        let Some(inner) = &self.0 else { return Ok(()) };
        let mut waited = false;
        loop {
            let wait = match inner.limiter.check() {
                Ok(left) => {
                    inner.note(left.remaining_burst_capacity());
                    return Ok(());
                }
                Err(not_until) => not_until.wait_time_from(inner.limiter.clock().now()),
            };
            inner.note(0);
            if !waited {
                metrics::counter!(QUOTA_WAITS, "vendor" => operation.vendor).increment(1);
                waited = true;
            }
            if Instant::now().checked_add(wait).is_none_or(|then| then >= deadline) {
                let mut error = operation.error(VendorErrorKind::Quota, "the account's quota is used up");
                error.retry_after = Some(wait);
                return Err(error);
            }
            tokio::time::sleep(wait).await;
        }
    }

    pub(super) fn left(&self) -> Option<QuotaLeft> {
        self.0.as_ref().map(|inner| inner.left())
    }
}

impl Inner {
    fn note(&self, free: u32) {
        *self.seen.lock().unwrap_or_else(PoisonError::into_inner) = (free, Instant::now());
    }

    fn left(&self) -> QuotaLeft {
        let (free, at) = *self.seen.lock().unwrap_or_else(PoisonError::into_inner);
        let limit = self.config.calls.get();
        let each = (self.config.window / limit).as_nanos().max(1);
        let regained = u32::try_from(at.elapsed().as_nanos() / each).unwrap_or(u32::MAX);
        QuotaLeft { limit, remaining: free.saturating_add(regained).min(limit) }
    }
}
