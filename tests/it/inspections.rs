//! Inspections: the rules of `createInspection`, what the vendor is sent, and what an inspection tells.

use std::collections::BTreeMap;

use chrono::TimeDelta;
use serde_json::Value;
use serde_json::json;

use crate::support::gateway::Rig;
use crate::support::gateway::SHOWPIECE;

const CREATE: &str = "mutation($input: CreateInspectionInput!) { createInspection(input: $input) {
    outcome idempotencyKey inspection { id tokenUid } userErrors { code field message }
} }";
const STATUS: &str = "query($uid: String!) { inspection(by: {tokenUid: $uid}) {
    status statusCode statusChangedAt lastProgressStatus expired
} }";
const REPORT: &str = "query($uid: String!) { inspection(by: {tokenUid: $uid}) { report {
    revision receivedAt damageCount
    damages { part partName kind kindRaw severity severityRaw size regions {
        imageId imageUrl centerX centerY width height
    } }
    parts { billable repairCost { amount currency } } repairCost { amount currency }
    images { url urlExpiresAt originUrl }
    licensePlate detectedLicensePlate reportUrl reportUrlWithoutCosts pdfUrl pdfUrlWithoutCosts
} } }";
/// Messages to customers are installed; the other vendors are off.
const WITH_TEMPLATES: [(&str, &str); 2] = [
    ("FORECOURT_TENANTS__DEFAULT__VENDORS__TCHEK__MODE", "sandbox"),
    ("FORECOURT_TENANTS__DEFAULT__VENDORS__TCHEK__MESSAGE_TEMPLATES", "true"),
];
/// Every question for a status is asked of the vendor.
const NEVER_KEPT: [(&str, &str); 1] = [("FORECOURT_CACHE__FRESH__TCHEK__TOKENS__STATUS", "0s")];

async fn create(rig: &Rig, input: &Value) -> Value {
    rig.data(CREATE, json!({ "input": input })).await["createInspection"].take()
}

/// The faults of an input as (code, path).
fn faults(payload: &Value) -> Vec<(String, String)> {
    let fault = |error: &Value| {
        let path: Vec<&str> = error["field"].as_array().unwrap().iter().map(|part| part.as_str().unwrap()).collect();
        (error["code"].as_str().unwrap().to_owned(), path.join("."))
    };
    payload["userErrors"].as_array().unwrap().iter().map(fault).collect()
}

fn customer() -> Value {
    json!({ "firstName": "Ada", "lastName": "Example", "email": "ada@example.com", "phone": "+33 6 12 34 56 78" })
}

/// The body of the only inspection that was asked of the vendor.
async fn sent(rig: &Rig) -> Value {
    let journal = rig.journal().await;
    let mut bodies = journal.iter().filter(|entry| entry["operation"] == "tchek.tokens.create");
    let body = bodies.next().unwrap()["body"].clone();
    assert_eq!(bodies.next(), None);
    body
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn three_faults_come_back_in_one_answer_and_nobody_is_called() {
    let rig = Rig::start().await;
    let mut customer = customer();
    customer.as_object_mut().unwrap().remove("phone");
    let input = json!({ "vin": "YV1ZWA8UDL123450", "locale": "nl", "customer": customer });
    let payload = create(&rig, &input).await;
    insta::assert_json_snapshot!(payload, @r#"
    {
      "idempotencyKey": null,
      "inspection": null,
      "outcome": "NOT_CREATED",
      "userErrors": [
        {
          "code": "INVALID_VIN",
          "field": [
            "vin"
          ],
          "message": "a VIN has 17 letters or digits; this one has 16 characters: check it against the vehicle's papers"
        },
        {
          "code": "INVALID_LOCALE",
          "field": [
            "locale"
          ],
          "message": "the inspection page speaks `en`, `fr`, `de`, `nl-BE`, `it`, `es`, `sv`, `no`: choose one of them"
        },
        {
          "code": "REQUIRED",
          "field": [
            "customer",
            "phone"
          ],
          "message": "`customer.phone` is required: give a text that is not blank"
        }
      ]
    }
    "#);
    assert_eq!(rig.calls().await, BTreeMap::new());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn every_rule_names_its_field_before_anybody_is_called() {
    let rig = Rig::start().await;
    let with = |member: &str, value: Value| {
        let mut customer = customer();
        customer[member] = value;
        json!({ "customer": customer })
    };
    let long = "k".repeat(201);
    let mut cases = vec![
        (json!({ "vin": "YV1ZWA8UDL12345078" }), vec![("INVALID_VIN", "vin")]),
        (json!({ "vin": "YV1ZWA8UDL12345-7" }), vec![("INVALID_VIN", "vin")]),
        (json!({ "locale": "NL-BE" }), vec![("INVALID_LOCALE", "locale")]),
        (json!({ "locale": "" }), vec![("INVALID_LOCALE", "locale")]),
        (json!({ "validityDays": 0 }), vec![("OUT_OF_RANGE", "validityDays")]),
        (json!({ "validityDays": 366 }), vec![("OUT_OF_RANGE", "validityDays")]),
        (json!({ "account": "north" }), vec![("INVALID_VALUE", "account")]),
        (json!({ "idempotencyKey": " " }), vec![("OUT_OF_RANGE", "idempotencyKey")]),
        (json!({ "idempotencyKey": long }), vec![("OUT_OF_RANGE", "idempotencyKey")]),
        (
            json!({ "customer": { "firstName": " " } }),
            ["firstName", "lastName", "email", "phone"].map(|name| ("REQUIRED", name)).to_vec(),
        ),
        (json!({ "delivery": "SMS" }), vec![("REQUIRED", "customer"), ("DELIVERY_NOT_CONFIGURED", "delivery")]),
        (json!({ "delivery": "EMAIL", "customer": customer() }), vec![("DELIVERY_NOT_CONFIGURED", "delivery")]),
    ];
    for wrong in ["0612345678", "+33", "+33 6 12 34 56 ab", "+1234567890123456"] {
        cases.push((with("phone", json!(wrong)), vec![("INVALID_PHONE", "phone")]));
    }
    for wrong in ["ada", "@example.com", "ada@example", "ada@b@example.com", "a da@example.com", "ada@example..com"] {
        cases.push((with("email", json!(wrong)), vec![("INVALID_EMAIL", "email")]));
    }
    for (input, expected) in cases {
        let payload = create(&rig, &input).await;
        let found = faults(&payload);
        let found: Vec<_> =
            found.iter().map(|(code, path)| (code.as_str(), path.strip_prefix("customer.").unwrap_or(path))).collect();
        assert_eq!(found, expected, "{input}");
        assert_eq!((&payload["outcome"], &payload["inspection"]), (&json!("NOT_CREATED"), &Value::Null), "{input}");
    }
    assert_eq!(rig.calls().await, BTreeMap::new());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn without_a_customer_the_placeholders_are_sent_and_no_customer_is_told() {
    let rig = Rig::start().await;
    let payload = create(&rig, &json!({ "vin": SHOWPIECE.to_lowercase() })).await;
    assert_eq!((&payload["outcome"], &payload["userErrors"]), (&json!("CREATED"), &json!([])));
    assert!(payload["idempotencyKey"].is_string(), "the gateway draws a key and tells it");
    insta::assert_json_snapshot!(sent(&rig).await, @r#"
    {
      "creatorUserId": null,
      "customer": {
        "clientType": "customer",
        "email": "xx@xx.com",
        "firstname": "XXX",
        "gender": null,
        "lastname": "XXX",
        "locale": "en",
        "phone": "0033600000000"
      },
      "options": {
        "cost": false,
        "downloadRoi": false,
        "fastTrack": false,
        "report": false,
        "shootInspect": true
      },
      "tradeIn": {
        "sendingType": null,
        "tradeinVehicle": true,
        "vin": "YV1ZWA8UDL1234507"
      },
      "validity": 30
    }
    "#);
    let query = "query($uid: String!) { inspection(by: {tokenUid: $uid}) {
        customer { email } delivery damageReview locale vin licensePlate vehicle { vin } environment
        source { vendor account }
    } }";
    let data = rig.data(query, json!({ "uid": payload["inspection"]["tokenUid"] })).await;
    insta::assert_json_snapshot!(data["inspection"], @r#"
    {
      "customer": null,
      "damageReview": "DEALER",
      "delivery": "NONE",
      "environment": "production",
      "licensePlate": null,
      "locale": "EN",
      "source": {
        "account": "main",
        "vendor": "tchek"
      },
      "vehicle": {
        "vin": "YV1ZWA8UDL1234507"
      },
      "vin": "YV1ZWA8UDL1234507"
    }
    "#);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn everything_that_is_given_reaches_the_vendor_and_the_ledger() {
    let rig = Rig::with(&WITH_TEMPLATES).await;
    let mut customer = customer();
    customer["gender"] = json!("FEMALE");
    let input = json!({
        "vin": SHOWPIECE, "licensePlate": " AB-123-CD ", "locale": "nl-BE", "customer": customer, "delivery": "BOTH",
        "damageReview": "CUSTOMER", "agentId": "agent-7", "validityDays": 14,
    });
    let payload = create(&rig, &input).await;
    assert_eq!(payload["userErrors"], json!([]));
    insta::assert_json_snapshot!(sent(&rig).await, @r#"
    {
      "creatorUserId": "agent-7",
      "customer": {
        "clientType": "customer",
        "email": "ada@example.com",
        "firstname": "Ada",
        "gender": "women",
        "lastname": "Example",
        "locale": "nl-BE",
        "phone": "0033612345678"
      },
      "options": {
        "cost": false,
        "downloadRoi": false,
        "fastTrack": true,
        "report": false,
        "shootInspect": true
      },
      "tradeIn": {
        "immat": "AB-123-CD",
        "sendingType": 2,
        "tradeinVehicle": true,
        "vin": "YV1ZWA8UDL1234507"
      },
      "validity": 14
    }
    "#);
    let query = "query($uid: String!) { inspection(by: {tokenUid: $uid}) {
        customer { firstName lastName email phone gender } delivery damageReview locale vin licensePlate
        createdAt expiresAt
    } }";
    let data = rig.data(query, json!({ "uid": payload["inspection"]["tokenUid"] })).await;
    insta::assert_json_snapshot!(data["inspection"], @r#"
    {
      "createdAt": "2026-10-02T08:00:00Z",
      "customer": {
        "email": "ada@example.com",
        "firstName": "Ada",
        "gender": "FEMALE",
        "lastName": "Example",
        "phone": "+33612345678"
      },
      "damageReview": "CUSTOMER",
      "delivery": "BOTH",
      "expiresAt": "2026-10-16T08:00:00Z",
      "licensePlate": "AB-123-CD",
      "locale": "NL_BE",
      "vin": "YV1ZWA8UDL1234507"
    }
    "#);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_link_speaks_the_language_that_is_asked_for() {
    let rig = Rig::start().await;
    let uid = create(&rig, &json!({ "locale": "fr" })).await["inspection"]["tokenUid"].clone();
    let query = "query($uid: String!) { inspection(by: {tokenUid: $uid}) {
        own: link en: link(locale: EN) dutch: link(locale: NL_BE) norwegian: link(locale: NO) vehicle { vin }
    } }";
    let data = rig.data(query, json!({ "uid": uid })).await;
    let page = |segment: &str| format!("{}/tchek/webapp/{segment}/services/{}", rig.sandbox, uid.as_str().unwrap());
    let expected = json!({
        "own": page("fr"), "en": page("en"), "dutch": page("nl-BE"), "norwegian": page("no"), "vehicle": null,
    });
    assert_eq!(data["inspection"], expected);
    assert_eq!(rig.count("tchek.tokens.status").await, 0, "the link is known without asking");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_status_is_the_vendors_and_a_reminder_is_no_progress() {
    let rig = Rig::with(&NEVER_KEPT).await;
    let uid = rig.inspect(SHOWPIECE, &[1]).await;
    let mut told = Vec::new();
    for state in [None, Some(6), Some(2), Some(3), Some(5)] {
        if let Some(state) = state {
            rig.clock.advance(TimeDelta::minutes(1));
            rig.control("POST", &format!("tokens/{uid}/advance"), &json!({ "to": state })).await;
        }
        rig.data(STATUS, json!({ "uid": uid })).await;
        // The ledger has the progress from the reading before.
        let data = rig.data(STATUS, json!({ "uid": uid })).await;
        let text = |field: &str| data["inspection"][field].as_str().unwrap().to_owned();
        told.push(["status", "lastProgressStatus", "statusChangedAt"].map(text).join(" "));
    }
    insta::assert_json_snapshot!(told, @r#"
    [
      "OPENED OPENED 2026-10-02T08:00:00Z",
      "CHASED_UP OPENED 2026-10-02T08:01:00Z",
      "SHOOTING SHOOTING 2026-10-02T08:02:00Z",
      "SHOT SHOT 2026-10-02T08:03:00Z",
      "COMPLETED COMPLETED 2026-10-02T08:04:00Z"
    ]
    "#);
    let strange = json!({ "token": { "uid": uid, "tradeinStatus": 9 } }).to_string();
    rig.control("PUT", "faults", &json!([{ "operation": "tchek.tokens.status", "body": strange }])).await;
    rig.data(STATUS, json!({ "uid": uid })).await;
    let data = rig.data(STATUS, json!({ "uid": uid })).await;
    assert_eq!(
        [&data["inspection"]["status"], &data["inspection"]["statusCode"], &data["inspection"]["lastProgressStatus"]],
        [&json!("UNKNOWN"), &json!(9), &json!("COMPLETED")]
    );
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_vendor_that_fails_nulls_the_status_only_and_time_ends_the_link() {
    let rig = Rig::with(&NEVER_KEPT).await;
    let uid = rig.inspect(SHOWPIECE, &[1]).await;
    rig.control("PUT", "faults", &json!([{ "operation": "tchek.tokens.status", "status": 503 }])).await;
    let answer = rig.ask(STATUS, json!({ "uid": uid })).await;
    assert_eq!(answer["data"]["inspection"]["status"], Value::Null);
    assert_eq!(answer["data"]["inspection"]["expired"], json!(false));
    let errors = answer["errors"].as_array().unwrap();
    let paths: Vec<_> = errors.iter().map(|error| error["path"][1].as_str().unwrap()).collect();
    assert_eq!(paths, ["status", "statusCode", "statusChangedAt"]);
    assert_eq!(errors[0]["extensions"]["code"], "VENDOR_UNAVAILABLE");

    rig.clock.advance(TimeDelta::days(30));
    let answer = rig.ask(STATUS, json!({ "uid": uid })).await;
    assert_eq!(answer["data"]["inspection"]["expired"], json!(true), "the ledger knows when the link ends");
}

/// An inspection of the README's car and its report, once that has arrived.
async fn reported(rig: &Rig) -> (String, Value) {
    rig.set_webhook().await;
    let uid = rig.inspect(SHOWPIECE, &[1, 2, 3]).await;
    rig.until("the report has arrived", async || {
        rig.data(REPORT, json!({ "uid": uid })).await["inspection"]["report"] != Value::Null
    })
    .await;
    let report = rig.data(REPORT, json!({ "uid": uid })).await["inspection"]["report"].take();
    (uid, report)
}

fn number(text: &Value) -> f64 {
    text.as_str().unwrap().parse().unwrap()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_report_tells_damages_parts_costs_and_answers() {
    let rig = Rig::start().await;
    let (_, report) = reported(&rig).await;
    assert_eq!((&report["revision"], &report["receivedAt"]), (&json!(1), &json!("2026-10-02T08:00:00Z")));
    let damages = report["damages"].as_array().unwrap();
    assert_eq!(report["damageCount"], json!(damages.len()));
    assert!(!damages.is_empty());
    for damage in damages {
        assert!(damage["part"].is_string() && damage["partName"].is_string() && damage["size"].is_string(), "{damage}");
        assert!(damage["kind"] != "UNKNOWN" && damage["kindRaw"].is_string(), "{damage}");
        assert_eq!(damage["severityRaw"], format!("SEV{}", damage["severity"]));
        for region in damage["regions"].as_array().unwrap() {
            let sides = ["centerX", "centerY", "width", "height"].map(|side| number(&region[side]));
            assert!(sides.iter().all(|side| (0.0..=1.0).contains(side)), "{region}");
            assert!(region["imageId"].is_string() && region["imageUrl"].is_string(), "{region}");
        }
    }
    let parts = report["parts"].as_array().unwrap();
    let billable = parts.iter().filter(|part| part["billable"] != false);
    let sum: f64 = billable.map(|part| number(&part["repairCost"]["amount"])).sum();
    assert!((number(&report["repairCost"]["amount"]) - sum).abs() < 0.001 && sum > 0.0, "{report}");
    assert_eq!(report["repairCost"]["currency"], "EUR");
    assert!(report["detectedLicensePlate"].is_string() && report["licensePlate"].is_null(), "{report}");
    let links = ["reportUrl", "reportUrlWithoutCosts", "pdfUrl", "pdfUrlWithoutCosts"].map(|name| &report[name]);
    assert!(links.iter().all(|link| link.as_str().unwrap().starts_with(&rig.sandbox)), "{links:?}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_photo_has_its_signed_link_for_two_hours() {
    let rig = Rig::start().await;
    let (uid, report) = reported(&rig).await;
    let images = report["images"].as_array().unwrap();
    assert!(!images.is_empty());
    let ends = crate::support::gateway::today() + TimeDelta::hours(2);
    for image in images {
        let (url, origin) = (image["url"].as_str().unwrap(), image["originUrl"].as_str().unwrap());
        assert!(url.starts_with(origin) && url.contains("signature="), "{image}");
        assert_eq!(image["urlExpiresAt"], ends.format("%Y-%m-%dT%H:%M:%SZ").to_string());
    }
    for (seconds, works) in [(2 * 60 * 60 - 1, true), (1, false)] {
        rig.clock.advance(TimeDelta::seconds(seconds));
        let data = rig.data(REPORT, json!({ "uid": uid })).await;
        for image in data["inspection"]["report"]["images"].as_array().unwrap() {
            assert_eq!(image["url"].is_string(), works, "{image}");
            assert!(image["originUrl"].is_string() && image["urlExpiresAt"].is_string(), "{image}");
        }
    }
}
