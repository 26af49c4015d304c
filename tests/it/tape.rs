//! Recording what the vendors answer, and serving the graph from the recording.

use std::fs;
use std::path::Path;
use std::path::PathBuf;
use std::process::Command;

use forecourt::clock::Clock;
use forecourt::shutdown::Shutdown;
use serde_json::Value;
use serde_json::json;
use tempfile::TempDir;

use crate::support::gateway::Rig;
use crate::support::gateway::SHOWPIECE;
use crate::support::gateway::today;

const CAR: &str = "query($vin: Vin!) { vehicle(by: {vin: $vin}) {
    vin make { name } model { name } variant { name } tickets { nodes { id state createdAt lines { description } } }
} }";
const VINS: &str = "{ vehicles(first: 100) { nodes { vin } } }";
const OPTIONS: &str = "{ vehicleOptions { name } }";
const LIST: &str = "mutation { createListing(input: {internalId: \"1\", make: \"volvo\", model: \"v60\"}) { outcome listing { id } } }";

fn tape<'a>(mode: &'a str, folder: &'a Path) -> [(&'static str, &'a str); 2] {
    [("FORECOURT_TAPE__MODE", mode), ("FORECOURT_TAPE__FOLDER", folder.to_str().unwrap())]
}

/// Every file below `folder` with its text.
fn files(folder: &Path) -> Vec<(PathBuf, String)> {
    let entries = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
    entries
        .flat_map(
            |path| if path.is_dir() { files(&path) } else { vec![(path.clone(), fs::read_to_string(path).unwrap())] },
        )
        .collect()
}

/// The keys of the recorded calls of `operation`.
fn keys(folder: &Path, operation: &str) -> Vec<Value> {
    let told = files(folder).into_iter().filter(|(path, _)| path.extension().is_some_and(|ending| ending == "json"));
    let keys = told.map(|(_, text)| serde_json::from_str::<Value>(&text).unwrap()["key"].clone());
    keys.filter(|key| key["operation"] == operation).collect()
}

/// A gateway that answers from the recording in `folder`, and one beside the sandbox that the first must not ask.
async fn replaying(folder: &Path) -> (Rig, Rig) {
    replaying_with(folder, &[]).await
}

async fn replaying_with(folder: &Path, more: &[(&str, &str)]) -> (Rig, Rig) {
    let recorded = Rig::start().await;
    let config = folder.join("replay.toml");
    let mut settings = vec![("FORECOURT_CONFIG", config.to_str().unwrap())];
    settings.extend(tape("replay", folder));
    settings.extend(more);
    let clock = Clock::settable(today());
    let url = recorded.sandbox.clone();
    (Rig::beside(url, Shutdown::new(), clock, TempDir::new().unwrap(), &settings).await, recorded)
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_was_recorded_is_answered_again_without_the_vendors() {
    let folder = TempDir::new().unwrap();
    let folder = folder.path();
    let rig = Rig::with(&tape("record", folder)).await;
    let told = rig.data(CAR, json!({ "vin": SHOWPIECE })).await;
    let options = rig.data(OPTIONS, json!({})).await;
    let vins = rig.data(VINS, json!({})).await["vehicles"]["nodes"].as_array().unwrap().len();
    drop(rig);

    let everything: String = files(folder).into_iter().map(|(_, text)| text).collect();
    for word in [SHOWPIECE, "sandbox-tchek-key", "sandbox-client", "0f8fad5b-d9cb", "01234", "eyJ", "access_token"] {
        assert!(!everything.contains(word), "{word} is in the recording");
    }
    let finds = keys(folder, "jifeline.vehicles.find");
    assert_eq!(finds.len(), 1, "one car was asked for");
    assert!(keys(folder, "jifeline.sessions.create").is_empty(), "no log-in is recorded");
    let vin = finds[0]["query"]["vin"].as_str().unwrap();
    assert!(vin.starts_with("YV1") && vin.len() == 17, "{vin}");

    let (rig, vendors) = replaying(folder).await;
    let mut again = rig.data(CAR, json!({ "vin": vin })).await;
    assert_eq!(again["vehicle"]["vin"].take(), vin);
    let mut expected = told.clone();
    expected["vehicle"]["vin"].take();
    assert!(!expected["vehicle"]["tickets"]["nodes"].as_array().unwrap().is_empty());
    assert_eq!(again, expected);
    assert_eq!(rig.data(OPTIONS, json!({})).await, options);
    let listed = rig.data(VINS, json!({})).await;
    assert_eq!(listed["vehicles"]["nodes"].as_array().unwrap().len(), vins);

    // What was not recorded says which call is missing; a write says that there can be none.
    let others = listed["vehicles"]["nodes"].as_array().unwrap();
    let other = others.iter().find(|car| car["vin"] != vin).unwrap()["vin"].clone();
    let missing = rig.ask(CAR, json!({ "vin": other })).await;
    let errors = missing["errors"].as_array().unwrap();
    let find = errors.iter().find(|error| error["extensions"]["operation"] == "jifeline.vehicles.find").unwrap();
    assert_eq!(find["extensions"]["code"], "UNSUPPORTED");
    let message = find["message"].as_str().unwrap();
    assert!(message.contains("jifeline.vehicles.find") && message.contains(other.as_str().unwrap()), "{message}");
    let written = rig.ask(LIST, json!({})).await;
    assert_eq!(written["errors"][0]["extensions"]["code"], "UNSUPPORTED", "{written}");
    assert_eq!(written["data"]["createListing"]["outcome"], "NOT_CREATED");
    assert_eq!(vendors.calls().await, std::collections::BTreeMap::new(), "no vendor was asked");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn answers_come_in_their_order_and_the_last_one_stays() {
    const CONNECTORS: &str = "{ connectors { nodes { id } } }";
    let folder = TempDir::new().unwrap();
    let always = ("FORECOURT_CACHE__FRESH__JIFELINE__CONNECTORS__LIST", "0s");
    let rig = Rig::with(&[&tape("record", folder.path())[..], &[always]].concat()).await;
    let first = rig.data(CONNECTORS, json!({})).await;
    let fault = json!([{ "operation": "jifeline.connectors.list", "body": "{\"result\": [], \"total\": 0}" }]);
    rig.control("PUT", "faults", &fault).await;
    let second = rig.data(CONNECTORS, json!({})).await;
    assert_ne!(first, second);
    drop(rig);
    let (rig, _vendors) = replaying_with(folder.path(), &[always]).await;
    for expected in [&first, &second, &second] {
        assert_eq!(rig.data(CONNECTORS, json!({})).await, *expected);
    }
}

#[test]
fn a_recording_needs_a_folder_of_its_own_and_a_replay_a_recording() {
    let folder = TempDir::new().unwrap();
    fs::write(folder.path().join("other"), "x").unwrap();
    let shown = |arguments: &[&str]| {
        let mut command = Command::new(env!("CARGO_BIN_EXE_forecourt"));
        let data = folder.path().join("data");
        let output = command.args(arguments).arg("--data-dir").arg(data).env_clear().output().unwrap();
        (output.status.code(), String::from_utf8_lossy(&output.stderr).into_owned())
    };
    let (code, said) = shown(&["record", "--to", folder.path().to_str().unwrap(), "--listen", "127.0.0.1:0"]);
    assert!(code == Some(1) && said.contains("is not empty; a recording needs a folder of its own"), "{code:?} {said}");
    let missing = folder.path().join("missing");
    let (code, said) = shown(&["serve", "--replay", missing.to_str().unwrap(), "--listen", "127.0.0.1:0"]);
    assert!(code == Some(2) && said.contains("replay.toml"), "{code:?} {said}");
    let (code, _) = shown(&["record"]);
    assert_eq!(code, Some(2));
}
