//! The second show: `vehicle-360` with its vendor calls, beside the same pages as plain JSON.

use anyhow::Result;

use super::Stage;
use super::documents::VEHICLE_360;
use super::figures::Markdown;
use super::pull::Taken;
use super::pull::Way;

const WAYS: [Way; 4] = [Way::Pages, Way::Csv, Way::NdJson, Way::Parquet];

/// Measures all cars of the sandbox. Each pull has a new gateway, whose cache knows nothing yet.
pub(crate) async fn show(stage: &Stage) -> Result<()> {
    let vins = stage.sandbox.vins(&stage.client).await?;
    let rows = u64::try_from(vins.len())?;
    let folder = stage.ledger(rows, &vins).await?;
    println!("## {rows} rows of vehicle-360 with its vendor calls\n");
    let mut table = Markdown::new(["Format", "Seconds", "Rows/s", "Times the plain pages", "MB", "Calls to vendors"]);
    let (mut base, mut known): (Option<Taken>, u64) = (None, 0);
    for way in WAYS {
        let gateway = stage.gateway(&folder, &[]).await?;
        let before = stage.sandbox.last_call(&stage.client, known).await?;
        let taken = stage.client.take(&gateway.url, &VEHICLE_360, way, rows).await?;
        known = stage.sandbox.last_call(&stage.client, before).await?;
        let calls = known.saturating_sub(before);
        stage.tell(&format!("{rows} of vehicle-360 as {}: {:.0} rows/s", way.name(), taken.rate()));
        let [seconds, rate, ratio, megabytes] = taken.cells(base.get_or_insert(taken));
        table.row(&[way.name().to_owned(), seconds, rate, ratio, megabytes, calls.to_string()]);
    }
    println!("{table}");
    Ok(())
}
