//! What `vendors` tells those who run the gateway.

use serde_json::Value;
use serde_json::json;

use crate::support::gateway::Rig;
use crate::support::gateway::SHOWPIECE;

const VENDORS: &str = "{ vendors {
    source { vendor account } environment sandbox circuit circuitRetryAt callsInFlight calls failures errorRate
    quotas { setBy operation limit remaining resetsAt } latency { medianMs p95Ms } cacheHitRate cacheReads
    lastSuccessAt lastFailureAt lastFailureCode
} }";
const MAKE: &str = "query($vin: Vin!) { vehicle(by: {vin: $vin}) { vin make { name } } }";

async fn vendor(rig: &Rig, name: &str) -> Value {
    let data = rig.data(VENDORS, json!({})).await;
    let vendors = data["vendors"].as_array().unwrap();
    vendors.iter().find(|vendor| vendor["source"]["vendor"] == name).unwrap().clone()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_vendor_that_fails_is_left_alone_and_told_of() {
    let settings = [
        ("FORECOURT_TENANTS__DEFAULT__VENDORS__JIFELINE__MODE", "sandbox"),
        ("FORECOURT_TENANTS__DEFAULT__VENDORS__JIFELINE__CIRCUIT_ATTEMPTS", "6"),
        ("FORECOURT_TENANTS__DEFAULT__VENDORS__JIFELINE__CIRCUIT_PAUSE", "1h"),
    ];
    let rig = Rig::with(&settings).await;
    let before = vendor(&rig, "jifeline").await;
    assert_eq!(
        (&before["circuit"], &before["failures"], &before["sandbox"]),
        (&json!("CLOSED"), &json!(0), &json!(true))
    );
    assert_eq!((&before["environment"], &before["lastFailureAt"]), (&Value::Null, &Value::Null));

    rig.control("PUT", "faults", &json!([{ "operation": "jifeline.vehicles.find", "status": 503 }])).await;
    let mut answer = Value::Null;
    for _ in 0..12 {
        answer = rig.ask(MAKE, json!({ "vin": SHOWPIECE })).await;
        if answer["errors"][0]["extensions"]["reason"] == "CIRCUIT_OPEN" {
            break;
        }
    }
    let extensions = &answer["errors"][0]["extensions"];
    assert_eq!((&extensions["code"], &extensions["reason"]), (&json!("VENDOR_UNAVAILABLE"), &json!("CIRCUIT_OPEN")));
    assert_eq!(extensions["retryable"], true);
    assert!(extensions["retryAfter"].as_u64().is_some_and(|seconds| (3000..=3600).contains(&seconds)), "{answer:#}");
    assert_eq!(answer["data"]["vehicle"]["vin"], SHOWPIECE, "its branch only");

    let calls = rig.count("jifeline.vehicles.find").await;
    rig.ask(MAKE, json!({ "vin": SHOWPIECE })).await;
    assert_eq!(rig.count("jifeline.vehicles.find").await, calls, "nobody is called");
    let after = vendor(&rig, "jifeline").await;
    assert_eq!((&after["circuit"], &after["lastFailureCode"]), (&json!("OPEN"), &json!("VENDOR_UNAVAILABLE")));
    assert!(after["circuitRetryAt"].is_string() && after["lastFailureAt"].is_string(), "{after:#}");
    let (failures, calls) = (after["failures"].as_f64().unwrap(), after["calls"].as_f64().unwrap());
    assert!(failures > 0.0 && (after["errorRate"].as_f64().unwrap() - failures / calls).abs() < 0.001, "{after:#}");
    let numbers = rig.client.get(format!("{}/metrics", rig.base));
    let numbers = crate::support::gateway::send(numbers).await.text().await.unwrap();
    assert!(numbers.contains(r#"forecourt_vendor_circuit_changes_total{vendor="jifeline",state="open"}"#), "{numbers}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn limits_are_told_with_who_set_them() {
    let settings = [
        ("FORECOURT_TENANTS__DEFAULT__VENDORS__AUTOCHAT__MODE", "sandbox"),
        ("FORECOURT_TENANTS__DEFAULT__VENDORS__AUTOCHAT__QUOTA_CALLS", "50"),
        ("FORECOURT_TENANTS__DEFAULT__VENDORS__AUTOCHAT__QUOTA_WINDOW", "30d"),
    ];
    let rig = Rig::with(&settings).await;
    for _ in 0..2 {
        rig.data("{ vehicleOptions { name } }", json!({})).await;
    }
    let told = vendor(&rig, "autochat").await;
    let [own, vendors] = told["quotas"].as_array().unwrap().as_slice() else { unreachable!("{told:#}") };
    let spent = json!({ "setBy": "GATEWAY", "operation": null, "limit": 50, "remaining": 48, "resetsAt": null });
    assert_eq!(*own, spent, "one call for the token, one for the list");
    assert_eq!((&vendors["setBy"], &vendors["operation"]), (&json!("VENDOR"), &json!("autochat.tokens.create")));
    assert_eq!(vendors["limit"].as_i64().unwrap() - vendors["remaining"].as_i64().unwrap(), 1);
    assert!(vendors["resetsAt"].is_string());
    assert_eq!((&told["calls"], &told["environment"]), (&json!(2), &json!("production")));
    assert_eq!((&told["cacheReads"], &told["cacheHitRate"]), (&json!(2), &json!(0.5)));
}
