//! A run is its owner's alone.

use forecourt::auth::Scope;
use serde_json::json;
use tempfile::TempDir;

use super::FLEET;
use super::get;
use super::table;
use crate::support::gateway::Rig;
use crate::support::keys::Client;
use crate::support::keys::give_keys;

const PUBLIC: (&str, &str) = ("FORECOURT_SERVER__HOSTS", "graph.example.com");
const OTHER: Client<'_> = Client { name: "other", ..Client::ALL };
const SCANT: Client<'_> =
    Client { tenant: "default", name: "scant", scopes: &[Scope::VehiclesRead, Scope::ReportsRead], accounts: None };
/// Two connectors of one garage, and their pincodes.
const CONNECTORS: [(&str, &str); 2] =
    [("7c9e6679-7425-40de-944b-e07fc1f90ae7", "54321"), ("1b4e28ba-2fa1-41d2-883f-0016d3cca427", "40960")];
const UNABLE: Client<'_> = Client { tenant: "default", name: "unable", scopes: &[Scope::VehiclesRead], accounts: None };

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn another_client_never_meets_it() {
    let data = TempDir::new().unwrap();
    give_keys(data.path(), &[Client::ALL, OTHER, SCANT, UNABLE]).await;
    let rig = Rig::on(data, &[PUBLIC]).await;
    let mine = Client::ALL.bearer();
    let (whole, run) = table(&rig, FLEET, &[("authorization", &mine)]).await;
    let manifest = format!("/reports/vehicle-360/runs/{run}");
    let parquet = format!("{manifest}.parquet");
    for client in [OTHER, SCANT] {
        let theirs = client.bearer();
        for path in [&manifest, &parquet] {
            assert_eq!(get(&rig, path, &[("authorization", &theirs)]).await.status, 404, "{}", client.name);
        }
        let list = get(&rig, "/reports/vehicle-360/runs", &[("authorization", &theirs)]).await.json();
        assert_eq!(list, json!({ "runs": [] }), "{}", client.name);
        // Not even who knows the digest of the file.
        let asked = [("authorization", &*theirs), ("if-match", whole.header("etag")), ("range", "bytes=0-3")];
        assert_ne!(get(&rig, FLEET, &asked).await.header("forecourt-run"), run, "{}", client.name);
    }
    assert_eq!(get(&rig, &manifest, &[("authorization", &UNABLE.bearer())]).await.status, 403);
    assert_eq!(get(&rig, &manifest, &[]).await.status, 401);
    assert_eq!(get(&rig, &format!("/reports/listings/runs/{run}"), &[("authorization", &mine)]).await.status, 404);
    let list = get(&rig, "/reports/vehicle-360/runs", &[("authorization", &mine)]).await.json();
    assert_eq!(list["runs"][0]["run"], run);
    assert_eq!(get(&rig, &parquet, &[("authorization", &mine)]).await.body, whole.body);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn another_session_never_meets_it() {
    let data = TempDir::new().unwrap();
    give_keys(data.path(), &[Client::ALL]).await;
    let rig = Rig::on(data, &[PUBLIC]).await;
    let bearer = Client::ALL.bearer();
    let mut sessions = Vec::new();
    for (uuid, pincode) in CONNECTORS {
        let query = "mutation($uuid: String, $pincode: String) { \
            logInWithConnector(input: {connectorUuid: $uuid, pincode: $pincode}) { session { token } } }";
        let answer =
            rig.ask_with(&[("authorization", &bearer)], query, json!({ "uuid": uuid, "pincode": pincode })).await;
        let token = answer["data"]["logInWithConnector"]["session"]["token"].as_str().expect("a session");
        sessions.push(token.to_owned());
    }
    let mine = [("authorization", &*bearer), ("forecourt-session", &*sessions[0])];
    let theirs = [("authorization", &*bearer), ("forecourt-session", &*sessions[1])];
    let outside = [("authorization", &*bearer)];
    let (_, run) = table(&rig, FLEET, &mine).await;
    let manifest = format!("/reports/vehicle-360/runs/{run}");
    assert_eq!(get(&rig, &manifest, &mine).await.status, 200);
    for headers in [&theirs[..], &outside] {
        assert_eq!(get(&rig, &manifest, headers).await.status, 404);
        assert_eq!(get(&rig, &format!("{manifest}.parquet"), headers).await.status, 404);
        assert_ne!(table(&rig, FLEET, headers).await.1, run);
    }
}
