//! `forecourt config`.

use std::io::Write;

use crate::app;
use crate::cli::Common;

pub(super) fn run(common: &Common, out: &mut dyn Write) -> anyhow::Result<()> {
    let known = app::known();
    let config = common.load(&known)?;
    out.write_all(config.to_redacted_toml(&known).as_bytes())?;
    Ok(())
}
