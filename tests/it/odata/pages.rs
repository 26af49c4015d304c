//! Pages that the server makes.

use chrono::TimeDelta;
use forecourt::auth::Scope;
use serde_json::Value;
use tempfile::TempDir;

use super::VEHICLES;
use super::entities;
use super::refused;
use super::request;
use crate::support::gateway::Rig;
use crate::support::gateway::send;
use crate::support::keys::Client;
use crate::support::keys::give_keys;

const OTHER: Client<'_> =
    Client { tenant: "default", name: "other", scopes: &[Scope::VehiclesRead, Scope::ReportsRead], accounts: None };

async fn page(request: reqwest::RequestBuilder) -> Value {
    let response = send(request.header("prefer", "odata.maxpagesize=3")).await;
    assert_eq!(response.headers()["preference-applied"], "odata.maxpagesize=3");
    response.json().await.unwrap()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn pages_follow_one_another_to_the_end() {
    let rig = Rig::start().await;
    for query in ["$orderby=lastServicedAt%20desc", "$filter=vin%20ne%20'x'&$top=8", "$count=true"] {
        let resource = format!("{VEHICLES}?{query}");
        let whole = entities(&rig, &resource).await;
        let mut found = Vec::new();
        let mut next = Some(request(&rig, &resource));
        while let Some(asked) = next {
            let page = page(asked).await;
            let entities = page["value"].as_array().unwrap();
            assert!(!entities.is_empty() && entities.len() <= 3, "{page}");
            found.extend_from_slice(entities);
            next = page["@odata.nextLink"].as_str().map(|link| rig.client.get(link));
        }
        assert_eq!(found, whole, "{query}");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn pages_stay_with_their_run_while_the_report_is_read_anew() {
    let rig = Rig::start().await;
    let first = send(request(&rig, VEHICLES).header("prefer", "odata.maxpagesize=3")).await;
    let run = first.headers()["forecourt-run"].clone();
    let described = format!("</reports/vehicle-360/runs/{}>; rel=\"describedby\"", run.to_str().unwrap());
    assert_eq!(first.headers()["link"], described);
    let link = first.json::<Value>().await.unwrap()["@odata.nextLink"].as_str().unwrap().to_owned();
    rig.forget_calls().await;
    let file = send(rig.client.get(format!("{}/reports/vehicle-360.parquet", rig.base))).await;
    assert_eq!(file.headers()["forecourt-run"], run, "the files of the report are of the same reading");
    assert!(rig.calls().await.is_empty());
    rig.clock.advance(TimeDelta::minutes(16));
    let anew = send(request(&rig, VEHICLES)).await;
    assert_ne!(anew.headers()["forecourt-run"], run, "a first page is fresh");
    let second = send(rig.client.get(&link)).await;
    assert_eq!((second.status().as_u16(), &second.headers()["forecourt-run"]), (200, &run));
    let rig = rig.restart(&[]).await;
    let (_, resource) = link.split_once("/reports/odata/").unwrap();
    let again = send(request(&rig, resource)).await;
    assert_eq!(again.headers()["forecourt-run"], run, "runs outlive the process");
    let entities = again.json::<Value>().await.unwrap()["value"].clone();
    assert_eq!((&entities[0]["_row"], &entities), (&4.into(), &second.json::<Value>().await.unwrap()["value"]));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_page_is_its_readers_own_and_goes_with_its_run() {
    let data = TempDir::new().unwrap();
    give_keys(data.path(), &[Client::ALL, OTHER]).await;
    let rig = Rig::on(data, &[("FORECOURT_SERVER__HOSTS", "graph.example.com")]).await;
    let mine = |request: reqwest::RequestBuilder| request.header("authorization", Client::ALL.bearer());
    let first = page(mine(request(&rig, VEHICLES))).await;
    let link = first["@odata.nextLink"].as_str().unwrap();
    assert_eq!(send(mine(rig.client.get(link))).await.status(), 200);
    let (status, message) = refused(rig.client.get(link).header("authorization", OTHER.bearer())).await;
    assert_eq!((status, message.contains("is gone; begin with the first page")), (410, true), "{message}");
    let other = format!("{link}&make=Volvo");
    assert_eq!(refused(mine(rig.client.get(other))).await.0, 410, "a page of other parameters is of another run");
    rig.clock.advance(TimeDelta::hours(25));
    assert_eq!(refused(mine(rig.client.get(link))).await.0, 410);
}
