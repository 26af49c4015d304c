use forecourt::domain::inspection::model::Customer;
use forecourt::domain::inspection::model::DamageReview;
use forecourt::domain::inspection::model::Gender;
use forecourt::domain::inspection::model::InspectionLocale;
use forecourt::domain::inspection::model::LinkDelivery;
use forecourt::domain::inspection::model::NewInspection;
use forecourt::domain::inspection::model::TokenUid;
use forecourt::domain::inspection::present::InspectionSearch;
use forecourt::domain::inspection::source::InspectionSource;
use forecourt::domain::inspection::webhooks::WebhookEvent;
use forecourt::domain::inspection::webhooks::WebhookSource;
use forecourt::graphql::scalars::Vin;
use forecourt::vendors::tchek::TchekInspectionSource;
use url::Url;

use crate::support::accounts::context;
use crate::support::accounts::tchek;
use crate::support::recorder::Recorder;
use crate::support::recorder::Seen;
use crate::support::recorder::ok;

use super::assert_wire;

fn inspection() -> NewInspection {
    NewInspection {
        vin: Some(Vin::from_source("YV1ZWA8UDL1234507")),
        license_plate: Some("AB-123-CD".to_owned()),
        locale: InspectionLocale::NlBe,
        customer: Some(Customer {
            first_name: "Ada".to_owned(),
            last_name: "Example".to_owned(),
            email: "buyer@example.com".to_owned(),
            phone: "+31600000000".to_owned(),
            gender: Some(Gender::Female),
        }),
        delivery: LinkDelivery::Both,
        damage_review: DamageReview::Customer,
        agent_id: Some("UsErId0001".to_owned()),
        validity_days: 30,
    }
}

async fn recorder() -> Recorder {
    Recorder::start(|_, _| ok(include_str!("../../fixtures/tchek/tchek.tokens.create.json"))).await
}

#[tokio::test]
async fn creating_a_token() {
    let recorder = recorder().await;
    tchek(&recorder).create(&inspection(), context()).await.unwrap();
    assert_wire("tchek.tokens.create", &recorder.nth(0));
}

#[tokio::test]
async fn creating_a_token_without_a_customer_sends_the_placeholders() {
    let recorder = recorder().await;
    let bare = NewInspection {
        vin: None,
        license_plate: None,
        customer: None,
        agent_id: None,
        delivery: LinkDelivery::None,
        locale: InspectionLocale::En,
        damage_review: DamageReview::Dealer,
        ..inspection()
    };
    tchek(&recorder).create(&bare, context()).await.unwrap();
    assert_wire("tchek.tokens.create@placeholders", &recorder.nth(0));
}

#[tokio::test]
async fn reading_the_status_of_a_token() {
    let recorder = recorder().await;
    tchek(&recorder).status(vec![TokenUid("T0A1B2C".to_owned())], context()).await;
    assert_wire("tchek.tokens.status", &recorder.nth(0));
}

#[tokio::test]
async fn the_link_names_the_language() {
    let recorder = recorder().await;
    let source = tchek(&recorder);
    let path = |locale| source.link(&TokenUid("T0A1B2C".to_owned()), locale).unwrap().path().to_owned();
    assert_eq!(path(InspectionLocale::Fr), "/webapp/fr/services/T0A1B2C");
    assert_eq!(path(InspectionLocale::NlBe), "/webapp/nl-BE/services/T0A1B2C");
}

const WEBHOOK: &str = "https://gateway.example.com/webhooks/tchek/default";

async fn source() -> (Recorder, TchekInspectionSource) {
    let recorder = Recorder::start(|_, _| ok("{}")).await;
    let source = tchek(&recorder);
    (recorder, source)
}

#[tokio::test]
async fn setting_and_reading_the_destination_of_deliveries() {
    let (recorder, source) = source().await;
    let url = Url::parse(WEBHOOK).unwrap();
    source.set_destination(&url, Some(&"s3cret".into()), context()).await.unwrap();
    source.destination(context()).await.unwrap();
    source.set_destination(&url, None, context()).await.unwrap();
    assert_wire("tchek.webhooks.configure", &recorder.nth(0));
    assert_wire("tchek.webhooks.get_configuration", &recorder.nth(1));
    assert_wire("tchek.webhooks.configure@without_secret", &recorder.nth(2));
}

#[tokio::test]
async fn subscribing_to_events() {
    let (recorder, source) = source().await;
    for event in WebhookEvent::ALL {
        source.subscribe(event, true, context()).await.unwrap();
    }
    source.subscribe(WebhookEvent::ReportCreated, false, context()).await.unwrap();
    assert_wire("tchek.webhooks.subscribe", &recorder.nth(6));
    let name = |seen: &Seen| serde_json::from_str::<serde_json::Value>(&seen.body).unwrap()["eventName"].clone();
    let names: Vec<_> = recorder.seen().iter().take(6).map(name).collect();
    let expected =
        ["newTchek", "detectionFinished", "createReport", "shareUpdatedReport", "deleteTchek", "tradeinVehicle"];
    assert_eq!(names, expected);
}

#[tokio::test]
async fn loading_a_report() {
    let (recorder, source) = source().await;
    source.reports(vec![TokenUid("T0A1B2C".to_owned())], context()).await;
    assert_wire("tchek.reports.get", &recorder.nth(0));
}

#[tokio::test]
async fn searching_inspections() {
    let (recorder, source) = source().await;
    let search =
        InspectionSearch { license_plate: Some("AB-123-CD".to_owned()), agent: Some("agent@example.com".to_owned()) };
    source.search(&search, context()).await.unwrap();
    assert_wire("tchek.inspections.search", &recorder.nth(0));
}

#[tokio::test]
async fn checking_the_key() {
    let (recorder, source) = source().await;
    source.check_key(context()).await.unwrap();
    assert_wire("tchek.users.me", &recorder.nth(0));
}
