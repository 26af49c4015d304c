use std::sync::Arc;
use std::sync::Mutex;

use chrono::TimeDelta;
use forecourt::clock::Clock;
use forecourt::domain::listing::source::ListingSource;
use forecourt::error::VendorErrorKind;
use forecourt::vendors::autochat::AutoChatListingSource;

use crate::support::accounts::autochat;
use crate::support::accounts::autochat_with;
use crate::support::accounts::context;
use crate::support::accounts::start;
use crate::support::recorder::Recorder;
use crate::support::recorder::ok;
use crate::wire::listing;

use super::Fed;
use super::bodies;
use super::mutate;
use super::mutate::Dice;

const TOKEN: &str = "autochat.tokens.create";

fn fed(recorder: &Recorder, lookup: bool) -> (Fed, AutoChatListingSource) {
    let fed = Fed::default();
    let source = autochat_with(recorder, &Clock::settable(start()), |config| {
        config.transport.tape = Some(Arc::new(fed.clone()));
        config.lookup = lookup;
    });
    (fed, source)
}

#[tokio::test]
async fn every_answer_of_the_listing_vendor() {
    let recorder = Recorder::start(|_, _| ok("")).await;
    let car = listing();
    let (feeder, source) = fed(&recorder, false);
    let created = include_str!("../../fixtures/autochat/autochat.cars.create.json");
    feeder
        .each("autochat.cars.create", created, &[], async || source.create("main", &car, context()).await.map(drop))
        .await;
    let options = include_str!("../../fixtures/autochat/autochat.options.list.json");
    feeder.each("autochat.options.list", options, &[], async || source.options(context()).await.map(drop)).await;
    // A created car without a handle is looked up: both are answered with the same body, which has no handle at its top.
    let (feeder, source) = fed(&recorder, true);
    let stock = include_str!("../../fixtures/autochat/autochat.cars.list.json");
    feeder
        .each("autochat.cars.list", stock, &[], async || source.create("main", &car, context()).await.map(drop))
        .await;
}

#[tokio::test]
async fn every_token_of_the_listing_vendor() {
    let body = serde_json::from_str(include_str!("../../fixtures/autochat/autochat.tokens.create.json")).unwrap();
    let places = mutate::places(&body, &["access_token"]);
    let told = Arc::new(Mutex::new(String::new()));
    let answer = Arc::clone(&told);
    let recorder = Recorder::start(move |seen, _| match seen.path.as_str() {
        "/autochat/oauth/token" => ok(answer.lock().unwrap().clone()),
        _ => ok("[]"),
    })
    .await;
    let clock = Clock::settable(start());
    let source = autochat(&recorder, &clock);
    let mut dice = Dice::new(TOKEN);
    // Over a socket, since a recording has no log-ins.
    for _ in 0..bodies() {
        let text = mutate::mutated(&body, &places, &mut dice);
        told.lock().unwrap().clone_from(&text);
        clock.advance(TimeDelta::days(400));
        if let Err(error) = source.options(context()).await {
            assert_eq!(error.kind, VendorErrorKind::Auth, "{error}\n{text}");
        }
    }
}
