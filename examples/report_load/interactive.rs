//! The third show: how long a joined car takes to somebody at a screen, with and without a full extract beside.

use std::time::Duration;
use std::time::Instant;

use anyhow::Result;
use anyhow::ensure;
use serde_json::Value;
use serde_json::json;
use tokio::time::MissedTickBehavior;

use super::Stage;
use super::documents::Document;
use super::documents::LISTINGS;
use super::documents::ONE_CAR;
use super::documents::VEHICLE_360;
use super::figures::Markdown;
use super::figures::Spans;
use super::pull::Way;

/// The pace of the queries; one that is late delays those after it.
const EVERY: Duration = Duration::from_millis(50);

/// Measures on the cars of the sandbox, and on a ledger of `rows` cars. No car is asked for twice, so that each query calls
/// the vendors; those that an extract reaches first come last.
pub(crate) async fn show(stage: &Stage, rows: u64, samples: usize) -> Result<()> {
    let mut vins = stage.sandbox.vins(&stage.client).await?;
    vins.sort_unstable_by(|one, other| other.cmp(one));
    ensure!(samples > 0 && vins.len() >= 3 * samples, "{samples} samples need {} cars", 3 * samples);
    let joined = stage.ledger(u64::try_from(vins.len())?, &vins).await?;
    let whole = stage.ledger(rows, &[]).await?;
    println!("## One joined car at a time, beside a full extract\n");
    let mut table = Markdown::new(["Beside it", "Queries", "Median ms", "p95 ms", "p99 ms", "Times the p95 alone"]);
    let beside = [
        (joined, VEHICLE_360, "vehicle-360, which calls the vendors"),
        (whole, LISTINGS, "listings, which are the ledger's"),
    ];
    for (folder, document, name) in beside {
        let gateway = stage.gateway(&folder, &[]).await?;
        let mut batches = vins.chunks(samples);
        let mut next = || batches.next().unwrap_or_default();
        // The first queries log in at the vendors.
        queries(stage, &gateway.url, next()).await?;
        let alone = queries(stage, &gateway.url, next()).await?;
        let busy = Box::pin(while_extracted(stage, &gateway.url, document, next())).await?;
        for (spans, name) in [(&alone, format!("nothing, before {name}")), (&busy, name.to_owned())] {
            let [count, median, p95, p99] = spans.cells();
            let times = format!("{:.2}", spans.percentile(95) / alone.percentile(95));
            table.row(&[name, count, median, p95, p99, times]);
        }
        stage.tell(&format!("asked beside {name}"));
    }
    println!("{table}");
    Ok(())
}

/// Queries while a CSV of `document` is taken, again and again if need be.
async fn while_extracted(stage: &Stage, gateway: &str, document: Document, vins: &[String]) -> Result<Spans> {
    tokio::select! {
        failed = extract(stage, gateway, document) => failed,
        spans = queries(stage, gateway, vins) => spans,
    }
}

/// Ends only when an extract fails.
async fn extract(stage: &Stage, gateway: &str, document: Document) -> Result<Spans> {
    loop {
        stage.client.table(gateway, &document, Way::Csv).await?;
    }
}

async fn queries(stage: &Stage, gateway: &str, vins: &[String]) -> Result<Spans> {
    let mut ticks = tokio::time::interval(EVERY);
    ticks.set_missed_tick_behavior(MissedTickBehavior::Delay);
    let mut spans = Vec::new();
    for vin in vins {
        ticks.tick().await;
        let begin = Instant::now();
        let text = stage.client.ask(gateway, ONE_CAR, &json!({ "vin": vin })).await?;
        spans.push(begin.elapsed());
        let answer: Value = serde_json::from_str(&text)?;
        ensure!(answer.get("errors").is_none(), "{text}");
    }
    Ok(spans.into_iter().collect())
}
