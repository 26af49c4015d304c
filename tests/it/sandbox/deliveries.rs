//! Results on their way to a receiver.

use serde_json::Value;
use serde_json::json;

use crate::sandbox::support::Bench;
use crate::sandbox::support::at;
use crate::sandbox::support::list;
use crate::sandbox::support::order;
use crate::sandbox::support::text;
use crate::sandbox::support::unknown_car;
use crate::sandbox::support::with;

const OPERATION: &str = "tchek.webhooks.deliver";

async fn deliver(bench: &Bench, body: &Value) -> Vec<Value> {
    let answer = bench.json("POST", "/__sandbox/tchek/deliver", &[], body).await;
    assert_eq!(answer.status, 200, "{}", answer.text);
    list(&answer.json(), "/deliveries").to_vec()
}

/// The content without what changes from delivery to delivery.
fn content(delivery: &Value) -> Value {
    let mut data = at(delivery, "/dataAPI/data").clone();
    let images = data.pointer_mut("/inspectionImages").and_then(Value::as_array_mut).expect("images are a list");
    for image in images {
        let plain = text(image, "/originUrl").to_owned();
        assert!(text(image, "/url").starts_with(&format!("{plain}?")), "{image}");
        *image = with(image.take(), "/url", json!(plain));
    }
    data
}

#[tokio::test]
async fn the_detection_and_the_report_are_delivered_in_order_with_the_key() {
    let bench = Bench::start().await;
    let mut receiver = bench.receiver(&[], Some("s3cret")).await;
    let uid = bench.token(&order()).await;
    bench.walk(&uid, &[1, 2, 3, 4, 5]).await;
    let (headers, first) = receiver.next().await;
    let (_, second) = receiver.next().await;
    assert_eq!(headers["x-api-key"], "s3cret");
    assert_eq!(headers["content-type"], "application/json");
    let token = bench.status(&uid).await;
    for delivery in [&first, &second] {
        assert_eq!(delivery["tchekId"], token["tchekPtr"]["id"]);
        assert_eq!(delivery["vehicleId"], token["vehiclePtr"]["id"]);
        assert_eq!(delivery["dataAPI"]["status"], 200);
        assert_eq!(delivery["dataAPI"]["data"]["tokenId"], uid);
        assert!(delivery["dataAPI"]["totalTime"].as_f64().unwrap() > 0.0);
        assert_eq!(delivery.get("eventName"), None);
    }
    let journal = bench.journal(OPERATION).await;
    assert_eq!(journal.len(), 2);
    assert_eq!((&journal[0]["path"], &journal[0]["query"]), (&json!("/hook"), &json!("from=tchek")));
    assert_eq!(journal[0]["body"], first);
    assert_eq!(journal[0]["headers"]["x-api-key"], "s3cret");
    assert_eq!(journal[0]["status"], 200);
    assert!(receiver.is_empty());
}

#[tokio::test]
async fn without_a_header_key_none_is_sent() {
    let bench = Bench::start().await;
    let mut receiver = bench.receiver(&[], None).await;
    let uid = bench.token(&order()).await;
    bench.walk(&uid, &[1, 2, 3]).await;
    let (headers, _) = receiver.next().await;
    assert!(!headers.contains_key("x-api-key"));
}

#[tokio::test]
async fn one_report_in_three_differs_from_its_detection() {
    let bench = Bench::start().await;
    let mut receiver = bench.receiver(&[], Some("s3cret")).await;
    let mut changed = 0;
    for _ in 0..60 {
        let uid = bench.token(&unknown_car()).await;
        bench.walk(&uid, &[1, 2, 3, 5]).await;
        let ((_, detected), (_, reported)) = (receiver.next().await, receiver.next().await);
        let number = |delivery: &Value| delivery["dataAPI"]["data"]["damageNumber"].as_i64().unwrap();
        if content(&detected) == content(&reported) {
            assert_ne!(detected, reported, "signed links are new in each delivery");
        } else {
            changed += 1;
            assert_eq!((number(&detected) - number(&reported)).abs(), 1);
        }
    }
    assert!((10..=30).contains(&changed), "{changed} of 60");
}

#[tokio::test]
async fn a_refused_delivery_is_tried_three_times() {
    let bench = Bench::start().await;
    let mut receiver = bench.receiver(&[500, 302, 204, 503, 503, 503], Some("s3cret")).await;
    let uid = bench.token(&order()).await;
    bench.walk(&uid, &[1, 2, 3, 5]).await;
    let mut bodies = Vec::new();
    for _ in 0..6 {
        bodies.push(receiver.next().await.1);
    }
    assert_eq!(bodies[0], bodies[1]);
    assert_eq!(bodies[1], bodies[2]);
    assert_ne!(bodies[2], bodies[3]);
    // Waits behind the two of above, so that their outcome is known.
    let last = deliver(&bench, &json!({"uid": uid, "event": "createReport"})).await;
    assert_eq!((&last[0]["delivered"], &last[0]["attempts"]), (&json!(true), &json!([200])));
    let listed = bench.get("/__sandbox/tchek/tokens", &[]).await.json();
    let outcomes = &listed["tokens"][0]["deliveries"];
    assert_eq!((&outcomes[0]["event"], &outcomes[0]["delivered"]), (&json!("detectionFinished"), &json!(true)));
    assert_eq!(outcomes[0]["attempts"], json!([500, 302, 204]));
    assert_eq!((&outcomes[1]["event"], &outcomes[1]["delivered"]), (&json!("createReport"), &json!(false)));
    assert_eq!(outcomes[1]["attempts"], json!([503, 503, 503]));
    let statuses: Vec<Value> = bench.journal(OPERATION).await.iter().map(|line| line["status"].clone()).collect();
    assert_eq!(json!(statuses), json!([500, 302, 204, 503, 503, 503, 200]));
}

#[tokio::test]
async fn a_receiver_that_is_gone_is_tried_and_journaled_without_a_status() {
    let bench = Bench::start().await;
    // Nothing listens on the port of a listener that is closed again.
    let port = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap().local_addr().unwrap().port();
    let setting = json!({"url": format!("http://127.0.0.1:{port}/"), "headerKey": "s3cret", "retriesMs": [1]});
    assert_eq!(bench.json("PUT", "/__sandbox/tchek/webhook", &[], &setting).await.status, 200);
    let uid = bench.token(&order()).await;
    bench.walk(&uid, &[1, 2, 3]).await;
    let outcome = deliver(&bench, &json!({"uid": uid, "event": "detectionFinished"})).await;
    assert_eq!((&outcome[0]["delivered"], &outcome[0]["attempts"]), (&json!(false), &json!([null, null])));
    let journal = bench.journal(OPERATION).await;
    assert_eq!(journal.len(), 4);
    assert!(journal.iter().all(|line| line["status"].is_null()));
}

#[tokio::test]
async fn without_a_receiver_results_are_kept() {
    let bench = Bench::start().await;
    let uid = bench.token(&order()).await;
    let early = json!({"uid": uid, "event": "createReport"});
    assert_eq!(bench.json("POST", "/__sandbox/tchek/deliver", &[], &early).await.status, 409);
    bench.walk(&uid, &[1, 2, 3]).await;
    let outcome = deliver(&bench, &json!({"uid": uid, "event": "detectionFinished"})).await;
    assert_eq!((&outcome[0]["delivered"], &outcome[0]["attempts"]), (&json!(false), &json!([])));
    assert!(bench.journal(OPERATION).await.is_empty());
    let mut receiver = bench.receiver(&[], Some("s3cret")).await;
    let outcome = deliver(&bench, &json!({"uid": uid, "event": "detectionFinished"})).await;
    assert_eq!(outcome[0]["delivered"], true);
    receiver.next().await;
    assert!(receiver.is_empty());
}

#[tokio::test]
async fn copies_duplicates_and_revisions_are_made_on_demand() {
    let bench = Bench::start().await;
    bench.switch(&json!({"tchekDuplicateDeliveries": 2, "tchekDetectionDelayMs": 1})).await;
    let mut receiver = bench.receiver(&[], Some("s3cret")).await;
    let uid = bench.token(&order()).await;
    bench.walk(&uid, &[1, 2, 3]).await;
    let (_, detected) = receiver.next().await;
    for _ in 0..2 {
        assert_eq!(content(&receiver.next().await.1), content(&detected));
    }
    let copies = deliver(&bench, &json!({"uid": uid, "event": "detectionFinished", "copies": 5})).await;
    assert_eq!(copies.len(), 5);
    for _ in 0..5 {
        assert_eq!(content(&receiver.next().await.1), content(&detected));
    }
    let mut last = detected;
    for revision in 3..6 {
        deliver(&bench, &json!({"uid": uid, "event": "createReport", "revision": revision})).await;
        let (_, changed) = receiver.next().await;
        assert_ne!(content(&changed), content(&last));
        last = changed;
    }
    assert!(receiver.is_empty());
    for wrong in [
        json!({"uid": uid, "event": "newDamage"}),
        json!({"uid": uid, "event": "createReport", "copies": 1_001}),
        json!({"uid": uid, "event": "createReport", "revision": 0}),
    ] {
        assert_eq!(bench.json("POST", "/__sandbox/tchek/deliver", &[], &wrong).await.status, 400, "{wrong}");
    }
    let unknown = json!({"uid": "T000000", "event": "createReport"});
    assert_eq!(bench.json("POST", "/__sandbox/tchek/deliver", &[], &unknown).await.status, 404);
}

#[tokio::test]
async fn each_account_may_have_a_receiver_of_its_own() {
    let bench = Bench::start().await;
    let mut common = bench.receiver(&[], Some("s3cret")).await;
    let off = json!({"url": null, "apiKey": "sandbox-tchek-key-2"});
    assert_eq!(bench.json("PUT", "/__sandbox/tchek/webhook", &[], &off).await.status, 200);
    let key = ("x-api-key", "sandbox-tchek-key-2");
    let made = bench.json("POST", crate::sandbox::support::CREATE, &[key], &order()).await.json();
    let uid = made["token"]["uid"].as_str().unwrap().to_owned();
    bench.walk(&uid, &[1, 2, 3]).await;
    assert_eq!(common.next().await.1["dataAPI"]["data"]["tokenId"], uid);
    for wrong in
        [json!({"url": "/hook"}), json!({"url": "ftp://127.0.0.1/"}), json!({"url": "http://h/", "headerKey": "a\nb"})]
    {
        let answer = bench.json("PUT", "/__sandbox/tchek/webhook", &[], &wrong).await;
        assert_eq!(answer.status, 400, "{wrong}");
    }
    let own = json!({"url": "http://127.0.0.1:9/", "apiKey": "sandbox-tchek-key-2", "retriesMs": []});
    assert_eq!(bench.json("PUT", "/__sandbox/tchek/webhook", &[], &own).await.status, 200);
    deliver(&bench, &json!({"uid": uid, "event": "detectionFinished"})).await;
    assert!(common.is_empty());
    let other = bench.token(&with(order(), "/validity", json!(3))).await;
    bench.walk(&other, &[1, 2, 3]).await;
    assert_eq!(common.next().await.1["dataAPI"]["data"]["tokenId"], other);
}
