//! Reports that are read by the clock and laid down elsewhere.

mod bucket;
mod folder;
mod refusals;
mod toy_s3;

use std::path::Path;

use serde_json::Value;

use crate::support::gateway::until;

/// A schedule as variables: each key with its value.
fn schedule<'a>(place: usize, keys: &[(&str, &'a str)]) -> Vec<(String, &'a str)> {
    keys.iter().map(|(key, value)| (format!("FORECOURT_REPORTS__SCHEDULE__{place}__{key}"), *value)).collect()
}

fn borrowed<'a>(settings: &'a [(String, &'a str)]) -> Vec<(&'a str, &'a str)> {
    settings.iter().map(|(name, value)| (name.as_str(), *value)).collect()
}

/// What stands beside the extracts in `folder` about the last one; nothing before the first.
fn latest(folder: &Path) -> Option<Value> {
    let bytes = std::fs::read(folder.join("_latest.json")).ok()?;
    Some(serde_json::from_slice(&bytes).unwrap())
}

/// Waits for an extract in `folder` that is not `before`.
async fn next(folder: &Path, before: Option<&Value>) -> Value {
    until("an extract is laid down", async || latest(folder).is_some_and(|found| Some(&found) != before)).await;
    latest(folder).unwrap()
}

fn json(path: &Path) -> Value {
    serde_json::from_slice(&std::fs::read(path).unwrap()).unwrap()
}
