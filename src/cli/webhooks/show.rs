//! `forecourt webhooks show`.

use std::io::Write;

use anyhow::Context;
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use clap::Args;
use serde_json::Value;
use serde_json::json;
use uuid::Uuid;

use crate::store::DeliveryQuery;
use crate::store::DeliveryRow;
use crate::store::DeliveryState;
use crate::store::ForwardRow;
use crate::store::ForwardState;
use crate::store::Store;

use super::time;

/// Options of `forecourt webhooks show`.
#[derive(Debug, Args)]
pub(in crate::cli) struct Show {
    /// The delivery's id
    id: Uuid,
    /// One JSON object
    #[arg(long)]
    json: bool,
}

impl Show {
    pub(super) async fn run(self, store: &dyn Store, out: &mut dyn Write) -> anyhow::Result<()> {
        let missing = || format!("there is no delivery `{}`; deliveries are kept for 90 days", self.id);
        let query = DeliveryQuery { id: Some(self.id), ..DeliveryQuery::default() };
        let line = store.delivery_lines(&query, 1).await?.into_iter().next().with_context(missing)?;
        let row = store.delivery(&line.tenant, self.id).await?.with_context(missing)?;
        let headers = store.delivery_headers(row.arrival).await?;
        let forward = store.forward(row.arrival).await?;
        if self.json {
            writeln!(out, "{}", object(&row, &headers, forward.as_ref()))?;
            return Ok(());
        }
        writeln!(out, "delivery   {}", row.id)?;
        writeln!(out, "received   {}, as number {}", time(row.received_at), row.arrival)?;
        writeln!(out, "address    /webhooks/{}/{}", row.vendor, row.tenant)?;
        writeln!(out, "accounts   {}", row.accounts.join(", "))?;
        writeln!(out, "decision   {}", decision(&row))?;
        if let Some(id) = row.inspection_id {
            writeln!(out, "inspection {id}")?;
        }
        if let Some(forward) = &forward {
            writeln!(out, "handed on  {}", handed_on(forward))?;
        }
        writeln!(out)?;
        for (name, value) in &headers {
            writeln!(out, "{name}: {}", printable(value))?;
        }
        writeln!(out, "\n{}", printable(&String::from_utf8_lossy(&row.body)))?;
        Ok(())
    }
}

/// What became of a delivery, in one line.
fn decision(row: &DeliveryRow) -> String {
    let meaning = match row.state {
        DeliveryState::Received => "to be worked on",
        DeliveryState::Applied => "its content became the current report",
        DeliveryState::Unchanged => "its content was the current report already",
        DeliveryState::Superseded => "a later one holds",
        DeliveryState::Noted => "the status was read",
        DeliveryState::Unmatched => "nobody knows what it speaks of",
        DeliveryState::Unreadable => "its body cannot be read",
    };
    let told = format!("{}, tried {}: {meaning}", row.state.as_str(), tries(row.attempts));
    match &row.note {
        Some(note) => format!("{told} ({note})"),
        None => told,
    }
}

fn handed_on(forward: &ForwardRow) -> String {
    let next = match forward.state {
        ForwardState::Waiting => format!(", next at {}", time(forward.next_try_at)),
        ForwardState::Taken | ForwardState::GivenUp => String::new(),
    };
    let why = forward.note.as_ref().map(|note| format!(" ({note})")).unwrap_or_default();
    format!("{}, tried {}{next}{why}", forward.state.as_str(), tries(forward.attempts))
}

/// The text as it came, without what would steer a terminal.
fn printable(text: &str) -> String {
    let harmless = |c: char| if c.is_control() && !matches!(c, '\n' | '\t') { '\u{fffd}' } else { c };
    text.trim_end().chars().map(harmless).collect()
}

/// How often something was tried.
fn tries(count: i64) -> String {
    if count == 1 { "once".to_owned() } else { format!("{count} times") }
}

fn object(row: &DeliveryRow, headers: &[(String, String)], forward: Option<&ForwardRow>) -> Value {
    let headers: Vec<Value> = headers.iter().map(|(name, value)| json!({ "name": name, "value": value })).collect();
    let body = match std::str::from_utf8(&row.body) {
        Ok(text) => json!({ "text": text }),
        Err(_) => json!({ "base64": STANDARD.encode(&row.body) }),
    };
    json!({
        "id": row.id,
        "arrival": row.arrival,
        "tenant": row.tenant,
        "vendor": row.vendor,
        "accounts": row.accounts,
        "receivedAt": time(row.received_at),
        "state": row.state.as_str(),
        "note": row.note,
        "attempts": row.attempts,
        "inspectionId": row.inspection_id,
        "vendorInspectionId": row.names.vendor_inspection_id,
        "forward": forward.map(|forward| json!({
            "state": forward.state.as_str(),
            "attempts": forward.attempts,
            "note": forward.note,
        })),
        "headers": headers,
        "body": body,
    })
}
