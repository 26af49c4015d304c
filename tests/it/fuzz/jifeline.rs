use std::collections::HashMap;
use std::hash::Hash;
use std::sync::Arc;
use std::sync::Mutex;

use chrono::TimeDelta;
use forecourt::clock::Clock;
use forecourt::domain::cart::source::CartSource;
use forecourt::domain::catalogue::model::CatalogueId;
use forecourt::domain::catalogue::source::CatalogueSource;
use forecourt::domain::connector::model::ConnectorId;
use forecourt::domain::connector::source::ConnectorSource;
use forecourt::domain::garage::customer::CustomerChange;
use forecourt::domain::garage::employee::EmployeeDetails;
use forecourt::domain::garage::employee::EmployeeId;
use forecourt::domain::garage::source::GarageSource;
use forecourt::domain::messenger::model::ChannelId;
use forecourt::domain::messenger::model::ChatId;
use forecourt::domain::messenger::source::MessengerSource;
use forecourt::domain::product::model::BundleQuery;
use forecourt::domain::product::model::PrerequisiteQuery;
use forecourt::domain::product::model::ProductQuery;
use forecourt::domain::product::source::ProductSource;
use forecourt::domain::reference::source::ReferenceSource;
use forecourt::domain::ticket::model::TicketId;
use forecourt::domain::ticket::model::TicketRating;
use forecourt::domain::ticket::ordering::TicketOrdering;
use forecourt::domain::ticket::source::TicketSource;
use forecourt::domain::vehicle::source::VehicleSource;
use forecourt::error::VendorError;
use forecourt::error::VendorErrorKind;
use forecourt::graphql::scalars::Vin;
use forecourt::vendors::jifeline::JifelineClient;
use forecourt::vendors::jifeline::JifelineLogIn;

use crate::support::accounts::context;
use crate::support::accounts::install_tls;
use crate::support::accounts::jifeline;
use crate::support::accounts::jifeline_config;
use crate::support::accounts::start;
use crate::support::orders::fitment;
use crate::support::orders::new_ticket;
use crate::support::orders::product;
use crate::support::orders::quote_request;
use crate::support::recorder::Recorder;
use crate::support::recorder::ok;

use super::Fed;
use super::bodies;
use super::mutate;
use super::mutate::Dice;

const LOG_IN: &str = "jifeline.sessions.create";
/// The outline of a list is its envelope.
const LIST: [&str; 1] = ["result"];

/// The only answer.
fn one<K: Eq + Hash, V>(answers: HashMap<K, Result<Option<V>, VendorError>>) -> Result<(), VendorError> {
    answers.into_values().next().unwrap().map(drop)
}

struct Bench {
    fed: Fed,
    client: JifelineClient,
    door: JifelineLogIn,
}

impl Bench {
    async fn start() -> Self {
        install_tls();
        let recorder = Recorder::start(|_, _| ok("")).await;
        let fed = Fed::default();
        let mut config = jifeline_config(&recorder);
        config.transport.tape = Some(Arc::new(fed.clone()));
        let door = JifelineLogIn::new(&config.transport, Clock::settable(start())).unwrap();
        let client = JifelineClient::new(config, Clock::settable(start()), recorder.shutdown.clone()).unwrap();
        Self { fed, client, door }
    }
}

macro_rules! row {
    ($bench:expr, $name:literal, $outline:expr, $ask:expr) => {
        let fixture = include_str!(concat!("../../fixtures/jifeline/", $name, ".json"));
        $bench.fed.each($name, fixture, &$outline, $ask).await;
    };
}

#[tokio::test]
async fn every_answer_about_orders() {
    let bench = Bench::start().await;
    let (products, ordering, cart) = (bench.client.products(), bench.client.ordering(), bench.client.cart());
    let build = fitment();
    row!(bench, "jifeline.products.list_groups", LIST, async || one(products
        .groups(vec![build.clone()], context())
        .await));
    let query = BundleQuery { fitment: fitment(), group: None };
    row!(bench, "jifeline.products.list_bundles", LIST, async || one(products
        .bundles(vec![query.clone()], context())
        .await));
    let query = ProductQuery { fitment: fitment(), within: None, favorite: None };
    row!(bench, "jifeline.products.list", LIST, async || one(products.products(vec![query.clone()], context()).await));
    let query = PrerequisiteQuery { fitment: fitment(), products: vec![product(52351)] };
    row!(bench, "jifeline.products.list_prerequisites", LIST, async || {
        one(products.prerequisites(vec![query.clone()], context()).await)
    });
    let favorite = product(52351);
    row!(bench, "jifeline.products.add_favorite", [], async || products.add_favorite(&favorite, context()).await);
    row!(bench, "jifeline.products.remove_favorite", [], async || products.remove_favorite(&favorite, context()).await);
    let request = quote_request();
    row!(bench, "jifeline.cart.calculate_prices", [], async || cart.quote(&request, context()).await.map(drop));
    let ticket = new_ticket();
    row!(bench, "jifeline.tickets.create", ["id"], async || ordering.create(&ticket, context()).await.map(drop));
    let vin = Vin::from_source("YV1ZWA8UDL1234507");
    row!(bench, "jifeline.tickets.list_prepared", LIST, async || one(ordering
        .prepared(vec![vin.clone()], context())
        .await));
    let id = TicketId("7014045".to_owned());
    row!(bench, "jifeline.tickets.list_notes", LIST, async || one(ordering.notes(vec![id.clone()], context()).await));
    let rating = TicketRating { score: "0.5".parse().unwrap(), comment: None };
    row!(bench, "jifeline.tickets.rate", [], async || ordering.rate(&id, &rating, context()).await);
}

#[tokio::test]
async fn every_answer_about_vehicles_and_tickets() {
    let bench = Bench::start().await;
    let (vehicles, tickets, connectors) = (bench.client.vehicles(), bench.client.tickets(), bench.client.connectors());
    let vin = Vin::from_source("YV1ZWA8UDL1234507");
    row!(bench, "jifeline.vehicles.find", [], async || one(vehicles.find(vec![vin.clone()], context()).await));
    row!(bench, "jifeline.vehicles.list_serviced", LIST, async || vehicles.serviced_page(0, context()).await.map(drop));
    row!(bench, "jifeline.tickets.list_historical", LIST, async || one(tickets
        .history(vec![vin.clone()], context())
        .await));
    let id = TicketId("7014045".to_owned());
    row!(bench, "jifeline.tickets.get_historical", [], async || one(tickets
        .historical(vec![id.clone()], context())
        .await));
    let connector = ConnectorId("910000001".to_owned());
    row!(bench, "jifeline.tickets.get_active", [], async || one(tickets
        .active(vec![connector.clone()], context())
        .await));
    row!(bench, "jifeline.connectors.list", LIST, async || connectors.list(context()).await.map(drop));
    row!(bench, "jifeline.connectors.get", [], async || one(connectors
        .by_id(vec![connector.clone()], context())
        .await));
    let uuid = "0f8fad5b-d9cb-469f-a165-70867728950e";
    row!(bench, "jifeline.connectors.get_by_uuid", [], async || {
        one(connectors.by_uuid(vec![uuid.to_owned()], context()).await)
    });
    row!(bench, "jifeline.connectors.dismiss_attention", [], async || connectors
        .dismiss_attention(uuid, context())
        .await);
}

#[tokio::test]
async fn every_answer_about_the_catalogue() {
    let bench = Bench::start().await;
    let catalogue = bench.client.catalogue();
    let id = || vec![CatalogueId("10".to_owned())];
    row!(bench, "jifeline.catalogue.list_makes", LIST, async || catalogue.makes(context()).await.map(drop));
    row!(bench, "jifeline.catalogue.list_model_groups", LIST, async || one(catalogue.groups_of(id(), context()).await));
    row!(bench, "jifeline.catalogue.get_model_group", [], async || one(catalogue.groups(id(), context()).await));
    row!(bench, "jifeline.catalogue.list_models", LIST, async || one(catalogue.models_of(id(), context()).await));
    row!(bench, "jifeline.catalogue.get_model", [], async || one(catalogue.models(id(), context()).await));
    row!(bench, "jifeline.catalogue.list_variants", LIST, async || one(catalogue.variants_of(id(), context()).await));
    row!(bench, "jifeline.catalogue.get_variant", [], async || one(catalogue.variants(id(), context()).await));
}

#[tokio::test]
async fn every_answer_about_the_account() {
    let bench = Bench::start().await;
    let (garage, reference) = (bench.client.garage(), bench.client.reference());
    let details = EmployeeDetails {
        given_name: "Ada".to_owned(),
        family_name: "Jansen".to_owned(),
        username: None,
        correspondence_locale: None,
    };
    let employee = EmployeeId("b2b5f4a0-3c6b-4a2e-9a55-0d9f3b7f0003".to_owned());
    let change = CustomerChange::default();
    row!(bench, "jifeline.users.me", [], async || garage.user(context()).await.map(drop));
    row!(bench, "jifeline.employees.list", LIST, async || garage.employees(context()).await.map(drop));
    row!(bench, "jifeline.employees.create", ["id"], async || garage.add_employee(&details, context()).await.map(drop));
    row!(bench, "jifeline.employees.get", [], async || one(garage
        .employees_by_id(vec![employee.clone()], context())
        .await));
    row!(bench, "jifeline.employees.update", ["id"], async || {
        garage.change_employee(&employee, &details, None, context()).await.map(drop)
    });
    row!(bench, "jifeline.customers.get", [], async || garage.customer(context()).await.map(drop));
    row!(bench, "jifeline.customers.update", [], async || garage.change_customer(&change, context()).await.map(drop));
    row!(bench, "jifeline.customers.get_branding", [], async || garage.branding(context()).await.map(drop));
    row!(bench, "jifeline.customers.get_wallet", [], async || garage.wallet(context()).await.map(drop));
    row!(bench, "jifeline.service_center.get", [], async || garage.service_center(context()).await.map(drop));
    row!(bench, "jifeline.service_center.get_status", [], async || garage
        .service_center_status(context())
        .await
        .map(drop));
    row!(bench, "jifeline.system.list_countries", LIST, async || reference.countries(context()).await.map(drop));
    row!(bench, "jifeline.system.list_currencies", LIST, async || reference.currencies(context()).await.map(drop));
}

#[tokio::test]
async fn every_message() {
    let bench = Bench::start().await;
    let messenger = bench.client.messenger();
    let channel = ChannelId("5a6e2f1c-0000-4000-8000-000000000009".to_owned());
    let chat = ChatId("910000001_416e4c77-0000-4000-8000-000000000000".to_owned());
    row!(bench, "jifeline.messenger.translate", [], async || messenger.translate("x", "de", context()).await.map(drop));
    row!(bench, "jifeline.channels.get", [], async || one(messenger.channels(vec![channel.clone()], context()).await));
    row!(bench, "jifeline.channels.ping", [], async || messenger.ping(&channel, context()).await);
    row!(bench, "jifeline.channels.create_attachment", [], async || {
        messenger.create_attachment(&channel, "a.jpg", context()).await.map(drop)
    });
    row!(bench, "jifeline.channels.get_attachment", [], async || {
        messenger.attachment(&channel, "a", context()).await.map(drop)
    });
    row!(bench, "jifeline.chats.get", [], async || one(messenger.chats(vec![chat.clone()], context()).await));
    row!(bench, "jifeline.passwords.request_reset", [], async || {
        bench.door.request_password_reset("ada@example.com", context()).await.map(drop)
    });
}

#[tokio::test]
async fn every_log_in_of_the_diagnostics_vendor() {
    let body = serde_json::from_str(include_str!("../../fixtures/jifeline/jifeline.sessions.create.json")).unwrap();
    let places = mutate::places(&body, &["access_token"]);
    let told = Arc::new(Mutex::new(String::new()));
    let answer = Arc::clone(&told);
    let recorder = Recorder::start(move |seen, _| match seen.path.as_str() {
        "/jifeline/v2/authenticate/pincode" => ok(answer.lock().unwrap().clone()),
        _ => ok(r#"{"result": []}"#),
    })
    .await;
    let clock = Clock::settable(start());
    let client = jifeline(&recorder, &clock);
    let mut dice = Dice::new(LOG_IN);
    // Over a socket, since a recording has no log-ins. The other two log-ins are answered alike:
    // `jifeline.sessions.create_by_connector_id`, `jifeline.sessions.create_by_otp`.
    for _ in 0..bodies() {
        let text = mutate::mutated(&body, &places, &mut dice);
        told.lock().unwrap().clone_from(&text);
        clock.advance(TimeDelta::days(400));
        if let Err(error) = client.connectors().list(context()).await {
            assert_eq!(error.kind, VendorErrorKind::Auth, "{error}\n{text}");
        }
    }
}
