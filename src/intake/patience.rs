//! How long to wait before something that failed is tried again, and when it has been tried often enough.

use chrono::TimeDelta;

/// The first pauses; after them it is tried every hour.
const FIRST: [TimeDelta; 4] =
    [TimeDelta::seconds(5), TimeDelta::seconds(30), TimeDelta::minutes(2), TimeDelta::minutes(10)];
const LATER: TimeDelta = TimeDelta::hours(1);
/// The first tries, and hourly ones for three days.
const MOST_TRIES: i64 = 4 + 3 * 24;

/// The pause after a failure that had `failures` before it.
pub(super) fn pause(failures: i64) -> TimeDelta {
    usize::try_from(failures).ok().and_then(|at| FIRST.get(at).copied()).unwrap_or(LATER)
}

/// Whether a failure that had `failures` before it is the last one that is waited for.
pub(super) fn is_spent(failures: i64) -> bool {
    failures + 1 >= MOST_TRIES
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pauses_grow_and_end_after_three_days() {
        let pauses: Vec<_> = (0..6).map(|failures| pause(failures).num_seconds()).collect();
        assert_eq!(pauses, [5, 30, 120, 600, 3_600, 3_600]);
        let tries = (0..).take_while(|failures| !is_spent(*failures));
        let hours = tries.map(pause).sum::<TimeDelta>().num_hours();
        assert_eq!(hours, 71, "the last try is made in the last hour of the third day");
    }
}
