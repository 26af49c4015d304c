//! `forecourt serve`.

use crate::app;
use crate::cli::Common;
use crate::clock::Clock;
use crate::config::LogFormat;
use crate::telemetry::logs;
use crate::telemetry::logs::Lines;

pub(super) fn run(common: &Common) -> anyhow::Result<()> {
    let config = common.load(&app::known())?;
    let lines = match config.log.format {
        LogFormat::Text => Lines::Text,
        LogFormat::Json => Lines::Json,
    };
    let clock = Clock::system();
    logs::init(&config.log.level, lines, move || clock.now())?;
    app::serve(config)
}
