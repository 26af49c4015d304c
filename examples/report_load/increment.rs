//! The fourth show: what has changed, beside the whole lists, and whether a copy that is kept up by it is the list.

use std::collections::HashMap;
use std::path::Path;
use std::path::PathBuf;
use std::time::Duration;
use std::time::Instant;

use anyhow::Context;
use anyhow::Result;
use anyhow::ensure;
use futures_util::StreamExt;
use futures_util::TryStreamExt;
use futures_util::stream;
use serde_json::Value;
use serde_json::json;

use super::Stage;
use super::documents::Document;
use super::documents::LEDGER;
use super::extents::VENDORS;
use super::figures::Markdown;
use super::process::Gateway;
use super::pull::Rows;
use super::rows::vin;

/// How many cars get a listing, and how many an inspection.
const EACH: u64 = 500;
/// How many creations are under way at once.
const AT_ONCE: usize = 4;

const CREATE_LISTING: &str = "mutation($vin: String!, $number: String!) { createListing(input: { vin: $vin, \
    internalId: $number, make: \"volvo\", model: \"v60\" }) { outcome userErrors { message } } }";
const CREATE_INSPECTION: &str = "mutation($vin: String!, $number: String!) { createInspection(input: { vin: $vin, \
    licensePlate: $number }) { outcome userErrors { message } } }";

/// A list as it was read.
struct Copy {
    rows: Rows,
    time: Duration,
}

/// Measures on a copy of the ledger of `rows` cars, since it is written to.
pub(crate) async fn show(stage: &Stage, rows: u64) -> Result<()> {
    ensure!(rows >= 2 * EACH, "{} cars change, so there must be as many", 2 * EACH);
    let folder = copied(&stage.ledger(rows, &[]).await?, &stage.ledgers.join("changing"))?;
    let gateway = stage.gateway(&folder, &VENDORS).await?;
    let token = token(stage, &gateway).await?;
    let mut copies = Vec::new();
    for document in &LEDGER {
        copies.push(copy(stage, &gateway, document, None).await?);
    }
    change(stage, &gateway, rows).await?;
    stage.tell(&format!("changed {} cars", 2 * EACH));
    println!("## What {} creations changed, beside {rows} rows\n", 2 * EACH);
    let mut table = Markdown::new([
        "List",
        "Rows of all",
        "Seconds",
        "Rows that changed",
        "Seconds",
        "Part of the time",
        "Rows in which the kept copy is not the list",
    ]);
    for (document, mut kept) in LEDGER.iter().zip(copies) {
        let changed = copy(stage, &gateway, document, Some(&token)).await?;
        let (count, seconds) = (changed.rows.len().to_string(), format!("{:.3}", changed.time.as_secs_f64()));
        kept.rows.extend(changed.rows);
        let whole = copy(stage, &gateway, document, None).await?;
        let part = format!("1/{:.0}", whole.time.as_secs_f64() / changed.time.as_secs_f64());
        let (all, slow) = (whole.rows.len().to_string(), format!("{:.1}", whole.time.as_secs_f64()));
        let other = differing(&kept.rows, &whole.rows).to_string();
        stage.tell(&format!("{count} {} have changed, {other} of the copy differ", document.name));
        table.row(&[document.name.to_owned(), all, slow, count, seconds, part, other]);
    }
    println!("{table}");
    drop(gateway);
    Ok(std::fs::remove_dir_all(&folder)?)
}

/// Another folder with the ledger of this one.
fn copied(from: &Path, to: &Path) -> Result<PathBuf> {
    // What a run before has left.
    drop(std::fs::remove_dir_all(to));
    std::fs::create_dir_all(to)?;
    for entry in std::fs::read_dir(from)? {
        let entry = entry?;
        if entry.file_type()?.is_file() {
            std::fs::copy(entry.path(), to.join(entry.file_name()))?;
        }
    }
    Ok(to.to_owned())
}

async fn token(stage: &Stage, gateway: &Gateway) -> Result<String> {
    let text = stage.client.ask(&gateway.url, "{ changeToken }", &json!({})).await?;
    let answer: Value = serde_json::from_str(&text)?;
    let token = answer.pointer("/data/changeToken").and_then(Value::as_str);
    Ok(token.context("there is no token of changes")?.to_owned())
}

/// The rows that have changed since `token`, or all of them.
async fn copy(stage: &Stage, gateway: &Gateway, document: &Document, token: Option<&str>) -> Result<Copy> {
    let begin = Instant::now();
    let rows = stage.client.rows(&gateway.url, document, &json!({ "changedAfter": token })).await?;
    Ok(Copy { rows, time: begin.elapsed() })
}

/// Gives one car in so many a listing, and the one after it an inspection, by the front door.
async fn change(stage: &Stage, gateway: &Gateway, rows: u64) -> Result<()> {
    let creations = (0..EACH).flat_map(|place| {
        let car = place * (rows / EACH);
        [(CREATE_LISTING, car), (CREATE_INSPECTION, car + 1)]
    });
    let creations = stream::iter(creations).map(async |(mutation, car)| {
        let variables = json!({ "vin": vin(car), "number": format!("NEW-{car}") });
        let text = stage.client.ask(&gateway.url, mutation, &variables).await?;
        ensure!(text.contains("\"CREATED\""), "{text}");
        Ok(())
    });
    creations.buffer_unordered(AT_ONCE).try_collect().await
}

/// How many rows are not in both, or not alike.
fn differing(one: &Rows, other: &Rows) -> usize {
    let only = |one: &HashMap<String, u64>, other: &Rows| one.keys().filter(|id| !other.contains_key(*id)).count();
    let unlike = one.iter().filter(|(id, hash)| other.get(*id).is_some_and(|there| there != *hash)).count();
    only(one, other) + only(other, one) + unlike
}
