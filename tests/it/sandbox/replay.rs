//! The story can be replayed: both vendors take every step of it.

use serde_json::Value;
use serde_json::json;

use crate::sandbox::support::Bench;

#[tokio::test]
async fn both_vendors_take_every_step_of_the_story() {
    let bench = Bench::with_vehicles(500).await;
    let story = bench.tell("story").await;
    let credentials = json!({
        "client_id": "sandbox-client",
        "client_secret": "sandbox-secret",
        "audience": "http://api.autochat.com/",
        "grant_type": "client_credentials",
    });
    let answer = bench.json("POST", "/autochat/oauth/token", &[], &credentials).await;
    let token = format!("Bearer {}", answer.json()["access_token"].as_str().unwrap());
    let mut statuses = [0; 7];
    let mut expired = 0;
    for step in story["steps"].as_array().unwrap() {
        let inspection = &step["createInspection"];
        if !inspection.is_null() {
            let uid = bench.token(&order(inspection)).await;
            for status in inspection["advance"].as_array().unwrap() {
                assert_eq!(bench.advance(&uid, status.as_u64().unwrap()).await, 200, "{inspection}");
            }
            if inspection["expireAfter"] == true {
                assert_eq!(bench.control("POST", &format!("tokens/{uid}/expire"), json!(null)).await.status, 200);
            }
            let state = bench.status(&uid).await;
            expired += usize::from(state["expired"] == true);
            statuses[usize::try_from(state["tradeinStatus"].as_u64().unwrap()).unwrap()] += 1;
        }
        let listing = &step["createListing"];
        if !listing.is_null() {
            let headers = [("authorization", token.as_str())];
            let answer = bench.json("POST", "/autochat/api/cars", &headers, &car(listing)).await;
            assert_eq!(answer.status, 201, "{}: {listing}", answer.text);
        }
    }
    assert!(statuses.iter().all(|count| *count > 10), "each status occurs: {statuses:?}");
    assert_eq!(expired, 15);
    let cars = bench.tell("autochat/cars").await;
    let listed =
        bench.tell("fleet").await["cars"].as_array().unwrap().iter().filter(|car| car["listed"] == true).count();
    assert_eq!(cars["cars"].as_array().unwrap().len(), listed);
}

fn order(inspection: &Value) -> Value {
    let customer = &inspection["customer"];
    let text = |name: &str, placeholder: &str| customer[name].as_str().unwrap_or(placeholder).to_owned();
    json!({
        "options": {
            "shootInspect": true, "fastTrack": inspection["damageReview"] == "CUSTOMER",
            "cost": false, "report": false, "downloadRoi": false,
        },
        "tradeIn": {
            "tradeinVehicle": true, "immat": inspection["licensePlate"], "vin": inspection["vin"], "sendingType": null,
        },
        "customer": {
            "clientType": "customer",
            "email": text("email", "xx@xx.com"),
            "firstname": text("firstName", "XXX"),
            "lastname": text("lastName", "XXX"),
            "gender": match customer["gender"].as_str() { Some("FEMALE") => json!("women"), Some(_) => json!("men"), None => Value::Null },
            "phone": text("phone", "+33600000000").replace('+', "00"),
            "locale": inspection["locale"],
        },
        "creatorUserId": null,
        "validity": inspection["validityDays"],
    })
}

fn car(listing: &Value) -> Value {
    let amount = |name: &str| listing[name].as_str().unwrap().parse::<f64>().unwrap();
    json!({
        "dealershipId": "dealer-0001",
        "internalId": listing["internalId"],
        "brand": listing["make"],
        "model": listing["model"],
        "version": listing["version"],
        "bodyColor": listing["bodyColor"],
        "bodyType": listing["bodyType"],
        "fuelType": listing["fuelType"],
        "transmission": listing["transmission"],
        "gears": listing["gears"],
        "engineEmission": listing["co2EmissionGramsPerKm"],
        "engineKw": listing["powerKw"],
        "numberOfDoors": listing["doors"],
        "mileage": listing["mileage"]["value"],
        "mileageUnit": "KM",
        "dateOfFirstRegistration": listing["firstRegistration"],
        "yearOfConstruction": listing["constructionYear"],
        "licensePlate": listing["licensePlate"],
        "vin": listing["vin"],
        "currency": listing["currency"],
        "salesPrice": amount("salesPrice"),
        "salesPriceExVat": amount("salesPriceExVat"),
        "taxAmount": amount("taxAmount"),
        "tradePrice": amount("tradePrice"),
        "isTaxDeductible": listing["vatDeductible"],
        "options": listing["options"],
        "images": listing["images"],
        "tags": listing["tags"],
    })
}
