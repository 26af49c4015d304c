//! `forecourt webhooks list|show|replay|register`: what vendors deliver.
//!
//! These commands work on the ledger's file itself, beside a gateway that serves from it or without one, as those of
//! `keys` do. None of them applies a delivery: only the gateway does, with the order and the vendors' word that it takes.

mod list;
mod register;
mod replay;
mod show;

use std::io::Write;

use chrono::DateTime;
use chrono::TimeDelta;
use chrono::Utc;
use clap::Subcommand;
use clap::ValueEnum;

use crate::app;
use crate::cli::Common;
use crate::cli::backup::check_ledger;
use crate::cli::block_on;
use crate::clock::Clock;
use crate::config::Name;
use crate::store;
use crate::store::Access;
use crate::store::DeliveryState;

/// The commands below `forecourt webhooks`.
#[derive(Debug, Subcommand)]
pub(super) enum Webhooks {
    /// List deliveries, the latest first
    List(list::List),
    /// Show one delivery: its headers without secrets, its body, and what became of it
    Show(show::Show),
    /// Have deliveries worked on again, in their old places in the order of arrival
    Replay(replay::Replay),
    /// Tell the vendor to deliver to this gateway
    Register(register::Register),
}

/// Which deliveries are meant, by how far they have come.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum State {
    /// Kept, and to be worked on
    Received,
    /// Its content became the current one
    Applied,
    /// Its content was the current one already
    Unchanged,
    /// A later one about the same inspection holds
    Superseded,
    /// It brings no content, and was reason to read a status
    Noted,
    /// It speaks of an inspection that nobody knows
    Unmatched,
    /// Its body cannot be read
    Unreadable,
    /// What came to nothing: unmatched and unreadable
    Failed,
}

impl State {
    fn states(self) -> Vec<DeliveryState> {
        match self {
            Self::Received => vec![DeliveryState::Received],
            Self::Applied => vec![DeliveryState::Applied],
            Self::Unchanged => vec![DeliveryState::Unchanged],
            Self::Superseded => vec![DeliveryState::Superseded],
            Self::Noted => vec![DeliveryState::Noted],
            Self::Unmatched => vec![DeliveryState::Unmatched],
            Self::Unreadable => vec![DeliveryState::Unreadable],
            Self::Failed => vec![DeliveryState::Unmatched, DeliveryState::Unreadable],
        }
    }
}

impl Webhooks {
    pub(super) fn run(self, common: &Common, out: &mut dyn Write) -> anyhow::Result<()> {
        let config = common.load(&app::known())?;
        block_on(async {
            if let Self::Register(command) = self {
                return command.run(&config, out).await;
            }
            check_ledger(&config.data_dir)?;
            let store = store::open(&config.data_dir, Access::Tool).await?;
            let outcome = match self {
                Self::List(command) => command.run(&*store, out).await,
                Self::Show(command) => command.run(&*store, out).await,
                Self::Replay(command) => command.run(&*store, out).await,
                Self::Register(_) => Ok(()),
            };
            store.close().await;
            outcome
        })
    }
}

fn name(text: &str) -> Result<Name, String> {
    Name::parse(text).ok_or_else(|| format!("a name has {}", Name::RULE))
}

/// Reads a time, or a span before now such as `2h`.
fn since(text: &str) -> Result<DateTime<Utc>, String> {
    if let Ok(time) = DateTime::parse_from_rfc3339(text) {
        return Ok(time.to_utc());
    }
    let wanted =
        || "write a time such as `2026-11-25T08:00:00Z`, or a span before now such as `2h` (m, h, d)".to_owned();
    let unit = text.chars().last().ok_or_else(wanted)?;
    let count: i64 = text.strip_suffix(unit).and_then(|digits| digits.parse().ok()).ok_or_else(wanted)?;
    let span = match unit {
        'm' => TimeDelta::try_minutes(count),
        'h' => TimeDelta::try_hours(count),
        'd' => TimeDelta::try_days(count),
        _ => None,
    };
    let span = span.filter(|span| *span >= TimeDelta::zero()).ok_or_else(wanted)?;
    Clock::system().now().checked_sub_signed(span).ok_or_else(wanted)
}

/// A time as these commands print it.
fn time(at: DateTime<Utc>) -> String {
    at.to_rfc3339_opts(chrono::SecondsFormat::Secs, true)
}
