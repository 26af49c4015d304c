//! What the gateway says of how a table ended, in headers or trailers.

use http::HeaderMap;
use serde::Deserialize;

use crate::report::ending::Outcome;
use crate::report::fault::Fault;

/// How a table ended.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Told {
    pub(super) outcome: Outcome,
    pub(super) rows: u64,
    pub(super) faults: Faults,
    /// Personal data that the key's scopes leave out; none when there is nothing left out.
    pub(super) masked: Option<String>,
}

/// What is missing from a table.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
pub(super) struct Faults {
    faults: Vec<Fault>,
    /// How many more there are.
    more: u64,
}

impl Told {
    /// What `headers` say; none when they say nothing of it.
    pub(super) fn of(headers: &HeaderMap) -> Option<Self> {
        let text = |name: &str| headers.get(name)?.to_str().ok();
        let outcome = text("forecourt-outcome")?;
        let outcome = serde_json::from_value(serde_json::Value::from(outcome)).ok()?;
        let rows = text("forecourt-rows")?.parse().ok()?;
        let faults = text("forecourt-faults").and_then(|json| serde_json::from_str(json).ok()).unwrap_or_default();
        let masked = text("forecourt-masked").map(str::to_owned);
        Some(Self { outcome, rows, faults, masked })
    }
}

impl Faults {
    /// One line for each, behind a line end.
    pub(super) fn lines(&self) -> String {
        list(&self.faults, self.more)
    }
}

/// One line for each of `faults`, behind a line end, and one that counts `more`.
pub(super) fn list(faults: &[Fault], more: u64) -> String {
    let rest = (more > 0).then(|| format!("\n  - and {more} more"));
    faults.iter().map(line).chain(rest).collect()
}

fn line(fault: &Fault) -> String {
    let Fault { path, code, message, vendor, loses_rows, count } = fault;
    let vendor = vendor.as_ref().map(|vendor| format!("{vendor}, ")).unwrap_or_default();
    let times = if *count == 1 { String::new() } else { format!(", {count} times") };
    let lost = if *loses_rows { "rows are missing" } else { "cells are empty" };
    let path = if path.is_empty() { "the query" } else { path };
    format!("\n  - {path}: {message} ({vendor}{code}{times}; {lost})")
}

#[cfg(test)]
mod tests {
    use http::HeaderMap;

    use super::Told;
    use crate::report::ending::Outcome;

    fn told(headers: &[(&'static str, &str)]) -> Option<Told> {
        Told::of(
            &headers.iter().map(|(name, text)| (name.parse().unwrap(), text.parse().unwrap())).collect::<HeaderMap>(),
        )
    }

    #[test]
    fn an_ending_is_read_from_headers() {
        let faults = r#"{"faults":[{"path":"vehicles.make","code":"VENDOR_TIMEOUT","message":"late \u00fc",
            "vendor":"jifeline","losesRows":false,"count":3}],"more":2}"#
            .replace('\n', "");
        let known =
            told(&[("forecourt-outcome", "INCOMPLETE"), ("forecourt-rows", "5"), ("forecourt-faults", &faults)]);
        let known = known.unwrap();
        assert_eq!((known.outcome, known.rows), (Outcome::Incomplete, 5));
        let lines = "\n  - vehicles.make: late ü (jifeline, VENDOR_TIMEOUT, 3 times; cells are empty)\n  - and 2 more";
        assert_eq!(known.faults.lines(), lines);
        let whole = told(&[("forecourt-outcome", "COMPLETE"), ("forecourt-rows", "0")]).unwrap();
        assert_eq!((whole.outcome, whole.faults.lines()), (Outcome::Complete, String::new()));
        assert_eq!(told(&[]), None);
        assert_eq!(told(&[("forecourt-outcome", "FINE"), ("forecourt-rows", "5")]), None);
    }
}
