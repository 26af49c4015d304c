//! The recordings of all accounts: where each one's stands, and the configuration that a replay needs.

use std::fmt::Write as _;
use std::fs;
use std::path::PathBuf;
use std::sync::Arc;

use anyhow::Context;

use crate::config::Autochat;
use crate::config::Config;
use crate::config::Jifeline;
use crate::config::Mode;
use crate::config::OdometerUnit;
use crate::config::Tape as Settings;
use crate::config::TapeMode;
use crate::config::Tchek;
use crate::ids::Ids;
use crate::transport::tape::Player;
use crate::transport::tape::Private;
use crate::transport::tape::Pseudonyms;
use crate::transport::tape::Recorder;
use crate::transport::tape::Tape;

/// The file of a recording that says which tenants and accounts it has.
pub const REPLAY_CONFIG: &str = "replay.toml";

/// Gives each account its part of the recording.
#[derive(Debug)]
pub(super) struct Tapes {
    settings: Settings,
    pseudonyms: Pseudonyms,
}

impl Tapes {
    /// Prepares the recording that the configuration asks for.
    ///
    /// # Errors
    /// When the folder cannot be used: a new recording never goes on in the folder of another one, whose pseudonyms
    /// nobody could make again.
    pub(super) fn open(config: &Config, ids: &Ids) -> anyhow::Result<Self> {
        let settings = config.tape.clone();
        let folder = &settings.folder;
        match settings.mode {
            TapeMode::Replay if !folder.is_dir() => {
                anyhow::bail!("there is no recording in `{}`", folder.display());
            }
            TapeMode::Off | TapeMode::Replay => {}
            TapeMode::Record => {
                let unusable = || format!("cannot record into `{}`", folder.display());
                fs::create_dir_all(folder).with_context(unusable)?;
                if fs::read_dir(folder).with_context(unusable)?.next().is_some() {
                    anyhow::bail!(
                        "`{}` is not empty; a recording needs a folder of its own, so name another one",
                        folder.display()
                    );
                }
                fs::write(folder.join(REPLAY_CONFIG), replay_config(config)).with_context(unusable)?;
            }
        }
        Ok(Self { settings, pseudonyms: Pseudonyms::new(ids.bytes()) })
    }

    /// Whether recorded answers stand in for the vendors.
    pub(super) fn replays(&self) -> bool {
        self.settings.mode == TapeMode::Replay
    }

    /// What stands between one account's client and the wire.
    pub(super) fn of(
        &self,
        tenant: &str,
        vendor: &str,
        account: &str,
        private: &'static [Private],
    ) -> anyhow::Result<Option<Arc<dyn Tape>>> {
        let folder: PathBuf = [self.settings.folder.as_os_str(), tenant.as_ref(), vendor.as_ref(), account.as_ref()]
            .into_iter()
            .collect();
        Ok(match self.settings.mode {
            TapeMode::Off => None,
            TapeMode::Record => Some(Arc::new(Recorder::new(folder, self.pseudonyms.clone(), private))),
            TapeMode::Replay => Some(Arc::new(Player::load(&folder)?)),
        })
    }
}

/// The tenants and accounts of `config` without anything that a replay has no use for.
fn replay_config(config: &Config) -> String {
    let mut text = "# Written by `forecourt record`; read by `forecourt serve --replay`.\n".to_owned();
    for (name, tenant) in &config.tenants {
        let path = |vendor: &str| format!("tenants.{name}.vendors.{vendor}");
        inspections(&mut text, &path("tchek"), &tenant.tchek);
        listings(&mut text, &path("autochat"), &tenant.autochat);
        diagnostics(&mut text, &path("jifeline"), &tenant.jifeline);
    }
    text
}

/// Writes lines; writing to text cannot fail.
fn lines(text: &mut String, lines: std::fmt::Arguments<'_>) {
    writeln!(text, "{lines}").ok();
}

fn inspections(text: &mut String, path: &str, section: &Tchek) {
    if section.mode == Mode::Off {
        return;
    }
    lines(text, format_args!("\n[{path}]\nmode = \"sandbox\"\nenvironment = \"{}\"", section.environment.as_str()));
    for name in section.accounts.keys() {
        lines(text, format_args!("accounts.{name} = {{}}"));
    }
}

fn listings(text: &mut String, path: &str, section: &Autochat) {
    if section.mode == Mode::Off {
        return;
    }
    lines(text, format_args!("\n[{path}]\nmode = \"sandbox\"\nenvironment = \"{}\"", section.environment.as_str()));
    for (name, account) in &section.accounts {
        for dealership in account.dealerships.keys() {
            lines(text, format_args!("accounts.{name}.dealerships.{dealership} = \"{dealership}\""));
        }
    }
}

fn diagnostics(text: &mut String, path: &str, section: &Jifeline) {
    if section.mode == Mode::Off {
        return;
    }
    let unit = match section.odometer_unit {
        OdometerUnit::Kilometre => "kilometre",
        OdometerUnit::Mile => "mile",
        OdometerUnit::Unknown => "unknown",
    };
    lines(text, format_args!("\n[{path}]\nmode = \"sandbox\"\nodometer_unit = \"{unit}\""));
    for (number, state) in &section.ticket_states {
        lines(text, format_args!("ticket_states.{number} = \"{}\"", state.as_str()));
    }
    for name in section.accounts.keys() {
        lines(text, format_args!("accounts.{name} = {{}}"));
    }
}
