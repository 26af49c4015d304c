//! Without a gateway that listens, one runs in the command itself.

use tempfile::TempDir;

use super::report;
use crate::support::gateway::Rig;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_gateway_runs_in_the_command_where_none_listens() {
    let data = TempDir::new().unwrap();
    let settings = [
        ("FORECOURT_LISTEN", "127.0.0.1:1"),
        ("FORECOURT_DATA_DIR", data.path().to_str().unwrap()),
        ("FORECOURT_SANDBOX__DEMO", "false"),
        ("FORECOURT_SANDBOX__VEHICLES", "20"),
    ];
    let first = report(&settings, &["vehicle-360", "--columns", "vin"]).await;
    assert_eq!((first.code, first.errors.as_str()), (0, ""));
    assert!(first.text().lines().count() > 10, "{}", first.text());
    let again = report(&settings, &["vehicle-360", "--columns", "vin"]).await;
    assert_eq!(again.text(), first.text(), "the first one has let go of the ledger");
    assert!(report(&settings, &[]).await.text().starts_with("damages: "));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_ledger_that_another_gateway_serves_from_is_left_alone() {
    let rig = Rig::start().await;
    let data = rig.data.path().to_str().unwrap();
    let settings = [("FORECOURT_LISTEN", "127.0.0.1:1"), ("FORECOURT_DATA_DIR", data)];
    let said = report(&settings, &["vehicle-360"]).await;
    insta::assert_snapshot!(said.shown(rig.data.path()), @r"
    exit 1
    error: no gateway listens on `127.0.0.1:1` (`--url` names another), and none can be started here: another process serves from the data directory `[folder]`; stop it, or give this one a directory of its own
    ");
}
