//! The journal, faults, switches and the clock.

use serde_json::Value;
use serde_json::json;

use crate::sandbox::garage::FIRST_LOGIN;
use crate::sandbox::garage::LOGIN;
use crate::sandbox::garage::SECOND_LOGIN;
use crate::sandbox::garage::credentials;
use crate::sandbox::support::Bench;
use crate::sandbox::support::SHOWPIECE;
use crate::sandbox::support::order;

#[tokio::test]
async fn the_journal_holds_each_call_as_received() {
    let bench = Bench::with_vehicles(500).await;
    let garage = bench.garage(FIRST_LOGIN).await;
    garage.get(&format!("/v1/vehicles/search?vin={SHOWPIECE}")).await;
    bench.get("/nowhere?a=%20b", &[]).await;
    bench.send("OPTIONS", "/jifeline/v1/connectors", &[], String::new()).await;
    let wrong = bench.send("DELETE", "/jifeline/v1/connectors", &[], String::new()).await;
    assert_eq!(wrong.status, 405);

    let journal = bench.tell("journal").await;
    insta::assert_json_snapshot!("sandbox_journal", journal, {
        "[].headers.host" => "[host]",
        "[].headers.authorization" => "[token]",
    });
    let one = bench.tell("journal?operation=jifeline.vehicles.find").await;
    assert_eq!(one.as_array().unwrap().len(), 1);
    let later = bench.tell("journal?since=2").await;
    assert_eq!(later[0]["seq"], 3);
    assert_eq!(bench.control("DELETE", "journal", json!(null)).await.status, 204);
    assert_eq!(bench.tell("journal").await, json!([]));
}

#[tokio::test]
async fn faults_come_by_rule_and_by_header() {
    let bench = Bench::with_vehicles(500).await;
    let garage = bench.garage(FIRST_LOGIN).await;
    let path = "/v1/connectors/910000001";
    let rules = json!([
        {"operation": "jifeline.connectors.get", "status": 503, "retryAfter": 7, "body": "{}", "times": 1},
        {"operation": "jifeline.connectors.*", "body": "<html>", "contentType": "text/html", "times": 1},
    ]);
    assert_eq!(bench.control("PUT", "faults", rules).await.status, 204);
    let reply = garage.get(path).await;
    assert_eq!((reply.status, reply.header("retry-after")), (503, "7"));
    let reply = garage.get(path).await;
    assert_eq!((reply.status, reply.text.as_str()), (200, "<html>"));
    assert_eq!(reply.header("content-type"), "text/html");
    assert_eq!(garage.get(path).await.json()["id"], 910_000_001);
    assert_eq!(bench.tell("faults").await[0]["times"], 0);

    let with_header = async |fault: &str| garage.try_get(path, &[("X-Sandbox-Fault", fault)]).await;
    let reply = with_header("status=429; retryAfter=3").await.unwrap();
    assert_eq!((reply.status, reply.header("retry-after")), (429, "3"));
    for wrong in ["status=99", "nonsense", "colour=red", "status=abc"] {
        assert_eq!(with_header(wrong).await.unwrap().status, 400, "{wrong}");
    }
    for reset in ["reset=before", "reset=after"] {
        let error = with_header(reset).await.unwrap_err();
        assert!(error.is_request() && !error.is_timeout(), "{reset}: {error:?}");
    }
    for wrong in [json!([{"operation": "x"}]), json!([{"operation": "x", "status": 1000}])] {
        assert_eq!(bench.control("PUT", "faults", wrong).await.status, 400);
    }
    let journal = bench.tell("journal?operation=jifeline.connectors.get").await;
    let statuses: Vec<_> = journal.as_array().unwrap().iter().map(|entry| entry["status"].as_u64()).collect();
    assert_eq!(statuses[..4], [Some(503), Some(200), Some(200), Some(429)]);
    assert_eq!(statuses[8..], [None, None], "a dropped connection has no status");
}

#[tokio::test]
async fn a_reset_before_does_nothing_and_a_reset_after_has_done_it() {
    let bench = Bench::with_vehicles(500).await;
    let count_failed = |fault: Value| {
        let bench = &bench;
        async move {
            bench.control("PUT", "faults", json!([fault])).await;
            let body = credentials((SECOND_LOGIN.0, "0"));
            for _ in 0..5 {
                assert!(bench.try_send("POST", LOGIN, &[], body.to_string()).await.is_err());
            }
            bench.control("DELETE", "faults", json!(null)).await;
            bench.log_in(SECOND_LOGIN).await.status
        }
    };
    let reset = |when: &str| json!({"operation": "jifeline.sessions.create", "reset": when});
    assert_eq!(count_failed(reset("before")).await, 200);
    assert_eq!(count_failed(reset("after")).await, 429, "the five failures count though nobody heard of them");
}

#[tokio::test]
async fn a_hanging_call_ends_with_the_sandbox() {
    let bench = Bench::start().await;
    bench.control("PUT", "faults", json!([{"operation": "jifeline.*", "hang": true}])).await;
    let hanging = bench.try_send("POST", LOGIN, &[], credentials(FIRST_LOGIN).to_string());
    let ending = async {
        while bench.tell("journal").await.as_array().unwrap().is_empty() {
            tokio::task::yield_now().await;
        }
        bench.end();
    };
    let (answer, ()) = tokio::join!(hanging, ending);
    assert!(answer.is_err());
    assert!(bench.stop().await, "every task has ended");
}

#[tokio::test]
async fn a_held_call_goes_on_when_the_rules_change() {
    for (moment, made_while_held) in [("before", 0), ("after", 1)] {
        let bench = Bench::start().await;
        let rules = json!([{"operation": "tchek.tokens.create", "hold": moment}]);
        bench.control("PUT", "faults", rules.clone()).await;
        assert_eq!(bench.tell("faults").await, rules);
        let made = async || bench.tell("tchek/tokens").await["tokens"].as_array().unwrap().len();
        let release = async {
            while bench.journal("tchek.tokens.create").await.is_empty() || made().await < made_while_held {
                tokio::task::yield_now().await;
            }
            assert_eq!(made().await, made_while_held, "{moment}");
            assert_eq!(bench.journal("tchek.tokens.create").await[0]["status"], Value::Null, "{moment}");
            bench.control("DELETE", "faults", json!(null)).await;
        };
        let order = order();
        tokio::join!(bench.token(&order), release);
        assert_eq!(made().await, 1, "{moment}");
    }
}

#[tokio::test]
async fn switches_and_clock_are_read_and_set() {
    let bench = Bench::with_vehicles(500).await;
    insta::assert_json_snapshot!("sandbox_switches", bench.tell("switches").await);
    let reply = bench.control("PUT", "switches", json!({"tchekCreateStatus": 201})).await;
    assert_eq!(
        (&reply.json()["tchekCreateStatus"], &reply.json()["autochatOmitExpiresIn"]),
        (&json!(201), &json!(true))
    );
    assert_eq!(bench.control("PUT", "switches", json!({"nonsense": 1})).await.status, 400);
    assert_eq!(bench.control("PUT", "switches", json!([])).await.status, 400);
    assert_eq!(bench.tell("switches").await["tchekCreateStatus"], 201);
    let reply = bench.control("DELETE", "switches", json!(null)).await;
    assert_eq!(reply.json()["tchekCreateStatus"], 200);

    let reply = bench.control("POST", "clock", json!({"set": "2027-01-01T00:00:00Z"})).await;
    assert_eq!(reply.json(), json!({"now": "2027-01-01T00:00:00Z"}));
    let reply = bench.control("POST", "clock", json!({"advanceSeconds": -1})).await;
    assert_eq!(reply.json(), json!({"now": "2026-12-31T23:59:59Z"}));
    for wrong in [json!({}), json!({"set": "x"}), json!({"advanceSeconds": i64::MAX}), json!({"back": 1})] {
        let status = bench.control("POST", "clock", wrong.clone()).await.status;
        assert!((400..500).contains(&status), "{wrong}: {status}");
    }
    assert_eq!(bench.tell("clock").await, json!({"now": "2026-12-31T23:59:59Z"}));
}
