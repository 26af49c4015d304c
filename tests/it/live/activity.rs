//! `vehicleActivity`: nothing is left out, nothing comes twice, and a slow client costs no memory.

use serde_json::Value;
use serde_json::json;

use super::client::Client;
use super::client::Sent;
use super::client::Stream;
use crate::support::gateway::Rig;
use crate::support::gateway::SHOWPIECE;

const ACTIVITY: &str = "subscription($vin: Vin!, $after: String) {
    vehicleActivity(vin: $vin, after: $after) { __typename cursor ... on ListingPushed { internalId listing { internalId } } }
}";
const OTHER: &str = "WVWZZZAUZMW000001";

async fn list(rig: &Rig, vin: &str, numbers: std::ops::Range<usize>) {
    for number in numbers {
        rig.list(vin, &format!("A-{number}")).await;
    }
}

/// The numbers of the listings in so many events, and the place of the last.
async fn hear(client: &mut Client, count: usize) -> (Vec<String>, Value) {
    let (mut numbers, mut cursor) = (Vec::new(), Value::Null);
    for _ in 0..count {
        let mut event = client.data("1").await["vehicleActivity"].take();
        assert_eq!(event["internalId"], event["listing"]["internalId"]);
        numbers.push(event["internalId"].as_str().unwrap().to_owned());
        cursor = event["cursor"].take();
    }
    (numbers, cursor)
}

fn named(numbers: std::ops::Range<usize>) -> Vec<String> {
    numbers.map(|number| format!("A-{number}")).collect()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_listener_that_comes_back_misses_nothing() {
    let rig = Rig::start().await;
    list(&rig, SHOWPIECE, 0..1).await;
    let mut client = Client::ready(&rig).await;
    client.subscribe("1", ACTIVITY, &json!({ "vin": SHOWPIECE })).await;
    // An operation that was sent later has been answered, so this one listens.
    client.subscribe("2", "{ __typename }", &json!({})).await;
    client.data("2").await;
    client.hear().await;
    rig.list(OTHER, "OTHER-1").await;
    list(&rig, SHOWPIECE, 1..3).await;
    let (numbers, cursor) = hear(&mut client, 2).await;
    assert_eq!(numbers, named(1..3));
    drop(client);

    list(&rig, SHOWPIECE, 3..5).await;
    let mut client = Client::ready(&rig).await;
    client.subscribe("1", ACTIVITY, &json!({ "vin": SHOWPIECE, "after": cursor })).await;
    assert_eq!(hear(&mut client, 2).await.0, named(3..5));
    list(&rig, SHOWPIECE, 5..6).await;
    assert_eq!(hear(&mut client, 1).await.0, named(5..6));

    client.subscribe("3", ACTIVITY, &json!({ "vin": SHOWPIECE, "after": "nonsense" })).await;
    assert_eq!(client.refusal("3").await, ("next".to_owned(), "BAD_INPUT".to_owned()));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_event_stream_goes_on_after_the_last_event() {
    let rig = Rig::start().await;
    list(&rig, SHOWPIECE, 0..1).await;
    let query = "query($vin: Vin!) { vehicle(by: {vin: $vin}) { timeline { nodes { cursor } } } }";
    let data = rig.data(query, json!({ "vin": SHOWPIECE })).await;
    let start = data["vehicle"]["timeline"]["nodes"][0]["cursor"].clone();
    let variables = json!({ "vin": SHOWPIECE, "after": start });
    list(&rig, SHOWPIECE, 1..3).await;
    let number = |event: &Sent| event.json()["data"]["vehicleActivity"]["internalId"].clone();
    let mut stream = Stream::open(&rig, &[], ACTIVITY, &variables).await;
    let first = stream.next().await.unwrap();
    assert_eq!((first.event.as_str(), number(&first)), ("next", json!("A-1")));
    assert_eq!(first.json()["data"]["vehicleActivity"]["cursor"], first.id.clone().unwrap());
    drop(stream);

    // A browser repeats its request as it was and adds where it was.
    let came_back = [("last-event-id", first.id.as_deref().unwrap())];
    let mut stream = Stream::open(&rig, &came_back, ACTIVITY, &variables).await;
    assert_eq!(number(&stream.next().await.unwrap()), "A-2");
    list(&rig, SHOWPIECE, 3..4).await;
    assert_eq!(number(&stream.next().await.unwrap()), "A-3");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_client_that_reads_late_finds_everything_in_order() {
    let rig = Rig::start().await;
    let mut client = Client::ready(&rig).await;
    client.subscribe("1", ACTIVITY, &json!({ "vin": SHOWPIECE })).await;
    client.subscribe("2", "{ __typename }", &json!({})).await;
    client.data("2").await;
    client.hear().await;
    list(&rig, SHOWPIECE, 0..120).await;
    assert_eq!(hear(&mut client, 120).await.0, named(0..120));
}
