//! GraphQL over HTTP at the front door: media types, status codes, refusals, deadlines.

use std::time::Duration;

use forecourt::schema::limits::Limits;
use http::Method;
use tower::ServiceExt;

use crate::support::toy::GRAPHQL_RESPONSE;
use crate::support::toy::Gateway;
use crate::support::toy::JSON;
use crate::support::toy::LEGACY;
use crate::support::toy::Mutation;
use crate::support::toy::app;
use crate::support::toy::code;
use crate::support::toy::status;

#[tokio::test]
async fn a_query_is_answered_in_both_media_types() {
    let gateway = Gateway::start().await;
    let body = r#"{"query":"query A($n: String) { hello(name: $n) } query B { hello }","operationName":"A","variables":{"n":"you"},"unknown":[1]}"#;
    insta::assert_snapshot!(gateway.post(body, &[JSON, GRAPHQL_RESPONSE]).await, @r#"200 application/graphql-response+json {"data":{"hello":"hello you"}}"#);
    insta::assert_snapshot!(gateway.post(body, &[("content-type", "Application/JSON; charset=\"UTF-8\""), LEGACY]).await, @r#"200 application/json {"data":{"hello":"hello you"}}"#);
    let query = "?query=%7Bhello%7D&operationName=&variables=&extra=1";
    insta::assert_snapshot!(gateway.send(Method::GET, query, &[], "").await, @r#"200 application/graphql-response+json {"data":{"hello":"hello world"}}"#);
}

#[tokio::test]
async fn request_errors_in_both_media_types() {
    let gateway = Gateway::start().await;
    let parse = r#"{"query":"{ hello("}"#;
    let validate = r#"{"query":"{ nothing }"}"#;
    let costly = r#"{"query":"{ thing { same { same { same { same { same { same { same { same { same { same { same { same { same { same { same { name } } } } } } } } } } } } } } } } }"}"#;
    let operation = r#"{"query":"query A { hello } query B { hello }"}"#;
    let unknown = r#"{"query":"query A { hello }","operationName":"B"}"#;
    for (body, expected) in [
        (parse, "GRAPHQL_PARSE_FAILED"),
        (validate, "GRAPHQL_VALIDATION_FAILED"),
        (costly, "QUERY_TOO_COSTLY"),
        (operation, "GRAPHQL_VALIDATION_FAILED"),
        (unknown, "GRAPHQL_VALIDATION_FAILED"),
    ] {
        let modern = gateway.post(body, &[JSON, GRAPHQL_RESPONSE]).await;
        let legacy = gateway.post(body, &[JSON, LEGACY]).await;
        assert_eq!((status(&modern), status(&legacy), code(&modern)), ("400", "200", expected), "{modern}");
        assert!(!modern.contains("\"data\"") && !legacy.contains("\"data\""), "{modern}");
    }
    insta::assert_snapshot!(gateway.post(parse, &[JSON, LEGACY]).await, @r#"200 application/json {"errors":[{"message":"the document is not GraphQL: expected name","locations":[{"line":1,"column":9}],"extensions":{"code":"GRAPHQL_PARSE_FAILED","requestId":"r1","retryable":false}}]}"#);
    insta::assert_snapshot!(gateway.post(validate, &[JSON, GRAPHQL_RESPONSE]).await, @r#"400 application/graphql-response+json {"errors":[{"message":"Unknown field \"nothing\" on type \"Query\". Did you mean \"thing\"?","locations":[{"line":1,"column":3}],"extensions":{"code":"GRAPHQL_VALIDATION_FAILED","requestId":"r1","retryable":false}}]}"#);
    insta::assert_snapshot!(gateway.post(costly, &[JSON, GRAPHQL_RESPONSE]).await, @r#"400 application/graphql-response+json {"errors":[{"message":"the document is 17 levels deep; at most 15 are allowed","extensions":{"code":"QUERY_TOO_COSTLY","figure":17,"limit":15,"measure":"depth","requestId":"r1","retryable":false}}]}"#);
}

#[tokio::test]
async fn field_errors_travel_in_a_200() {
    let gateway = Gateway::start().await;
    insta::assert_snapshot!(gateway.ask("{ hello failing again: failing things(first: 999) { totalCount } }").await, @r#"200 application/graphql-response+json {"errors":[{"message":"the gateway failed; the log has the cause under this request id","locations":[{"line":1,"column":9}],"path":["failing"],"extensions":{"code":"INTERNAL","requestId":"r1","retryable":false}},{"message":"the gateway failed; the log has the cause under this request id","locations":[{"line":1,"column":17}],"path":["again"],"extensions":{"code":"INTERNAL","requestId":"r1","retryable":false}},{"message":"`first` is 999; it must be between 0 and 200","locations":[{"line":1,"column":32}],"path":["things"],"extensions":{"code":"BAD_INPUT","requestId":"r1","retryable":false}}],"data":{"hello":"hello world","failing":null,"again":null,"things":null}}"#);
    insta::assert_snapshot!(gateway.ask("{ hello firm }").await, @r#"200 application/graphql-response+json {"errors":[{"message":"never","locations":[{"line":1,"column":9}],"path":["firm"],"extensions":{"code":"BAD_INPUT","requestId":"r1","retryable":false}}],"data":null}"#);
    insta::assert_snapshot!(gateway.ask("{ foreign }").await, @r#"200 application/graphql-response+json {"errors":[{"message":"the gateway failed; the log has the cause under this request id","locations":[{"line":1,"column":3}],"path":["foreign"],"extensions":{"code":"INTERNAL","requestId":"r1","retryable":false}}],"data":null}"#);
}

#[tokio::test]
async fn failures_of_the_whole_request_have_their_status() {
    let gateway = Gateway::start().await;
    let body = r#"{"query":"{ hello }"}"#;
    let wrong = gateway.post(body, &[JSON, LEGACY, ("authorization", "wrong")]).await;
    assert_eq!((status(&wrong), code(&wrong)), ("401", "UNAUTHENTICATED"), "{wrong}");
    insta::assert_snapshot!(gateway.ask("{ broken }").await, @r#"500 application/graphql-response+json {"errors":[{"message":"the gateway failed; the log has the cause under this request id","extensions":{"code":"INTERNAL","requestId":"r1","retryable":false}}]}"#);
}

#[tokio::test]
async fn a_value_that_does_not_fit_is_an_error_of_the_request() {
    let gateway = Gateway::start().await;
    insta::assert_snapshot!(gateway.ask("{ hello echo(vin: \"short\") }").await, @r#"400 application/graphql-response+json {"errors":[{"message":"Failed to parse \"Vin\": \"short\" is not valid: a VIN is a string of 17 letters or digits","locations":[{"line":1,"column":19}],"path":["echo"],"extensions":{"code":"BAD_INPUT","requestId":"r1","retryable":false}}]}"#);
    let variable = r#"{"query":"query($vin: Vin!) { echo(vin: $vin) }","variables":{"vin":7}}"#;
    let (modern, legacy) = (gateway.post(variable, &[JSON]).await, gateway.post(variable, &[JSON, LEGACY]).await);
    assert_eq!((status(&modern), status(&legacy), code(&modern)), ("400", "200", "BAD_INPUT"), "{modern}");
    let missing = r#"{"query":"query($vin: Vin!) { echo(vin: $vin) }"}"#;
    assert_eq!(status(&gateway.post(missing, &[JSON]).await), "400");
    let changed = gateway.ask("mutation { change name(vin: \"short\") }").await;
    assert!(changed.starts_with("200 ") && changed.contains("\"data\":null"), "{changed}");
}

#[tokio::test]
async fn the_same_field_twice_fails_once() {
    let gateway = Gateway::start().await;
    let answer = gateway.ask("{ failing ...f } fragment f on Query { failing }").await;
    assert_eq!(answer.matches("INTERNAL").count(), 1, "{answer}");
}

#[tokio::test]
async fn only_post_changes_anything() {
    let gateway = Gateway::start().await;
    let query = "?query=mutation%7Bchange%7D";
    insta::assert_snapshot!(gateway.send(Method::GET, query, &[], "").await, @r#"405 application/graphql-response+json allow=POST {"errors":[{"message":"a mutation must come by `POST`","extensions":{"code":"BAD_INPUT","requestId":"r1","retryable":false}}]}"#);
    let both = "?query=query%20A%7Bhello%7D%20mutation%20B%7Bchange%7D&operationName=";
    assert_eq!(status(&gateway.send(Method::GET, &format!("{both}B"), &[], "").await), "405");
    assert_eq!(status(&gateway.send(Method::GET, &format!("{both}A"), &[], "").await), "200");
    for method in [Method::PUT, Method::DELETE, Method::PATCH] {
        let answer = gateway.send(method, query, &[JSON], r#"{"query":"mutation { change }"}"#).await;
        assert!(answer.starts_with("405 ") && answer.contains("allow=GET, POST"), "{answer}");
    }
    assert_eq!(gateway.changes(), 0);
    insta::assert_snapshot!(gateway.ask("mutation { a: change b: change }").await, @r#"200 application/graphql-response+json {"data":{"a":1,"b":2}}"#);
}

#[tokio::test]
async fn bodies_that_are_no_json_are_not_read() {
    let gateway = Gateway::start().await;
    let body = r#"{"query":"mutation { change }"}"#;
    insta::assert_snapshot!(gateway.post(body, &[("content-type", "text/plain")]).await, @r#"415 application/graphql-response+json {"errors":[{"message":"the body must be `application/json` in UTF-8, and its `Content-Type` must say so","extensions":{"code":"BAD_INPUT","requestId":"r1","retryable":false}}]}"#);
    for content_type in [
        "multipart/form-data; boundary=x",
        "application/x-www-form-urlencoded",
        "application/json; charset=utf-16",
        "application/jsonp",
        "application/graphql",
    ] {
        assert_eq!(status(&gateway.post(body, &[("content-type", content_type)]).await), "415", "{content_type}");
    }
    assert_eq!(status(&gateway.post(body, &[]).await), "415");
    assert_eq!(status(&gateway.post(body, &[JSON, ("content-encoding", "gzip")]).await), "415");
    assert_eq!(status(&gateway.post(body, &[JSON, JSON]).await), "415");
    assert_eq!(gateway.changes(), 0);
}

#[tokio::test]
async fn malformed_requests_are_400_in_every_media_type() {
    let gateway = Gateway::start().await;
    let bodies = [
        "",
        "{",
        "null",
        "\"{ hello }\"",
        "[{\"query\":\"{ hello }\"}]",
        " []",
        "{\"operation_name\":\"A\"}",
        "{\"query\":7}",
        "{\"query\":\"\"}",
        "{\"query\":\"{ hello }\",\"variables\":[1]}",
        "{\"query\":\"{ hello }\",\"variables\":\"{}\"}",
        "{\"query\":\"{ hello }\",\"operationName\":7}",
        "{\"query\":\"{ hello }\",\"extensions\":7}",
        "{\"query\":\"{ hello }\"} more",
        "{\"query\":\"{ hello }\",\"query\":\"{ hello }\"}",
        "{\"query\":\"\\ud800\"}",
    ];
    let mut messages = Vec::new();
    for body in bodies {
        for accept in [GRAPHQL_RESPONSE, LEGACY] {
            let answer = gateway.post(body, &[JSON, accept]).await;
            assert_eq!((status(&answer), code(&answer)), ("400", "BAD_INPUT"), "{body}: {answer}");
            if accept == LEGACY {
                messages.push(
                    answer.split("\"message\":").nth(1).unwrap().split(",\"extensions\"").next().unwrap().to_owned(),
                );
            }
        }
    }
    insta::assert_snapshot!("malformed_requests", messages.join("\n"));
    for query in
        ["?query=%7Bhello%7D&query=%7Bhello%7D", "?query=%7Bhello%7D&variables=%5B%5D", "", "?variables=%7B%7D"]
    {
        assert_eq!(status(&gateway.send(Method::GET, query, &[LEGACY], "").await), "400", "{query}");
    }
}

#[tokio::test]
async fn persisted_queries_are_asked_for_in_full() {
    let gateway = Gateway::start().await;
    let body = r#"{"extensions":{"persistedQuery":{"version":1,"sha256Hash":"00"}}}"#;
    assert_eq!(code(&gateway.post(body, &[JSON]).await), "PERSISTED_QUERY_NOT_FOUND");
    let body = r#"{"query":"{ hello }","extensions":{"persistedQuery":{"version":1,"sha256Hash":"00"}}}"#;
    assert_eq!(status(&gateway.post(body, &[JSON]).await), "200");
}

#[tokio::test]
async fn large_bodies_are_refused() {
    let gateway = Gateway::start().await;
    let body = format!("{{\"query\":\"{{ hello }}\",\"x\":\"{}\"}}", "x".repeat(5000));
    insta::assert_snapshot!(gateway.post(&body, &[JSON]).await, @r#"413 application/graphql-response+json {"errors":[{"message":"the body is larger than 4096 bytes","extensions":{"code":"BAD_INPUT","requestId":"r1","retryable":false}}]}"#);
}

#[tokio::test]
async fn what_nobody_can_read_is_not_written() {
    let gateway = Gateway::start().await;
    insta::assert_snapshot!(gateway.post(r#"{"query":"{ hello }"}"#, &[JSON, ("accept", "text/html")]).await, @r#"406 application/problem+json {"type":"about:blank","title":"Not Acceptable","status":406,"detail":"answers are `application/graphql-response+json` or `application/json`, tables `text/csv` and others; `Accept` excludes them all","code":"BAD_INPUT","requestId":"r1"}"#);
}

#[tokio::test]
#[expect(clippy::disallowed_methods, reason = "the test is a client of its own gateway")]
async fn responses_are_private_and_bear_an_id() {
    let gateway = Gateway::start().await;
    let url = format!("http://{}/graphql?query=%7Bhello%7D", gateway.address);
    let mut ids = Vec::new();
    for sent in ["mine-1", "", "with space", &"x".repeat(129)] {
        let response = gateway.client.get(&url).header("x-request-id", sent).send().await.unwrap();
        let header = |name: &str| response.headers().get(name).unwrap().to_str().unwrap().to_owned();
        assert_eq!(header("cache-control"), "private, no-store");
        assert_eq!(header("vary"), "Authorization, Forecourt-Session, Accept, Accept-Encoding");
        ids.push(header("x-request-id"));
    }
    assert_eq!(ids.first().unwrap(), "mine-1");
    assert!(ids.iter().skip(1).all(|id| id.len() == 36), "{ids:?}");
}

#[tokio::test]
async fn subscriptions_need_another_transport() {
    let gateway = Gateway::start().await;
    let answer = gateway.ask("subscription { anything }").await;
    assert_eq!((status(&answer), code(&answer)), ("400", "BAD_INPUT"), "{answer}");
}

#[tokio::test]
async fn time_outs_are_asked_for_in_seconds() {
    let gateway = Gateway::start().await;
    let body = r#"{"query":"{ hello }"}"#;
    assert_eq!(status(&gateway.post(body, &[JSON, ("x-request-timeout", "0.5")]).await), "200");
    insta::assert_snapshot!(gateway.post(body, &[JSON, ("x-request-timeout", "soon")]).await, @r#"400 application/graphql-response+json {"errors":[{"message":"`X-Request-Timeout` must be a number of seconds above 0, such as `2.5`","extensions":{"code":"BAD_INPUT","requestId":"r1","retryable":false}}]}"#);
}

#[tokio::test(start_paused = true)]
async fn nothing_hangs_past_its_deadline() {
    let app = app(Limits::default(), &Mutation::default(), 80);
    let began = tokio::time::Instant::now();
    let request = axum::extract::Request::post("/graphql")
        .header("host", "localhost")
        .header("content-type", "application/json")
        .header("x-request-timeout", "2")
        .header("x-request-id", "r1")
        .body(axum::body::Body::from(r#"{"query":"{ forever }"}"#))
        .unwrap();
    let response = app.oneshot(request).await.unwrap();
    assert_eq!(response.status(), 504);
    assert_eq!(began.elapsed().as_secs(), 3);
    let body = axum::body::to_bytes(response.into_body(), 4096).await.unwrap();
    insta::assert_snapshot!(String::from_utf8_lossy(&body), @r#"{"errors":[{"message":"the request's time was up","extensions":{"code":"VENDOR_TIMEOUT","requestId":"r1","retryable":true}}]}"#);
}

#[tokio::test(start_paused = true)]
async fn a_body_that_never_comes_is_not_awaited() {
    let app = app(Limits::default(), &Mutation::default(), 80);
    let began = tokio::time::Instant::now();
    let never = futures_util::stream::pending::<std::io::Result<bytes::Bytes>>();
    let request = axum::extract::Request::post("/graphql")
        .header("host", "localhost")
        .header("content-type", "application/json")
        .body(axum::body::Body::from_stream(never))
        .unwrap();
    assert_eq!(app.oneshot(request).await.unwrap().status(), 408);
    assert_eq!(began.elapsed(), Duration::from_secs(30));
}
