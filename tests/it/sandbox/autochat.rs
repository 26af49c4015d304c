//! The token server and the stock.

use chrono::TimeDelta;
use serde_json::Value;
use serde_json::json;

use crate::sandbox::support::Answer;
use crate::sandbox::support::Bench;
use crate::sandbox::support::list;
use crate::sandbox::support::names;
use crate::sandbox::support::text;
use crate::sandbox::support::with;
use crate::sandbox::support::without;

const TOKEN: &str = "/autochat/oauth/token";
const CARS: &str = "/autochat/api/cars";
const OPTIONS: &str = "/autochat/api/options";

fn credentials() -> Value {
    json!({
        "client_id": "sandbox-client", "client_secret": "sandbox-secret",
        "audience": "http://api.autochat.com/", "grant_type": "client_credentials",
    })
}

fn car() -> Value {
    json!({
        "dealershipId": "dealer-0001", "internalId": "STOCK-42", "brand": "volvo", "model": "v60",
        "version": "B4 Core", "description": "One owner", "bodyColor": "white", "bodyType": "stationwagon",
        "fuelType": "petrol", "transmission": "automatic", "gears": 8, "engineDisplacement": 1969,
        "engineEmission": 149, "engineKw": 145, "numberOfDoors": 5, "mileage": 41250, "mileageUnit": "KM",
        "dateOfFirstRegistration": "2021-03-15", "yearOfConstruction": 2021, "licensePlate": "AB-123-CD",
        "vin": "YV1ZWA8UDL1234507", "currency": "EUR", "salesPrice": 27950.5, "salesPriceExVat": 23099.17,
        "taxAmount": 4850, "tradePrice": 24500.25, "isTaxDeductible": true,
        "options": ["abs", "navigation_system", "trailer_hitch"], "images": [], "tags": [],
    })
}

async fn ask_token(bench: &Bench, body: &Value) -> Answer {
    bench.json("POST", TOKEN, &[], body).await
}

async fn bearer(bench: &Bench) -> String {
    let answer = ask_token(bench, &credentials()).await;
    assert_eq!(answer.status, 200, "{}", answer.text);
    format!("Bearer {}", text(&answer.json(), "/access_token"))
}

async fn push(bench: &Bench, bearer: &str, path: &str, car: &Value) -> Answer {
    bench.json("POST", path, &[("authorization", bearer)], car).await
}

async fn option_names(bench: &Bench, bearer: &str, path: &str) -> Vec<Value> {
    let answer = bench.get(path, &[("authorization", bearer)]).await;
    assert_eq!(answer.status, 200, "{}", answer.text);
    list(&answer.json(), "").to_vec()
}

#[tokio::test]
async fn the_token_server_checks_its_four_fields() {
    let bench = Bench::start().await;
    for (body, status, error) in [
        (without(credentials(), "/client_id"), 400, "invalid_request"),
        (with(credentials(), "/client_secret", json!("")), 400, "invalid_request"),
        (without(credentials(), "/audience"), 400, "invalid_request"),
        (with(credentials(), "/grant_type", json!(1)), 400, "invalid_request"),
        (with(credentials(), "/client_id", json!("somebody")), 401, "access_denied"),
        (with(credentials(), "/client_secret", json!("guess")), 401, "access_denied"),
        (with(credentials(), "/audience", json!("https://api.autochat.com")), 403, "access_denied"),
        (with(credentials(), "/grant_type", json!("password")), 403, "unauthorized_client"),
    ] {
        let answer = ask_token(&bench, &body).await;
        assert_eq!((answer.status, &answer.json()["error"]), (status, &json!(error)), "{body}");
        assert!(answer.json()["error_description"].is_string());
    }
    assert_eq!(bench.send("POST", TOKEN, &[], "client_id=x".to_owned()).await.status, 400);
    let answer = ask_token(&bench, &credentials()).await;
    assert_eq!(names(&answer.json()), ["access_token", "token_type"]);
    assert_eq!(answer.json()["token_type"], "Bearer");
    bench.switch(&json!({"autochatOmitExpiresIn": false})).await;
    assert_eq!(ask_token(&bench, &credentials()).await.json()["expires_in"], 86_400);
}

#[tokio::test]
async fn a_token_lives_a_day_and_not_longer() {
    let bench = Bench::start().await;
    let bearer = bearer(&bench).await;
    bench.pass(TimeDelta::milliseconds(86_400_000 - 1));
    option_names(&bench, &bearer, OPTIONS).await;
    bench.pass(TimeDelta::milliseconds(1));
    assert_eq!(bench.get(OPTIONS, &[("authorization", &bearer)]).await.status, 401);
    bench.switch(&json!({"autochatTokenSeconds": 10})).await;
    let short = self::bearer(&bench).await;
    bench.pass(TimeDelta::seconds(10));
    let answer = push(&bench, &short, CARS, &car()).await;
    assert_eq!((answer.status, &answer.json()["code"]), (401, &json!(401)));
    assert_eq!(answer.header("www-authenticate"), "Bearer");
}

#[tokio::test]
async fn calls_without_a_living_token_are_refused() {
    let bench = Bench::start().await;
    for headers in [vec![], vec![("authorization", "Bearer nonsense")], vec![("authorization", "Basic eDp5")]] {
        assert_eq!(bench.get(OPTIONS, &headers).await.status, 401, "{headers:?}");
        assert_eq!(bench.json("POST", CARS, &headers, &car()).await.status, 401, "{headers:?}");
    }
    let bearer = bearer(&bench).await;
    option_names(&bench, &bearer, OPTIONS).await;
    let ended = bench.json("PUT", "/__sandbox/autochat/tokens", &[], &json!({"expire": true})).await;
    assert_eq!((ended.status, ended.json()), (200, json!({"expired": 1})));
    assert_eq!(bench.get(OPTIONS, &[("authorization", &bearer)]).await.status, 401);
    let fresh = self::bearer(&bench).await;
    option_names(&bench, &fresh, OPTIONS).await;
    assert_eq!(bench.json("PUT", "/__sandbox/autochat/tokens", &[], &json!({})).await.status, 400);
}

#[tokio::test]
async fn too_many_tokens_in_an_hour_are_refused() {
    let bench = Bench::start().await;
    bench.switch(&json!({"autochatTokenRequestsPerHour": 3})).await;
    for left in ["2", "1", "0"] {
        let answer = ask_token(&bench, &credentials()).await;
        assert_eq!((answer.status, answer.header("x-ratelimit-remaining")), (200, left));
        assert_eq!(answer.header("x-ratelimit-limit"), "3");
    }
    bench.pass(TimeDelta::minutes(59));
    let answer = ask_token(&bench, &credentials()).await;
    assert_eq!((answer.status, answer.header("retry-after")), (429, "61"));
    bench.pass(TimeDelta::seconds(60));
    assert_eq!(ask_token(&bench, &credentials()).await.status, 200);
    assert_eq!(bench.journal("autochat.tokens.create").await.len(), 5);
}

#[tokio::test]
async fn a_car_is_taken_as_it_was_sent() {
    let bench = Bench::start().await;
    let bearer = bearer(&bench).await;
    let sent = car().to_string().replace("27950.5", "27950.50");
    let headers = [("authorization", bearer.as_str()), ("content-type", "application/json; charset=utf-8")];
    let answer = bench.send("POST", CARS, &headers, sent).await;
    assert_eq!(answer.status, 201, "{}", answer.text);
    let body = answer.json();
    let uuid = body["uuid"].as_str().unwrap();
    assert_eq!(answer.header("location"), format!("{CARS}/{uuid}"));
    for (name, value) in car().as_object().unwrap() {
        assert_eq!(body[name], *value, "{name}");
    }
    assert!(answer.text.contains("\"salesPrice\":27950.50,"), "amounts keep their digits: {}", answer.text);
    assert!(body["createdAt"].as_str().unwrap().starts_with("2026-01-10T08:00:00"));
    let stock = bench.get("/__sandbox/autochat/cars", &[]).await;
    assert!(stock.text.contains("27950.50"));
    assert_eq!(stock.json()["cars"][0]["environment"], "production");
    assert_eq!(stock.json()["cars"][0]["car"], body);
    let journal = bench.journal("autochat.cars.create").await;
    assert_eq!((journal.len(), &journal[0]["status"]), (1, &json!(201)));
}

#[tokio::test]
async fn every_rule_of_a_car_is_kept() {
    let bench = Bench::start().await;
    let bearer = bearer(&bench).await;
    let mut wrong: Vec<(Value, &str)> = Vec::new();
    for name in ["dealershipId", "internalId", "brand", "model"] {
        let pointer = format!("/{name}");
        wrong.push((without(car(), &pointer), name));
        wrong.push((with(car(), &pointer, json!("  ")), name));
        wrong.push((with(car(), &pointer, json!(7)), name));
    }
    for name in ["version", "bodyColor", "fuelType", "licensePlate", "description", "bodyType", "transmission"] {
        wrong.push((with(car(), &format!("/{name}"), json!(1)), name));
    }
    for name in ["gears", "engineDisplacement", "engineEmission", "engineKw", "numberOfDoors", "yearOfConstruction"] {
        wrong.push((with(car(), &format!("/{name}"), json!("5")), name));
        wrong.push((with(car(), &format!("/{name}"), json!(5.5)), name));
    }
    for name in ["salesPrice", "salesPriceExVat", "taxAmount", "tradePrice"] {
        wrong.push((with(car(), &format!("/{name}"), json!("27950.00")), name));
    }
    let uuid = option_names(&bench, &bearer, OPTIONS).await[0]["uuid"].clone();
    wrong.extend([
        (without(car(), "/images"), "images"),
        (with(car(), "/images", json!(null)), "images"),
        (with(car(), "/images", json!("https://example.com/a.jpeg")), "images"),
        (with(car(), "/tags", json!({})), "tags"),
        (with(car(), "/options", json!([1])), "options"),
        (with(car(), "/options", json!(["abs", "jacuzzi"])), "options[1]"),
        (with(car(), "/options", json!([uuid])), "options[0]"),
        (with(car(), "/options", json!(["head_up_display"])), "options[0]"),
        (with(car(), "/isTaxDeductible", json!("true")), "isTaxDeductible"),
        (with(car(), "/dateOfFirstRegistration", json!("15-03-2021")), "dateOfFirstRegistration"),
        (with(car(), "/dateOfFirstRegistration", json!("2021-02-30")), "dateOfFirstRegistration"),
        (with(car(), "/mileage", json!(-1)), "mileage"),
        (with(car(), "/mileage", json!(1.5)), "mileage"),
        (without(car(), "/mileageUnit"), "mileageUnit"),
        (with(car(), "/mileageUnit", json!("KILOMETRE")), "mileageUnit"),
        (without(car(), "/currency"), "currency"),
        (with(car(), "/currency", json!("€")), "currency"),
        (with(car(), "/vin", json!("YV1ZWA8UDL123450")), "vin"),
        (with(car(), "/vin", json!("YV1ZWA8UDL123450-")), "vin"),
    ]);
    for (body, field) in wrong {
        let answer = push(&bench, &bearer, CARS, &body).await;
        assert_eq!(answer.status, 422, "{field}: {}", answer.text);
        assert_eq!(answer.header("content-type"), "application/problem+json");
        let problem = answer.json();
        assert_eq!(problem["violations"][0]["propertyPath"], field, "{problem}");
        assert!(problem["detail"].as_str().unwrap().starts_with(&format!("{field}: ")));
    }
    let broken = without(with(car(), "/vin", json!("short")), "/brand");
    bench.switch(&json!({"autochatViolationStatus": 400})).await;
    let answer = push(&bench, &bearer, CARS, &broken).await;
    assert_eq!((answer.status, answer.json()["violations"].as_array().unwrap().len()), (400, 2));
    assert!(bench.get("/__sandbox/autochat/cars", &[]).await.json()["cars"].as_array().unwrap().is_empty());
    let least = json!({"dealershipId": "dealer-0002", "internalId": "1", "brand": "vw", "model": "up", "vin": null, "images": []});
    assert_eq!(push(&bench, &bearer, CARS, &least).await.status, 201);
}

#[tokio::test]
async fn bodies_that_are_no_json_and_foreign_dealerships_are_refused() {
    let bench = Bench::start().await;
    let bearer = bearer(&bench).await;
    let auth = ("authorization", bearer.as_str());
    let sent = car().to_string();
    assert_eq!(bench.send("POST", CARS, &[auth], sent.clone()).await.status, 415);
    assert_eq!(bench.send("POST", CARS, &[auth, ("content-type", "text/plain")], sent).await.status, 415);
    for body in ["{", "[]", "\"car\""] {
        let answer = bench.send("POST", CARS, &[auth, ("content-type", "application/json")], body.to_owned()).await;
        assert_eq!(answer.status, 400, "{body}");
    }
    for dealership in ["dealer-0003", "dealer-9999"] {
        let answer = push(&bench, &bearer, CARS, &with(car(), "/dealershipId", json!(dealership))).await;
        assert_eq!((answer.status, &answer.json()["status"]), (403, &json!(403)), "{dealership}");
    }
}

#[tokio::test]
async fn a_stock_number_is_given_once_for_each_dealership_and_environment() {
    let bench = Bench::start().await;
    let bearer = bearer(&bench).await;
    let first = push(&bench, &bearer, CARS, &car()).await.json();
    assert_eq!(push(&bench, &bearer, CARS, &car()).await.status, 409);
    assert_eq!(push(&bench, &bearer, CARS, &with(car(), "/dealershipId", json!("dealer-0002"))).await.status, 201);
    assert_eq!(push(&bench, &bearer, "/autochat-staging/api/cars", &car()).await.status, 201);
    bench.switch(&json!({"autochatUpsert": true})).await;
    let again = push(&bench, &bearer, CARS, &with(car(), "/mileage", json!(50_000))).await;
    assert_eq!((again.status, &again.json()["uuid"], &again.json()["mileage"]), (200, &first["uuid"], &json!(50_000)));
    let stock = bench.get("/__sandbox/autochat/cars", &[]).await.json();
    assert_eq!(stock["cars"].as_array().unwrap().len(), 3);
}

#[tokio::test]
async fn the_environments_have_different_options() {
    let bench = Bench::start().await;
    let bearer = bearer(&bench).await;
    let production = option_names(&bench, &bearer, OPTIONS).await;
    let staging = option_names(&bench, &bearer, "/autochat-staging/api/options").await;
    for option in production.iter().chain(&staging) {
        assert_eq!(names(option), ["esaco_identifier", "name", "prettyName", "uuid"]);
        assert_eq!(option["esaco_identifier"], 0);
    }
    let has = |list: &[Value], name: &str| list.iter().any(|option| option["name"] == name);
    assert!(has(&production, "driver_drowsiness_detection") && !has(&staging, "driver_drowsiness_detection"));
    assert!(!has(&production, "head_up_display") && has(&staging, "head_up_display"));
    assert!(has(&production, "abs") && has(&staging, "abs"));
    let drowsy = with(car(), "/options", json!(["driver_drowsiness_detection"]));
    assert_eq!(push(&bench, &bearer, CARS, &drowsy).await.status, 201);
    assert_eq!(push(&bench, &bearer, "/autochat-staging/api/cars", &drowsy).await.status, 422);
    assert_eq!(ask_token(&bench, &credentials()).await.status, 200);
    assert_eq!(bench.json("POST", "/autochat-staging/oauth/token", &[], &credentials()).await.status, 404);
}

#[tokio::test]
async fn the_stock_is_listed_by_pages_and_by_number() {
    let bench = Bench::start().await;
    let bearer = bearer(&bench).await;
    for number in 0..35 {
        let car = with(car(), "/internalId", json!(format!("STOCK-{number}")));
        assert_eq!(push(&bench, &bearer, CARS, &car).await.status, 201);
    }
    let listed = async |query: &str| {
        let answer = bench.get(&format!("{CARS}?{query}"), &[("authorization", &bearer)]).await;
        assert_eq!(answer.status, 200, "{}", answer.text);
        answer.json()
    };
    assert_eq!(list(&listed("").await, "").len(), 30);
    assert_eq!(list(&listed("page=2").await, "").len(), 5);
    assert_eq!(list(&listed("page=3").await, "").len(), 0);
    assert_eq!(list(&listed("itemsPerPage=100").await, "").len(), 35);
    let found = listed("internalId=STOCK-7&dealershipId=dealer-0001").await;
    assert_eq!((list(&found, "").len(), text(&found, "/0/internalId")), (1, "STOCK-7"));
    assert_eq!(list(&listed("internalId=STOCK-7&dealershipId=dealer-0002").await, "").len(), 0);
    bench.switch(&json!({"autochatHydraLists": true})).await;
    assert_eq!(list(&listed("").await, "/hydra:member").len(), 30);
    for (query, status) in [("page=0", 400), ("itemsPerPage=101", 400)] {
        let answer = bench.get(&format!("{CARS}?{query}"), &[("authorization", &bearer)]).await;
        assert_eq!(answer.status, status, "{query}");
    }
    assert_eq!(bench.get(CARS, &[]).await.status, 401);
    let staging = bench.get("/autochat-staging/api/cars", &[("authorization", &bearer)]).await;
    assert_eq!(list(&staging.json(), "/hydra:member").len(), 0, "a stock of its own");
}

#[tokio::test]
async fn a_token_that_is_used_too_often_has_to_wait() {
    let bench = Bench::start().await;
    let bearer = bearer(&bench).await;
    bench.switch(&json!({"autochatCallsPerMinute": 3})).await;
    let used = async || bench.get(OPTIONS, &[("authorization", &bearer)]).await;
    for _ in 0..3 {
        assert_eq!(used().await.status, 200);
    }
    let refused = used().await;
    assert_eq!((refused.status, refused.header("retry-after")), (429, "61"));
    bench.pass(TimeDelta::seconds(61));
    assert_eq!(used().await.status, 200);
}

#[tokio::test]
async fn options_come_in_the_envelope_and_a_fault_can_have_headers() {
    let bench = Bench::start().await;
    let bearer = bearer(&bench).await;
    bench.switch(&json!({"autochatHydraLists": true})).await;
    let listed = bench.get(OPTIONS, &[("authorization", &bearer)]).await.json();
    assert_eq!(json!(list(&listed, "/hydra:member").len()), listed["hydra:totalItems"]);
    let rule = json!([{"operation": "autochat.cars.create", "status": 201, "headers": {"location": "/api/cars/x"}}]);
    assert_eq!(bench.control("PUT", "faults", rule).await.status, 204);
    let created = push(&bench, &bearer, CARS, &car()).await;
    assert_eq!((created.status, created.header("location"), created.text.as_str()), (201, "/api/cars/x", ""));
    let wrong = json!([{"operation": "x", "status": 201, "headers": {"a b": "c"}}]);
    assert_eq!(bench.control("PUT", "faults", wrong).await.status, 400);
}
