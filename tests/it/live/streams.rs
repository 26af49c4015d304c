//! GraphQL over server-sent events: what is answered by a status, and what by a stream.

use std::time::Duration;

use serde_json::json;
use tempfile::TempDir;

use super::client::Sent;
use super::client::Stream;
use super::client::request;
use super::inspection;
use crate::support::gateway::Rig;
use crate::support::gateway::SHOWPIECE;
use crate::support::gateway::send;
use crate::support::keys;
use crate::support::keys::give_keys;
use crate::support::keys::revoke;

const STATUS: &str = "subscription($id: ID!) { inspectionStatus(id: $id) { status } }";
const ACTIVITY: &str = "subscription($vin: Vin!) { vehicleActivity(vin: $vin) { at } }";

fn complete() -> Sent {
    Sent { event: "complete".to_owned(), ..Sent::default() }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_operation_is_a_stream_of_events() {
    let rig = Rig::start().await;
    let (_, id) = inspection(&rig, SHOWPIECE).await;
    let mut stream = Stream::open(&rig, &[], STATUS, &json!({ "id": id })).await;
    let first = stream.next().await.unwrap();
    assert_eq!(first.json(), json!({ "data": { "inspectionStatus": { "status": "CREATED" } } }));
    assert_eq!((first.event.as_str(), first.id), ("next", None));

    let mut stream = Stream::open(&rig, &[], "{ __typename }", &json!({})).await;
    assert_eq!(stream.next().await.unwrap().json(), json!({ "data": { "__typename": "Query" } }));
    assert_eq!((stream.next().await, stream.next().await), (Some(complete()), None));

    let url = format!("{}/graphql/stream?query=%7B__typename%7D", rig.base);
    let response = send(rig.client.get(url).header("accept", "text/event-stream")).await;
    assert_eq!(response.headers()["x-accel-buffering"], "no");
    assert_eq!(response.headers()["cache-control"], "private, no-store");
    let mut stream = Stream::of(response);
    assert_eq!(stream.next().await.unwrap().event, "next");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_cannot_be_streamed_is_a_status() {
    let rig = Rig::start().await;
    for (query, status) in [("{", 400), ("{ nothing }", 400), ("subscription { nothing }", 400), ("", 400)] {
        let response = request(&rig, &[], query, &json!({})).await;
        assert_eq!(response.status(), status, "{query}");
        let body: serde_json::Value = response.json().await.unwrap();
        assert!(body["errors"][0]["extensions"]["code"].is_string(), "{body}");
    }
    let url = format!("{}/graphql/stream", rig.base);
    let events = ("accept", "text/event-stream");
    let mutation = "?query=mutation%7BtranslateText(input:%7Btext:%22a%22%7D)%7B__typename%7D%7D";
    let cases = [
        (rig.client.get(format!("{url}{mutation}")).header(events.0, events.1), 405),
        (rig.client.put(&url).header(events.0, events.1), 405),
        (rig.client.post(&url).header("accept", "application/json").json(&json!({ "query": "{ __typename }" })), 406),
        (
            rig.client
                .get(format!("{url}?query=%7B__typename%7D"))
                .header(events.0, events.1)
                .header("origin", "https://elsewhere.example"),
            403,
        ),
        (rig.client.post(&url).header(events.0, events.1).body("query"), 415),
    ];
    for (request, status) in cases {
        assert_eq!(send(request).await.status(), status);
    }
    // A subscription still needs a stream.
    let answer = rig.ask(ACTIVITY, json!({ "vin": SHOWPIECE })).await;
    assert!(answer["errors"][0]["message"].as_str().unwrap().contains("/graphql/stream"), "{answer}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_silent_stream_is_kept_alive_and_bounded() {
    let rig =
        Rig::with(&[("FORECOURT_LIVE__PING_INTERVAL", "20ms"), ("FORECOURT_LIVE__CHANNELS_PER_CLIENT", "1")]).await;
    let mut stream = Stream::open(&rig, &[], ACTIVITY, &json!({ "vin": SHOWPIECE })).await;
    for _ in 0..3 {
        assert!(stream.block().await.unwrap().starts_with(':'));
    }
    assert_eq!(request(&rig, &[], ACTIVITY, &json!({ "vin": SHOWPIECE })).await.status(), 429);
    drop(stream);
    rig.until("a place is free again", async || request(&rig, &[], "{ __typename }", &json!({})).await.status() == 200)
        .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_stream_ends_with_its_key_and_with_the_gateway() {
    let data = TempDir::new().unwrap();
    give_keys(data.path(), &[keys::Client::ALL]).await;
    let settings = [("FORECOURT_SERVER__HOSTS", "graph.example.com"), ("FORECOURT_LIVE__RECHECK_INTERVAL", "20ms")];
    let rig = Rig::on(data, &settings).await;
    let variables = json!({ "vin": SHOWPIECE });
    assert_eq!(request(&rig, &[], ACTIVITY, &variables).await.status(), 401);
    let bearer = keys::Client::ALL.bearer();
    let bearer = ("authorization", bearer.as_str());
    assert_eq!(request(&rig, &[bearer, ("forecourt-session", "unknown")], ACTIVITY, &variables).await.status(), 401);
    let mut stream = Stream::open(&rig, &[bearer], ACTIVITY, &variables).await;
    revoke(rig.data.path(), keys::Client::ALL.name).await;
    assert_eq!(stream.next().await, None);

    let rig = Rig::start().await;
    let mut stream = Stream::open(&rig, &[], ACTIVITY, &variables).await;
    let (ended, next) = tokio::join!(rig.gateway.stop(Duration::from_secs(20)), stream.next());
    assert_eq!((ended, next), (true, None));
}
