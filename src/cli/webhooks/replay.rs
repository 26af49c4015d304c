//! `forecourt webhooks replay`.
//!
//! The deliveries are opened again in the ledger; the gateway works on them, at once if it runs and at its next start
//! otherwise. They keep their places in the order of arrival, so that doing it twice, or with a delivery that was
//! applied, changes nothing that came later.

use std::io::Write;

use anyhow::ensure;
use chrono::DateTime;
use chrono::Utc;
use clap::Args;
use uuid::Uuid;

use crate::clock::Clock;
use crate::config::Name;
use crate::store::DeliveryQuery;
use crate::store::Store;

use super::State;
use super::name;
use super::since;

/// Options of `forecourt webhooks replay`.
#[derive(Debug, Args)]
pub(in crate::cli) struct Replay {
    /// The delivery's id
    #[arg(required_unless_present = "state", conflicts_with = "state")]
    id: Option<Uuid>,
    /// All deliveries that have come so far
    #[arg(long, value_enum, ignore_case = true)]
    state: Option<State>,
    /// With `--state`: only deliveries to this tenant
    #[arg(long, value_parser = name, requires = "state")]
    tenant: Option<Name>,
    /// With `--state`: only deliveries since a time, or within a span before now such as `2h`
    #[arg(long, value_name = "TIME|SPAN", value_parser = since, requires = "state")]
    since: Option<DateTime<Utc>>,
}

impl Replay {
    pub(super) async fn run(self, store: &dyn Store, out: &mut dyn Write) -> anyhow::Result<()> {
        let query = DeliveryQuery {
            id: self.id,
            tenant: self.tenant.as_ref().map(|name| name.as_str().to_owned()),
            states: self.state.map(State::states).unwrap_or_default(),
            since: self.since,
        };
        let count = store.reopen_deliveries(&query, Clock::system().now()).await?;
        if let Some(id) = self.id {
            ensure!(count > 0, "there is no delivery `{id}`; deliveries are kept for 90 days");
        }
        if count == 0 {
            writeln!(out, "there are no such deliveries")?;
            return Ok(());
        }
        let noun = if count == 1 { "delivery is" } else { "deliveries are" };
        writeln!(out, "{count} {noun} due again: a running gateway works on them within seconds, else the next one")?;
        Ok(())
    }
}
