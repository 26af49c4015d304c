//! `[discrepancies]`: when vendors are taken to contradict each other.

use super::redact::Printout;
use super::section::Section;

/// When vendors are taken to contradict each other.
#[derive(Clone, Debug)]
pub struct Discrepancies {
    /// What a vehicle is believed to cover in a day, in kilometres; two mileages that are further apart contradict.
    pub kilometres_per_day: u32,
}

impl Discrepancies {
    pub(super) fn read(section: &mut Section<'_>) -> Self {
        Self { kilometres_per_day: section.number("kilometres_per_day", 1, 10_000).unwrap_or(1_000) }
    }

    pub(super) fn write(&self, out: &mut Printout) {
        out.table("discrepancies");
        out.number("kilometres_per_day", self.kilometres_per_day);
    }
}
