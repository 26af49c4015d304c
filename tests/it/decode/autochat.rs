use forecourt::clock::Clock;
use forecourt::domain::listing::model::ListingReceipt;
use forecourt::domain::listing::source::ListingSource;
use forecourt::error::VendorError;
use forecourt::error::VendorErrorKind;

use crate::support::accounts::autochat;
use crate::support::accounts::autochat_with;
use crate::support::accounts::context;
use crate::support::accounts::log_in;
use crate::support::accounts::start;
use crate::support::recorder::Answer;
use crate::support::recorder::Recorder;
use crate::support::recorder::ok;
use crate::support::recorder::status;
use crate::wire::listing;

use super::assert_decoded;

async fn recorder(answer: Answer) -> Recorder {
    Recorder::start(move |seen, _| log_in(&seen.path).map_or_else(|| answer.clone(), ok)).await
}

async fn create(answer: Answer) -> Result<ListingReceipt, VendorError> {
    let recorder = recorder(answer).await;
    autochat(&recorder, &Clock::settable(start())).create("main", &listing(), context()).await
}

async fn options(body: &str) -> Result<Vec<String>, VendorError> {
    let recorder = recorder(ok(body)).await;
    let listed = autochat(&recorder, &Clock::settable(start())).options(context()).await?;
    Ok(listed.into_iter().map(|option| option.name).collect())
}

#[tokio::test]
async fn a_created_car() {
    let body = include_str!("../../fixtures/autochat/autochat.cars.create.json");
    assert_decoded("autochat.cars.create", &create(status(201, body)).await.unwrap());
}

#[tokio::test]
async fn the_handle_is_found_wherever_it_stands() {
    let located =
        |status| Answer::Full(status, vec![("location", "/api/cars/from-location?x=1".to_owned())], String::new());
    let cases = [
        (ok(r#"{"id": 42}"#), Some("42")),
        (ok(r#"{"@id": "/api/cars/from-id/"}"#), Some("from-id")),
        (located(201), Some("from-location")),
        (located(202), Some("from-location")),
        (Answer::Full(204, Vec::new(), String::new()), None),
        (ok("null"), None),
        (ok("<html>accepted</html>"), None),
    ];
    for (answer, handle) in cases {
        let shown = format!("{answer:?}");
        assert_eq!(create(answer).await.unwrap().vendor_car_id.as_deref(), handle, "{shown}");
    }
}

#[tokio::test]
async fn refusals_say_what_they_mean() {
    let violations = r#"{"detail": "options[0]: unknown", "violations": [{"propertyPath": "options[0]", "message": "unknown"}, {"propertyPath": "brand", "message": "This value should not be blank."}]}"#;
    let error = create(status(422, violations)).await.unwrap_err();
    assert_eq!((error.kind, error.status), (VendorErrorKind::Rejected, Some(422)));
    let fields: Vec<_> = error.violations.iter().map(|(field, _)| field.as_str()).collect();
    assert_eq!(fields, ["options.0", "make"]);
    assert_eq!(create(status(409, "{}")).await.unwrap_err().kind, VendorErrorKind::Conflict);
    assert_eq!(create(status(403, "{}")).await.unwrap_err().kind, VendorErrorKind::Rejected);
    let late = create(status(503, "<html><title>Down</title></html>")).await.unwrap_err();
    assert_eq!((late.kind, late.nothing_happened()), (VendorErrorKind::Unavailable, false));
}

#[tokio::test]
async fn a_refused_token_is_about_our_credentials_and_not_about_the_car() {
    for code in [400, 401, 403, 404, 422] {
        let recorder = Recorder::start(move |_, _| status(code, r#"{"error": "invalid_client"}"#)).await;
        let source = autochat(&recorder, &Clock::settable(start()));
        let error = source.create("main", &listing(), context()).await.unwrap_err();
        assert_eq!((error.kind, error.operation), (VendorErrorKind::Auth, "autochat.tokens.create"), "{code}");
    }
}

#[tokio::test]
async fn the_list_of_options() {
    let body = include_str!("../../fixtures/autochat/autochat.options.list.json");
    let recorder = recorder(ok(body)).await;
    let listed = autochat(&recorder, &Clock::settable(start())).options(context()).await.unwrap();
    assert_decoded("autochat.options.list", &listed);
}

#[tokio::test]
async fn a_list_in_an_envelope_is_a_list() {
    for member in ["hydra:member", "member", "data"] {
        let body = format!(r#"{{"{member}": [{{"name": "abs"}}], "hydra:totalItems": 1}}"#);
        assert_eq!(options(&body).await.unwrap(), ["abs"], "{member}");
    }
    assert_eq!(options(r#"{"message": "hello"}"#).await.unwrap_err().kind, VendorErrorKind::Protocol);
}

/// Creates a car with the look-up on: the creation is answered with `created`, every page of the stock with `stock`.
async fn create_and_look(created: Answer, stock: &'static str) -> (Result<ListingReceipt, VendorError>, usize) {
    let recorder = Recorder::start(move |seen, _| match log_in(&seen.path) {
        Some(token) => ok(token),
        None if seen.method == "POST" => created.clone(),
        None => ok(stock),
    })
    .await;
    let source = autochat_with(&recorder, &Clock::settable(start()), |config| config.lookup = true);
    let receipt = source.create("main", &listing(), context()).await;
    let pages = recorder.seen().iter().filter(|seen| seen.method == "GET").count();
    (receipt, pages)
}

#[tokio::test]
async fn a_car_without_an_answer_is_found_in_the_stock() {
    const STOCK: &str = include_str!("../../fixtures/autochat/autochat.cars.list.json");
    let (found, pages) = create_and_look(status(503, ""), STOCK).await;
    assert_decoded("autochat.cars.list", &found.unwrap());
    assert_eq!(pages, 1);
    // A car with the same number and another VIN is not the one that was sent.
    let other = r#"[{"uuid": "u", "internalId": "STOCK-42", "vin": "WDB1110061N000001"}]"#;
    let mut lost = Vec::new();
    for stock in
        ["[]", "{}", "<html>", other, r#"[{"uuid": "u", "internalId": "STOCK-42", "dealershipId": "dealer-0002"}]"#]
    {
        lost.push(create_and_look(status(503, ""), stock).await.0.unwrap_err().kind);
    }
    assert_eq!(lost, [VendorErrorKind::Unavailable; 5], "the outcome stays unknown");
    let bare = r#"[{"id": 7, "internalId": "STOCK-42"}]"#;
    let (named, _) = create_and_look(ok(""), bare).await;
    assert_eq!(named.unwrap().vendor_car_id.as_deref(), Some("7"), "accepted without a handle");
    for (answer, expected) in [(ok(r#"{"uuid": "u"}"#), true), (status(422, ""), false)] {
        let (receipt, pages) = create_and_look(answer, "[]").await;
        assert_eq!((receipt.is_ok(), pages), (expected, 0), "nothing is left to be found out");
    }
}
