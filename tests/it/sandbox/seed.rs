//! The seed: the same in every run, and joined across the vendors.

use serde_json::Value;
use serde_json::json;

use crate::sandbox::garage::FIRST_LOGIN;
use crate::sandbox::support::Bench;
use crate::sandbox::support::SHOWPIECE;

#[tokio::test]
async fn the_fleet_is_the_same_in_every_run_and_joins() {
    let bench = Bench::with_vehicles(500).await;
    let fleet = bench.tell("fleet").await;
    let cars = fleet["cars"].as_array().unwrap();
    assert_eq!((cars.len(), &fleet["total"]), (500, &json!(500)));
    insta::assert_json_snapshot!("sandbox_first_car", cars[0]);

    let larger = Bench::with_vehicles(1_000).await.tell("fleet").await;
    assert_eq!(larger["cars"].as_array().unwrap().len(), 500, "one page");
    assert_eq!(larger["cars"], fleet["cars"], "the first cars are the same for every count");

    let count = |is: &dyn Fn(&Value) -> bool| cars.iter().filter(|car| is(car)).count();
    let text = |car: &Value, name: &str| car[name].as_str().unwrap().to_owned();
    let mut vins: Vec<_> = cars.iter().map(|car| text(car, "vin")).collect();
    let is_vin = |vin: &String| {
        vin.len() == 17 && vin.chars().all(|c| c.is_ascii_uppercase() && !"IOQ".contains(c) || c.is_ascii_digit())
    };
    assert!(vins.iter().all(is_vin));
    vins.sort_unstable();
    vins.dedup();
    assert_eq!(vins.len(), 500);
    let mut plates: Vec<_> = cars.iter().map(|car| text(car, "plate")).collect();
    plates.sort_unstable();
    plates.dedup();
    assert_eq!(plates.len(), 498, "two plates were handed on");

    let inspected = |car: &Value| !car["inspectedTo"].is_null();
    let listed = |car: &Value| car["listed"] == true;
    let diagnosed = |car: &Value| car["jifeline"] == true;
    let contradictions = ["mileage", "plate", "model"].map(|kind| count(&|car| car["contradiction"] == kind));
    let counts = json!({
        "diagnosed": count(&diagnosed),
        "serviced": count(&|car| car["serviced"] == true),
        "servicedByRing": count(&|car| car["servicedByRing"] == true),
        "inspected": count(&inspected),
        "listed": count(&listed),
        "onlyDiagnosed": count(&|car| diagnosed(car) && !inspected(car) && !listed(car)),
        "onlyInspected": count(&|car| !diagnosed(car) && inspected(car) && !listed(car)),
        "onlyListed": count(&|car| !diagnosed(car) && !inspected(car) && listed(car)),
        "knownToAll": count(&|car| diagnosed(car) && inspected(car) && listed(car)),
        "knownToNone": count(&|car| !diagnosed(car) && !inspected(car) && !listed(car)),
        "inspectedTo": (0..=6).map(|status| count(&|car| car["inspectedTo"] == status)).collect::<Vec<_>>(),
        "inspectionExpires": count(&|car| car["inspectionExpires"] == true),
        "tickets": (0..=4).map(|number| count(&|car| car["tickets"] == number)).collect::<Vec<_>>(),
        "damages": (0..=5).map(|number| count(&|car| car["damages"] == number)).collect::<Vec<_>>(),
        "contradictions": contradictions,
    });
    insta::assert_json_snapshot!("sandbox_fleet_counts", counts);
    let small = Bench::with_vehicles(1).await;
    let garage = small.garage(FIRST_LOGIN).await;
    let connectors = garage.get("/v1/connectors").await.json();
    assert_eq!(
        (&connectors["result"][0]["vin_number"], &connectors["result"][1]["vin_number"]),
        (&json!(SHOWPIECE), &Value::Null)
    );
}

#[tokio::test]
async fn the_story_is_the_same_in_every_run() {
    let bench = Bench::with_vehicles(500).await;
    let story = bench.tell("story").await;
    let steps = story["steps"].as_array().unwrap();
    insta::assert_json_snapshot!("sandbox_story_of_the_first_cars", &steps[..4]);
    assert_eq!(Bench::with_vehicles(500).await.tell("story").await, story);
    let short = bench.tell("story?limit=1").await;
    assert_eq!(short["steps"].as_array().unwrap()[..], steps[..2]);

    let fleet = bench.tell("fleet").await;
    let cars = fleet["cars"].as_array().unwrap();
    let inspections = steps.iter().filter(|step| !step["createInspection"].is_null());
    assert_eq!(inspections.count(), 1 + cars.iter().filter(|car| !car["inspectedTo"].is_null()).count());
    let listings = steps.iter().filter(|step| !step["createListing"].is_null());
    assert_eq!(listings.count(), cars.iter().filter(|car| car["listed"] == true).count());
}

#[tokio::test]
async fn contradictions_show_between_the_vendors() {
    let bench = Bench::with_vehicles(500).await;
    let garage = bench.garage(FIRST_LOGIN).await;
    let fleet = bench.tell("fleet").await;
    let story = bench.tell("story").await;
    let listing_of = |vin: &str| {
        let steps = story["steps"].as_array().unwrap();
        steps.iter().find(|step| step["vin"] == vin).map(|step| step["createListing"].clone()).unwrap()
    };
    for car in fleet["cars"].as_array().unwrap() {
        let vin = car["vin"].as_str().unwrap();
        let plate = car["plate"].as_str().unwrap().replace('-', "");
        assert_eq!(car["plateInPhotos"] != plate.as_str(), car["contradiction"] == "plate", "{vin}");
        if car["listed"] != true {
            continue;
        }
        let listing = listing_of(vin);
        let model = car["modelGroup"].as_str().unwrap().to_lowercase();
        assert_eq!(listing["model"] != model.as_str(), car["contradiction"] == "model", "{vin}");
        if car["tickets"] != 0 && car["serviced"] == true {
            let tickets = garage.get(&format!("/v1/historical-tickets?vin={vin}")).await.json();
            let read = tickets["result"][0]["odometer_reading"].as_i64().unwrap();
            let lower = listing["mileage"]["value"].as_i64().unwrap() < read;
            assert_eq!(lower, car["contradiction"] == "mileage", "{vin}");
        }
    }
}
