//! `tchek.tokens.create` and `tchek.tokens.status`.

use chrono::TimeDelta;
use serde_json::Value;
use serde_json::json;

use crate::sandbox::support::Bench;
use crate::sandbox::support::CREATE;
use crate::sandbox::support::KEY;
use crate::sandbox::support::names;
use crate::sandbox::support::order;
use crate::sandbox::support::with;
use crate::sandbox::support::without;

const STATUS: &str = "/tchek/apiV1/tokenmanager/test";

#[tokio::test]
async fn a_created_token_has_the_fields_of_the_documents() {
    let bench = Bench::start().await;
    let answer = bench.json("POST", CREATE, &[KEY], &order()).await;
    assert_eq!(answer.status, 200);
    let body = answer.json();
    assert_eq!(body["webApiVersion"], "v2.5");
    let token = &body["token"];
    let expected = [
        "APITokenPtr",
        "createdAt",
        "expired",
        "expiresIn",
        "id",
        "options",
        "sendingType",
        "tradeinStatus",
        "tradeinStatusUpdatedAt",
        "tradeinVehicle",
        "uid",
        "updatedAt",
        "vehiclePtr",
    ];
    assert_eq!(names(token), expected);
    let options = ["cost", "downloadRoi", "fastTrack", "loadTchek", "report", "shootInspect"];
    assert_eq!(names(&token["options"]), options);
    assert_eq!(token["createdAt"], "2026-01-10T08:00:00.000Z");
    assert_eq!(token["expiresIn"], "2026-02-09T08:00:00.000Z");
    assert_eq!((&token["tradeinStatus"], &token["expired"]), (&json!(0), &json!(false)));
    assert_eq!(token["sendingType"], Value::Null);
    let uid = token["uid"].as_str().unwrap();
    let digits = uid.strip_prefix('T').unwrap();
    assert!(digits.len() == 6 && digits.chars().all(|digit| "0123456789ABCDEF".contains(digit)), "{uid}");
    for id in [&token["id"], &token["vehiclePtr"]["id"], &token["APITokenPtr"]["id"]] {
        let id = id.as_str().unwrap();
        assert!(id.len() == 10 && id.chars().all(|letter| letter.is_ascii_alphanumeric()), "{id}");
    }
    let journal = bench.journal("tchek.tokens.create").await;
    assert_eq!(journal.len(), 1);
    assert_eq!((&journal[0]["path"], &journal[0]["status"]), (&json!(CREATE), &json!(200)));
    assert_eq!(journal[0]["body"], order());
    assert!(bench.stop().await);
}

#[tokio::test]
async fn every_rule_of_a_token_is_kept() {
    let bench = Bench::start().await;
    let wrong = [
        (without(order(), "/options"), "options"),
        (without(order(), "/options/shootInspect"), "options.shootInspect"),
        (with(order(), "/options/fastTrack", json!("yes")), "options.fastTrack"),
        (with(order(), "/options/cost", json!(true)), "options.cost"),
        (without(order(), "/options/report"), "options.report"),
        (with(order(), "/options/downloadRoi", json!(null)), "options.downloadRoi"),
        (with(order(), "/tradeIn", json!([])), "tradeIn"),
        (with(order(), "/tradeIn/tradeinVehicle", json!(false)), "tradeIn.tradeinVehicle"),
        (without(order(), "/tradeIn/tradeinVehicle"), "tradeIn.tradeinVehicle"),
        (without(order(), "/tradeIn/sendingType"), "tradeIn.sendingType"),
        (with(order(), "/tradeIn/sendingType", json!(3)), "tradeIn.sendingType"),
        (with(order(), "/tradeIn/sendingType", json!("0")), "tradeIn.sendingType"),
        (with(order(), "/tradeIn/vin", json!("YV1ZWA8UDL123450")), "tradeIn.vin"),
        (with(order(), "/tradeIn/vin", json!(null)), "tradeIn.vin"),
        (with(order(), "/tradeIn/immat", json!(123)), "tradeIn.immat"),
        (without(order(), "/customer"), "customer"),
        (with(order(), "/customer/clientType", json!("buyer")), "customer.clientType"),
        (without(order(), "/customer/clientType"), "customer.clientType"),
        (without(order(), "/customer/email"), "customer.email"),
        (with(order(), "/customer/firstname", json!(" ")), "customer.firstname"),
        (with(order(), "/customer/lastname", json!("")), "customer.lastname"),
        (without(order(), "/customer/phone"), "customer.phone"),
        (with(order(), "/customer/phone", json!("0600000000")), "customer.phone"),
        (with(order(), "/customer/gender", json!("male")), "customer.gender"),
        (with(order(), "/customer/locale", json!("nl")), "customer.locale"),
        (without(order(), "/customer/locale"), "customer.locale"),
        (with(order(), "/creatorUserId", json!(7)), "creatorUserId"),
        (without(order(), "/validity"), "validity"),
        (with(order(), "/validity", json!(0)), "validity"),
        (with(order(), "/validity", json!(366)), "validity"),
        (with(order(), "/validity", json!(30.5)), "validity"),
        (with(order(), "/validity", json!("30")), "validity"),
        (json!([]), "body"),
    ];
    for (body, field) in wrong {
        let answer = bench.json("POST", CREATE, &[KEY], &body).await;
        assert_eq!(answer.status, 400, "{field}: {}", answer.text);
        let error = answer.json()["error"].as_str().unwrap().to_owned();
        assert!(error.starts_with(&format!("{field}: ")), "{field}: {error}");
    }
    let answer = bench.send("POST", CREATE, &[KEY], "{\"options\":".to_owned()).await;
    assert_eq!((answer.status, answer.text.as_str()), (400, "{\"error\":\"body: is not JSON\"}"));
    let right = [
        without(without(order(), "/tradeIn/vin"), "/tradeIn/immat"),
        with(order(), "/customer/phone", json!("+31600000000")),
        with(order(), "/customer/gender", json!("women")),
        without(order(), "/customer/gender"),
        without(order(), "/creatorUserId"),
        with(order(), "/creatorUserId", json!("")),
        with(order(), "/validity", json!(1)),
        with(order(), "/validity", json!(365)),
        with(order(), "/tchekId", json!("unknown members are ignored")),
    ];
    for body in right {
        let answer = bench.json("POST", CREATE, &[KEY], &body).await;
        assert_eq!(answer.status, 200, "{}", answer.text);
    }
}

#[tokio::test]
async fn keys_open_their_own_environment_and_account_only() {
    let bench = Bench::start().await;
    let preprod = "/tchek-preprod/apiV1/tokenmanager/token";
    let preprod_key = ("x-api-key", "sandbox-tchek-key-preprod");
    for (path, headers, status) in [
        (CREATE, vec![], 401),
        (CREATE, vec![("X-Api-Key", "guess")], 403),
        (CREATE, vec![preprod_key], 403),
        (preprod, vec![KEY], 403),
        (preprod, vec![preprod_key], 200),
    ] {
        let answer = bench.json("POST", path, &headers, &order()).await;
        assert_eq!(answer.status, status, "{path} {headers:?}: {}", answer.text);
        assert_eq!(answer.json().get("error").is_some(), status != 200);
    }
    let uid = bench.token(&order()).await;
    let own = format!("?deviceId={uid}-pwa");
    for (path, key, status) in [
        (STATUS, None, 401),
        (STATUS, Some("sandbox-tchek-key"), 200),
        (STATUS, Some("sandbox-tchek-key-2"), 404),
        ("/tchek-preprod/apiV1/tokenmanager/test", Some("sandbox-tchek-key-preprod"), 404),
    ] {
        let headers: Vec<(&str, &str)> = key.map(|key| ("x-api-key", key)).into_iter().collect();
        assert_eq!(bench.get(&format!("{path}{own}"), &headers).await.status, status, "{path} {key:?}");
    }
}

#[tokio::test]
async fn reading_a_token_wants_its_device_and_gives_more_fields() {
    let bench = Bench::start().await;
    let uid = bench.token(&with(order(), "/creatorUserId", json!("AgEnT00001"))).await;
    for (query, status) in [
        (String::new(), 400),
        ("?deviceid=T000000-pwa".to_owned(), 400),
        (format!("?deviceId={uid}"), 400),
        ("?deviceId=T000000-pwa".to_owned(), 404),
        (format!("?deviceId={uid}-pwa"), 200),
    ] {
        let answer = bench.get(&format!("{STATUS}{query}"), &[KEY]).await;
        assert_eq!(answer.status, status, "{query}: {}", answer.text);
    }
    let answer = bench.get(&format!("{STATUS}?deviceId={uid}-pwa"), &[KEY]).await;
    assert_eq!(answer.json()["webApiVersion"], "v2");
    let token = bench.status(&uid).await;
    let expected = [
        "APITokenPtr",
        "createdAt",
        "creatorUserPtr",
        "customerPtr",
        "deviceId",
        "expired",
        "expiresIn",
        "id",
        "options",
        "sendingType",
        "tradeinStatus",
        "tradeinStatusUpdatedAt",
        "tradeinVehicle",
        "uid",
        "updatedAt",
        "vehiclePtr",
    ];
    assert_eq!(names(&token), expected);
    assert_eq!(token["options"]["thirdParty"], false);
    assert_eq!(token["deviceId"], format!("{uid}-pwa"));
    assert_eq!(token["creatorUserPtr"]["id"], "AgEnT00001");
    bench.pass(TimeDelta::minutes(5));
    bench.walk(&uid, &[1]).await;
    let opened = bench.status(&uid).await;
    assert_eq!(opened.get("tchekPtr"), None);
    assert_eq!(opened["tradeinStatusUpdatedAt"], "2026-01-10T08:05:00.000Z");
    assert_eq!(opened["updatedAt"], "2026-01-10T08:05:00.000Z");
    bench.walk(&uid, &[2]).await;
    let shooting = bench.status(&uid).await;
    assert_eq!((&shooting["tchekPtr"]["type"], &shooting["tchekPtr"]["percentDamage"]), (&json!(0), &Value::Null));
    bench.walk(&uid, &[3, 4, 5]).await;
    let done = bench.status(&uid).await;
    assert_eq!(done["tchekPtr"], shooting["tchekPtr"]);
    assert_eq!(done["tradeinStatus"], 5);
}

#[tokio::test]
async fn switches_bring_the_oddities_of_the_documents() {
    let bench = Bench::start().await;
    bench.switch(&json!({"tchekCreateStatus": 201, "tchekThirtyDayExpiry": true})).await;
    let answer = bench.json("POST", CREATE, &[KEY], &with(order(), "/validity", json!(90))).await;
    assert_eq!(answer.status, 201);
    assert_eq!(answer.json()["token"]["expiresIn"], "2026-02-09T08:00:00.000Z");
    bench.switch(&json!({"tchekBareToken": true, "tchekOptionsAsString": true, "tchekCreateStatus": 200})).await;
    let answer = bench.json("POST", CREATE, &[KEY], &order()).await;
    let options: Value = serde_json::from_str(answer.json()["options"].as_str().unwrap()).unwrap();
    assert_eq!(options["shootInspect"], true);
    assert_eq!(answer.json()["tradeinStatus"], 0);
}

#[tokio::test]
async fn a_token_goes_through_its_states_and_no_others() {
    let bench = Bench::start().await;
    let allowed = [(0, 1), (0, 6), (1, 2), (1, 6), (2, 3), (2, 6), (3, 4), (3, 5), (4, 5)];
    let ways: [&[u64]; 6] = [&[], &[1], &[1, 2], &[1, 2, 3], &[1, 2, 3, 4], &[1, 2, 3, 4, 5]];
    for (from, way) in (0..).zip(ways) {
        for to in (0..=8).chain([300]) {
            let uid = bench.token(&order()).await;
            bench.walk(&uid, way).await;
            let expected = if allowed.contains(&(from, to)) { 200 } else { 409 };
            assert_eq!(bench.advance(&uid, to).await, expected, "{from} to {to}");
        }
    }
    for (way, next) in [(vec![6], vec![1, 2, 3]), (vec![1, 6], vec![1, 2, 3]), (vec![1, 2, 6], vec![2, 3])] {
        for to in 0..=7 {
            let uid = bench.token(&order()).await;
            bench.walk(&uid, &way).await;
            let expected = if next.contains(&to) { 200 } else { 409 };
            assert_eq!(bench.advance(&uid, to).await, expected, "{way:?} to {to}");
        }
    }
    assert_eq!(bench.advance("T000000", 1).await, 404);
    let uid = bench.token(&order()).await;
    let control = format!("/__sandbox/tokens/{uid}/advance");
    assert_eq!(bench.json("POST", &control, &[], &json!({"too": 1})).await.status, 400);
}

#[tokio::test]
async fn validity_ends_by_the_clock() {
    let bench = Bench::start().await;
    let uid = bench.token(&with(order(), "/validity", json!(2))).await;
    bench.walk(&uid, &[1]).await;
    bench.pass(TimeDelta::days(2));
    assert_eq!(bench.status(&uid).await["expired"], false);
    bench.pass(TimeDelta::milliseconds(1));
    let token = bench.status(&uid).await;
    assert_eq!((&token["expired"], &token["tradeinStatus"]), (&json!(true), &json!(1)));
    for to in [2, 6] {
        assert_eq!(bench.advance(&uid, to).await, 409);
    }
    let other = bench.token(&order()).await;
    assert_eq!(bench.send("POST", &format!("/__sandbox/tokens/{other}/expire"), &[], String::new()).await.status, 200);
    assert_eq!(bench.status(&other).await["expired"], true);
    assert_eq!(bench.advance(&other, 1).await, 409);
    assert_eq!(bench.send("POST", "/__sandbox/tokens/T000000/expire", &[], String::new()).await.status, 404);
}

#[tokio::test]
async fn messages_stay_in_the_outbox() {
    let bench = Bench::start().await;
    for (kind, channels) in
        [(json!(null), vec![]), (json!(0), vec!["email"]), (json!(1), vec!["sms"]), (json!(2), vec!["sms", "email"])]
    {
        let uid = bench.token(&with(order(), "/tradeIn/sendingType", kind)).await;
        let listed = bench.get("/__sandbox/tchek/tokens", &[]).await.json();
        let token = listed["tokens"].as_array().unwrap().last().unwrap().clone();
        assert_eq!((&token["uid"], &token["environment"]), (&json!(uid), &json!("production")));
        let outbox = token["outbox"].as_array().unwrap();
        let sent: Vec<&str> = outbox.iter().map(|message| message["channel"].as_str().unwrap()).collect();
        assert_eq!(sent, channels);
        for message in outbox {
            assert_eq!(message["link"], bench.url(&format!("/tchek/webapp/nl-BE/services/{uid}")));
            assert_eq!(message["link"], token["link"]);
        }
    }
}
