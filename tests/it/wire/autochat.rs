use chrono::NaiveDate;
use forecourt::clock::Clock;
use forecourt::domain::listing::model::NewListing;
use forecourt::domain::listing::source::ListingSource;
use forecourt::domain::mileage::MileageUnit;
use forecourt::graphql::scalars::CurrencyCode;
use forecourt::graphql::scalars::Vin;

use crate::support::accounts::autochat;
use crate::support::accounts::autochat_with;
use crate::support::accounts::context;
use crate::support::accounts::log_in;
use crate::support::accounts::start;
use crate::support::recorder::Recorder;
use crate::support::recorder::ok;
use crate::support::recorder::status;

use super::assert_wire;

/// A car with every member.
pub(crate) fn listing() -> NewListing {
    NewListing {
        internal_id: "STOCK-42".to_owned(),
        make: "volvo".to_owned(),
        model: "v60".to_owned(),
        version: Some("B4 Core".to_owned()),
        description: Some("One owner".to_owned()),
        body_color: Some("white".to_owned()),
        body_type: Some("stationwagon".to_owned()),
        fuel_type: Some("petrol".to_owned()),
        transmission: Some("automatic".to_owned()),
        gears: Some(8),
        engine_displacement_ccm: Some(1969),
        co2_emission_grams_per_km: Some(149),
        power_kw: Some(145),
        doors: Some(5),
        mileage: Some((41_250, MileageUnit::Kilometre)),
        first_registration: NaiveDate::from_ymd_opt(2021, 3, 15),
        construction_year: Some(2021),
        license_plate: Some("AB-123-CD".to_owned()),
        vin: Some(Vin::from_source("YV1ZWA8UDL1234507")),
        currency: CurrencyCode::parse("EUR"),
        sales_price: "27950.10".parse().ok(),
        sales_price_ex_vat: "23099.26".parse().ok(),
        tax_amount: "9873".parse().ok(),
        trade_price: "24500.00".parse().ok(),
        vat_deductible: Some(true),
        options: vec!["abs".to_owned(), "navigation_system".to_owned()],
        images: Vec::new(),
        tags: Vec::new(),
    }
}

async fn recorder() -> Recorder {
    Recorder::start(|seen, _| match log_in(&seen.path) {
        Some(token) => ok(token),
        None if seen.path.ends_with("/options") => ok("[]"),
        None => ok(include_str!("../../fixtures/autochat/autochat.cars.create.json")),
    })
    .await
}

#[tokio::test]
async fn getting_a_token_and_creating_a_car() {
    let recorder = recorder().await;
    let source = autochat(&recorder, &Clock::settable(start()));
    source.create("main", &listing(), context()).await.unwrap();
    assert_wire("autochat.tokens.create", &recorder.nth(0));
    assert_wire("autochat.cars.create", &recorder.nth(1));
}

#[tokio::test]
async fn listing_options() {
    let recorder = recorder().await;
    autochat(&recorder, &Clock::settable(start())).options(context()).await.unwrap();
    assert_wire("autochat.options.list", &recorder.nth(1));
}

#[tokio::test]
async fn looking_a_car_up() {
    let recorder = Recorder::start(|seen, _| match log_in(&seen.path) {
        Some(token) => ok(token),
        None if seen.method == "POST" => status(503, ""),
        None => ok("[]"),
    })
    .await;
    let source = autochat_with(&recorder, &Clock::settable(start()), |config| config.lookup = true);
    source.create("main", &listing(), context()).await.unwrap_err();
    assert_wire("autochat.cars.list", &recorder.nth(2));
}

#[tokio::test]
async fn an_unknown_dealership_is_refused_without_a_call() {
    let recorder = recorder().await;
    let source = autochat(&recorder, &Clock::settable(start()));
    let error = source.create("other", &listing(), context()).await.unwrap_err();
    assert_eq!(error.kind, forecourt::error::VendorErrorKind::Rejected);
    assert!(recorder.seen().is_empty());
}
