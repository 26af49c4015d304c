//! How far a table is, on a terminal.

use std::io::IsTerminal;
use std::time::Duration;

use indicatif::ProgressBar;
use indicatif::ProgressDrawTarget;
use indicatif::ProgressFinish;
use indicatif::ProgressStyle;

use super::table::Wanted;
use crate::report::format::Format;

/// Between two looks of the line, so that the seconds go on while nothing comes.
const TICK: Duration = Duration::from_millis(200);

/// A line on standard error, where that is a terminal on which no table stands.
pub(super) struct Progress(ProgressBar);

impl Progress {
    pub(super) fn new(wanted: Option<&Wanted>) -> Self {
        let is_shared =
            wanted.is_none_or(|wanted| wanted.target.is_standard_output()) && std::io::stdout().is_terminal();
        let target = if is_shared { ProgressDrawTarget::hidden() } else { ProgressDrawTarget::stderr() };
        let bar = ProgressBar::with_draw_target(None, target).with_finish(ProgressFinish::AndClear);
        let style = ProgressStyle::with_template("{spinner} {msg} {decimal_bytes}, {elapsed}");
        bar.set_style(style.unwrap_or_else(|_| ProgressStyle::default_spinner()));
        if !bar.is_hidden() {
            bar.enable_steady_tick(TICK);
        }
        Self(bar)
    }

    /// Says what is waited for.
    pub(super) fn say(&self, text: &str) {
        self.0.set_message(format!("{text};"));
    }

    /// Shows that so many bytes more are there, and how many rows, where that is known.
    pub(super) fn add(&self, bytes: usize, rows: Option<u64>) {
        self.0.inc(u64::try_from(bytes).unwrap_or(u64::MAX));
        self.0.set_message(rows.map(|rows| format!("{rows} rows,")).unwrap_or_default());
    }

    /// Takes the line away.
    pub(super) fn end(&self) {
        self.0.finish_and_clear();
    }
}

/// Counts the rows of a table in text while it comes.
pub(super) struct Rows {
    format: Format,
    is_quoted: bool,
    lines: u64,
}

impl Rows {
    pub(super) fn of(format: Format) -> Self {
        Self { format, is_quoted: false, lines: 0 }
    }

    /// How many rows are there with `bytes`; none for a format in which that is not to be seen.
    pub(super) fn with(&mut self, bytes: &[u8]) -> Option<u64> {
        let head = match self.format {
            Format::Csv => 1,
            Format::NdJson => 0,
            Format::Json | Format::Arrow | Format::Parquet | Format::Xlsx => return None,
        };
        for byte in bytes {
            match byte {
                // Quotes within a quoted cell come in pairs.
                b'"' if self.format == Format::Csv => self.is_quoted = !self.is_quoted,
                b'\n' if !self.is_quoted => self.lines = self.lines.saturating_add(1),
                _ => {}
            }
        }
        Some(self.lines.saturating_sub(head))
    }
}

#[cfg(test)]
mod tests {
    use super::Rows;
    use crate::report::format::Format;

    #[test]
    fn rows_are_counted_over_pieces() {
        let mut rows = Rows::of(Format::Csv);
        assert_eq!(rows.with(b"a,b\r\n1,\"two\nli"), Some(0));
        assert_eq!(rows.with(b"nes with \"\"\n\"\"\"\r\n"), Some(1));
        assert_eq!(rows.with(b"2,\r\n"), Some(2));
        assert_eq!(Rows::of(Format::NdJson).with(b"{\"a\":\"\\\"\"}\n{}\n"), Some(2));
        assert_eq!(Rows::of(Format::Parquet).with(b"PAR1\n"), None);
    }
}
