//! When a report is due: time is cut into spans, and in each of them it is read once.

use std::time::Duration;

use chrono::DateTime;
use chrono::Utc;

/// The spans of one schedule.
#[derive(Clone, Copy, Debug)]
pub(super) struct Slots {
    every: i64,
    at: i64,
}

impl Slots {
    /// Spans of the length `every`, one of which begins `at` after midnight in UTC.
    pub(super) fn new(every: Duration, at: Duration) -> Self {
        let seconds = |span: Duration| i64::try_from(span.as_secs()).unwrap_or(i64::MAX);
        Self { every: seconds(every).max(1), at: seconds(at) }
    }

    /// Whether a new span has begun between `last` and `now`.
    pub(super) fn is_due(self, last: DateTime<Utc>, now: DateTime<Utc>) -> bool {
        self.of(now) > self.of(last)
    }

    fn of(self, time: DateTime<Utc>) -> i64 {
        time.timestamp().saturating_sub(self.at).div_euclid(self.every)
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::Slots;

    fn is_due((every, at): (u64, u64), last: &str, now: &str) -> bool {
        let minutes = |number: u64| Duration::from_secs(60 * number);
        Slots::new(minutes(every), minutes(at)).is_due(last.parse().unwrap(), now.parse().unwrap())
    }

    #[test]
    fn a_day_begins_when_it_is_said_to() {
        let daily = (24 * 60, 3 * 60 + 30);
        assert!(!is_due(daily, "2026-10-02T03:30:00Z", "2026-10-03T03:29:59Z"));
        assert!(is_due(daily, "2026-10-02T03:30:00Z", "2026-10-03T03:30:00Z"));
        // One that was late is not late again.
        assert!(is_due(daily, "2026-10-02T23:00:00Z", "2026-10-03T03:30:00Z"));
        // However many were missed, one makes up for them.
        assert!(is_due(daily, "2026-09-01T03:30:00Z", "2026-10-03T03:30:00Z"));
        assert!(!is_due(daily, "2026-10-03T03:30:01Z", "2026-10-03T03:30:05Z"));
    }

    #[test]
    fn shorter_spans_begin_at_the_same_time_of_each_hour() {
        let quarters = (15, 5);
        assert!(!is_due(quarters, "2026-10-02T08:05:00Z", "2026-10-02T08:19:59Z"));
        assert!(is_due(quarters, "2026-10-02T08:19:59Z", "2026-10-02T08:20:00Z"));
        assert!(!is_due(quarters, "2026-10-02T08:20:00Z", "2026-10-02T08:05:00Z"), "a clock that was set back");
    }
}
