//! Keeps invented data apart from a dealer's own: a ledger remembers which vendors it has met as the sandbox.

use std::collections::BTreeSet;
use std::path::Path;

use anyhow::Context;

use crate::config::Config;
use crate::config::Mode;

const FILE: &str = "sandbox.vendors";

/// Refuses a vendor that is live now and was the sandbox when this ledger was filled; notes those that are it now.
pub(super) fn check(config: &Config) -> anyhow::Result<()> {
    let path = config.data_dir.join(FILE);
    let known = read(&path)?;
    let of = |mode| {
        let modes = config.vendor_modes().filter(move |(_, _, its)| *its == mode);
        modes.map(|(tenant, vendor, _)| format!("{tenant}/{}", vendor.as_str())).collect::<BTreeSet<_>>()
    };
    if let Some(vendor) = of(Mode::Live).intersection(&known).next() {
        anyhow::bail!(
            "the ledger in `{}` holds the sandbox's invented data of `{vendor}`, which is live now; give the live gateway a \
             data folder of its own (`data_dir`, or `FORECOURT_DATA_DIR`), or remove this one",
            config.data_dir.display(),
        );
    }
    let all: BTreeSet<String> = known.union(&of(Mode::Sandbox)).cloned().collect();
    if all != known {
        let text = all.into_iter().map(|vendor| vendor + "\n").collect::<String>();
        std::fs::write(&path, text).with_context(|| format!("cannot write `{}`", path.display()))?;
    }
    Ok(())
}

fn read(path: &Path) -> anyhow::Result<BTreeSet<String>> {
    match std::fs::read_to_string(path) {
        Ok(text) => Ok(text.lines().map(str::to_owned).collect()),
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok(BTreeSet::new()),
        Err(error) => Err(error).with_context(|| format!("cannot read `{}`", path.display())),
    }
}
