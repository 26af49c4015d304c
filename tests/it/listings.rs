//! Listings: the rules of `createListing`, what the vendor is sent, and how its refusals come back.

use std::collections::BTreeMap;

use serde_json::Value;
use serde_json::json;

use crate::support::gateway::Rig;
use crate::support::gateway::SHOWPIECE;
use crate::support::gateway::send;

const CREATE: &str = "mutation($input: CreateListingInput!) { createListing(input: $input) {
    outcome listing { id internalId dealership } userErrors { code field message }
} }";
/// Two dealerships in one account, and one whose stock integration is off; the other vendors are off.
const DEALERSHIPS: [(&str, &str); 4] = [
    ("FORECOURT_TENANTS__DEFAULT__VENDORS__AUTOCHAT__MODE", "sandbox"),
    ("FORECOURT_TENANTS__DEFAULT__VENDORS__AUTOCHAT__ACCOUNTS__MAIN__DEALERSHIPS__NORTH", "dealer-0001"),
    ("FORECOURT_TENANTS__DEFAULT__VENDORS__AUTOCHAT__ACCOUNTS__MAIN__DEALERSHIPS__SOUTH", "dealer-0002"),
    ("FORECOURT_TENANTS__DEFAULT__VENDORS__AUTOCHAT__ACCOUNTS__MAIN__DEALERSHIPS__OFF", "dealer-0003"),
];

/// A car that keeps every rule, with `more`.
fn car(more: Value) -> Value {
    let mut car = json!({ "internalId": "STOCK-1", "make": "volvo", "model": "v60" });
    let Value::Object(more) = more else { unreachable!("members are given as an object") };
    car.as_object_mut().unwrap().extend(more);
    car
}

async fn create(rig: &Rig, input: &Value) -> Value {
    rig.data(CREATE, json!({ "input": input })).await["createListing"].take()
}

/// The faults of an input as (code, path); a fault of the whole input has no path.
fn faults(payload: &Value) -> Vec<(String, String)> {
    let part = |part: &Value| part.as_str().unwrap().to_owned();
    let path = |field: &Value| {
        field.as_array().map_or(String::new(), |parts| parts.iter().map(part).collect::<Vec<_>>().join("."))
    };
    let fault = |error: &Value| (error["code"].as_str().unwrap().to_owned(), path(&error["field"]));
    payload["userErrors"].as_array().unwrap().iter().map(fault).collect()
}

fn owned(expected: &[(&str, &str)]) -> Vec<(String, String)> {
    expected.iter().map(|(code, path)| ((*code).to_owned(), (*path).to_owned())).collect()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn every_rule_names_its_field_before_anybody_is_called() {
    let rig = Rig::start().await;
    let range = |field: &str, wrong: i32| (car(json!({ field: wrong })), vec![("OUT_OF_RANGE", field.to_owned())]);
    let case = |input: Value, faults: &[(&'static str, &str)]| {
        (input, faults.iter().map(|(code, path)| (*code, (*path).to_owned())).collect::<Vec<_>>())
    };
    let mut cases = vec![
        case(json!({}), &[("REQUIRED", "internalId"), ("REQUIRED", "make"), ("REQUIRED", "model")]),
        case(car(json!({ "make": " " })), &[("REQUIRED", "make")]),
        case(car(json!({ "vin": "YV1ZWA8UDL123450" })), &[("INVALID_VIN", "vin")]),
        case(car(json!({ "salesPrice": "1" })), &[("REQUIRED", "currency")]),
        case(car(json!({ "salesPriceExVat": "1" })), &[("REQUIRED", "currency")]),
        case(car(json!({ "tradePrice": "1" })), &[("REQUIRED", "currency")]),
        case(car(json!({ "currency": "EURO" })), &[("INVALID_VALUE", "currency")]),
        case(car(json!({ "currency": "EUR", "salesPrice": "-0.01" })), &[("OUT_OF_RANGE", "salesPrice")]),
        case(car(json!({ "currency": "EUR", "tradePrice": "1.001" })), &[("INVALID_VALUE", "tradePrice")]),
        case(car(json!({ "mileage": {} })), &[("REQUIRED", "mileage.value")]),
        case(car(json!({ "mileage": { "value": -1 } })), &[("OUT_OF_RANGE", "mileage.value")]),
        case(car(json!({ "mileage": { "value": 1, "unit": "UNKNOWN" } })), &[("INVALID_VALUE", "mileage.unit")]),
        case(car(json!({ "firstRegistration": "2021-02-30" })), &[("INVALID_VALUE", "firstRegistration")]),
        case(
            car(json!({ "images": ["https://a.example/1.jpg", "http://a.example/2.jpg", "/3.jpg", "https:"] })),
            &[("INVALID_VALUE", "images.1"), ("INVALID_VALUE", "images.2"), ("INVALID_VALUE", "images.3")],
        ),
        case(car(json!({ "account": "north" })), &[("INVALID_VALUE", "account")]),
        case(car(json!({ "dealership": "north" })), &[("UNKNOWN_DEALERSHIP", "dealership")]),
        case(car(json!({ "idempotencyKey": "" })), &[("OUT_OF_RANGE", "idempotencyKey")]),
    ];
    cases.extend([("gears", 31), ("doors", 21), ("powerKw", -1), ("constructionYear", 1884)].map(|(f, n)| range(f, n)));
    cases.extend([("engineDisplacementCcm", 100_001), ("co2EmissionGramsPerKm", 10_001)].map(|(f, n)| range(f, n)));
    for (input, expected) in cases {
        let payload = create(&rig, &input).await;
        let expected: Vec<_> = expected.into_iter().map(|(code, path)| (code.to_owned(), path)).collect();
        assert_eq!(faults(&payload), expected, "{input}");
        assert_eq!((&payload["outcome"], &payload["listing"]), (&json!("NOT_CREATED"), &Value::Null), "{input}");
    }
    assert_eq!(rig.calls().await, BTreeMap::new());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn options_are_named_as_the_vendor_lists_them_now() {
    let rig = Rig::start().await;
    let uuid = "6d1f0b52-0c39-4d43-9d3b-1d1f6f0a2a11";
    let payload = create(&rig, &car(json!({ "options": ["abs", "warp_drive", uuid, "ABS"] }))).await;
    let expected = [1, 2, 3].map(|index| ("UNKNOWN_OPTION".to_owned(), format!("options.{index}")));
    assert_eq!(faults(&payload), expected);
    assert_eq!(rig.count("autochat.cars.create").await, 0);

    let payload = create(&rig, &car(json!({ "options": ["abs", "towbar"] }))).await;
    assert_eq!(payload["outcome"], "CREATED");
    assert_eq!(rig.count("autochat.options.list").await, 2, "a check before a write reads what stands now");
    let query =
        "query($id: ID!) { listing(id: $id) { optionNames options { name label } } vehicleOptions { name label } }";
    let data = rig.data(query, json!({ "id": payload["listing"]["id"] })).await;
    insta::assert_json_snapshot!(data["listing"], @r#"
    {
      "optionNames": [
        "abs",
        "towbar"
      ],
      "options": [
        {
          "label": "ABS",
          "name": "abs"
        },
        {
          "label": "Towbar",
          "name": "towbar"
        }
      ]
    }
    "#);
    let all = data["vehicleOptions"].as_array().unwrap();
    assert!(all.len() > 20 && all.contains(&json!({ "name": "towbar", "label": "Towbar" })), "{all:?}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn amounts_keep_their_digits_from_the_client_to_the_vendor_and_back() {
    let rig = Rig::start().await;
    let input = car(json!({
        "vin": SHOWPIECE, "currency": "eur", "salesPrice": "27950.00", "salesPriceExVat": "23099.17",
        "tradePrice": "0.1", "taxAmount": "21.000", "mileage": { "value": 41250 },
    }));
    let payload = create(&rig, &input).await;
    assert_eq!(payload["userErrors"], json!([]));
    let journal = send(rig.client.get(format!("{}/__sandbox/journal?operation=autochat.cars.create", rig.sandbox)));
    let journal = journal.await.text().await.unwrap();
    for wire in [
        r#""salesPrice":27950.00,"#,
        r#""salesPriceExVat":23099.17,"#,
        r#""tradePrice":0.1,"#,
        r#""taxAmount":21.000,"#,
        r#""currency":"EUR""#,
        r#""mileageUnit":"KM""#,
        r#""images":[]"#,
    ] {
        assert!(journal.contains(wire), "{wire} is not in {journal}");
    }
    let query = "query($id: ID!) { listing(id: $id) {
        salesPrice { amount currency } salesPriceExVat { amount } tradePrice { amount } taxAmount currency
        mileage { value unit } vin vehicle { vin } vendorCarId pushedAt
    } }";
    let data = rig.data(query, json!({ "id": payload["listing"]["id"] })).await;
    insta::assert_json_snapshot!(data["listing"], { ".vendorCarId" => "[id]" }, @r#"
    {
      "currency": "EUR",
      "mileage": {
        "unit": "KILOMETRE",
        "value": 41250
      },
      "pushedAt": "2026-10-02T08:00:00Z",
      "salesPrice": {
        "amount": "27950.00",
        "currency": "EUR"
      },
      "salesPriceExVat": {
        "amount": "23099.17"
      },
      "taxAmount": "21.000",
      "tradePrice": {
        "amount": "0.1"
      },
      "vehicle": {
        "vin": "YV1ZWA8UDL1234507"
      },
      "vendorCarId": "[id]",
      "vin": "YV1ZWA8UDL1234507"
    }
    "#);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_used_stock_number_is_refused_with_the_listing_that_has_it() {
    let rig = Rig::start().await;
    let first = create(&rig, &car(json!({}))).await;
    let again = create(&rig, &car(json!({ "model": "v90" }))).await;
    assert_eq!(faults(&again), owned(&[("ALREADY_LISTED", "internalId")]));
    assert_eq!((&again["outcome"], &again["listing"]), (&json!("NOT_CREATED"), &first["listing"]));

    // A car that came to the vendor by another way is in no ledger of ours.
    rig.control("PUT", "faults", &json!([{ "operation": "autochat.cars.create", "status": 409 }])).await;
    let other = create(&rig, &car(json!({ "internalId": "STOCK-2" }))).await;
    assert_eq!(faults(&other), owned(&[("ALREADY_LISTED", "internalId")]));
    assert_eq!(other["listing"], Value::Null);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_stock_number_belongs_to_one_dealership() {
    let rig = Rig::with(&DEALERSHIPS).await;
    let payload = create(&rig, &car(json!({}))).await;
    assert_eq!(faults(&payload), owned(&[("REQUIRED", "dealership")]));
    assert_eq!(rig.calls().await, BTreeMap::new());

    let mut listed = BTreeMap::new();
    for dealership in ["north", "south"] {
        let input = car(json!({ "dealership": dealership, "vin": SHOWPIECE }));
        let payload = create(&rig, &input).await;
        assert_eq!((&payload["outcome"], &payload["listing"]["dealership"]), (&json!("CREATED"), &json!(dealership)));
        listed.insert(dealership, payload["listing"]["id"].clone());
    }
    for (dealership, id) in &listed {
        let again = create(&rig, &car(json!({ "dealership": dealership }))).await;
        assert_eq!(faults(&again), owned(&[("ALREADY_LISTED", "internalId")]));
        assert_eq!((&again["listing"]["id"], &again["listing"]["dealership"]), (id, &json!(dealership)));
    }
    let query = "query($vin: Vin!) { vehicle(by: {vin: $vin}) { listings { totalCount nodes { dealership } } } }";
    let data = rig.ask(query, json!({ "vin": SHOWPIECE })).await;
    assert_eq!(data["data"]["vehicle"]["listings"]["nodes"].as_array().unwrap().len(), 2, "{data}");

    let off = create(&rig, &car(json!({ "dealership": "off" }))).await;
    insta::assert_json_snapshot!(off, @r#"
    {
      "listing": null,
      "outcome": "NOT_CREATED",
      "userErrors": [
        {
          "code": "REFUSED_BY_VENDOR",
          "field": null,
          "message": "the listing vendor refused it: the stock integration of the dealership is switched off"
        }
      ]
    }
    "#);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_the_vendor_refuses_comes_back_under_our_names() {
    let rig = Rig::start().await;
    for status in [422, 400] {
        rig.control("PUT", "switches", &json!({ "autochatViolationStatus": status })).await;
        // The vendor wants a currency with this amount too; whether it is one we are not told.
        let payload = create(&rig, &car(json!({ "taxAmount": "21" }))).await;
        assert_eq!(faults(&payload), owned(&[("REFUSED_BY_VENDOR", "currency")]), "{status}");
        assert_eq!((&payload["outcome"], &payload["listing"]), (&json!("NOT_CREATED"), &Value::Null));
    }
    let violations = json!({ "title": "An error occurred", "detail": "brand: no", "violations": [
        { "propertyPath": "brand", "message": "This brand is not sold here." },
        { "propertyPath": "options[2]", "message": "Twice." },
        { "propertyPath": "mileageUnit", "message": "Odd." },
    ] });
    let fault =
        |status: u16, body: String| json!([{ "operation": "autochat.cars.create", "status": status, "body": body }]);
    rig.control("PUT", "faults", &fault(422, violations.to_string())).await;
    let payload = create(&rig, &car(json!({}))).await;
    insta::assert_json_snapshot!(payload["userErrors"], @r#"
    [
      {
        "code": "REFUSED_BY_VENDOR",
        "field": [
          "make"
        ],
        "message": "the listing vendor refused it: This brand is not sold here."
      },
      {
        "code": "REFUSED_BY_VENDOR",
        "field": [
          "options",
          "2"
        ],
        "message": "the listing vendor refused it: Twice."
      },
      {
        "code": "REFUSED_BY_VENDOR",
        "field": [
          "mileage",
          "unit"
        ],
        "message": "the listing vendor refused it: Odd."
      }
    ]
    "#);
    rig.control("PUT", "faults", &fault(400, json!({ "detail": "Not today." }).to_string())).await;
    insta::assert_json_snapshot!(create(&rig, &car(json!({}))).await["userErrors"], @r#"
    [
      {
        "code": "REFUSED_BY_VENDOR",
        "field": null,
        "message": "the listing vendor refused it: Not today."
      }
    ]
    "#);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_check_that_cannot_be_made_creates_nothing_and_leaves_the_key_free() {
    let rig = Rig::start().await;
    rig.control("PUT", "faults", &json!([{ "operation": "autochat.options.list", "status": 503 }])).await;
    let input = car(json!({ "idempotencyKey": "one", "options": ["abs"] }));
    let answer = rig.ask(CREATE, json!({ "input": input })).await;
    assert_eq!(answer["data"]["createListing"]["outcome"], "NOT_CREATED");
    assert_eq!(answer["errors"][0]["path"], json!(["createListing", "listing"]));
    assert_eq!(answer["errors"][0]["extensions"]["operation"], "autochat.options.list");
    assert_eq!(rig.count("autochat.cars.create").await, 0);
    rig.control("DELETE", "faults", &Value::Null).await;
    let other = car(json!({ "idempotencyKey": "one" }));
    assert_eq!(create(&rig, &other).await["outcome"], "CREATED");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_creation_without_an_answer_is_looked_up_only_when_that_is_allowed() {
    const LOOKUP: [(&str, &str); 2] = [
        ("FORECOURT_TENANTS__DEFAULT__VENDORS__AUTOCHAT__MODE", "sandbox"),
        ("FORECOURT_TENANTS__DEFAULT__VENDORS__AUTOCHAT__LOOKUP", "true"),
    ];
    for (settings, outcome, looks) in [(&LOOKUP[..1], "UNKNOWN", 0), (&LOOKUP[..], "CREATED", 1)] {
        let rig = Rig::with(settings).await;
        rig.control("PUT", "faults", &json!([{ "operation": "autochat.cars.create", "reset": "after" }])).await;
        let answer = rig.ask(CREATE, json!({ "input": car(json!({})) })).await;
        assert_eq!(answer["data"]["createListing"]["outcome"], outcome, "{answer}");
        assert_eq!(rig.count("autochat.cars.list").await, looks);
        assert_eq!(rig.count("autochat.cars.create").await, 1, "it is never sent twice");
    }
}
