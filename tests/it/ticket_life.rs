//! The whole life of a diagnostic ticket at the vendor, by the client alone: from the log-in to the rating.

use chrono::TimeDelta;
use forecourt::clock::Clock;
use forecourt::config::socket_url_of;
use forecourt::domain::cart::model::QuoteRequest;
use forecourt::domain::cart::source::CartSource;
use forecourt::domain::catalogue::model::CatalogueId;
use forecourt::domain::catalogue::model::Fitment;
use forecourt::domain::connector::model::ConnectorId;
use forecourt::domain::mileage::MileageUnit;
use forecourt::domain::product::model::Prerequisite;
use forecourt::domain::product::model::PrerequisiteQuery;
use forecourt::domain::product::model::ProductId;
use forecourt::domain::product::model::ProductQuery;
use forecourt::domain::product::source::ProductSource;
use forecourt::domain::status::model::Status;
use forecourt::domain::status::model::StatusEvent;
use forecourt::domain::status::model::Subject;
use forecourt::domain::ticket::model::NewTicket;
use forecourt::domain::ticket::model::PrerequisiteAnswer;
use forecourt::domain::ticket::model::TicketRating;
use forecourt::domain::ticket::model::TicketState;
use forecourt::domain::ticket::ordering::TicketOrdering;
use forecourt::domain::ticket::source::TicketSource;
use forecourt::error::VendorErrorKind;
use forecourt::graphql::scalars::Vin;
use forecourt::ids::Ids;
use forecourt::shutdown::Shutdown;
use forecourt::transport::TransportConfig;
use forecourt::vendors::jifeline;
use forecourt::vendors::jifeline::JifelineClient;
use forecourt::vendors::jifeline::JifelineConfig;
use forecourt::vendors::jifeline::JifelineSocket;
use forecourt::vendors::jifeline::LogIn;
use serde_json::Value;
use serde_json::json;
use url::Url;

use crate::support::accounts::context;
use crate::support::accounts::install_tls;
use crate::support::gateway::today;
use crate::support::sockets::next_of;
use crate::support::vendors::Vendors;

/// A seeded car whose connector is free.
const VIN: &str = "YV1DRMUJWLA123757";

fn client(vendors: &Vendors, clock: &Clock) -> JifelineClient {
    install_tls();
    let base = Url::parse(&format!("{}/jifeline", vendors.url)).unwrap();
    let config = JifelineConfig {
        socket_url: socket_url_of(&base).unwrap(),
        transport: TransportConfig::new(jifeline::VENDOR, base),
        log_in: LogIn::ConnectorUuid {
            uuid: "0f8fad5b-d9cb-469f-a165-70867728950e".to_owned(),
            pincode: "01234".into(),
        },
        odometer_unit: MileageUnit::Kilometre,
        ticket_states: [(1, TicketState::Pending), (2, TicketState::InProgress), (7, TicketState::Closed)].into(),
    };
    JifelineClient::new(config, clock.clone(), Shutdown::new()).unwrap()
}

/// Waits until the watched ticket is in `state`; gives the states that were told on the way.
async fn until(watcher: &mut JifelineSocket, state: TicketState) -> Vec<TicketState> {
    let mut told = Vec::new();
    loop {
        let event = next_of(watcher).await;
        let StatusEvent::Changed(Status::Ticket(status)) = event else { panic!("{event:?}") };
        told.extend(status.state);
        if told.last() == Some(&state) {
            return told;
        }
    }
}

fn answer(prerequisite: &Prerequisite) -> PrerequisiteAnswer {
    let chosen = prerequisite.options.first().and_then(|option| option.value.clone());
    let value = chosen.unwrap_or_else(|| match prerequisite.kind_raw.as_deref() {
        Some("boolean") => "true".to_owned(),
        _ => "none".to_owned(),
    });
    PrerequisiteAnswer { prerequisite_id: prerequisite.id.clone(), value }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn from_the_log_in_to_the_rating() {
    let clock = Clock::settable(today());
    let vendors = Vendors::start(clock.clone()).await;
    let client = client(&vendors, &clock);
    client.log_in(&context()).await.unwrap();

    let vin = Vin::from_source(VIN);
    let connector = ConnectorId("910000002".to_owned());
    let (model_id, variant_id) = (CatalogueId("23401".to_owned()), CatalogueId("34208".to_owned()));
    let fitment = Fitment { model_id, variant_id };
    let query = ProductQuery { fitment: fitment.clone(), within: None, favorite: None };
    let offered = client.products().products(vec![query.clone()], context()).await.remove(&query).unwrap().unwrap();
    let wanted = ["52439", "52351"].map(|id| ProductId(id.to_owned())).to_vec();
    let offered: Vec<_> = offered.unwrap().into_iter().map(|product| product.id).collect();
    assert!(wanted.iter().all(|id| offered.contains(id)), "{offered:?}");

    let query = PrerequisiteQuery { fitment: fitment.clone(), products: wanted.clone() };
    let asked = client.products().prerequisites(vec![query.clone()], context()).await.remove(&query).unwrap().unwrap();
    let answers: Vec<_> = asked.unwrap().iter().filter(|asked| asked.required == Some(true)).map(answer).collect();
    assert!(!answers.is_empty(), "something is asked before the order");

    let request = QuoteRequest {
        fitment: fitment.clone(),
        vin: Some(vin.clone()),
        product_ids: wanted.clone(),
        voucher: Some("WELCOME10".to_owned()),
        prepared_ticket_id: None,
    };
    let quote = client.cart().quote(&request, context()).await.unwrap();
    assert!(quote.total.is_some() && quote.voucher_discount.is_some(), "{quote:?}");

    let order = NewTicket {
        vin: vin.clone(),
        fitment,
        connector_id: connector.clone(),
        product_ids: wanted,
        prerequisites: Vec::new(),
        voucher: Some("WELCOME10".to_owned()),
        prepared_ticket_id: None,
        reference: Some("WO-1001".to_owned()),
        unattended_service_confirmed: quote.needs_confirmation_for_unattended_service == Some(true),
        locale: Some("nl-NL".to_owned()),
        vin_read_from_vehicle: true,
    };
    let unanswered = client.ordering().create(&order, context()).await.unwrap_err();
    assert_eq!(unanswered.kind, VendorErrorKind::Rejected, "{unanswered}");
    let order = NewTicket { prerequisites: answers, ..order };
    let ticket = client.ordering().create(&order, context()).await.unwrap();
    assert_eq!((ticket.state, ticket.connector_id.as_ref()), (Some(TicketState::Pending), Some(&connector)));
    let again = client.ordering().create(&order, context()).await.unwrap_err();
    assert_eq!((again.kind, again.nothing_happened()), (VendorErrorKind::Conflict, true));

    let mut watcher = client.socket(Ids::seeded(3));
    watcher.subscribe(&Subject::Ticket(ticket.id.clone()));
    assert_eq!(until(&mut watcher, TicketState::Pending).await, [TicketState::Pending]);
    let transition = async |to: &str| {
        clock.advance(TimeDelta::minutes(10));
        let path = format!("tickets/{}/transition", ticket.id.0);
        vendors.control("POST", &path, &json!({ "to": to })).await
    };
    transition("in_progress").await;
    assert_eq!(until(&mut watcher, TicketState::InProgress).await.last(), Some(&TicketState::InProgress));
    let open = client.tickets().active(vec![connector.clone()], context()).await.remove(&connector).unwrap().unwrap();
    assert_eq!(open.map(|open| open.id), Some(ticket.id.clone()));
    transition("closed").await;
    assert_eq!(until(&mut watcher, TicketState::Closed).await.last(), Some(&TicketState::Closed));
    drop(watcher);

    let open = client.tickets().active(vec![connector.clone()], context()).await.remove(&connector).unwrap().unwrap();
    assert_eq!(open, None);
    let past = client.tickets().history(vec![vin.clone()], context()).await.remove(&vin).unwrap().unwrap().unwrap();
    let closed = past.iter().find(|past| past.id == ticket.id).unwrap();
    assert_eq!((&closed.total, &closed.sub_total), (&quote.total, &quote.sub_total), "what was quoted is charged");
    assert_eq!(closed.original_equipment_service_fee, quote.original_equipment_service_fee);
    assert_eq!((closed.state, closed.reference.as_deref()), (Some(TicketState::Closed), Some("WO-1001")));

    let rating = TicketRating { score: "0.5".parse().unwrap(), comment: Some("Quick".to_owned()) };
    client.ordering().rate(&ticket.id, &rating, context()).await.unwrap();
    let told = vendors.control("GET", "tickets", &Value::Null).await;
    let rated = told["tickets"]
        .as_array()
        .unwrap()
        .iter()
        .find(|told| told["id"].as_i64() == ticket.id.0.parse().ok())
        .unwrap();
    assert_eq!(rated["rating"], json!({ "score": 0.5, "comment": "Quick" }));
    let notes = client.ordering().notes(vec![ticket.id.clone()], context()).await.remove(&ticket.id).unwrap().unwrap();
    assert!(notes.is_some_and(|notes| !notes.is_empty()), "the operator has left a note");
}
