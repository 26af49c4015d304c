//! Jifeline as a client meets it.

use chrono::DateTime;
use serde_json::Value;
use serde_json::json;

use crate::sandbox::garage::FIRST_LOGIN;
use crate::sandbox::garage::Garage;
use crate::sandbox::garage::LOGIN;
use crate::sandbox::garage::SECOND_LOGIN;
use crate::sandbox::support::Bench;
use crate::sandbox::support::SHOWPIECE;

#[tokio::test]
async fn log_in_gives_three_tokens_and_counts_wrong_pincodes() {
    let bench = Bench::with_vehicles(500).await;
    let reply = bench.log_in(FIRST_LOGIN).await;
    assert_eq!(reply.status, 200);
    let tokens = reply.json();
    let mut names: Vec<_> = tokens.as_object().unwrap().keys().cloned().collect();
    names.sort();
    assert_eq!(names, ["access_token", "id_token", "refresh_token"]);
    assert_eq!(tokens["access_token"].as_str().unwrap().split('.').count(), 3);

    for body in [json!({}), json!({"connector_uuid": FIRST_LOGIN.0}), json!({"connector_uuid": "x", "pincode": "1"})] {
        let reply = bench.json("POST", LOGIN, &[], &body).await;
        assert_eq!((reply.status, &reply.json()["status"]), (400, &json!(400)), "{body}");
    }
    for _ in 0..5 {
        let reply = bench.log_in((FIRST_LOGIN.0, "99999")).await;
        assert_eq!(reply.status, 401);
        assert_eq!(reply.json()["title"], "Unauthorized");
    }
    let reply = bench.log_in(FIRST_LOGIN).await;
    assert_eq!((reply.status, reply.header("retry-after")), (429, "60"));
    assert_eq!(bench.log_in(SECOND_LOGIN).await.status, 200, "the other connector is not concerned");
    bench.control("POST", "clock", json!({"advanceSeconds": 60})).await;
    assert_eq!(bench.log_in(FIRST_LOGIN).await.status, 200);
}

#[tokio::test]
async fn a_token_is_wanted_and_ends_with_the_clock() {
    let bench = Bench::with_vehicles(500).await;
    let reply = bench.get("/jifeline/v1/connectors", &[]).await;
    assert_eq!((reply.status, reply.json()["type"].as_str()), (401, Some("about:blank")));
    let garage = bench.garage(FIRST_LOGIN).await;
    assert_eq!(garage.get("/v1/connectors").await.status, 200);
    bench.control("POST", "clock", json!({"advanceSeconds": 3599})).await;
    assert_eq!(garage.get("/v1/connectors").await.status, 200);
    bench.control("POST", "clock", json!({"advanceSeconds": 1})).await;
    assert_eq!(garage.get("/v1/connectors").await.status, 401);

    bench.control("PUT", "switches", json!({"jifelineGatewayMessages": true})).await;
    let reply = garage.get("/v1/connectors").await;
    assert_eq!((reply.status, reply.json()), (401, json!({"message": "Unauthorized"})));

    bench.control("PUT", "switches", json!({"jifelineIdTokenOnly": true})).await;
    let tokens = bench.log_in(FIRST_LOGIN).await.json();
    for (name, status) in [("access_token", 401), ("id_token", 200), ("refresh_token", 401)] {
        let garage = Garage::with_token(&bench, tokens[name].as_str().unwrap());
        assert_eq!(garage.get("/v1/connectors").await.status, status, "{name}");
    }
}

#[tokio::test]
async fn serviced_vehicles_page_newest_first() {
    let bench = Bench::with_vehicles(500).await;
    let garage = bench.garage(FIRST_LOGIN).await;
    let mut all = Vec::new();
    loop {
        let page = garage.get(&format!("/v1/serviced-vehicles?offset={}&limit=200", all.len())).await.json();
        assert_eq!((&page["total"], &page["limit"], &page["offset"]), (&json!(460), &json!(200), &json!(all.len())));
        let items = page["result"].as_array().unwrap().clone();
        if items.is_empty() {
            break;
        }
        all.extend(items);
    }
    assert_eq!(all.len(), 460);
    let times: Vec<_> = all
        .iter()
        .map(|car| DateTime::parse_from_rfc3339(car["last_serviced_at"].as_str().unwrap()).unwrap())
        .collect();
    assert!(times.is_sorted_by(|newer, older| newer >= older));
    let mut vins: Vec<_> = all.iter().map(|car| car["vin"].as_str().unwrap()).collect();
    vins.sort_unstable();
    vins.dedup();
    assert_eq!(vins.len(), 460);

    let usual = garage.get("/v1/historical-vehicles").await.json();
    assert_eq!((usual["limit"].as_i64(), usual["result"].as_array().unwrap().len()), (Some(25), 25));
    let none = garage.get("/v1/serviced-vehicles?limit=0").await.json();
    assert_eq!((&none["result"], &none["total"]), (&json!([]), &json!(460)));
    for wrong in ["offset=-1", "offset=x", "limit=201", "limit=-1"] {
        assert_eq!(garage.get(&format!("/v1/serviced-vehicles?{wrong}")).await.status, 400, "{wrong}");
    }
    let ring = bench.garage(SECOND_LOGIN).await;
    assert_eq!(ring.get("/v1/serviced-vehicles").await.json()["total"], 35);
}

#[tokio::test]
async fn a_vehicle_is_found_by_its_vin() {
    let bench = Bench::with_vehicles(500).await;
    let garage = bench.garage(FIRST_LOGIN).await;
    let found = garage.get(&format!("/v1/vehicles/search?vin={SHOWPIECE}")).await.json();
    insta::assert_json_snapshot!("sandbox_jifeline_vehicle_found", found);

    let fleet = bench.tell("fleet").await;
    let unknown = fleet["cars"].as_array().unwrap().iter().find(|car| car["jifeline"] == false).unwrap();
    let path = format!("/v1/vehicles/search?vin={}", unknown["vin"].as_str().unwrap());
    let reply = garage.get(&path).await;
    assert_eq!((reply.status, &reply.json()["title"]), (404, &json!("Not Found")));
    bench.control("PUT", "switches", json!({"jifelineUnknownVinNulls": true})).await;
    let reply = garage.get(&path).await;
    assert_eq!((reply.status, &reply.json()["make"]), (200, &Value::Null));
    assert_eq!(garage.get("/v1/vehicles/search").await.status, 400);
    assert_eq!(garage.get("/v1/vehicles/search?vin=").await.status, 400);
}

#[tokio::test]
async fn historical_tickets_are_listed_and_read() {
    let bench = Bench::with_vehicles(500).await;
    let garage = bench.garage(FIRST_LOGIN).await;
    let list = garage.get(&format!("/v1/historical-tickets?vin={SHOWPIECE}")).await.json();
    insta::assert_json_snapshot!("sandbox_jifeline_historical_tickets_of_the_first_car", list);

    let first = &list["result"][0];
    let id = first["id"].as_i64().unwrap();
    assert_eq!(&garage.get(&format!("/v1/historical-tickets/{id}")).await.json(), first);
    let ring = bench.garage(SECOND_LOGIN).await;
    assert_eq!(ring.get(&format!("/v1/historical-tickets/{id}")).await.status, 403);
    assert_eq!(ring.get(&format!("/v1/historical-tickets?vin={SHOWPIECE}")).await.json()["total"], 0);

    let connector = first["connector_id"].as_i64().unwrap();
    let by_connector = garage.get(&format!("/v1/historical-tickets?connector_id={connector}")).await.json();
    let tickets = by_connector["result"].as_array().unwrap();
    assert!(tickets.len() > 20 && tickets.iter().all(|ticket| ticket["connector_id"] == connector));
    let both = garage.get(&format!("/v1/historical-tickets?vin={SHOWPIECE}&connector_id={connector}")).await.json();
    assert!(both["result"].as_array().unwrap().contains(first));
    let all = garage.get("/v1/historical-tickets").await.json();
    assert_eq!(all["result"].as_array().unwrap().len(), 200);
    assert!(all["total"].as_i64().unwrap() > 700);

    assert_eq!(garage.get("/v1/historical-tickets?connector_id=910000101").await.status, 403);
    assert_eq!(garage.get("/v1/historical-tickets?connector_id=x").await.status, 400);
    assert_eq!(garage.get("/v1/historical-tickets/x").await.status, 400);
    assert_eq!(garage.get("/v1/historical-tickets/1").await.status, 404);
    bench.control("PUT", "switches", json!({"jifelineUnknownIdStatus": 403})).await;
    assert_eq!(garage.get("/v1/historical-tickets/1").await.status, 403);
}

#[tokio::test]
async fn connectors_are_listed_and_read_by_either_id() {
    let bench = Bench::with_vehicles(500).await;
    let garage = bench.garage(FIRST_LOGIN).await;
    let list = garage.get("/v1/connectors").await.json();
    insta::assert_json_snapshot!("sandbox_jifeline_connectors", list);

    let first = &list["result"][0];
    assert_eq!(first["vin_number"], SHOWPIECE);
    assert_eq!(&garage.get("/v1/connectors/910000001").await.json(), first);
    assert_eq!(&garage.get(&format!("/v2/connectors/{}", FIRST_LOGIN.0)).await.json(), first);
    let page = garage.get("/v1/connectors?offset=6&limit=5").await.json();
    assert_eq!((page["result"].as_array().unwrap().len(), &page["total"]), (2, &json!(8)));

    for (path, status) in [
        ("/v1/connectors/910000101".to_owned(), 403),
        (format!("/v2/connectors/{}", SECOND_LOGIN.0), 403),
        ("/v1/connectors/1".to_owned(), 404),
        ("/v2/connectors/00000000-0000-4000-8000-000000000000".to_owned(), 404),
        ("/v1/connectors/x".to_owned(), 400),
        ("/v2/connectors/x".to_owned(), 400),
    ] {
        assert_eq!(garage.get(&path).await.status, status, "{path}");
    }
    let ring = bench.garage(SECOND_LOGIN).await;
    assert_eq!(ring.get("/v1/connectors").await.json()["total"], 4);
}

#[tokio::test]
async fn the_open_ticket_stands_on_its_connector() {
    let bench = Bench::with_vehicles(500).await;
    let garage = bench.garage(FIRST_LOGIN).await;
    let ticket = garage.get("/v1/connectors/910000001/active-ticket").await.json();
    insta::assert_json_snapshot!("sandbox_jifeline_active_ticket", ticket);
    bench.control("PUT", "switches", json!({"jifelineFlatProductIds": true})).await;
    let flat = garage.get("/v1/connectors/910000001/active-ticket").await.json();
    assert_eq!(flat["product_ids"], json!([52384]));

    let none = "/v1/connectors/910000002/active-ticket";
    assert_eq!(garage.get(none).await.status, 404);
    bench.control("PUT", "switches", json!({"jifelineAbsentTicket": "null"})).await;
    let reply = garage.get(none).await;
    assert_eq!((reply.status, reply.text.as_str()), (200, "null"));
    bench.control("PUT", "switches", json!({"jifelineAbsentTicket": "empty"})).await;
    let reply = garage.get(none).await;
    assert_eq!((reply.status, reply.text.as_str()), (200, ""));
    assert_eq!(garage.get("/v1/connectors/910000101/active-ticket").await.status, 403);
    assert_eq!(garage.get("/v1/connectors/1/active-ticket").await.status, 404);
}
