use forecourt::domain::event::Event;
use forecourt::domain::event::EventDecoder;
use forecourt::domain::inspection::model::DamageReview;
use forecourt::domain::inspection::model::InspectionLocale;
use forecourt::domain::inspection::model::LinkDelivery;
use forecourt::domain::inspection::model::NewInspection;
use forecourt::domain::inspection::model::TokenState;
use forecourt::domain::inspection::model::TokenUid;
use forecourt::domain::inspection::present::FoundInspection;
use forecourt::domain::inspection::present::InspectionSearch;
use forecourt::domain::inspection::present::PresentReport;
use forecourt::domain::inspection::report::ReportContent;
use forecourt::domain::inspection::source::InspectionSource;
use forecourt::domain::inspection::webhooks::WebhookEvent;
use forecourt::domain::inspection::webhooks::WebhookSource;
use forecourt::error::VendorError;
use forecourt::error::VendorErrorKind;
use forecourt::vendors::tchek::TchekEventDecoder;
use secrecy::ExposeSecret;

use crate::support::accounts::context;
use crate::support::accounts::tchek;
use crate::support::recorder::Answer;
use crate::support::recorder::Recorder;
use crate::support::recorder::ok;
use crate::support::recorder::status;

use super::assert_decoded;

const CREATED: &str = include_str!("../../fixtures/tchek/tchek.tokens.create.json");
const STATUS: &str = include_str!("../../fixtures/tchek/tchek.tokens.status.json");
const DELIVERY: &str = include_str!("../../fixtures/tchek/tchek.webhooks.deliver.json");
const EXPORT: &str = include_str!("../../fixtures/tchek/tchek.webhooks.deliver@export.json");
const BEGUN: &str = include_str!("../../fixtures/tchek/tchek.webhooks.deliver@inspection.json");
const TOKEN: &str = include_str!("../../fixtures/tchek/tchek.webhooks.deliver@token.json");

async fn create(answer: Answer) -> Result<TokenState, VendorError> {
    let recorder = Recorder::start(move |_, _| answer.clone()).await;
    let inspection = NewInspection {
        vin: None,
        license_plate: None,
        locale: InspectionLocale::En,
        customer: None,
        delivery: LinkDelivery::None,
        damage_review: DamageReview::Dealer,
        agent_id: None,
        validity_days: 30,
    };
    tchek(&recorder).create(&inspection, context()).await
}

async fn read(answer: Answer) -> Result<Option<TokenState>, VendorError> {
    let recorder = Recorder::start(move |_, _| answer.clone()).await;
    let uid = TokenUid("T0A1B2C".to_owned());
    tchek(&recorder).status(vec![uid.clone()], context()).await.remove(&uid).unwrap()
}

#[tokio::test]
async fn a_created_token() {
    assert_decoded("tchek.tokens.create", &create(ok(CREATED)).await.unwrap());
}

#[tokio::test]
async fn the_status_of_a_token() {
    assert_decoded("tchek.tokens.status", &read(ok(STATUS)).await.unwrap());
}

#[tokio::test]
async fn a_bare_token_with_options_as_text_and_an_unknown_status() {
    let bare = r#"{"uid": "T0A1B2C", "tradeinStatus": 7, "options": "{\"fastTrack\":true}", "expiresIn": "12 May 2022 at 10:10:00 UTC", "expired": 0}"#;
    let token = read(ok(bare)).await.unwrap().unwrap();
    assert_eq!((token.status_code, token.expired), (Some(7), Some(false)));
    assert_eq!(token.expires_at.map(|at| at.to_rfc3339()).as_deref(), Some("2022-05-12T10:10:00+00:00"));
}

#[tokio::test]
async fn refusals_say_what_they_mean() {
    assert!(matches!(read(status(404, r#"{"error":"unknown token"}"#)).await, Ok(None)));
    let refused = create(status(400, r#"{"error":"customer.phone: 0033612345678 has no country code"}"#)).await;
    let refused = refused.unwrap_err();
    assert_eq!(refused.kind, VendorErrorKind::Rejected);
    assert_eq!(refused.context, "customer.phone: [number] has no country code");
    assert_eq!(refused.violations, [("customer.phone".to_owned(), "[number] has no country code".to_owned())]);
    assert_eq!(create(status(403, r#"{"error":"unknown key"}"#)).await.unwrap_err().kind, VendorErrorKind::Auth);
    assert_eq!(create(ok("<html>")).await.unwrap_err().kind, VendorErrorKind::Protocol);
    assert_eq!(create(ok(r#"{"token": {}}"#)).await.unwrap_err().kind, VendorErrorKind::Protocol);
}

#[tokio::test]
async fn faults_of_fields_bear_our_names() {
    let fault = |path: &str| format!(r#"{{"propertyPath": "{path}", "message": "no to {path}"}}"#);
    let theirs = ["customer.firstname", "tradeIn.immat", "tradeIn.vin", "creatorUserId", "validity", "options.cost"];
    let body = format!(r#"{{"title": "Bad", "violations": [{}]}}"#, theirs.map(fault).join(","));
    let refused = create(status(422, body)).await.unwrap_err();
    let fields: Vec<_> = refused.violations.iter().map(|(field, _)| field.as_str()).collect();
    assert_eq!(fields, ["customer.firstName", "licensePlate", "vin", "agentId", "validityDays"]);
    assert_eq!(refused.context, "options.cost: no to options.cost");
}

fn decode(body: &str) -> Event {
    TchekEventDecoder.decode(body.as_bytes()).unwrap()
}

/// Hash and content of a report; none for any other event.
fn report(body: &str) -> Option<(String, ReportContent)> {
    match decode(body) {
        Event::InspectionReported { content_hash, content, .. } => Some((content_hash, *content)),
        Event::InspectionStarted { .. } | Event::InspectionDeleted { .. } | Event::TokenCreated { .. } => None,
    }
}

fn hash(body: &str) -> String {
    report(body).unwrap().0
}

#[test]
fn a_delivered_report() {
    assert_decoded("tchek.webhooks.deliver", &decode(DELIVERY));
}

#[test]
fn an_exported_report_is_read_like_a_delivered_one() {
    let delivered: serde_json::Value = serde_json::from_str(DELIVERY).unwrap();
    let data = delivered.pointer("/dataAPI/data").unwrap();
    let exported = serde_json::json!({ "data": data, "status": 200, "totalTime": 12.3, "requestId": "0" });
    assert_eq!(report(&exported.to_string()), report(DELIVERY));
    let Event::InspectionReported { inspection, token, content, .. } = decode(EXPORT) else {
        panic!("it has a result")
    };
    assert_eq!((inspection.as_deref(), token), (Some("TcHeKiD001"), Some(TokenUid("T0A1B2C".to_owned()))));
    assert!(content.vendor_created_at.is_some() && content.processing_time.is_some());
}

#[test]
fn the_hash_ignores_what_changes_at_every_delivery_and_nothing_else() {
    let first = hash(DELIVERY);
    let resigned = DELIVERY.replace("sig=x", "sig=y").replace("sig=a", "sig=b&e=1").replace("12.3,", "99.9,");
    assert_ne!(resigned, DELIVERY);
    assert_eq!(hash(&resigned), first);
    let reordered: serde_json::Value = serde_json::from_str(DELIVERY).unwrap();
    assert_eq!(hash(&reordered.to_string()), first);
    for (old, new) in [("350.1", "350.2"), ("token=T0000AA", "token=T0000AC"), ("SEV3", "SEV2")] {
        assert_ne!(hash(&DELIVERY.replace(old, new)), first, "{old}");
    }
}

#[test]
fn other_deliveries_are_told_by_name_or_shape() {
    let started = decode(BEGUN);
    assert!(matches!(started, Event::InspectionStarted { inspection: Some(_), vehicle: Some(_) }));
    let deleted = decode(r#"{"type": "deleteTchek", "tchekId": "TcHeKiD001"}"#);
    assert!(matches!(deleted, Event::InspectionDeleted { inspection: Some(_) }));
    let created = decode(TOKEN);
    assert!(matches!(created, Event::TokenCreated { .. }));
}

#[test]
fn unreadable_deliveries_say_why_and_repeat_nothing() {
    let reason = |body: &str| TchekEventDecoder.decode(body.as_bytes()).unwrap_err().0;
    assert_eq!(reason("{}"), "the delivery holds neither a result nor a token");
    assert_eq!(reason("[1]"), "the answer is not what it was expected to be");
    assert_eq!(reason(r#"{"dataAPI": {"status": 404}}"#), "the delivery reports a failure of the vendor, status 404");
    assert_eq!(reason("jan@example.com"), "the answer is not JSON");
}

const REPORT: &str = include_str!("../../fixtures/tchek/tchek.reports.get.json");

async fn load(answer: Answer) -> Result<Option<PresentReport>, VendorError> {
    let recorder = Recorder::start(move |_, _| answer.clone()).await;
    let uid = TokenUid("T0A1B2C".to_owned());
    tchek(&recorder).reports(vec![uid.clone()], context()).await.remove(&uid).unwrap()
}

#[tokio::test]
async fn a_loaded_report_is_read_wrapped_and_bare_with_dismissed_damages() {
    let wrapped = load(ok(REPORT)).await.unwrap();
    assert_decoded("tchek.reports.get", &wrapped);
    let bare = serde_json::from_str::<serde_json::Value>(REPORT).unwrap()["data"].to_string();
    assert_eq!(load(ok(bare)).await.unwrap(), wrapped);
    assert!(matches!(load(status(404, r#"{"error": "no such token"}"#)).await, Ok(None)));
    let nothing = load(ok(r#"{"damages": null, "images": "none"}"#)).await.unwrap().unwrap();
    assert_eq!((nothing.damages.len(), nothing.images.len()), (0, 0));
}

#[tokio::test]
async fn a_report_agrees_with_the_result_that_holds_its_damages() {
    let delivered = report(DELIVERY).unwrap().1;
    let damage = |damage: &forecourt::domain::inspection::report::Damage| serde_json::json!({"location": damage.part, "type": damage.kind_raw, "severity": damage.severity_raw});
    let mut damages: Vec<_> = delivered.damages.iter().map(damage).collect();
    let present = async |damages: &[serde_json::Value]| {
        load(ok(serde_json::json!({"damages": damages}).to_string())).await.unwrap().unwrap()
    };
    damages.reverse();
    assert!(present(&damages).await.agrees_with(&delivered), "whatever the order");
    let mut dismissed = damages[0].clone();
    dismissed["isDeleted"] = true.into();
    let with_dismissed: Vec<_> = damages.iter().cloned().chain([dismissed]).collect();
    assert!(present(&with_dismissed).await.agrees_with(&delivered), "what was dismissed does not count");
    damages[0]["severity"] = serde_json::Value::Null;
    assert!(present(&damages).await.agrees_with(&delivered), "by what the vendor still tells");
    damages[0]["type"] = "another".into();
    assert!(!present(&damages).await.agrees_with(&delivered));
    assert!(!present(&damages[1..]).await.agrees_with(&delivered));
}

async fn search(answers: fn(usize) -> Answer) -> Result<Vec<FoundInspection>, VendorError> {
    let recorder = Recorder::start(move |_, before| answers(before)).await;
    let search = InspectionSearch { license_plate: Some("AB123CD".to_owned()), agent: None };
    tchek(&recorder).search(&search, context()).await
}

#[tokio::test]
async fn searched_inspections() {
    const FOUND: &str = include_str!("../../fixtures/tchek/tchek.inspections.search.json");
    assert_decoded("tchek.inspections.search", &search(|_| ok(FOUND)).await.unwrap());
    let full = |_| ok(format!(r#"{{"data": [{}]}}"#, vec![r#"{"id": 7}"#; 100].join(",")));
    assert_eq!(search(full).await.unwrap_err().kind, VendorErrorKind::Protocol, "a list without an end");
    let two = search(|before| {
        if before == 0 { ok(format!(r#"{{"data": [{}]}}"#, vec![r#"{"id": 7}"#; 100].join(","))) } else { ok("{}") }
    });
    assert_eq!(two.await.unwrap().len(), 100);
}

#[tokio::test]
async fn the_destination_of_deliveries() {
    const SET: &str = include_str!("../../fixtures/tchek/tchek.webhooks.configure.json");
    const GOT: &str = include_str!("../../fixtures/tchek/tchek.webhooks.get_configuration.json");
    let told = async |answer: Answer| {
        let recorder = Recorder::start(move |_, _| answer.clone()).await;
        tchek(&recorder).destination(context()).await.unwrap()
    };
    let set = told(ok(SET)).await;
    assert_eq!(set.secret.as_ref().map(ExposeSecret::expose_secret), Some("s3cret-shared-value"));
    assert_decoded("tchek.webhooks.configure", &set);
    assert_decoded("tchek.webhooks.get_configuration", &told(ok(GOT)).await);
    let empty = told(ok("")).await;
    assert!(empty.url.is_none() && empty.legacy_url.is_none() && empty.secret.is_none());
}

#[tokio::test]
async fn what_is_subscribed_to() {
    const SUBSCRIBED: &str = include_str!("../../fixtures/tchek/tchek.webhooks.subscribe.json");
    let told = async |answer: Answer| {
        let recorder = Recorder::start(move |_, _| answer.clone()).await;
        tchek(&recorder).subscribe(WebhookEvent::ReportCreated, true, context()).await
    };
    assert_decoded("tchek.webhooks.subscribe", &told(ok(SUBSCRIBED)).await.unwrap());
    assert_eq!(told(ok("")).await.unwrap(), None);
    assert_eq!(told(status(401, "")).await.unwrap_err().kind, VendorErrorKind::Auth);
}

#[tokio::test]
async fn a_key_is_accepted_by_its_status_alone() {
    for body in [include_str!("../../fixtures/tchek/tchek.users.me.json"), "", "<html>"] {
        let recorder = Recorder::start(move |_, _| ok(body)).await;
        tchek(&recorder).check_key(context()).await.unwrap();
    }
    let recorder = Recorder::start(|_, _| status(403, "")).await;
    assert_eq!(tchek(&recorder).check_key(context()).await.unwrap_err().kind, VendorErrorKind::Auth);
}
