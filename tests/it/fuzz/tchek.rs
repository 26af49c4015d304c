use std::sync::Arc;

use forecourt::clock::Clock;
use forecourt::domain::event::EventDecoder;
use forecourt::domain::inspection::model::DamageReview;
use forecourt::domain::inspection::model::InspectionLocale;
use forecourt::domain::inspection::model::LinkDelivery;
use forecourt::domain::inspection::model::NewInspection;
use forecourt::domain::inspection::model::TokenUid;
use forecourt::domain::inspection::present::InspectionSearch;
use forecourt::domain::inspection::source::InspectionSource;
use forecourt::domain::inspection::webhooks::WebhookEvent;
use forecourt::domain::inspection::webhooks::WebhookSource;
use forecourt::error::VendorError;
use forecourt::vendors::tchek::TchekEventDecoder;
use forecourt::vendors::tchek::TchekInspectionSource;

use crate::support::accounts::context;
use crate::support::accounts::install_tls;
use crate::support::accounts::start;
use crate::support::accounts::tchek_config;
use crate::support::recorder::Recorder;
use crate::support::recorder::ok;

use super::BROKEN_OFF;
use super::Fed;
use super::bodies;
use super::mutate;
use super::mutate::Dice;

const DELIVER: &str = "tchek.webhooks.deliver";

fn uid() -> TokenUid {
    TokenUid("T0A1B2C".to_owned())
}

fn order() -> NewInspection {
    NewInspection {
        vin: None,
        license_plate: None,
        locale: InspectionLocale::En,
        customer: None,
        delivery: LinkDelivery::None,
        damage_review: DamageReview::Dealer,
        agent_id: None,
        validity_days: 30,
    }
}

fn one<V>(mut answers: std::collections::HashMap<TokenUid, Result<Option<V>, VendorError>>) -> Result<(), VendorError> {
    answers.remove(&uid()).unwrap().map(drop)
}

#[tokio::test]
async fn every_answer_of_the_inspection_vendor() {
    install_tls();
    let recorder = Recorder::start(|_, _| ok("")).await;
    let fed = Fed::default();
    let mut config = tchek_config(&recorder);
    config.transport.tape = Some(Arc::new(fed.clone()));
    let source = TchekInspectionSource::connect(config, Clock::settable(start())).unwrap();
    macro_rules! row {
        ($name:literal, $outline:expr, $ask:expr) => {
            let fixture = include_str!(concat!("../../fixtures/tchek/", $name, ".json"));
            fed.each($name, fixture, &$outline, $ask).await;
        };
    }
    let order = order();
    let token = ["token", "uid"];
    row!("tchek.tokens.create", token, async || source.create(&order, context()).await.map(drop));
    row!("tchek.tokens.status", token, async || one(source.status(vec![uid()], context()).await));
    row!("tchek.reports.get", [], async || one(source.reports(vec![uid()], context()).await));
    let search = InspectionSearch { license_plate: Some("AB123CD".to_owned()), agent: None };
    row!("tchek.inspections.search", [], async || source.search(&search, context()).await.map(drop));
    row!("tchek.webhooks.get_configuration", [], async || source.destination(context()).await.map(drop));
    let url = url::Url::parse("https://gateway.example.com/hook").unwrap();
    row!("tchek.webhooks.configure", [], async || source.set_destination(&url, None, context()).await.map(drop));
    row!("tchek.webhooks.subscribe", [], async || {
        source.subscribe(WebhookEvent::ReportCreated, true, context()).await.map(drop)
    });
    row!("tchek.users.me", [], async || source.check_key(context()).await);
}

#[test]
fn every_delivery_of_the_inspection_vendor() {
    let body = serde_json::from_str(include_str!("../../fixtures/tchek/tchek.webhooks.deliver.json")).unwrap();
    let places = mutate::places(&body, &["dataAPI", "data", "status"]);
    let mut dice = Dice::new(DELIVER);
    for turn in 0..bodies() {
        let mut text = mutate::mutated(&body, &places, &mut dice);
        if turn % BROKEN_OFF == 0 {
            text.truncate((0..=dice.below(text.len())).rev().find(|at| text.is_char_boundary(*at)).unwrap_or(0));
            TchekEventDecoder.decode(text.as_bytes()).ok();
        } else {
            TchekEventDecoder.decode(text.as_bytes()).unwrap_or_else(|error| panic!("{error}\n{text}"));
        }
    }
}
