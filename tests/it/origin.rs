//! Which hosts the gateway answers to, and which pages may send to it.

use http::Method;

use crate::support::toy::Gateway;
use crate::support::toy::JSON;
use crate::support::toy::code;
use crate::support::toy::status;

#[tokio::test]
async fn foreign_hosts_and_origins_are_refused() {
    let gateway = Gateway::start().await;
    let port = gateway.address.port();
    let local = format!("localhost:{port}");
    let body = r#"{"query":"{ hello }"}"#;
    let same = format!("http://{local}");
    for headers in [
        &[("host", local.as_str())][..],
        &[("host", "gateway.example:1234")],
        &[("host", "GATEWAY.example")],
        &[("host", "other.example:8443")],
        &[("host", &local), ("origin", &same)],
        &[("host", "gateway.example"), ("origin", "https://gateway.example")],
        &[("host", "gateway.example:443"), ("origin", "https://gateway.example")],
        &[("host", &local), ("origin", "https://DEALER.example")],
        &[("sec-fetch-site", "same-origin")],
        &[("sec-fetch-site", "none")],
    ] {
        let answer = gateway.post(body, &[&[JSON], headers].concat()).await;
        assert_eq!(status(&answer), "200", "{headers:?} {answer}");
    }
    for headers in [
        &[("host", "evil.example")][..],
        &[("host", "localhost:1")],
        &[("host", "localhost.evil.example")],
        &[("host", "gateway.example.evil.example")],
        &[("host", "other.example")],
        &[("host", "other.example:8444")],
        &[("host", &local), ("origin", "http://evil.example")],
        &[("host", &local), ("origin", "http://localhost:1")],
        &[("host", &local), ("origin", "null")],
        &[("host", "gateway.example"), ("origin", "https://gateway.example:8443")],
        &[("host", "gateway.example"), ("origin", "https://gateway.example@evil.example")],
        &[("sec-fetch-site", "cross-site")],
        &[("sec-fetch-site", "same-site")],
    ] {
        let answer = gateway.post(body, &[&[JSON], headers].concat()).await;
        assert_eq!((status(&answer), code(&answer)), ("403", "FORBIDDEN"), "{headers:?} {answer}");
    }
    insta::assert_snapshot!(gateway.post(body, &[JSON, ("host", "evil.example")]).await, @r#"403 application/problem+json {"type":"about:blank","title":"Forbidden","status":403,"detail":"the host `evil.example` is not one of this gateway; `server.hosts` has them","code":"FORBIDDEN","requestId":"r1"}"#);
    insta::assert_snapshot!(gateway.post(body, &[JSON, ("host", &local), ("origin", "http://evil.example")]).await, @r#"403 application/problem+json {"type":"about:blank","title":"Forbidden","status":403,"detail":"pages of the origin `http://evil.example` may not send to this gateway; add it to `server.origins` to allow it","code":"FORBIDDEN","requestId":"r1"}"#);
}

#[tokio::test]
async fn reads_by_foreign_pages_pass_but_not_their_streams() {
    let gateway = Gateway::start().await;
    let foreign = ("origin", "http://evil.example");
    let query = "?query=%7Bhello%7D";
    assert_eq!(status(&gateway.send(Method::GET, query, &[foreign], "").await), "200");
    for channel in [("accept", "text/event-stream"), ("upgrade", "websocket")] {
        assert_eq!(status(&gateway.send(Method::GET, query, &[foreign, channel], "").await), "403", "{channel:?}");
    }
    assert_eq!(status(&gateway.send(Method::GET, query, &[("host", "evil.example")], "").await), "403");
}
