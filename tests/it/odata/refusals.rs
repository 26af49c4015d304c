//! What the feed does not do, and how it says so.

use forecourt::auth::Scope;
use reqwest::Method;
use serde_json::json;
use tempfile::TempDir;

use super::VEHICLES;
use super::json;
use super::refused;
use super::request;
use crate::support::gateway::Rig;
use crate::support::gateway::TRIED_ONCE;
use crate::support::gateway::send;
use crate::support::keys::Client;
use crate::support::keys::give_keys;

const READER: Client<'_> = Client { tenant: "default", name: "reader", scopes: &[Scope::VehiclesRead], accounts: None };

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_is_unsupported_unknown_or_wrong_is_told_apart() {
    let rig = Rig::start().await;
    for (resource, status, part) in [
        ("vehicle_360?$apply=aggregate($count%20as%20n)", 501, "UNSUPPORTED: this feed does not support `$apply`"),
        ("vehicle_360?$expand=make", 501, "`$expand`"),
        ("vehicle_360?$filter=round(tickets_totalCount)%20eq%201", 501, "the function `round`"),
        ("vehicle_360(1)/vin", 501, "resources below an entity"),
        ("$batch", 501, "`$batch`"),
        ("vehicle_360?$nothing=1", 400, "BAD_INPUT: OData 4.0 has no query option `$nothing`"),
        ("vehicle_360?$filter=vin%20eq%207", 400, "the column `vin`, which is a text,"),
        ("vehicle_360?$select=nothing", 400, "there is no property `nothing`"),
        ("vehicle_360?$skiptoken=1", 400, "the `$skiptoken` is none that this feed has given"),
        ("vehicle_360?nothing=1", 400, "the report has no parameter `nothing`"),
        ("vehicle_360(x)", 400, "the key of an entity is its `_row`"),
        ("$metadata?$top=1", 400, "the metadata cannot be asked with `$top`"),
        ("vehicle_360(1000000)", 404, "NOT_FOUND: `vehicle_360` has no entity with the `_row` 1000000"),
        ("nothing", 404, "the feed has no entity set `nothing`"),
        ("vehicle_360/nothing", 404, "the feed has no resource"),
        ("vehicle_360?$format=atom", 406, "it is `json`"),
        ("$metadata?$format=json", 406, "written in XML only"),
    ] {
        let (found, message) = refused(request(&rig, resource)).await;
        assert!(found == status && message.contains(part), "{resource}: {found} {message}");
    }
    let (status, message) = refused(request(&rig, VEHICLES).header("odata-maxversion", "3.0")).await;
    assert!(status == 400 && message.contains("OData 4.0"), "{message}");
    assert_eq!(refused(request(&rig, VEHICLES).header("accept", "application/atom+xml")).await.0, 406);
    let posted = rig.client.request(Method::POST, format!("{}/reports/odata/{VEHICLES}", rig.base)).body("{}");
    let response = send(posted.header("content-type", "application/json")).await;
    assert_eq!((response.status().as_u16(), &response.headers()["allow"]), (405, &"GET, HEAD".parse().unwrap()));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_feed_needs_a_key_with_the_scope() {
    let data = TempDir::new().unwrap();
    give_keys(data.path(), &[READER, Client::ALL]).await;
    let rig = Rig::on(data, &[("FORECOURT_SERVER__HOSTS", "graph.example.com")]).await;
    let response = send(request(&rig, "")).await;
    assert_eq!(response.status(), 401);
    let challenges: Vec<_> = response.headers().get_all("www-authenticate").iter().collect();
    assert!(challenges.iter().any(|challenge| challenge.to_str().unwrap().starts_with("Basic ")), "{challenges:?}");
    assert_eq!(refused(request(&rig, "").header("authorization", READER.bearer())).await.0, 403);
    let with_password = request(&rig, "").basic_auth("excel", Some(Client::ALL.key()));
    assert_eq!(send(with_password).await.status(), 200);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_part_is_not_taken_for_the_whole() {
    let rig = Rig::with(&TRIED_ONCE).await;
    let rules = json!([{ "operation": "jifeline.vehicles.find", "status": 500 }]);
    rig.control("PUT", "faults", &rules).await;
    let response = send(request(&rig, VEHICLES)).await;
    let status = response.status().as_u16();
    let run = response.headers()["forecourt-run"].to_str().unwrap().to_owned();
    let body: serde_json::Value = response.json().await.unwrap();
    assert_eq!(status, 502, "{body}");
    assert!(body["error"]["details"][0]["code"].is_string(), "{body}");
    let manifest = send(rig.client.get(format!("{}/reports/vehicle-360/runs/{run}", rig.base))).await;
    assert_eq!(manifest.json::<serde_json::Value>().await.unwrap()["outcome"], "INCOMPLETE");
    let part = json(&rig, &format!("{VEHICLES}?partial=allow&$top=1")).await;
    assert_eq!(part["@Forecourt.outcome"], "INCOMPLETE");
    assert!(!part["@Forecourt.faults"].as_array().unwrap().is_empty() && part["value"][0]["_row"] == 1, "{part}");
    let (status, message) = refused(request(&rig, VEHICLES)).await;
    assert_eq!(status, 502, "what one client takes for a part is no answer for the next one: {message}");
}
