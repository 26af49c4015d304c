//! `[tape]`: recording what the vendors answer, and replaying it.

use std::path::PathBuf;

use super::redact::Printout;
use super::section::Section;

/// What the gateway does with a recording.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TapeMode {
    /// Nothing.
    Off,
    /// What the vendors answer is written down, without secrets and personal data.
    Record,
    /// Recorded answers stand in for the vendors; nothing leaves the gateway.
    Replay,
}

impl TapeMode {
    const CHOICES: &'static [(&'static str, Self)] =
        &[("off", Self::Off), ("record", Self::Record), ("replay", Self::Replay)];
}

/// The recording.
#[derive(Clone, Debug)]
pub struct Tape {
    /// What is done with it.
    pub mode: TapeMode,
    /// Its folder.
    pub folder: PathBuf,
}

impl Tape {
    pub(super) fn read(section: &mut Section<'_>) -> Self {
        Self {
            mode: section.choice("mode", TapeMode::CHOICES).unwrap_or(TapeMode::Off),
            folder: section.path("folder").unwrap_or_else(|| PathBuf::from("./recording")),
        }
    }

    pub(super) fn write(&self, out: &mut Printout) {
        out.table("tape");
        out.choice("mode", TapeMode::CHOICES, &self.mode);
        out.text("folder", &self.folder.display().to_string());
    }
}
