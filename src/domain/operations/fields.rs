//! The fields of the vendors' state.

use std::time::Duration;

use async_graphql::Object;
use async_graphql::SimpleObject;
use chrono::TimeDelta;
use chrono::Utc;

use crate::auth::AccountId;
use crate::cache::Tally;
use crate::domain::source_of::Source;
use crate::error::Code;
use crate::graphql::scalars::DateTime;

use super::model::AccountState;
use super::model::Circuit;
use super::model::Quota;
use super::model::QuotaOrigin;

/// An account with what was measured of its calls.
#[derive(Debug)]
pub(super) struct VendorStatus {
    pub(super) account: AccountId,
    pub(super) state: AccountState,
    pub(super) tally: Tally,
    pub(super) now: chrono::DateTime<Utc>,
}

/// How long an account's calls took lately, waiting for their turn included.
#[derive(Clone, Copy, Debug, SimpleObject)]
pub(super) struct VendorLatency {
    /// Milliseconds that half of the calls did not exceed. Null when there were no calls.
    median_ms: Option<u64>,
    /// Milliseconds that 95 of 100 calls did not exceed. Null when there were no calls.
    p95_ms: Option<u64>,
}

/// A limit of calls.
#[derive(Clone, Debug, SimpleObject)]
pub(super) struct VendorQuota {
    /// Who set the limit.
    set_by: QuotaOrigin,
    /// The only operation that the limit counts, such as the giving out of access tokens. Null when it counts all.
    operation: Option<&'static str>,
    /// The calls that are allowed in a window.
    limit: u32,
    /// How many of them were left: now for a limit of the gateway, at the last answer for one of the vendor. Null when
    /// the vendor has not told.
    remaining: Option<u32>,
    /// When all are free again. Null when nobody has told.
    resets_at: Option<DateTime>,
}

/// How the gateway's calls of one account at a vendor are going. No vendor is called to answer it.
#[Object]
impl VendorStatus {
    /// The vendor and the account at it.
    async fn source(&self) -> Source {
        Source::from(&self.account)
    }

    /// The vendor's environment, such as `production`. Null for a vendor that has only one.
    async fn environment(&self) -> Option<&'static str> {
        self.state.environment
    }

    /// Whether the sandbox stands in for the vendor.
    async fn sandbox(&self) -> bool {
        self.state.sandbox
    }

    /// Whether calls are let through.
    async fn circuit(&self) -> Circuit {
        self.state.circuit
    }

    /// When an open circuit lets a call through again. Null unless it is open.
    async fn circuit_retry_at(&self) -> Option<DateTime> {
        let wait = TimeDelta::from_std(self.state.held_back_for?).ok()?;
        Some(DateTime(self.now.checked_add_signed(wait)?))
    }

    /// The limits of calls that are known. Empty when neither the configuration sets one nor the vendor has told one.
    async fn quotas(&self) -> Vec<VendorQuota> {
        self.state.quotas.iter().map(VendorQuota::from).collect()
    }

    /// Calls that are under way, waiting for their turn included.
    async fn calls_in_flight(&self) -> usize {
        self.state.in_flight
    }

    /// The seconds that `calls`, `failures`, `errorRate` and `latency` look back on; of the calls in them the last 500
    /// count.
    async fn window_seconds(&self) -> u64 {
        self.state.window.as_secs()
    }

    /// Calls within the window, log-ins included. What an open circuit or our own quota kept back does not count.
    async fn calls(&self) -> usize {
        self.state.calls
    }

    /// How many of these calls failed. A considered refusal, such as an unknown id, is no failure.
    async fn failures(&self) -> usize {
        self.state.failures
    }

    /// The share of failures among these calls, from 0 to 1. Null when there were none.
    async fn error_rate(&self) -> Option<f64> {
        share(self.state.failures, self.state.calls)
    }

    /// How long these calls took.
    async fn latency(&self) -> VendorLatency {
        let millis = |span: Duration| u64::try_from(span.as_millis()).unwrap_or(u64::MAX);
        VendorLatency { median_ms: self.state.median.map(millis), p95_ms: self.state.slowest_twentieth.map(millis) }
    }

    /// The share of reads that the cache answered without a call, from 0 to 1, since the gateway started. Null when
    /// nothing has been read.
    async fn cache_hit_rate(&self) -> Option<f64> {
        share(self.tally.hits, self.tally.reads())
    }

    /// Reads of cacheable things since the gateway started.
    async fn cache_reads(&self) -> usize {
        self.tally.reads()
    }

    /// When a call last succeeded. Null when none has since the gateway started.
    async fn last_success_at(&self) -> Option<DateTime> {
        self.state.last_success_at.map(DateTime)
    }

    /// When a call last failed. Null when none has since the gateway started.
    async fn last_failure_at(&self) -> Option<DateTime> {
        self.state.last_failure_at.map(DateTime)
    }

    /// The `code` that clients saw of that failure, such as `VENDOR_TIMEOUT`. Null when none has failed.
    async fn last_failure_code(&self) -> Option<&'static str> {
        self.state.last_failure.map(Code::as_str)
    }
}

impl From<&Quota> for VendorQuota {
    fn from(quota: &Quota) -> Self {
        Self {
            set_by: quota.origin,
            operation: quota.operation,
            limit: quota.limit,
            remaining: quota.remaining,
            resets_at: quota.resets_at.map(DateTime),
        }
    }
}

/// `part` of `whole` to four digits; none of nothing.
fn share(part: usize, whole: usize) -> Option<f64> {
    let shifted = part.checked_mul(10_000)?.checked_div(whole)?;
    Some(f64::from(u32::try_from(shifted).ok()?) / 10_000.0)
}
