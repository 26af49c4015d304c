//! How spans, sizes and words are written in the configuration, in both directions.

use std::time::Duration;

const SPANS: &[(&str, u64)] = &[("d", 86_400_000), ("h", 3_600_000), ("m", 60_000), ("s", 1000), ("ms", 1)];
const SIZES: &[(&str, u64)] = &[("GiB", 1 << 30), ("MiB", 1 << 20), ("KiB", 1 << 10), ("B", 1)];

/// Reads a span such as `30s`, `24h` or `500ms`.
pub(super) fn parse_span(text: &str) -> Option<Duration> {
    parse_amount(text, SPANS).map(Duration::from_millis)
}

/// Writes a span with the largest unit that keeps it whole.
pub(super) fn write_span(span: Duration) -> String {
    write_amount(u64::try_from(span.as_millis()).unwrap_or(u64::MAX), SPANS, "s")
}

/// Reads a size such as `128MiB`.
pub(super) fn parse_size(text: &str) -> Option<u64> {
    parse_amount(text, SIZES)
}

/// Writes a size with the largest unit that keeps it whole.
pub(super) fn write_size(bytes: u64) -> String {
    write_amount(bytes, SIZES, "B")
}

/// The word that stands for `value` among `choices`.
pub(super) fn word<T: PartialEq>(choices: &[(&'static str, T)], value: &T) -> &'static str {
    choices.iter().find(|(_, choice)| choice == value).map_or("", |(word, _)| word)
}

fn parse_amount(text: &str, units: &[(&str, u64)]) -> Option<u64> {
    let text = text.trim();
    let (number, unit) = text.split_at_checked(text.find(|c: char| !c.is_ascii_digit())?)?;
    let (_, factor) = units.iter().find(|(name, _)| *name == unit.trim_start())?;
    number.parse::<u64>().ok()?.checked_mul(*factor)
}

fn write_amount(amount: u64, units: &[(&str, u64)], unit_of_zero: &str) -> String {
    if amount == 0 {
        return format!("0{unit_of_zero}");
    }
    let whole = units.iter().find(|(_, factor)| amount.is_multiple_of(*factor));
    whole.map_or_else(|| amount.to_string(), |(unit, factor)| format!("{}{unit}", amount / factor))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn spans_are_read_and_written_back() {
        for (text, millis, back) in [
            ("500ms", 500, "500ms"),
            ("30s", 30_000, "30s"),
            ("90 s", 90_000, "90s"),
            ("60s", 60_000, "1m"),
            ("24h", 86_400_000, "1d"),
            ("0s", 0, "0s"),
        ] {
            let span = parse_span(text).expect(text);
            assert_eq!(span, Duration::from_millis(millis));
            assert_eq!(write_span(span), back);
        }
        for wrong in ["", "30", "s", "-1s", "1.5h", "30 sec", "99999999999999999999s", "1d2h"] {
            assert_eq!(parse_span(wrong), None, "{wrong}");
        }
    }

    #[test]
    fn sizes_are_read_and_written_back() {
        assert_eq!(parse_size("128MiB"), Some(134_217_728));
        assert_eq!(write_size(134_217_728), "128MiB");
        assert_eq!(write_size(1025), "1025B");
        for wrong in ["128", "128MB", "1.5GiB", "99999999999GiB"] {
            assert_eq!(parse_size(wrong), None, "{wrong}");
        }
    }
}
