//! `forecourt store backup`.

use std::io::Write;
use std::path::Path;
use std::path::PathBuf;

use anyhow::ensure;
use clap::Args;

use crate::app;
use crate::cli::Common;
use crate::cli::block_on;
use crate::store;
use crate::store::Access;

/// The ledger's file: opening a folder without it would make an empty ledger and save that.
const LEDGER: &str = "forecourt.db";

/// Checks that a folder has a ledger.
pub(super) fn check_ledger(folder: &Path) -> anyhow::Result<()> {
    ensure!(
        folder.join(LEDGER).is_file(),
        "there is no ledger in `{}`; name the gateway's folder with `--data-dir`",
        folder.display()
    );
    Ok(())
}

/// Options of `forecourt store backup`.
#[derive(Debug, Args)]
pub(super) struct Backup {
    /// The file to write; it must not exist yet
    #[arg(value_name = "PATH")]
    path: PathBuf,
}

impl Backup {
    pub(super) fn run(self, common: &Common, out: &mut dyn Write) -> anyhow::Result<()> {
        let folder = common.load(&app::known())?.data_dir;
        check_ledger(&folder)?;
        block_on(async {
            let store = store::open(&folder, Access::Tool).await?;
            let written = store.backup(&self.path).await;
            store.close().await;
            Ok(written?)
        })?;
        let bytes = std::fs::metadata(&self.path)?.len();
        writeln!(out, "wrote {bytes} bytes to {}", self.path.display())?;
        Ok(())
    }
}
