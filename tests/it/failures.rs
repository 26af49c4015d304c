//! A vendor fails, and only its branch of the answer does: null, one error that tells what to do, and no secret.

use std::collections::BTreeMap;
use std::sync::atomic::AtomicBool;
use std::sync::atomic::Ordering;

use serde_json::Value;
use serde_json::json;

use crate::support::gateway::Rig;
use crate::support::gateway::SHOWPIECE;
use crate::support::gateway::TRIED_ONCE;

/// A car that the catalogue knows and the gateway has never met.
const NEVER_MET: &str = "WDD7Y24F0JA163352";

/// One branch for each operation that reads.
const CAR: &str = "query($vin: Vin!) {
    vehicle(by: {vin: $vin}) {
        vin lastServicedAt
        make { name }
        tickets { totalCount }
        connector { number activeTicket { number } }
        inspections { nodes { damageReview status } }
        listings { nodes { internalId options { name } } }
    }
}";

/// What each operation feeds in it.
const FED: [(&str, &str); 6] = [
    ("jifeline.vehicles.find", "/vehicle/make"),
    ("jifeline.tickets.list_historical", "/vehicle/tickets"),
    ("jifeline.connectors.list", "/vehicle/connector"),
    ("jifeline.tickets.get_active", "/vehicle/connector/activeTicket"),
    ("tchek.tokens.status", "/vehicle/inspections/nodes/0/status"),
    ("autochat.options.list", "/vehicle/listings/nodes/0/options"),
];

/// What a vendor in trouble lets slip, none of which is a client's business.
const SLIP: [&str; 6] = [
    "db1.internal.example.com",
    "10.20.30.40",
    "eyJhbGciOiJIUzI1NiJ9.e30",
    "jan.jansen@example.com",
    "612345678",
    "https://intern.example.com/car",
];

/// A gateway that keeps no answer of a vendor, with an inspection and a listing of the showpiece.
async fn forgetful() -> Rig {
    let never: Vec<(String, &str)> = FED
        .iter()
        .map(|(operation, _)| {
            (format!("FORECOURT_CACHE__FRESH__{}", operation.to_uppercase().replace('.', "__")), "0s")
        })
        .collect();
    let never = never.iter().map(|(name, value)| (name.as_str(), *value));
    let settings: Vec<(&str, &str)> = never.chain(TRIED_ONCE).collect();
    let rig = Rig::with(&settings).await;
    rig.inspect(SHOWPIECE, &[]).await;
    rig.list(SHOWPIECE, "STOCK-1").await;
    rig
}

async fn fail(rig: &Rig, rules: Value) {
    rig.control("PUT", "faults", &rules).await;
}

async fn ask(rig: &Rig, timeout: &str) -> Value {
    let headers = [("x-request-id", "asked"), ("x-request-timeout", timeout)];
    rig.ask_with(&headers, CAR, json!({ "vin": SHOWPIECE })).await
}

fn rule(operation: &str, fault: &Value) -> Value {
    let mut rule = fault.clone();
    rule["operation"] = operation.into();
    rule
}

fn slip() -> String {
    let [host, ip, token, email, phone, link] = SLIP;
    format!("{host} ({ip}:5432) refused Bearer {token} of {email}, +31{phone}, for {SHOWPIECE} at {link}")
}

/// The whole answer without the branch at `pointer`.
fn without(data: &Value, pointer: &str) -> Value {
    let mut data = data.clone();
    *data.pointer_mut(pointer).unwrap() = Value::Null;
    data
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_failing_operation_empties_its_own_branch() {
    let rig = forgetful().await;
    let whole = ask(&rig, "30").await;
    assert_eq!(whole.get("errors"), None, "{whole:#}");
    let faults = [
        ("400", json!({ "status": 400, "body": json!({ "detail": slip() }).to_string() })),
        ("500", json!({ "status": 500, "body": json!({ "message": slip() }).to_string() })),
        ("503", json!({ "status": 503, "retryAfter": 7, "body": slip(), "contentType": "text/plain" })),
        ("429", json!({ "status": 429, "retryAfter": 30 })),
        ("401", json!({ "status": 401, "body": json!({ "error": slip() }).to_string() })),
        ("reset", json!({ "reset": "before" })),
        ("late reset", json!({ "reset": "after" })),
        (
            "HTML",
            json!({ "body": format!("<html><title>Welcome</title><p>{}</p></html>", slip()), "contentType": "text/html" }),
        ),
        ("truncated", json!({ "body": "{\"data\": [{\"id\": 1, \"make\":" })),
        ("empty", json!({ "status": 200, "body": "" })),
    ];
    for (operation, pointer) in FED {
        let mut told = BTreeMap::new();
        for (name, fault) in &faults {
            // What is not there comes as an empty answer from these two, among other forms.
            if matches!(operation, "jifeline.tickets.get_active" | "jifeline.vehicles.find") && *name == "empty" {
                continue;
            }
            // One token serves the whole account: when it is refused, fields of other operations can meet the refusal too.
            if operation.starts_with("jifeline.") && *name == "401" {
                continue;
            }
            fail(&rig, json!([rule(operation, fault)])).await;
            let answer = ask(&rig, "30").await;
            let place = format!("{operation} {name}: {answer:#}");
            assert_eq!(answer["data"], without(&whole["data"], pointer), "{place}");
            let [error] = answer["errors"].as_array().expect(&place).as_slice() else { unreachable!("{place}") };
            let path: Vec<_> =
                error["path"].as_array().unwrap().iter().map(|part| part.to_string().replace('"', "")).collect();
            assert_eq!(format!("/{}", path.join("/")), pointer, "{place}");
            assert_eq!(error["extensions"]["requestId"], "asked", "{place}");
            let text = answer.to_string();
            let address = rig.sandbox.trim_start_matches("http://");
            let slipped =
                SLIP.iter().copied().chain([address, "sandbox-", "127.0.0.1"]).find(|word| text.contains(word));
            assert_eq!(slipped, None, "{place}");
            told.insert(*name, json!({ "message": error["message"], "extensions": error["extensions"] }));
        }
        insta::assert_json_snapshot!(format!("failing_{operation}"), told, { ".*.extensions.requestId" => "[id]" });
    }
    rig.control("DELETE", "faults", &Value::Null).await;
    assert_eq!(ask(&rig, "30").await, whole, "nothing of a failure stays");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_hangs_is_left_at_the_deadline_and_the_rest_comes() {
    let rig = forgetful().await;
    let whole = ask(&rig, "30").await["data"].take();
    fail(&rig, json!([rule("jifeline.vehicles.find", &json!({ "hang": true }))])).await;
    let answer = ask(&rig, "2").await;
    assert_eq!(answer["data"], without(&whole, "/vehicle/make"), "{answer:#}");
    insta::assert_json_snapshot!("hanging", answer["errors"]);

    let all = FED.map(|(operation, _)| rule(operation, &json!({ "hang": true })));
    fail(&rig, json!(all)).await;
    let answer = ask(&rig, "0.5").await;
    let errors = answer["errors"].as_array().unwrap();
    // Without the list of connectors nobody asks for the ticket on one of them.
    assert_eq!(errors.len(), FED.len() - 1, "{answer:#}");
    for error in errors {
        let extensions = &error["extensions"];
        assert_eq!((&extensions["code"], &extensions["reason"]), (&json!("VENDOR_TIMEOUT"), &json!("DEADLINE")));
        assert_eq!(extensions["retryable"], true);
    }
    assert_eq!(answer["data"]["vehicle"]["lastServicedAt"], whole["vehicle"]["lastServicedAt"]);
    assert_eq!(answer["data"]["vehicle"]["inspections"]["nodes"][0]["damageReview"], "DEALER");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn who_waits_longer_gets_the_answer_that_another_gave_up() {
    let rig = Rig::start().await;
    let query = "query($vin: Vin!) { vehicle(by: {vin: $vin}) { vin lastServicedAt make { name } } }";
    let ask =
        async |timeout: &str| rig.ask_with(&[("x-request-timeout", timeout)], query, json!({ "vin": SHOWPIECE })).await;
    fail(&rig, json!([rule("jifeline.vehicles.find", &json!({ "latencyMs": 3000 }))])).await;
    let answered = AtomicBool::new(false);
    let hasty = async {
        let answer = ask("0.5").await;
        assert!(!answered.load(Ordering::SeqCst), "the hasty one does not wait for the vendor");
        answer
    };
    let patient = async {
        let answer = ask("30").await;
        answered.store(true, Ordering::SeqCst);
        answer
    };
    let (hasty, patient) = tokio::join!(hasty, patient);
    let error = &hasty["errors"][0];
    assert_eq!((&error["path"], &error["extensions"]["code"]), (&json!(["vehicle", "make"]), &json!("VENDOR_TIMEOUT")));
    assert_eq!(error["extensions"]["reason"], "DEADLINE");
    assert_eq!(
        (&hasty["data"]["vehicle"]["vin"], &hasty["data"]["vehicle"]["make"]),
        (&json!(SHOWPIECE), &Value::Null)
    );
    assert_eq!(patient["data"]["vehicle"]["make"]["name"], "Volvo", "{patient:#}");
    assert_eq!(rig.count("jifeline.vehicles.find").await, 1, "both waited for one call");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_vehicle_that_nobody_could_be_asked_about_is_not_denied() {
    let rig = Rig::with(&TRIED_ONCE).await;
    let query = "query($vin: Vin!) { vehicle(by: {vin: $vin}) { vin licensePlate make { name } model { name } } }";
    let ask = async || rig.ask_with(&[("x-request-id", "asked")], query, json!({ "vin": NEVER_MET })).await;
    fail(&rig, json!([rule("jifeline.vehicles.find", &json!({ "status": 503, "times": 1 }))])).await;
    let failed = ask().await;
    insta::assert_json_snapshot!("not_denied", failed);
    let found = ask().await;
    assert_eq!((&found["data"]["vehicle"]["make"]["name"], found.get("errors")), (&json!("Mercedes-Benz"), None));
    assert_eq!(rig.count("jifeline.vehicles.find").await, 2, "a failure is not kept");
    assert_eq!(ask().await, found);
    assert_eq!(rig.count("jifeline.vehicles.find").await, 2, "an answer is");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_refused_log_in_is_told_as_the_operators_business() {
    let rig = Rig::start().await;
    let rules = json!([rule(
        "autochat.tokens.create",
        &json!({ "status": 403, "body": json!({ "error_description": slip() }).to_string() })
    ),]);
    fail(&rig, rules).await;
    let answer = rig.ask_with(&[("x-request-id", "asked")], "{ vehicleOptions { name } }", json!({})).await;
    insta::assert_json_snapshot!("refused_log_in", answer);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn one_attempt_has_its_own_time() {
    let settings = [
        ("FORECOURT_TENANTS__DEFAULT__VENDORS__JIFELINE__MODE", "sandbox"),
        ("FORECOURT_TENANTS__DEFAULT__VENDORS__JIFELINE__TIMEOUT", "1s"),
    ];
    let rig = Rig::with(&settings).await;
    let query = "query($vin: Vin!) { vehicle(by: {vin: $vin}) { vin make { name } } vehicleOptions { name } }";
    fail(&rig, json!([rule("jifeline.vehicles.find", &json!({ "hang": true }))])).await;
    let answer = rig.ask_with(&[("x-request-id", "asked")], query, json!({ "vin": SHOWPIECE })).await;
    insta::assert_json_snapshot!("attempt_timed_out", answer);
}

/// The codes of errors, each with one error that bears it.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn codes_that_are_no_vendors() {
    let rig = Rig::start().await;
    let token = rig.inspect(SHOWPIECE, &[]).await;
    fail(&rig, json!([rule("tchek.tokens.status", &json!({ "status": 404 }))])).await;
    let gone = format!("{{ inspection(by: {{tokenUid: \"{token}\"}}) {{ damageReview status }} }}");
    let deep =
        format!("{{ vehicles {{ nodes {{ {} vin {} }} }} }}", "connector { vehicle { ".repeat(8), "} }".repeat(8));
    let cases = [
        ("BAD_INPUT", "{ vehicle(by: {vin: \"short\"}) { vin } }"),
        ("GRAPHQL_PARSE_FAILED", "{ vehicle("),
        ("GRAPHQL_VALIDATION_FAILED", "{ vehicle(by: {}) { vin } }"),
        ("QUERY_TOO_COSTLY", &deep),
        ("NOT_FOUND", &gone),
        ("UNSUPPORTED", "{ node(id: \"MTpDb25uZWN0b3I6YXV0b2NoYXQvbWFpbi8x\") { id } }"),
    ];
    let mut told = BTreeMap::new();
    for (code, query) in cases {
        let answer = rig.ask_with(&[("x-request-id", "asked")], query, json!({})).await;
        assert_eq!(answer["errors"][0]["extensions"]["code"], code, "{answer:#}");
        told.insert(code, answer);
    }
    let persisted = json!({ "extensions": { "persistedQuery": { "version": 1, "sha256Hash": "00" } } });
    let request = rig.client.post(format!("{}/graphql", rig.base)).header("x-request-id", "asked").json(&persisted);
    told.insert("PERSISTED_QUERY_NOT_FOUND", crate::support::gateway::send(request).await.json().await.unwrap());
    insta::assert_json_snapshot!("codes", told);
}
