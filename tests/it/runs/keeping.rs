//! For how long runs are handed out, and kept.

use std::path::Path;

use chrono::TimeDelta;
use tempfile::TempDir;

use super::FLEET;
use super::get;
use super::table;
use crate::support::gateway::Rig;

/// How many runs are on the disk.
fn kept(data: &Path) -> usize {
    std::fs::read_dir(data.join("reports")).unwrap().count()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_fresh_run_is_handed_out_and_an_old_one_read_anew() {
    let rig = Rig::start().await;
    let (first, run) = table(&rig, FLEET, &[]).await;
    rig.clock.advance(TimeDelta::minutes(14));
    assert_eq!(table(&rig, FLEET, &[]).await.1, run);
    assert_ne!(table(&rig, "/reports/vehicle-360.parquet?listed=false", &[]).await.1, run, "other parameters");
    assert_ne!(table(&rig, "/reports/vehicle-360.parquet?limit=2", &[]).await.1, run, "another bound");
    rig.clock.advance(TimeDelta::minutes(2));
    let piece = get(&rig, FLEET, &[("range", "bytes=0-3")]).await;
    assert_eq!(
        (piece.status, piece.header("forecourt-run")),
        (206, &*run),
        "a file does not change between its pieces"
    );
    let (_, next) = table(&rig, FLEET, &[]).await;
    assert_ne!(next, run);
    let asked = [("range", "bytes=0-3"), ("if-range", first.header("etag"))];
    assert_eq!(get(&rig, FLEET, &asked).await.status, 206, "the file that is named is still there");
    let (_, anew) = table(&rig, FLEET, &[("cache-control", "no-cache")]).await;
    assert_ne!(anew, next);
    let list = get(&rig, "/reports/vehicle-360/runs", &[]).await.json();
    let ids: Vec<_> = list["runs"].as_array().unwrap().iter().map(|line| line["run"].as_str().unwrap()).collect();
    assert_eq!((ids.len(), ids[0], ids[1], ids[4]), (5, &*anew, &*next, &*run), "{list:#}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_run_is_kept_for_a_day_and_over_a_restart() {
    let rig = Rig::start().await;
    let (whole, run) = table(&rig, FLEET, &[]).await;
    let rig = rig.restart(&[]).await;
    assert_eq!(table(&rig, FLEET, &[]).await.1, run);
    let parquet = format!("/reports/vehicle-360/runs/{run}.parquet");
    rig.clock.advance(TimeDelta::hours(23));
    assert_eq!(get(&rig, &parquet, &[]).await.body, whole.body);
    rig.clock.advance(TimeDelta::hours(2));
    assert_eq!(get(&rig, &parquet, &[]).await.status, 404);
    table(&rig, FLEET, &[]).await;
    rig.until("the old run is off the disk", async || kept(rig.data.path()) == 1).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_oldest_runs_make_room() {
    let rig = Rig::on(TempDir::new().unwrap(), &[("FORECOURT_REPORTS__KEEP_BYTES", "1KiB")]).await;
    let (_, first) = table(&rig, FLEET, &[]).await;
    let (_, second) = table(&rig, "/reports/vehicle-360.parquet?limit=2", &[]).await;
    rig.until("the first has gone", async || {
        get(&rig, &format!("/reports/vehicle-360/runs/{first}"), &[]).await.status == 404
    })
    .await;
    rig.until("its folder too", async || kept(rig.data.path()) == 1).await;
    assert_eq!(get(&rig, &format!("/reports/vehicle-360/runs/{second}.xlsx"), &[]).await.status, 200);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_a_crash_has_left_is_cleared_away() {
    let rig = Rig::start().await;
    let (whole, run) = table(&rig, FLEET, &[]).await;
    let (_, broken) = table(&rig, "/reports/vehicle-360.parquet?limit=2", &[]).await;
    let folder = rig.data.path().join("reports");
    std::fs::write(folder.join(&run).join(".tmp123"), "half a file").unwrap();
    std::fs::write(folder.join(&broken).join("run.json"), "{").unwrap();
    std::fs::create_dir(folder.join("stray")).unwrap();
    let rig = rig.restart(&[]).await;
    assert_eq!(kept(rig.data.path()), 1);
    assert!(!folder.join(&run).join(".tmp123").exists());
    assert_eq!(table(&rig, FLEET, &[]).await.0.body, whole.body);
    assert_eq!(get(&rig, &format!("/reports/vehicle-360/runs/{broken}"), &[]).await.status, 404);
}
