//! Keys that are fetched each by a call of its own.

use std::collections::HashMap;
use std::sync::Arc;
use std::sync::Mutex;
use std::sync::atomic::Ordering;
use std::time::Duration;

use forecourt::cache::Answers;
use forecourt::cache::EntityCache;
use forecourt::cache::Fetched;
use forecourt::cache::Fetching;
use forecourt::cache::Scope;
use forecourt::error::VendorErrorKind;
use serde_json::json;
use tokio::sync::Semaphore;
use tokio::time::Instant;
use tokio::time::sleep;

use crate::support::gateway::Rig;

use super::vendor::{
    Answer, FIND, Vendor, ask, ask_aside, ask_each_aside, cache, found, kind, names, refused, scope, settle, text,
};

/// A vendor that serves four calls at a time and takes a second for each, in the runtime's own time.
#[derive(Clone)]
struct Slow {
    places: Arc<Semaphore>,
    calls: Arc<Mutex<Vec<String>>>,
}

impl Slow {
    fn new() -> Self {
        Self { places: Arc::new(Semaphore::new(4)), calls: Arc::default() }
    }

    /// Asks for `keys` within half a minute.
    async fn ask(&self, cache: &EntityCache, scope: &Arc<Scope>, keys: Vec<String>) -> Answers<String, String> {
        let slow = self.clone();
        let fetch = move |keys: Vec<String>| {
            let slow = slow.clone();
            async move {
                let mut fetches = HashMap::new();
                for key in keys {
                    let _place = slow.places.acquire().await.unwrap();
                    slow.calls.lock().unwrap().push(key.clone());
                    sleep(Duration::from_secs(1)).await;
                    fetches.insert(key.clone(), Ok(Fetched::found(key)));
                }
                fetches
            }
        };
        cache.get_many(scope, Fetching::EachAlone, keys, Instant::now() + Duration::from_millis(30_500), fetch).await
    }
}

#[tokio::test(start_paused = true)]
async fn more_than_fits_into_one_request_arrives_with_the_next() {
    let (cache, scope, slow) = (cache(), scope(FIND), Slow::new());
    let keys: Vec<String> = (0..200).map(|number| format!("car {number}")).collect();
    let first = slow.ask(&cache, &scope, keys.clone()).await;
    assert_eq!(first.values().filter(|answer| answer.is_ok()).count(), 120);
    assert!(first.values().filter_map(|answer| answer.as_ref().err()).all(|e| e.kind == VendorErrorKind::Deadline));

    let second = slow.ask(&cache, &scope, keys).await;
    assert!(second.values().all(Result::is_ok));
    // Only the four that the first deadline cut off were asked for twice.
    assert_eq!(slow.calls.lock().unwrap().len(), 204);
}

#[tokio::test(start_paused = true)]
async fn who_asks_for_one_does_not_wait_behind_all_of_who_asks_for_many() {
    let (cache, scope, slow) = (cache(), scope(FIND), Slow::new());
    let many = async {
        let keys = (0..100).map(|number| format!("car {number}")).collect();
        slow.ask(&cache, &scope, keys).await;
    };
    let one = async {
        settle().await;
        let began = Instant::now();
        slow.ask(&cache, &scope, names(&["the other car"])).await;
        began.elapsed()
    };
    assert!(tokio::join!(many, one).1 <= Duration::from_secs(3));
}

#[tokio::test]
async fn each_key_is_answered_as_it_comes_and_fails_alone() {
    let (cache, scope) = (cache(), scope(FIND));
    let vendor = Vendor::held(|key, call| match key {
        "broken" => Answer::Failed(refused()),
        "panic" => panic!("this panic belongs to the test"),
        _ => found(key, call).into(),
    });
    let keys = ["broken", "panic", "sound", "hanging"];
    let asked = ask_each_aside(&cache, &scope, &vendor, &keys).await;
    let calls = vendor.calls();
    assert!(calls.iter().all(|keys| keys.len() == 1));
    let hanging = calls.iter().position(|keys| *keys == names(&["hanging"])).unwrap() + 1;
    // All but one are let through, one after the other.
    for call in (1..=4).filter(|call| *call != hanging) {
        vendor.release_only(call);
        settle().await;
    }
    let sound = ask(&cache, &scope, &vendor, &["sound"]).await;
    assert!(text(&sound, "sound").starts_with("sound of call"));
    assert_eq!((vendor.count(), asked.is_finished()), (4, false));

    vendor.release_only(hanging);
    let answers = asked.await.unwrap();
    assert_eq!(kind(&answers, "broken"), VendorErrorKind::Unavailable);
    assert_eq!(kind(&answers, "panic"), VendorErrorKind::Protocol);
    assert_eq!(text(&answers, "hanging"), format!("hanging of call {hanging}"));
}

#[tokio::test]
async fn only_what_nobody_waits_for_is_stopped() {
    let (cache, scope) = (cache(), scope(FIND));
    let vendor = Vendor::held(found);
    let leaving = ask_each_aside(&cache, &scope, &vendor, &["a", "b", "c"]).await;
    let staying = ask_aside(&cache, &scope, &vendor, &["b"]).await;
    leaving.abort();
    settle().await;
    assert_eq!((vendor.count(), vendor.dropped.load(Ordering::SeqCst)), (3, 2));
    vendor.release(3);
    assert!(text(&staying.await.unwrap(), "b").starts_with("b of call"));
}

/// The VINs that the catalogue has answered for.
async fn answered_cars(rig: &Rig) -> Vec<String> {
    let journal = rig.journal().await;
    let finds = journal.iter().filter(|entry| entry["operation"] == "jifeline.vehicles.find");
    let answered = finds.filter(|entry| !entry["status"].is_null());
    answered.filter_map(|entry| Some(entry["query"].as_str()?.strip_prefix("vin=")?.to_owned())).collect()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn one_hanging_car_holds_up_no_other() {
    let rig = Rig::start().await;
    rig.control("PUT", "faults", &json!([{"operation": "jifeline.vehicles.find", "hang": true, "times": 1}])).await;
    let list = rig.ask("{ vehicles(first: 50) { nodes { vin make { name } model { name } } } }", json!({}));
    let other = async {
        rig.until("all cars but one were answered", async || answered_cars(&rig).await.len() == 49).await;
        let vin = answered_cars(&rig).await.remove(0);
        let query = "query($vin: Vin!) { vehicle(by: {vin: $vin}) { vin make { name } model { name } } }";
        rig.ask_with(&[("x-request-timeout", "5")], query, json!({ "vin": vin })).await
    };
    tokio::select! {
        list = list => panic!("the list waits for the hanging car, and yet: {list}"),
        other = other => assert_eq!(other.get("errors"), None, "{other}"),
    }
    assert_eq!(rig.count("jifeline.vehicles.find").await, 50);
}
