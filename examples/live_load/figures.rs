//! Figures, and how they are shown.

use std::fmt;
use std::time::Duration;

use anyhow::Context;
use anyhow::Result;
use chrono::DateTime;
use chrono::Utc;

/// Spans of time that were measured.
#[derive(Debug, Default)]
pub(crate) struct Spans(Vec<Duration>);

impl Extend<Duration> for Spans {
    fn extend<T: IntoIterator<Item = Duration>>(&mut self, spans: T) {
        self.0.extend(spans);
        self.0.sort_unstable();
    }
}

impl Spans {
    /// The span that so many of a hundred do not exceed, in milliseconds.
    fn percentile(&self, percent: usize) -> f64 {
        let place = (self.0.len() * percent).div_ceil(100).saturating_sub(1);
        self.0.get(place).map_or(f64::NAN, |span| span.as_secs_f64() * 1000.0)
    }
}

impl fmt::Display for Spans {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let [median, p99, most] = [50, 99, 100].map(|percent| self.percentile(percent));
        write!(f, "median {median:.1} ms, p99 {p99:.1} ms, longest {most:.1} ms")
    }
}

/// The gap between two moments.
pub(crate) fn gap(pair: &[DateTime<Utc>]) -> Option<Duration> {
    let (first, second) = pair.first().zip(pair.last())?;
    (*second - *first).to_std().ok()
}

/// Shows spans in seconds.
pub(crate) fn list(spans: &[Duration]) -> String {
    let shown: Vec<_> = spans.iter().map(|span| format!("{:.1} s", span.as_secs_f64())).collect();
    shown.join(", ")
}

/// How much memory a process has, in KiB.
pub(crate) fn resident_kib(pid: u32) -> Result<u64> {
    let status = std::fs::read_to_string(format!("/proc/{pid}/status"))?;
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:")).context("the process has no memory")?;
    Ok(line.trim().trim_end_matches("kB").trim_end().parse()?)
}
