//! What a result holds, and where its links lead.

use std::collections::BTreeSet;

use chrono::TimeDelta;
use serde_json::Value;
use serde_json::json;

use crate::sandbox::support::Bench;
use crate::sandbox::support::SHOWPIECE;
use crate::sandbox::support::at;
use crate::sandbox::support::names;
use crate::sandbox::support::order;
use crate::sandbox::support::unknown_car;
use crate::sandbox::support::with;
use crate::sandbox::support::without;

async fn result(bench: &Bench, order: &Value) -> Value {
    let mut receiver = bench.receiver(&[], Some("s3cret")).await;
    let uid = bench.token(order).await;
    bench.walk(&uid, &[1, 2, 3]).await;
    at(&receiver.next().await.1, "/dataAPI/data").clone()
}

#[tokio::test]
async fn a_result_has_the_shape_of_published_ones() {
    let bench = Bench::start().await;
    let data = result(&bench, &order()).await;
    let expected = [
        "customFormResults",
        "damageNumber",
        "damages",
        "detectionList",
        "inspectionImages",
        "partsCondition",
        "pdfReportUrl",
        "pdfReportUrlWithoutCosts",
        "reportUrl",
        "reportUrlWithoutCosts",
        "severity",
        "tokenId",
        "vehicle",
    ];
    assert_eq!(names(&data), expected);
    let damages = data["damages"].as_object().unwrap();
    let all: Vec<&Value> = damages.values().flat_map(|list| list.as_array().unwrap()).collect();
    assert!(!all.is_empty(), "the first car shows damages");
    assert_eq!(data["damageNumber"], all.len());
    for (part, list) in damages {
        for damage in list.as_array().unwrap() {
            assert_eq!(names(damage), ["isAuto", "part", "rois", "severity", "size", "type", "uid"]);
            assert_eq!(damage["part"], *part);
            let region = &damage["rois"][0];
            assert_eq!(names(region), ["centerX", "centerY", "height", "imageId", "imageUrl", "width"]);
            assert!((0.0..=1.0).contains(&region["centerX"].as_f64().unwrap()));
        }
    }
    let codes: BTreeSet<&str> = damages.keys().map(String::as_str).collect();
    for list in ["severity", "partsCondition"] {
        let name = if list == "severity" { "location" } else { "code" };
        let told: BTreeSet<&str> =
            data[list].as_array().unwrap().iter().map(|part| part[name].as_str().unwrap()).collect();
        assert_eq!(told, codes, "{list}");
    }
    for (part, old) in data["partsCondition"].as_array().unwrap().iter().zip(data["severity"].as_array().unwrap()) {
        let expected = [
            "category",
            "code",
            "condition",
            "confidence",
            "cost",
            "currency",
            "damages",
            "id",
            "nonBillable",
            "partType",
            "reparation",
            "severityLevel",
            "tax",
        ];
        assert_eq!(names(part), expected);
        assert_eq!((&part["currency"], &part["tax"]), (&json!("€"), &json!(20)));
        assert_eq!(old["severity"], format!("SEV{}", part["severityLevel"]));
        assert_eq!(old["cost"], part["cost"]);
        assert_eq!(
            part["damages"].as_array().unwrap().len(),
            damages[part["code"].as_str().unwrap()].as_array().unwrap().len()
        );
    }
    assert_eq!(data["detectionList"].as_array().unwrap().len(), data["inspectionImages"].as_array().unwrap().len());
    assert_eq!(data["vehicle"]["immat"], "AB-123-CD");
    assert_eq!(data["vehicle"]["detectedLicensePlate"].as_str().unwrap().replace('-', ""), "AB123CD");
}

#[tokio::test]
async fn detections_point_at_the_photos_and_are_null_where_nothing_is() {
    let bench = Bench::start().await;
    let data = result(&bench, &order()).await;
    let mut found = 0;
    let mut without_angle = 0;
    for (photo, image) in
        data["detectionList"].as_array().unwrap().iter().zip(data["inspectionImages"].as_array().unwrap())
    {
        assert_eq!((&photo["status"], &photo["url"]), (&json!(200), &image["originUrl"]));
        assert_eq!(photo.get("angle"), image.get("angle"));
        without_angle += usize::from(photo.get("angle").is_none());
        let damages = &photo["detections"]["damages"];
        if let Some(damages) = damages.as_object() {
            assert!(!damages.is_empty());
            found += damages.values().map(|list| list.as_array().unwrap().len()).sum::<usize>();
        } else {
            assert!(damages.is_null());
        }
    }
    assert!(without_angle > 0);
    let regions = |list: &Value| list["rois"].as_array().unwrap().len();
    let damages = data["damages"].as_object().unwrap().values().flat_map(|list| list.as_array().unwrap());
    assert_eq!(found, damages.map(regions).sum::<usize>());
}

#[tokio::test]
async fn the_same_car_has_the_same_damages_and_any_car_can_be_inspected() {
    let bench = Bench::start().await;
    let summary = |data: &Value| {
        let parts = data["partsCondition"].as_array().unwrap().iter();
        parts.map(|part| (part["code"].clone(), part["cost"].clone())).collect::<Vec<_>>()
    };
    let (first, again) = (result(&bench, &order()).await, result(&bench, &order()).await);
    assert_eq!(summary(&first), summary(&again));
    let by_plate = result(&bench, &without(with(order(), "/tradeIn/immat", json!("ab 123 cd")), "/tradeIn/vin")).await;
    assert_eq!(summary(&first), summary(&by_plate));
    let fleet = bench.get("/__sandbox/fleet?limit=40", &[]).await.json();
    for car in fleet["cars"].as_array().unwrap() {
        let data = result(&bench, &with(order(), "/tradeIn/vin", car["vin"].clone())).await;
        assert_eq!(data["damageNumber"], car["damages"], "{}", car["vin"]);
        assert_eq!(data["vehicle"]["detectedLicensePlate"], car["plateInPhotos"]);
    }
    let stranger = result(&bench, &unknown_car()).await;
    assert_eq!(stranger["vehicle"]["detectedLicensePlate"], "AB-123-CD");
    let nameless = result(&bench, &without(unknown_car(), "/tradeIn/immat")).await;
    assert_eq!(nameless["vehicle"], json!({"region": "", "immat": "", "detectedLicensePlate": ""}));
}

#[tokio::test]
async fn photos_are_served_and_signed_links_end_after_two_hours() {
    let bench = Bench::start().await;
    let data = result(&bench, &order()).await;
    for image in data["inspectionImages"].as_array().unwrap() {
        let plain = bench.get(image["originUrl"].as_str().unwrap(), &[]).await;
        assert_eq!((plain.status, plain.header("content-type")), (200, "image/svg+xml"));
        assert!(plain.text.starts_with("<svg ") && !plain.text.contains("<script"));
        assert_eq!(bench.get(image["url"].as_str().unwrap(), &[]).await.status, 200);
    }
    let signed = data["inspectionImages"][0]["url"].as_str().unwrap();
    assert_eq!(bench.get(&format!("{signed}x"), &[]).await.status, 403);
    assert_eq!(bench.get(&signed.replace("rendering=1", "rendering=2"), &[]).await.status, 403);
    bench.pass(TimeDelta::hours(2));
    assert_eq!(bench.get(signed, &[]).await.status, 200);
    bench.pass(TimeDelta::seconds(1));
    assert_eq!(bench.get(signed, &[]).await.status, 403);
    let origin = data["inspectionImages"][0]["originUrl"].as_str().unwrap();
    assert_eq!(bench.get(origin, &[]).await.status, 200);
    assert_eq!(bench.get(&origin.replace("/tchek/", "/tchek-preprod/"), &[]).await.status, 404);
    assert_eq!(bench.get("/tchek/images/NoSuchFoto.svg", &[]).await.status, 404);
}

#[tokio::test]
async fn reports_are_pages_and_documents_with_costs_or_without() {
    let bench = Bench::start().await;
    let data = result(&bench, &order()).await;
    for (name, costs) in [("reportUrl", true), ("reportUrlWithoutCosts", false)] {
        let page = bench.get(data[name].as_str().unwrap(), &[]).await;
        assert_eq!(page.status, 200);
        assert_eq!(page.text.contains("EUR"), costs, "{name}");
        assert!(page.text.contains(SHOWPIECE) && page.text.contains("../../images/"));
    }
    for (name, costs) in [("pdfReportUrl", true), ("pdfReportUrlWithoutCosts", false)] {
        let file = bench.get(data[name].as_str().unwrap(), &[]).await;
        assert_eq!((file.status, file.header("content-type")), (200, "application/pdf"));
        assert!(file.text.starts_with("%PDF-1.4") && file.text.ends_with("%%EOF\n"));
        assert_eq!(file.text.contains("EUR"), costs, "{name}");
        let places = file.text.lines().filter_map(|line| line.strip_suffix(" 00000 n "));
        for (number, place) in (1..).zip(places) {
            let start: usize = place.parse().unwrap();
            let object = file.text.get(start..).unwrap();
            assert!(object.starts_with(&format!("{number} 0 obj")));
        }
    }
    assert_eq!(bench.get("/tchek/webapp/en/report?token=T000000", &[]).await.status, 404);
    assert_eq!(bench.get("/tchek/webapp/en/report", &[]).await.status, 404);
}
