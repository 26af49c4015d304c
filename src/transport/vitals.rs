//! How the calls of one account went lately.

use std::collections::BTreeMap;
use std::collections::VecDeque;
use std::sync::Mutex;
use std::sync::MutexGuard;
use std::sync::PoisonError;
use std::time::Duration;

use chrono::DateTime;
use chrono::Utc;
use http::HeaderMap;
use tokio::time::Instant;

use crate::clock::Clock;
use crate::error::Code;
use crate::error::Error;
use crate::error::VendorError;
use crate::error::VendorErrorKind;
use crate::telemetry::metrics::IN_FLIGHT;

use super::call::Operation;
use super::call::Reply;

/// How far back calls count.
pub const WINDOW: Duration = Duration::from_mins(5);
/// How many calls are remembered at most.
pub const REMEMBERED: usize = 500;

/// A limit that the vendor told us of in the headers of an answer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ToldLimit {
    /// The operation whose answer told.
    pub operation: &'static str,
    /// How many calls there are in a window.
    pub limit: u32,
    /// How many of them were left at that time.
    pub remaining: Option<u32>,
    /// When all are free again.
    pub resets_at: Option<DateTime<Utc>>,
}

/// How the calls of one account went lately.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Reading {
    /// Calls under way.
    pub in_flight: usize,
    /// Calls that reached the vendor, or tried to, within [`WINDOW`], [`REMEMBERED`] at most.
    pub calls: usize,
    /// How many of them failed otherwise than by the vendor's considered refusal.
    pub failures: usize,
    /// Half of the calls took no longer than this.
    pub median: Option<Duration>,
    /// Nineteen of twenty calls took no longer than this.
    pub slowest_twentieth: Option<Duration>,
    /// When a call last succeeded.
    pub last_success_at: Option<DateTime<Utc>>,
    /// When a call last failed.
    pub last_failure_at: Option<DateTime<Utc>>,
    /// The code of that failure.
    pub last_failure: Option<Code>,
    /// Limits that the vendor told of.
    pub told: Vec<ToldLimit>,
}

/// Keeps the account's readings.
#[derive(Debug)]
pub(super) struct Vitals {
    clock: Clock,
    state: Mutex<State>,
}

#[derive(Debug, Default)]
struct State {
    in_flight: usize,
    samples: VecDeque<Sample>,
    last_success_at: Option<DateTime<Utc>>,
    last_failure: Option<(DateTime<Utc>, Code)>,
    told: BTreeMap<&'static str, ToldLimit>,
}

#[derive(Clone, Copy, Debug)]
struct Sample {
    at: Instant,
    took: Duration,
    failed: bool,
}

impl Vitals {
    pub(super) fn new(clock: Clock) -> Self {
        Self { clock, state: Mutex::default() }
    }

    /// Watches one call.
    pub(super) async fn watched(
        &self,
        operation: &'static Operation,
        inner: impl Future<Output = Result<Reply, VendorError>>,
    ) -> Result<Reply, VendorError> {
        let _under_way = UnderWay::begin(self, operation.vendor);
        let began = Instant::now();
        let outcome = inner.await;
        self.learn(operation, began.elapsed(), &outcome);
        outcome
    }

    pub(super) fn read(&self) -> Reading {
        let mut state = self.state();
        state.forget(Instant::now());
        let mut times: Vec<Duration> = state.samples.iter().map(|sample| sample.took).collect();
        times.sort_unstable();
        Reading {
            in_flight: state.in_flight,
            calls: times.len(),
            failures: state.samples.iter().filter(|sample| sample.failed).count(),
            median: share(&times, 50),
            slowest_twentieth: share(&times, 95),
            last_success_at: state.last_success_at,
            last_failure_at: state.last_failure.map(|(at, _)| at),
            last_failure: state.last_failure.map(|(_, code)| code),
            told: state.told.values().cloned().collect(),
        }
    }

    fn learn(&self, operation: &'static Operation, took: Duration, outcome: &Result<Reply, VendorError>) {
        let failed = match outcome {
            Ok(_) => false,
            Err(error) => match fault(error.kind) {
                Some(failed) => failed,
                None => return,
            },
        };
        let (now, at) = (self.clock.now(), Instant::now());
        let mut state = self.state();
        match outcome {
            Err(error) if failed => state.last_failure = Some((now, Error::from(error.clone()).code)),
            Ok(_) | Err(_) => state.last_success_at = Some(now),
        }
        if let Some(told) = outcome.as_ref().ok().and_then(|reply| told(operation, &reply.headers)) {
            state.told.insert(operation.name, told);
        }
        state.samples.push_back(Sample { at, took, failed });
        state.forget(at);
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl State {
    fn forget(&mut self, now: Instant) {
        while self.samples.len() > REMEMBERED
            || self.samples.front().is_some_and(|sample| now.saturating_duration_since(sample.at) > WINDOW)
        {
            self.samples.pop_front();
        }
    }
}

/// Counts a call while it is under way, however it ends.
struct UnderWay<'a> {
    vitals: &'a Vitals,
    vendor: &'static str,
}

impl<'a> UnderWay<'a> {
    fn begin(vitals: &'a Vitals, vendor: &'static str) -> Self {
        let mut state = vitals.state();
        state.in_flight = state.in_flight.saturating_add(1);
        drop(state);
        metrics::gauge!(IN_FLIGHT, "vendor" => vendor).increment(1.0);
        Self { vitals, vendor }
    }
}

impl Drop for UnderWay<'_> {
    fn drop(&mut self) {
        let mut state = self.vitals.state();
        state.in_flight = state.in_flight.saturating_sub(1);
        drop(state);
        metrics::gauge!(IN_FLIGHT, "vendor" => self.vendor).decrement(1.0);
    }
}

/// Whether a failure speaks against the vendor; none when the call never got as far as to the vendor.
fn fault(kind: VendorErrorKind) -> Option<bool> {
    use VendorErrorKind as K;
    match kind {
        K::Connection
        | K::Interrupted
        | K::Unavailable
        | K::Timeout
        | K::Deadline
        | K::RateLimited
        | K::Auth
        | K::Protocol => Some(true),
        K::Rejected | K::NotFound | K::Conflict => Some(false),
        K::CircuitOpen | K::Quota | K::Unsupported => None,
    }
}

/// The time that `percent` of a hundred of the sorted `times` do not exceed.
fn share(times: &[Duration], percent: usize) -> Option<Duration> {
    let rank = times.len().saturating_mul(percent).div_ceil(100);
    times.get(rank.saturating_sub(1)).copied()
}

/// The limit that the usual headers tell, with the end of the window as seconds since 1970.
fn told(operation: &'static Operation, headers: &HeaderMap) -> Option<ToldLimit> {
    let number = |name: &str| headers.get(name)?.to_str().ok()?.trim().parse::<i64>().ok();
    let limit = u32::try_from(number("x-ratelimit-limit")?).ok()?;
    Some(ToldLimit {
        operation: operation.name,
        limit,
        remaining: number("x-ratelimit-remaining").and_then(|left| u32::try_from(left).ok()),
        resets_at: number("x-ratelimit-reset").and_then(|seconds| DateTime::from_timestamp(seconds, 0)),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn shares_are_times_that_occurred() {
        let times: Vec<Duration> = (1..=20).map(Duration::from_millis).collect();
        assert_eq!(share(&times, 50), Some(Duration::from_millis(10)));
        assert_eq!(share(&times, 95), Some(Duration::from_millis(19)));
        assert_eq!(share(&times[..1], 95), Some(Duration::from_millis(1)));
        assert_eq!(share(&[], 50), None);
    }
}
