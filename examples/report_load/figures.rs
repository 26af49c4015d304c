//! Figures, and how they are shown.

use std::fmt;
use std::time::Duration;

use super::pull::Taken;

/// A table of Markdown.
pub(crate) struct Markdown {
    text: String,
}

impl Markdown {
    pub(crate) fn new<const N: usize>(names: [&str; N]) -> Self {
        let mut table = Self { text: String::new() };
        table.row(&names.map(str::to_owned));
        table.row(&names.map(|_| "---".to_owned()));
        table
    }

    pub(crate) fn row(&mut self, cells: &[String]) {
        self.text.extend(["| ", &*cells.join(" | "), " |\n"]);
    }
}

impl fmt::Display for Markdown {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)
    }
}

impl Taken {
    /// Rows in a second.
    #[expect(clippy::cast_precision_loss, reason = "figures are shown with a few digits")]
    pub(crate) fn rate(&self) -> f64 {
        self.rows as f64 / self.time.as_secs_f64()
    }

    /// The cells that tell of it, beside `base`: seconds, rows in a second, how many times as many that is, MB.
    #[expect(clippy::cast_precision_loss, reason = "figures are shown with a few digits")]
    pub(crate) fn cells(&self, base: &Self) -> [String; 4] {
        [
            format!("{:.1}", self.time.as_secs_f64()),
            format!("{:.0}", self.rate()),
            format!("{:.2}", self.rate() / base.rate()),
            format!("{:.1}", self.bytes as f64 / 1e6),
        ]
    }
}

/// KiB as MiB.
#[expect(clippy::cast_precision_loss, reason = "figures are shown with a few digits")]
pub(crate) fn mib(kib: u64) -> String {
    format!("{:.0}", kib as f64 / 1024.0)
}

/// Spans of time that were measured.
#[derive(Debug, Default)]
pub(crate) struct Spans(Vec<Duration>);

impl FromIterator<Duration> for Spans {
    fn from_iter<T: IntoIterator<Item = Duration>>(spans: T) -> Self {
        let mut spans: Vec<_> = spans.into_iter().collect();
        spans.sort_unstable();
        Self(spans)
    }
}

impl Spans {
    /// The span that so many of a hundred do not exceed, in milliseconds.
    pub(crate) fn percentile(&self, percent: usize) -> f64 {
        let place = (self.0.len() * percent).div_ceil(100).saturating_sub(1);
        self.0.get(place).map_or(f64::NAN, |span| span.as_secs_f64() * 1000.0)
    }

    /// The cells that tell of them: how many, median, 95 and 99 of a hundred in milliseconds.
    pub(crate) fn cells(&self) -> [String; 4] {
        let [median, p95, p99] = [50, 95, 99].map(|percent| format!("{:.1}", self.percentile(percent)));
        [self.0.len().to_string(), median, p95, p99]
    }
}
