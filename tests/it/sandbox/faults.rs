//! Faults beyond plain statuses: spoilt answers, delays, chance, and work that is done but not told.

use serde_json::Value;
use serde_json::json;

use crate::sandbox::support::Bench;
use crate::sandbox::support::CREATE;
use crate::sandbox::support::KEY;
use crate::sandbox::support::order;

const USER: &str = "/tchek/apiV1/user";

async fn rule(bench: &Bench, rule: Value) -> u16 {
    bench.control("PUT", "faults", json!([rule])).await.status
}

#[tokio::test]
async fn an_answer_can_be_spoilt_in_three_ways() {
    let bench = Bench::start().await;
    let whole = bench.get(USER, &[KEY]).await;
    for by_header in [false, true] {
        let spoilt = async |spoil: &str| {
            if by_header {
                let header = format!("spoil={spoil}");
                return bench.try_send("GET", USER, &[KEY, ("X-Sandbox-Fault", &header)], String::new()).await;
            }
            assert_eq!(rule(&bench, json!({"operation": "tchek.users.me", "spoil": spoil})).await, 204);
            let answer = bench.try_send("GET", USER, &[KEY], String::new()).await;
            bench.control("DELETE", "faults", json!(null)).await;
            answer
        };
        let broken = spoilt("half").await.unwrap_err();
        assert!(broken.is_body() || broken.is_decode(), "the head came, the body did not: {broken:?}");
        let malformed = spoilt("malformed").await.unwrap();
        assert_eq!((malformed.status, malformed.header("content-type")), (200, "application/json"));
        assert!(serde_json::from_str::<Value>(&malformed.text).is_err(), "{}", malformed.text);
        assert!(whole.text.starts_with(malformed.text.get(..10).unwrap()));
        let page = spoilt("html").await.unwrap();
        assert_eq!((page.status, page.header("content-type")), (200, "text/html; charset=utf-8"));
        assert!(page.text.starts_with("<!DOCTYPE html>"));
    }
    let down = bench.get(USER, &[KEY, ("X-Sandbox-Fault", "status=502; spoil=html")]).await;
    assert_eq!((down.status, down.text.contains("Something went wrong")), (502, true));
}

#[tokio::test]
async fn what_is_done_can_be_answered_with_an_error() {
    let bench = Bench::start().await;
    let fault = json!({"operation": "tchek.tokens.create", "status": 504, "acts": true,
        "body": "{\"message\": \"Endpoint request timed out\"}"});
    assert_eq!(rule(&bench, fault).await, 204);
    let answer = bench.json("POST", CREATE, &[KEY], &order()).await;
    assert_eq!((answer.status, answer.json()["message"].as_str()), (504, Some("Endpoint request timed out")));
    assert_eq!(bench.tell("tchek/tokens").await["tokens"].as_array().unwrap().len(), 1, "the token was made");
}

#[tokio::test]
async fn a_rule_can_strike_some_of_the_calls() {
    let bench = Bench::start().await;
    rule(&bench, json!({"operation": "tchek.*", "status": 503, "percent": 30})).await;
    let mut struck = 0;
    for _ in 0..200 {
        struck += usize::from(bench.get(USER, &[KEY]).await.status == 503);
    }
    assert!((30..90).contains(&struck), "about 60 of 200: {struck}");
    for (percent, status) in [(0, 200), (100, 503)] {
        rule(&bench, json!({"operation": "tchek.*", "status": 503, "percent": percent})).await;
        assert_eq!(bench.get(USER, &[KEY]).await.status, status);
    }
}

#[tokio::test]
async fn delays_are_fixed_or_drawn_and_rules_that_cannot_be_are_refused() {
    let bench = Bench::start().await;
    for latency in [json!(1), json!({"from": 0, "to": 2}), json!({"median": 1, "p99": 2})] {
        let told = json!({"operation": "tchek.*", "latencyMs": latency});
        assert_eq!(rule(&bench, told.clone()).await, 204);
        assert_eq!(bench.tell("faults").await, json!([told]));
        assert_eq!(bench.get(USER, &[KEY]).await.status, 200);
    }
    for wrong in [
        json!({"latencyMs": {"from": 3, "to": 2}}),
        json!({"latencyMs": {"median": 0, "p99": 2}}),
        json!({"latencyMs": 3_600_000}),
        json!({"latencyMs": {"mean": 3}}),
        json!({"status": 503, "percent": 101}),
        json!({"spoil": "sour"}),
        json!({"acts": true}),
        json!({"percent": 50}),
    ] {
        let mut told = json!({"operation": "tchek.*"});
        told.as_object_mut().unwrap().extend(wrong.as_object().unwrap().clone());
        let status = rule(&bench, told.clone()).await;
        assert!((400..500).contains(&status), "{told}: {status}");
    }
}
