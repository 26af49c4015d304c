//! How long an answer is kept back: a fixed time, or one drawn anew for each call.

use std::time::Duration;

use serde::Deserialize;
use serde::Serialize;

use crate::ids::Ids;

/// The longest delay, so that a slip of the pen holds nobody for days.
const LONGEST_MS: u64 = 600_000;
/// Where the hundredth slowest call lies on the normal distribution, in standard deviations.
const P99: f64 = 2.326_347_874;

/// A delay in milliseconds.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(untagged, deny_unknown_fields)]
pub(crate) enum Latency {
    /// The same for each call.
    Fixed(u64),
    /// Every time between two is as likely.
    Uniform {
        /// The shortest.
        from: u64,
        /// The longest.
        to: u64,
    },
    /// Log-normal, as the answers of real servers are: most are near the median, and a few are very late.
    Tailed {
        /// Half of the calls are faster.
        median: u64,
        /// One call in a hundred is slower.
        p99: u64,
    },
}

impl Latency {
    /// The reason why it cannot be.
    pub(super) fn check(&self) -> Result<(), &'static str> {
        let (low, high) = match *self {
            Self::Fixed(millis) => (millis, millis),
            Self::Uniform { from, to } => (from, to),
            Self::Tailed { median: 0, .. } => return Err("a `median` of at least 1"),
            Self::Tailed { median, p99 } => (median, p99),
        };
        match () {
            () if low > high => Err("its smaller number first"),
            () if high > LONGEST_MS => Err("at most ten minutes"),
            () => Ok(()),
        }
    }

    /// The delay of one call.
    pub(super) fn draw(&self, ids: &Ids) -> Duration {
        let millis = match *self {
            Self::Fixed(millis) => return Duration::from_millis(millis),
            Self::Uniform { from, to } => {
                let span = Duration::from_millis(to.saturating_sub(from)).as_secs_f64() * 1000.0;
                Duration::from_millis(from).as_secs_f64() * 1000.0 + span * fraction(ids)
            }
            Self::Tailed { median, p99 } => {
                let (median, p99) =
                    (Duration::from_millis(median).as_secs_f64(), Duration::from_millis(p99).as_secs_f64());
                let deviation = (p99 / median).ln() / P99;
                // Box-Muller; one minus the fraction keeps the logarithm's argument above zero.
                let radius = (-2.0 * (1.0 - fraction(ids)).ln()).sqrt();
                let normal = radius * (std::f64::consts::TAU * fraction(ids)).cos();
                median * 1000.0 * (deviation * normal).exp()
            }
        };
        Duration::try_from_secs_f64(millis / 1000.0).unwrap_or_default().min(Duration::from_millis(LONGEST_MS))
    }
}

/// A number from 0 up to, but not including, 1.
pub(super) fn fraction(ids: &Ids) -> f64 {
    let [a, b, c, d, ..] = ids.bytes();
    f64::from(u32::from_be_bytes([a, b, c, d])) / (f64::from(u32::MAX) + 1.0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn drawn_delays_keep_to_their_distribution() {
        let ids = Ids::seeded(1);
        let drawn = |latency: Latency| {
            let mut all: Vec<_> = (0..2000).map(|_| latency.draw(&ids).as_millis()).collect();
            all.sort_unstable();
            (all[0], all[1000], all[1980])
        };
        let (least, median, late) = drawn(Latency::Uniform { from: 100, to: 200 });
        assert!(least >= 100 && (140..160).contains(&median) && late <= 200, "{least} {median} {late}");
        let (_, median, late) = drawn(Latency::Tailed { median: 100, p99: 1000 });
        assert!((90..110).contains(&median) && (700..1400).contains(&late), "{median} {late}");
    }
}
