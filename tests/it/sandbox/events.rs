//! Which events are delivered where, and what the vendor shows of an inspection when it is asked.

use serde_json::Value;
use serde_json::json;

use crate::sandbox::support::Answer;
use crate::sandbox::support::Bench;
use crate::sandbox::support::KEY;
use crate::sandbox::support::at;
use crate::sandbox::support::list;
use crate::sandbox::support::order;
use crate::sandbox::support::text;
use crate::sandbox::support::with;

const DESTINATION: &str = "/tchek/apiV1/eventmanager/configwebhook";
const EVENT: &str = "/tchek/apiV1/eventmanager/configevent";

async fn put(bench: &Bench, path: &str, body: &Value) -> Answer {
    bench.json("PUT", path, &[KEY], body).await
}

async fn subscribe(bench: &Bench, event: &str, on: bool) {
    let answer = put(bench, EVENT, &json!({"eventName": event, "webhook": on})).await;
    assert_eq!(answer.status, 200, "{}", answer.text);
    assert_eq!((at(&answer.json(), "/eventName"), at(&answer.json(), "/webhook")), (&json!(event), &json!(on)));
}

#[tokio::test]
async fn the_destination_is_told_as_it_was_set_and_belongs_to_one_key() {
    let bench = Bench::start().await;
    let nothing = json!({"webhookHeaderKey": null, "webhookUrl": null, "webhookUrlV2": null});
    assert_eq!(bench.get(DESTINATION, &[KEY]).await.json(), nothing);
    let set = json!({"webhookUrlV2": "https://gateway.example.com/hook", "webhookHeaderKey": "s3cret"});
    let told =
        with(with(nothing.clone(), "/webhookUrlV2", set["webhookUrlV2"].clone()), "/webhookHeaderKey", json!("s3cret"));
    assert_eq!(put(&bench, DESTINATION, &set).await.json(), told);
    assert_eq!(bench.get(DESTINATION, &[KEY]).await.json(), told);
    let other = bench.get(DESTINATION, &[("X-API-Key", "sandbox-tchek-key-2")]).await;
    assert_eq!(other.json(), nothing);
    for url in [json!("gateway"), json!("ftp://gateway.example.com"), json!(7), Value::Null] {
        assert_eq!(put(&bench, DESTINATION, &json!({"webhookUrlV2": url})).await.status, 400, "{url}");
    }
    for body in [json!({"eventName": "explode", "webhook": true}), json!({"eventName": "newTchek"}), json!([])] {
        assert_eq!(put(&bench, EVENT, &body).await.status, 400, "{body}");
    }
    assert_eq!(put(&bench, EVENT, &json!({"eventName": "newDamage", "webhook": true})).await.status, 200);
    assert_eq!(bench.get(DESTINATION, &[]).await.status, 401);
    assert_eq!(bench.get(DESTINATION, &[("X-API-Key", "wrong")]).await.status, 403);
}

#[tokio::test]
async fn only_what_was_subscribed_to_is_delivered() {
    let bench = Bench::start().await;
    let mut receiver = bench.receiver(&[], None).await;
    put(&bench, DESTINATION, &json!({"webhookUrlV2": receiver.url, "webhookHeaderKey": "s3cret"})).await;
    for event in ["tradeinVehicle", "newTchek", "createReport", "shareUpdatedReport", "deleteTchek", "newDamage"] {
        subscribe(&bench, event, true).await;
    }
    let uid = bench.token(&order()).await;
    let (headers, created) = receiver.next().await;
    assert_eq!((&headers["x-api-key"], text(&created, "/eventName")), (&"s3cret".parse().unwrap(), "tradeinVehicle"));
    assert_eq!(text(&created, "/token/uid"), uid);
    bench.walk(&uid, &[1, 2]).await;
    let (_, begun) = receiver.next().await;
    assert_eq!(text(&begun, "/eventName"), "newTchek");
    assert_eq!(begun["tchekId"], bench.status(&uid).await["tchekPtr"]["id"]);
    // The detection was not subscribed to.
    bench.walk(&uid, &[3, 5]).await;
    let (_, reported) = receiver.next().await;
    assert_eq!(text(&reported, "/dataAPI/data/tokenId"), uid);
    let body = json!({"uid": uid, "event": "shareUpdatedReport"});
    let shared = bench.json("POST", "/__sandbox/tchek/deliver", &[], &body).await;
    assert_eq!(at(&shared.json(), "/deliveries/0/revision"), &json!(3));
    let (_, shared) = receiver.next().await;
    assert_ne!(shared["dataAPI"]["data"]["damages"], reported["dataAPI"]["data"]["damages"]);
    let deleted = bench.json("POST", &format!("/__sandbox/tokens/{uid}/delete"), &[], &json!({})).await;
    assert_eq!(deleted.status, 200);
    let (_, deleted) = receiver.next().await;
    assert_eq!((text(&deleted, "/eventName"), &deleted["tchekId"]), ("deleteTchek", &begun["tchekId"]));

    subscribe(&bench, "tradeinVehicle", false).await;
    bench.token(&order()).await;
    subscribe(&bench, "tradeinVehicle", true).await;
    let last = bench.token(&order()).await;
    assert_eq!(text(&receiver.next().await.1, "/token/uid"), last);
}

async fn report(bench: &Bench, uid: &str) -> Answer {
    bench.get(&format!("/tchek/apiV1/report/loadtchek?token={uid}"), &[KEY]).await
}

#[tokio::test]
async fn a_loaded_report_holds_what_the_last_delivery_told() {
    let bench = Bench::start().await;
    let mut receiver = bench.receiver(&[], None).await;
    let uid = bench.token(&order()).await;
    assert_eq!(report(&bench, "TFFFFFF").await.status, 404);
    assert_eq!(report(&bench, &uid).await.status, 404, "there is no photo yet");
    bench.walk(&uid, &[1, 2, 3]).await;
    receiver.next().await;
    for revision in [3, 4] {
        let body = json!({"uid": uid, "event": "createReport", "revision": revision});
        bench.json("POST", "/__sandbox/tchek/deliver", &[], &body).await;
        let (_, told) = receiver.next().await;
        let loaded = report(&bench, &uid).await.json();
        let kept = list(&loaded, "/damages").iter().filter(|damage| damage["isDeleted"] == false);
        assert_eq!(json!(kept.count()), *at(&told, "/dataAPI/data/damageNumber"));
        assert_eq!(text(&loaded, "/tchek/report/clientLastName"), "Example");
        let images = list(&loaded, "/images").len();
        assert_eq!(images, list(&told, "/dataAPI/data/inspectionImages").len());
        let photo = bench.get(text(&loaded, "/images/0/url"), &[]).await;
        assert_eq!(photo.status, 200);
    }
    bench.switch(&json!({"tchekWrappedReport": true})).await;
    assert!(!list(&report(&bench, &uid).await.json(), "/data/damages").is_empty());
    let path = format!("/tchek/apiV1/report/loadtchek?token={uid}");
    assert_eq!(bench.get(&path, &[("X-API-Key", "sandbox-tchek-key-2")]).await.status, 404);
    bench.json("POST", &format!("/__sandbox/tokens/{uid}/delete"), &[], &json!({})).await;
    assert_eq!(report(&bench, &uid).await.status, 404);
}

#[tokio::test]
async fn inspections_are_found_by_plate_and_by_agent() {
    let bench = Bench::start().await;
    let agent = with(order(), "/creatorUserId", json!("agent@example.com"));
    for order in [order(), agent.clone(), agent] {
        let uid = bench.token(&order).await;
        bench.walk(&uid, &[1, 2, 3]).await;
    }
    bench.token(&order()).await;
    let found = async |query: &str| {
        let answer = bench.get(&format!("/tchek/apiv1/tchek/search?{query}"), &[KEY]).await;
        assert_eq!(answer.status, 200, "{}", answer.text);
        list(&answer.json(), "/data").to_vec()
    };
    let all = found("licensePlate=AB123CD").await;
    assert_eq!(all.len(), 3, "one of the four has no inspection yet");
    assert_eq!((&all[0]["detectionFinished"], all[0]["detectionFinishedAt"].is_string()), (&json!(true), true));
    assert_eq!(found("username=agent@example.com").await.len(), 2);
    assert_eq!(found("licensePlate=AB-123-CD&username=agent@example.com&limit=1&page=2").await, [all[1].clone()]);
    assert_eq!(found("licensePlate=ZZ999Z").await.len(), 0);
    for query in ["", "licensePlate=", "licensePlate=AB123CD&page=0", "licensePlate=AB123CD&limit=101"] {
        assert_eq!(bench.get(&format!("/tchek/apiv1/tchek/search?{query}"), &[KEY]).await.status, 400, "{query}");
    }
    assert_eq!(bench.get("/tchek/apiV1/user", &[KEY]).await.status, 200);
    assert_eq!(bench.get("/tchek/apiV1/user", &[]).await.status, 401);
}
