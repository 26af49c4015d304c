//! `forecourt webhooks list`.

use std::io::Write;

use chrono::DateTime;
use chrono::Utc;
use clap::Args;
use serde_json::json;

use crate::config::Name;
use crate::store::DeliveryLine;
use crate::store::DeliveryQuery;
use crate::store::Store;

use super::State;
use super::name;
use super::since;
use super::time;

/// Options of `forecourt webhooks list`.
#[derive(Debug, Args)]
pub(in crate::cli) struct List {
    /// Only deliveries to this tenant
    #[arg(long, value_parser = name)]
    tenant: Option<Name>,
    /// Only deliveries that have come so far
    #[arg(long, value_enum, ignore_case = true)]
    state: Option<State>,
    /// Only deliveries since a time, or within a span before now such as `2h`
    #[arg(long, value_name = "TIME|SPAN", value_parser = since)]
    since: Option<DateTime<Utc>>,
    /// At most so many
    #[arg(long, value_name = "COUNT", default_value_t = 50)]
    limit: usize,
    /// One JSON object in each line instead of a table
    #[arg(long)]
    json: bool,
}

impl List {
    pub(super) async fn run(self, store: &dyn Store, out: &mut dyn Write) -> anyhow::Result<()> {
        let query = DeliveryQuery {
            id: None,
            tenant: self.tenant.as_ref().map(|name| name.as_str().to_owned()),
            states: self.state.map(State::states).unwrap_or_default(),
            since: self.since,
        };
        let lines = store.delivery_lines(&query, self.limit).await?;
        if self.json {
            for line in &lines {
                writeln!(out, "{}", object(line))?;
            }
            return Ok(());
        }
        if lines.is_empty() {
            writeln!(out, "there are no such deliveries")?;
            return Ok(());
        }
        let titles = ["RECEIVED", "TENANT", "VENDOR", "STATE", "TRIES", "BYTES", "ID", "NOTE"].map(str::to_owned);
        let mut rows = vec![titles];
        rows.extend(lines.iter().map(cells));
        let mut widths = [0; 8];
        for row in &rows {
            widths.iter_mut().zip(row).for_each(|(width, cell)| *width = cell.chars().count().max(*width));
        }
        for row in &rows {
            let cells = row.iter().zip(widths).map(|(cell, width)| format!("{cell:width$}"));
            writeln!(out, "{}", cells.collect::<Vec<_>>().join("  ").trim_end())?;
        }
        Ok(())
    }
}

fn cells(line: &DeliveryLine) -> [String; 8] {
    [
        time(line.received_at),
        line.tenant.clone(),
        line.vendor.clone(),
        line.state.as_str().to_owned(),
        line.attempts.to_string(),
        line.body_bytes.to_string(),
        line.id.to_string(),
        line.note.clone().unwrap_or_default(),
    ]
}

fn object(line: &DeliveryLine) -> serde_json::Value {
    json!({
        "id": line.id,
        "arrival": line.arrival,
        "tenant": line.tenant,
        "vendor": line.vendor,
        "receivedAt": time(line.received_at),
        "state": line.state.as_str(),
        "note": line.note,
        "inspectionId": line.inspection_id,
        "attempts": line.attempts,
        "bodyBytes": line.body_bytes,
    })
}
