//! How an account's calls are going.

use std::time::Duration;

use async_graphql::Enum;
use chrono::DateTime;
use chrono::Utc;

use crate::error::Code;

/// How an account's calls are going.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AccountState {
    /// The vendor's environment, where it has several.
    pub environment: Option<&'static str>,
    /// Whether the sandbox stands in for the vendor.
    pub sandbox: bool,
    /// Whether calls are let through.
    pub circuit: Circuit,
    /// How long calls are still held back.
    pub held_back_for: Option<Duration>,
    /// Limits of calls that are known.
    pub quotas: Vec<Quota>,
    /// Calls under way.
    pub in_flight: usize,
    /// The span that the next four look back on.
    pub window: Duration,
    /// Calls within it.
    pub calls: usize,
    /// How many of them failed.
    pub failures: usize,
    /// Half of them took no longer.
    pub median: Option<Duration>,
    /// Nineteen of twenty took no longer.
    pub slowest_twentieth: Option<Duration>,
    /// When a call last succeeded.
    pub last_success_at: Option<DateTime<Utc>>,
    /// When a call last failed.
    pub last_failure_at: Option<DateTime<Utc>>,
    /// The code of that failure.
    pub last_failure: Option<Code>,
}

/// Whether the calls of an account are let through.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Enum)]
pub enum Circuit {
    /// They are let through.
    Closed,
    /// The vendor failed too often: it is left alone, and calls fail at once.
    Open,
    /// One call tries whether the vendor is well again; the others fail at once.
    HalfOpen,
}

/// Who set a limit of calls.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Enum)]
pub enum QuotaOrigin {
    /// The gateway's configuration.
    Gateway,
    /// The vendor, in an answer.
    Vendor,
}

/// A limit of calls.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Quota {
    /// Who set it.
    pub origin: QuotaOrigin,
    /// The only operation that it counts; none when it counts all.
    pub operation: Option<&'static str>,
    /// The calls in a window.
    pub limit: u32,
    /// How many are left, when that is known.
    pub remaining: Option<u32>,
    /// When all are free again, when that is known.
    pub resets_at: Option<DateTime<Utc>>,
}
