//! Schedules that cannot be kept.

use std::ffi::OsString;

use forecourt::app::Gateway;
use forecourt::app::known;
use forecourt::clock::Clock;
use forecourt::config::Config;
use forecourt::config::Sources;
use forecourt::ids::Ids;
use forecourt::shutdown::Shutdown;
use tempfile::TempDir;

use super::borrowed;
use super::schedule;
use crate::support::gateway::config;
use crate::support::gateway::today;

/// Why a gateway with this schedule does not start.
async fn refusal(keys: &[(&str, &str)]) -> String {
    let data = TempDir::new().unwrap();
    let settings = schedule(0, keys);
    let config = config(data.path(), "http://127.0.0.1:1", &borrowed(&settings));
    let (clock, shutdown) = (Clock::settable(today()), Shutdown::new());
    let started = Gateway::start(config, clock, Ids::seeded(1), shutdown.clone()).await;
    shutdown.begin();
    started.err().unwrap().to_string()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_could_never_be_read_keeps_the_gateway_from_starting() {
    let place = TempDir::new().unwrap();
    let into = ("INTO", place.path().to_str().unwrap());
    let unknown = refusal(&[("REPORT", "nothing"), into]).await;
    assert!(unknown.contains("reports.schedule.0: there is no report `nothing`"), "{unknown}");
    let parameter = refusal(&[("REPORT", "inspections"), into, ("PARAMETERS__COLOUR", "red")]).await;
    assert!(parameter.contains("no parameter `colour`"), "{parameter}");
    let column = refusal(&[("REPORT", "inspections"), into, ("COLUMNS", "colour")]).await;
    assert!(column.contains("no column `colour`"), "{column}");
    let client = refusal(&[("REPORT", "inspections"), into, ("CLIENT", "nobody")]).await;
    assert!(client.contains("the client `nobody` has no key"), "{client}");
    let increments = refusal(&[("REPORT", "vendor-usage"), into, ("INCREMENTS", "true")]).await;
    assert!(increments.contains("has no increments"), "{increments}");
}

fn faults(pairs: &[(String, &str)]) -> String {
    let pairs = pairs.iter().map(|(name, value)| (OsString::from(name), OsString::from(value)));
    Config::load(Sources::new().environment(pairs), &known()).unwrap_err().to_string()
}

#[test]
fn what_cannot_be_a_schedule_is_told_with_the_mend() {
    let mut pairs =
        schedule(0, &[("REPORT", "inspections"), ("EVERY", "1s"), ("AT", "25:00"), ("INTO", "ftp://there")]);
    pairs.extend(schedule(1, &[("INTO", "./there"), ("TENANT", "nobody"), ("REPORT", "listings")]));
    pairs.extend(schedule(2, &[("INTO", "./there"), ("REPORT", "listings"), ("COLOUR", "red")]));
    pairs.push(("FORECOURT_REPORTS__S3__ENDPOINT".to_owned(), "http://store.example.com"));
    pairs.push(("FORECOURT_REPORTS__S3__ACCESS_KEY_ID".to_owned(), "half"));
    insta::assert_snapshot!("extracts_faults", faults(&pairs));
}
