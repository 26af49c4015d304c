//! How a vendor is called: the keys that each vendor's section has.

use std::num::NonZeroU32;
use std::time::Duration;

use super::super::redact::Printout;
use super::super::section::Section;

/// How the gateway calls a vendor.
#[derive(Clone, Debug)]
pub struct Outbound {
    /// Calls at the same time, per account.
    pub concurrency: u32,
    /// How long a connection may take to be made.
    pub connect_timeout: Duration,
    /// How long one attempt may take at most; an operation's own time-out may be shorter.
    pub timeout: Duration,
    /// The largest answer that is read, in bytes.
    pub body_limit: u64,
    /// How often a read that failed for a passing reason is tried again.
    pub retries: u32,
    /// How many calls of a hundred may be such repetitions, per account.
    pub retry_percent: u32,
    /// When an account is left alone, and for how long.
    pub circuit: Circuit,
    /// How often an account may be called; `None` sets no limit of ours.
    pub quota: Option<Quota>,
}

/// When the vendor of an account is left alone, and for how long.
#[derive(Clone, Copy, Debug)]
pub struct Circuit {
    /// How many attempts of a hundred must fail.
    pub percent: u32,
    /// How many attempts are needed for a judgement.
    pub attempts: u32,
    /// The span whose attempts are judged.
    pub window: Duration,
    /// How long the vendor is left alone.
    pub pause: Duration,
}

/// How often an account may be called.
#[derive(Clone, Copy, Debug)]
pub struct Quota {
    /// So many calls.
    pub calls: NonZeroU32,
    /// In such a span.
    pub window: Duration,
}

impl Outbound {
    pub(super) fn read(section: &mut Section<'_>, concurrency: u32) -> Self {
        Self {
            concurrency: section.number("concurrency", 1, 1_000).unwrap_or(concurrency),
            connect_timeout: section.positive_span("connect_timeout").unwrap_or(Duration::from_secs(3)),
            timeout: section.positive_span("timeout").unwrap_or(Duration::from_secs(20)),
            body_limit: section.size("body_limit", 1024).unwrap_or(8 << 20),
            retries: section.number("retries", 0, 10).unwrap_or(2),
            retry_percent: section.number("retry_percent", 0, 100).unwrap_or(20),
            circuit: Circuit::read(section),
            quota: Quota::read(section),
        }
    }

    pub(super) fn write(&self, out: &mut Printout) {
        out.number("concurrency", self.concurrency);
        out.span("connect_timeout", self.connect_timeout);
        out.span("timeout", self.timeout);
        out.size("body_limit", self.body_limit);
        out.number("retries", self.retries);
        out.number("retry_percent", self.retry_percent);
        out.number("circuit_percent", self.circuit.percent);
        out.number("circuit_attempts", self.circuit.attempts);
        out.span("circuit_window", self.circuit.window);
        out.span("circuit_pause", self.circuit.pause);
        if let Some(quota) = self.quota {
            out.number("quota_calls", quota.calls.get());
            out.span("quota_window", quota.window);
        }
    }
}

impl Circuit {
    fn read(section: &mut Section<'_>) -> Self {
        Self {
            percent: section.number("circuit_percent", 1, 100).unwrap_or(50),
            attempts: section.number("circuit_attempts", 1, 1_000_000).unwrap_or(20),
            window: section.positive_span("circuit_window").unwrap_or(Duration::from_secs(30)),
            pause: section.positive_span("circuit_pause").unwrap_or(Duration::from_secs(10)),
        }
    }
}

impl Quota {
    /// Reads `quota_calls` in `quota_window`; a span without a number of calls means nothing.
    fn read(section: &mut Section<'_>) -> Option<Self> {
        let lonely = section.holds("quota_window") && !section.holds("quota_calls");
        let calls = section.number("quota_calls", 1, 1_000_000).and_then(NonZeroU32::new);
        let window = section.positive_span("quota_window").unwrap_or(Duration::from_mins(1));
        if lonely {
            section.fault("quota_calls", "a `quota_window` without `quota_calls` limits nothing", "add `quota_calls`");
        }
        calls.map(|calls| Self { calls, window })
    }
}
