//! Reads that failed for a passing reason are tried again, a few times and within a budget.
//!
//! Only what changes nothing at the vendor is repeated here, never a write and never a log-in. The budget is the
//! account's: when many calls fail, repeating all of them would only add to the trouble.

use std::future::Future;
use std::sync::Arc;
use std::time::Duration;

use backon::ExponentialBuilder;
use backon::Retryable;
use tokio::time::Instant;
use tower::retry::budget::Budget;
use tower::retry::budget::TpsBudget;

use crate::error::VendorError;
use crate::error::VendorErrorKind;
use crate::telemetry::metrics::VENDOR_RETRIES;

use super::call::Idempotency;
use super::call::Operation;
use super::call::Reply;

/// The pause before the first repetition; each further one is twice as long, and some of it is left to chance.
const FIRST: Duration = Duration::from_millis(100);
/// The longest pause of our own.
const LONGEST: Duration = Duration::from_secs(2);
/// The span over which the budget is reckoned.
const SPAN: Duration = Duration::from_secs(10);
/// Repetitions in a second that are always allowed, so that an account with few calls may repeat too.
const ALWAYS: u32 = 1;

/// How often reads are tried again.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct RetryConfig {
    /// Repetitions of one call at most; zero turns them off.
    pub limit: u32,
    /// Repetitions of all calls together, of a hundred calls.
    pub percent: u32,
}

impl Default for RetryConfig {
    fn default() -> Self {
        Self { limit: 2, percent: 20 }
    }
}

/// The repetitions of one account; clones share the budget.
#[derive(Clone, Debug)]
pub(super) struct Retries {
    limit: usize,
    budget: Arc<TpsBudget>,
}

impl Retries {
    pub(super) fn new(config: RetryConfig) -> Self {
        let share = f32::from(u16::try_from(config.percent.min(100)).unwrap_or(100)) / 100.0;
        let budget = TpsBudget::new(SPAN, ALWAYS, share);
        Self { limit: usize::try_from(config.limit).unwrap_or(usize::MAX), budget: Arc::new(budget) }
    }

    /// Makes `attempt` until it succeeds, fails for good, or may not be repeated before `deadline`.
    pub(super) async fn within<F>(
        &self,
        operation: &'static Operation,
        deadline: Instant,
        mut attempt: impl FnMut() -> F,
    ) -> Result<Reply, VendorError>
    where
        F: Future<Output = Result<Reply, VendorError>>,
    {
        if self.limit == 0 || !(operation.only_reads() && operation.idempotency == Idempotency::Safe) {
            return attempt().await;
        }
        self.budget.deposit();
        let pauses = ExponentialBuilder::default()
            .with_min_delay(FIRST)
            .with_max_delay(LONGEST)
            .with_max_times(self.limit)
            .with_jitter();
        let fits = |wait: &Duration| Instant::now().checked_add(*wait).is_some_and(|then| then < deadline);
        attempt
            .retry(pauses)
            .when(|error| passes(error.kind))
            .adjust(|error, pause| {
                let wait = pause.map(|pause| error.retry_after.map_or(pause, |asked| asked.max(pause)));
                wait.filter(fits).filter(|_| self.budget.withdraw())
            })
            .notify(|error, _| {
                metrics::counter!(VENDOR_RETRIES, "vendor" => error.vendor, "operation" => operation.name).increment(1);
                tracing::debug!(operation = operation.name, "the call is tried again");
            })
            .await
    }
}

/// Whether the cause may have passed when the call is repeated.
fn passes(kind: VendorErrorKind) -> bool {
    use VendorErrorKind as K;
    match kind {
        K::Connection | K::Interrupted | K::Unavailable | K::Timeout | K::RateLimited => true,
        K::Rejected
        | K::Auth
        | K::NotFound
        | K::Conflict
        | K::Quota
        | K::CircuitOpen
        | K::Deadline
        | K::Protocol
        | K::Unsupported => false,
    }
}
