//! The first show: whole extents of the index and the ledger in every format beside the same pages as plain JSON, and
//! whether the memory grows with the rows.

use anyhow::Context;
use anyhow::Result;

use super::Stage;
use super::documents::LEDGER;
use super::figures::Markdown;
use super::figures::mib;
use super::pull::MOST_ROWS_OF_XLSX;
use super::pull::Taken;
use super::pull::Way;

/// The vendors whose things the ledger holds. The one of diagnostics would have its cars put into the index.
pub(crate) const VENDORS: [(&str, &str); 2] = [
    ("FORECOURT_TENANTS__DEFAULT__VENDORS__TCHEK__MODE", "sandbox"),
    ("FORECOURT_TENANTS__DEFAULT__VENDORS__AUTOCHAT__MODE", "sandbox"),
];

/// One list, taken one way.
struct Pull {
    list: &'static str,
    way: Way,
    taken: Taken,
    peak_kib: u64,
}

/// Measures a tenth of `rows` and then all of them, each with a new process.
pub(crate) async fn show(stage: &Stage, rows: u64) -> Result<()> {
    let tenth = pulls(stage, (rows / 10).max(1)).await?;
    let whole = pulls(stage, rows).await?;
    println!("## {rows} rows of the index and the ledger\n");
    let mut table = Markdown::new([
        "List",
        "Format",
        "Seconds",
        "Rows/s",
        "Times the plain pages",
        "MB",
        "Peak MiB at a tenth",
        "Peak MiB at all",
    ]);
    for pull in &whole {
        let is_base = |other: &&Pull| other.list == pull.list && other.way == Way::Pages;
        let base = whole.iter().find(is_base).context("the plain pages were not taken")?;
        let small = tenth.iter().find(|other| other.list == pull.list && other.way == pull.way);
        let small = small.map_or_else(String::new, |small| mib(small.peak_kib));
        let [seconds, rate, ratio, megabytes] = pull.taken.cells(&base.taken);
        let (list, way) = (pull.list.to_owned(), pull.way.name().to_owned());
        table.row(&[list, way, seconds, rate, ratio, megabytes, small, mib(pull.peak_kib)]);
    }
    println!("{table}");
    Ok(())
}

async fn pulls(stage: &Stage, rows: u64) -> Result<Vec<Pull>> {
    let folder = stage.ledger(rows, &[]).await?;
    let gateway = stage.gateway(&folder, &VENDORS).await?;
    let mut pulls = Vec::new();
    for document in &LEDGER {
        for way in Way::ALL {
            if way == Way::Xlsx && rows > MOST_ROWS_OF_XLSX {
                continue;
            }
            gateway.forget_peak()?;
            let taken = stage.client.take(&gateway.url, document, way, rows).await?;
            let peak_kib = gateway.peak_kib()?;
            stage.tell(&format!("{rows} {} as {}: {:.0} rows/s", document.name, way.name(), taken.rate()));
            pulls.push(Pull { list: document.name, way, taken, peak_kib });
        }
    }
    Ok(pulls)
}
