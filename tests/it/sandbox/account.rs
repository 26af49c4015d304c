//! Log-ins, employees, the customer and the service centre at Jifeline.

use serde_json::Value;
use serde_json::json;

use crate::sandbox::garage::FIRST_LOGIN;
use crate::sandbox::garage::Garage;
use crate::sandbox::garage::SECOND_LOGIN;
use crate::sandbox::support::Answer;
use crate::sandbox::support::Bench;
use crate::sandbox::support::list;
use crate::sandbox::support::text;

/// An enabled employee of the first garage.
const EMPLOYEE: &str = "5f0b7f7e-2c0e-4d0a-9d55-60d1d1b20002";

/// A disabled one.
const DISABLED: &str = "5f0b7f7e-2c0e-4d0a-9d55-60d1d1b20004";

/// One of the second garage.
const FOREIGN: &str = "5f0b7f7e-2c0e-4d0a-9d55-60d1d1b20101";

async fn by_id(bench: &Bench, id: Value, pincode: &str) -> Answer {
    let body = json!({"connector_id": id, "pincode": pincode});
    bench.json("POST", "/jifeline/v1/authenticate/pincode", &[], &body).await
}

async fn otp(bench: &Bench, employee: Value) -> String {
    let answer = bench.control("POST", "jifeline/otps", json!({"employee": employee})).await;
    assert_eq!(answer.status, 200, "{}", answer.text);
    text(&answer.json(), "/otp").to_owned()
}

async fn redeem(bench: &Bench, otp: &str) -> Answer {
    bench.json("POST", "/jifeline/v1/authenticate/otp-login", &[], &json!({"otp": otp})).await
}

#[tokio::test]
async fn a_connector_logs_in_by_its_number_and_failures_count_with_those_by_uuid() {
    let bench = Bench::start().await;
    for id in [json!(910_000_001), json!("910000001")] {
        let answer = by_id(&bench, id, "01234").await;
        let garage = Garage::with_token(&bench, text(&answer.json(), "/access_token"));
        assert_eq!(garage.get("/v1/connectors").await.json()["total"], 8);
    }
    assert_eq!(by_id(&bench, json!("x"), "01234").await.status, 400);
    assert_eq!(by_id(&bench, json!(null), "01234").await.status, 400);
    assert_eq!(by_id(&bench, json!(1), "01234").await.status, 401);
    for _ in 0..3 {
        assert_eq!(by_id(&bench, json!(910_000_001), "1234").await.status, 401);
    }
    for _ in 0..2 {
        assert_eq!(bench.log_in((FIRST_LOGIN.0, "99999")).await.status, 401);
    }
    assert_eq!(by_id(&bench, json!(910_000_001), "01234").await.status, 429);
}

#[tokio::test]
async fn a_one_time_password_works_once_and_only_for_the_enabled() {
    let bench = Bench::start().await;
    let password = otp(&bench, json!(EMPLOYEE)).await;
    let tokens = redeem(&bench, &password).await.json();
    let garage = Garage::with_token(&bench, text(&tokens, "/access_token"));
    assert_eq!(garage.get("/v1/employees/me").await.json()["id"], EMPLOYEE);
    assert_eq!(garage.get("/v1/users/me").await.json()["first_name"], "Mehmet");
    let again = redeem(&bench, &password).await;
    assert_eq!((again.status, &again.json()["status"]), (401, &json!(401)));

    let password = otp(&bench, json!(null)).await;
    let alias = bench.json("POST", "/jifeline/v1/authenticate/otp", &[], &json!({"otp": password})).await;
    assert_eq!(alias.status, 200);
    let password = otp(&bench, json!(DISABLED)).await;
    assert_eq!(redeem(&bench, &password).await.status, 403);
    assert_eq!(redeem(&bench, "5f0b7f7e-2c0e-4d0a-9d55-60d1d1b2ffff").await.status, 401);
    let empty = bench.json("POST", "/jifeline/v1/authenticate/otp-login", &[], &json!({})).await;
    assert_eq!(empty.status, 400);
    let nobody = bench.control("POST", "jifeline/otps", json!({"employee": uuid::Uuid::nil()})).await;
    assert_eq!(nobody.status, 404);
}

#[tokio::test]
async fn a_forgotten_password_is_answered_alike_for_everyone() {
    let bench = Bench::start().await;
    let path = "/jifeline/legacy/api/mobile/authentication/authenticate/forgot/password";
    for address in ["sanne@voorhof.example", "nobody@example.com"] {
        let answer = bench.json("POST", path, &[], &json!({"email_address": address})).await;
        assert_eq!((answer.status, answer.json()), (200, json!({"method": "SESSION"})));
    }
    assert_eq!(bench.json("POST", path, &[], &json!({})).await.status, 400);
}

#[tokio::test]
async fn employees_are_listed_added_and_read() {
    let bench = Bench::start().await;
    let garage = bench.garage(FIRST_LOGIN).await;
    let page = garage.get("/v1/employees?limit=2").await.json();
    insta::assert_json_snapshot!("sandbox_jifeline_employees", page);
    assert_eq!(garage.get("/v1/employees/me").await.status, 404, "a connector's log-in is nobody's");

    let new = json!({"given_name": "Noor", "family_name": "de Wit", "username": "noor@voorhof.example"});
    let answer = garage.json("POST", "/v1/employees", &new).await;
    let created = answer.json();
    assert_eq!(
        (answer.status, &created["enabled"], &created["correspondence_locale"]),
        (201, &json!(true), &json!("en-GB"))
    );
    assert_eq!(garage.get(&format!("/v1/employees/{}", text(&created, "/id"))).await.json(), created);
    assert_eq!(garage.get("/v1/employees").await.json()["total"], 5);
    assert_eq!(garage.json("POST", "/v1/employees", &new).await.status, 409, "the username is taken");

    for (path, status) in [(FOREIGN, 403), ("00000000-0000-4000-8000-000000000000", 404), ("x", 400)] {
        assert_eq!(garage.get(&format!("/v1/employees/{path}")).await.status, status, "{path}");
    }
    let full = json!({"given_name": "A", "family_name": "B", "username": null, "correspondence_locale": "nl-NL"});
    assert_eq!(garage.json("POST", "/v1/employees", &full).await.status, 201);
    for (member, wrong) in [
        ("given_name", json!("")),
        ("given_name", json!("a".repeat(256))),
        ("family_name", json!(null)),
        ("family_name", json!(7)),
        ("username", json!("")),
        ("username", json!("no address")),
        ("username", json!(format!("{}@example.com", "a".repeat(250)))),
        ("correspondence_locale", json!("nl_NL")),
    ] {
        let mut body = full.clone();
        body[member] = wrong;
        assert_eq!(garage.json("POST", "/v1/employees", &body).await.status, 400, "{body}");
    }
    let keyless = json!({"given_name": "A", "family_name": "B"});
    assert_eq!(garage.json("POST", "/v1/employees", &keyless).await.status, 400, "username must be there");
}

#[tokio::test]
async fn an_employee_is_replaced_but_for_what_is_null() {
    let bench = Bench::start().await;
    let garage = bench.garage(FIRST_LOGIN).await;
    let path = format!("/v1/employees/{EMPLOYEE}");
    let body =
        json!({"given_name": "Memo", "family_name": "Yilmaz", "username": "memo@voorhof.example", "enabled": null});
    let answer = garage.json("PUT", &path, &body).await;
    assert_eq!(answer.status, 200, "{}", answer.text);
    let changed = answer.json();
    assert_eq!((&changed["given_name"], &changed["username"]), (&json!("Memo"), &json!("memo@voorhof.example")));
    assert_eq!((&changed["enabled"], &changed["correspondence_locale"]), (&json!(true), &json!("de-DE")));
    assert_eq!(garage.get(&path).await.json(), changed);

    let unset = json!({"given_name": "Memo", "family_name": "Yilmaz", "username": null});
    assert_eq!(garage.json("PUT", &path, &unset).await.status, 400);
    let taken = json!({"given_name": "Memo", "family_name": "Yilmaz", "username": "SANNE@voorhof.example"});
    assert_eq!(garage.json("PUT", &path, &taken).await.status, 409);
    assert_eq!(garage.json("PUT", &format!("/v1/employees/{FOREIGN}"), &body).await.status, 403);

    let disabled = json!({"given_name": "M", "family_name": "Y", "username": "memo@voorhof.example", "enabled": false});
    assert_eq!(garage.json("PUT", &path, &disabled).await.json()["enabled"], false);
    let password = otp(&bench, json!(EMPLOYEE)).await;
    assert_eq!(redeem(&bench, &password).await.status, 403);
}

#[tokio::test]
async fn a_customer_replaces_its_whole_record() {
    let bench = Bench::start().await;
    let garage = bench.garage(FIRST_LOGIN).await;
    let before = garage.get("/v1/customers/me").await.json();
    insta::assert_json_snapshot!("sandbox_jifeline_customer", before);

    let body = json!({
        "name": "De Voorhof", "street": "Nieuwe Weg", "number": "1a", "postal_code": "3511 AA", "city": "Utrecht",
        "country": "BE", "email_address": "balie@voorhof.example", "phone": "+31 30 1234567",
    });
    let after = garage.json("PUT", "/v1/customers/me", &body).await.json();
    assert_eq!(
        (&after["street"], &after["country"], &after["phone"]),
        (&body["street"], &body["country"], &body["phone"])
    );
    assert_eq!(after["financial_email_address"], Value::Null, "what is left out is gone");
    assert_eq!((&after["reference"], &after["currency"]), (&before["reference"], &before["currency"]));
    assert_eq!(garage.get("/v1/customers/me").await.json(), after);
    for wrong in [json!({"country": "Belgium"}), json!({"email_address": "x"}), json!({"phone": 31}), json!([])] {
        assert_eq!(garage.json("PUT", "/v1/customers/me", &wrong).await.status, 400, "{wrong}");
    }
    let other = bench.garage(SECOND_LOGIN).await.get("/v1/customers/me").await.json();
    assert_eq!((&other["name"], &other["phone"]), (&json!("Ring Motors Ltd"), &json!(441_130_000_007_i64)));
}

#[tokio::test]
async fn the_user_knows_garage_and_service_provider() {
    let bench = Bench::start().await;
    let garage = bench.garage(FIRST_LOGIN).await;
    insta::assert_json_snapshot!("sandbox_jifeline_user", garage.get("/v1/users/me").await.json());
    let branding = garage.get("/v1/customer-branding").await.json();
    assert_eq!(branding, json!({"branding_name": "Voorhof Diagnose", "customer_portal_url": "voorhof.portal.example"}));
    let wallet = garage.get("/v1/customer-wallet").await.json();
    assert_eq!(wallet, json!({"balance": 150, "balance_state": "healthy"}));
}

#[tokio::test]
async fn the_service_centre_tells_how_it_stands() {
    let bench = Bench::start().await;
    let garage = bench.garage(FIRST_LOGIN).await;
    insta::assert_json_snapshot!("sandbox_jifeline_service_center", garage.get("/v1/service-center").await.json());
    let status = "/v1/service-center/status";
    assert_eq!(garage.get(status).await.json(), json!({"state": "opened", "ends_at": null, "message": null}));

    let scheduled =
        json!({"state": "scheduled", "ends_at": "2026-01-10T08:30:00Z", "message": "Back at half past ten."});
    assert_eq!(bench.control("POST", "service-center", scheduled).await.status, 200);
    let told =
        json!({"state": "scheduled", "ends_at": "2026-01-10T10:30:00+0200", "message": "Back at half past ten."});
    assert_eq!(garage.get(status).await.json(), told);
    assert_eq!(garage.get("/v1/users/me").await.json()["service_provider"]["service_center"]["is_open"], false);
    bench.control("POST", "clock", json!({"advanceSeconds": 1_800})).await;
    assert_eq!(garage.get(status).await.json()["state"], "opened");
}

#[tokio::test]
async fn a_call_for_attention_is_dismissed() {
    let bench = Bench::start().await;
    let garage = bench.garage(FIRST_LOGIN).await;
    for (uuid, status) in [(FIRST_LOGIN.0, 204), (SECOND_LOGIN.0, 403), ("x", 400)] {
        let path = format!("/v2/connectors/{uuid}/actions/dismiss-call-for-attention");
        let answer = garage.json("POST", &path, &json!({})).await;
        assert_eq!(answer.status, status, "{uuid}");
        assert_eq!(answer.text.is_empty(), status == 204);
    }
}

#[tokio::test]
async fn countries_and_currencies_are_listed() {
    let bench = Bench::start().await;
    let garage = bench.garage(FIRST_LOGIN).await;
    for (path, one) in [("countries", "NL"), ("currencies", "EUR")] {
        let answer = garage.get(&format!("/v1/system/{path}")).await.json();
        let all = list(&answer, "/result");
        assert_eq!(answer["total"], all.len());
        assert!(all.iter().any(|entry| entry["code"] == one && entry["name"].is_string()), "{answer}");
    }
}
