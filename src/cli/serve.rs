//! `forecourt serve` and `forecourt record`.

use std::path::PathBuf;

use clap::Args;

use crate::app;
use crate::cli::Common;
use crate::clock::Clock;
use crate::config::Config;
use crate::config::LogFormat;
use crate::config::Sources;
use crate::telemetry::logs;
use crate::telemetry::logs::Lines;

#[derive(Debug, Default, Args)]
pub(super) struct Serve {
    /// Answer from this recording instead of asking the vendors; the ledger stands in the same folder
    #[arg(long, value_name = "FOLDER")]
    replay: Option<PathBuf>,
}

#[derive(Debug, Args)]
pub(super) struct Record {
    /// A folder that is empty or does not exist yet
    #[arg(long, value_name = "FOLDER")]
    to: PathBuf,
}

impl Serve {
    pub(super) fn run(self, mut common: Common) -> anyhow::Result<()> {
        let Some(folder) = self.replay else { return serve(common.sources()) };
        // The recording knows its accounts, and its pseudonyms must never get into a real ledger.
        common.config.get_or_insert_with(|| folder.join(app::REPLAY_CONFIG));
        common.data_dir.get_or_insert_with(|| folder.join("ledger"));
        serve(taped(common.sources(), "--replay", "replay", &folder))
    }
}

impl Record {
    pub(super) fn run(self, common: &Common) -> anyhow::Result<()> {
        serve(taped(common.sources(), "--to", "record", &self.to))
    }
}

fn taped(sources: Sources, flag: &'static str, mode: &str, folder: &std::path::Path) -> Sources {
    let folder = folder.display().to_string();
    sources.flag(flag, "tape.mode", Some(mode.to_owned())).flag(flag, "tape.folder", Some(folder))
}

fn serve(sources: Sources) -> anyhow::Result<()> {
    let config = Config::load(sources, &app::known())?;
    let lines = match config.log.format {
        LogFormat::Text => Lines::Text,
        LogFormat::Json => Lines::Json,
    };
    let clock = Clock::system();
    logs::init(&config.log.level, lines, move || clock.now())?;
    app::serve(config)
}
