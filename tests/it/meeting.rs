//! The clients meet the sandbox: two readings of the same vendor texts, written apart, over real sockets.

use std::collections::BTreeSet;
use std::time::Duration;

use forecourt::clock::Clock;
use forecourt::config::socket_url_of;
use forecourt::domain::connector::model::ConnectorId;
use forecourt::domain::connector::source::ConnectorSource;
use forecourt::domain::event::Event;
use forecourt::domain::event::EventDecoder;
use forecourt::domain::inspection::model::DamageReview;
use forecourt::domain::inspection::model::InspectionLocale;
use forecourt::domain::inspection::model::LinkDelivery;
use forecourt::domain::inspection::model::NewInspection;
use forecourt::domain::inspection::model::TokenUid;
use forecourt::domain::inspection::source::InspectionSource;
use forecourt::domain::listing::model::NewListing;
use forecourt::domain::listing::source::ListingSource;
use forecourt::domain::mileage::MileageUnit;
use forecourt::domain::ticket::model::TicketId;
use forecourt::domain::ticket::source::TicketSource;
use forecourt::domain::vehicle::source::VehicleSource;
use forecourt::error::VendorErrorKind;
use forecourt::graphql::scalars::Vin;
use forecourt::ids::Ids;
use forecourt::sandbox;
use forecourt::shutdown::Shutdown;
use forecourt::transport::Call;
use forecourt::transport::Idempotency;
use forecourt::transport::Method;
use forecourt::transport::Operation;
use forecourt::transport::Provenance;
use forecourt::transport::Transport;
use forecourt::transport::TransportConfig;
use forecourt::vendors::autochat;
use forecourt::vendors::autochat::AutoChatConfig;
use forecourt::vendors::autochat::AutoChatListingSource;
use forecourt::vendors::jifeline;
use forecourt::vendors::jifeline::JifelineClient;
use forecourt::vendors::jifeline::JifelineConfig;
use forecourt::vendors::jifeline::LogIn;
use forecourt::vendors::tchek;
use forecourt::vendors::tchek::TchekConfig;
use forecourt::vendors::tchek::TchekEventDecoder;
use forecourt::vendors::tchek::TchekInspectionSource;
use serde_json::Value;
use serde_json::json;
use url::Url;

use crate::support::accounts::context;
use crate::support::accounts::install_tls;
use crate::support::accounts::start;
use crate::support::recorder::Recorder;
use crate::support::recorder::ok;
use crate::wire::assert_wire;
use crate::wire::listing;

/// The car that every vendor knows.
const SHOWPIECE: &str = "YV1ZWA8UDL1234507";

const SWITCH: Operation = Operation {
    name: "sandbox.switches.set",
    vendor: "sandbox",
    method: Method::Put,
    path: "/__sandbox/switches",
    idempotency: Idempotency::Safe,
    timeout: Duration::from_secs(5),
    success: &[200, 204],
    asks: false,
    provenance: Provenance::Published,
};

const WEBHOOK: Operation = Operation { name: "sandbox.webhook.set", path: "/__sandbox/tchek/webhook", ..SWITCH };
const ADVANCE: Operation = Operation {
    name: "sandbox.tokens.advance",
    method: Method::Post,
    path: "/__sandbox/tokens/{uid}/advance",
    ..SWITCH
};

struct Meeting {
    url: Url,
    clock: Clock,
    shutdown: Shutdown,
}

impl Meeting {
    /// A sandbox with these switches; it and the clients go by one clock.
    async fn with(switches: Value) -> Self {
        install_tls();
        let (clock, shutdown) = (Clock::settable(start()), Shutdown::new());
        let running =
            sandbox::start(sandbox::Options::default(), clock.clone(), Ids::seeded(7), &shutdown).await.unwrap();
        let meeting = Self { url: running.url(), clock, shutdown };
        meeting.control(Call::new(&SWITCH, context().deadline), &switches).await;
        meeting
    }

    /// Tells the sandbox something over its control interface.
    async fn control(&self, call: Call, body: &Value) {
        let config = TransportConfig::new("sandbox", self.url.clone());
        let control = Transport::new(&config, None, self.clock.clone()).unwrap();
        control.call(call.json(body).unwrap()).await.unwrap();
    }

    fn transport(&self, vendor: &'static str) -> TransportConfig {
        TransportConfig::new(vendor, self.url.join(vendor).unwrap())
    }

    fn tchek(&self) -> TchekInspectionSource {
        let config = TchekConfig {
            transport: self.transport(tchek::VENDOR),
            web: self.url.join("tchek/webapp").unwrap(),
            environment: "production",
            api_key: "sandbox-tchek-key".into(),
            message_templates: false,
            dutch_segment: "nl-BE".to_owned(),
        };
        TchekInspectionSource::connect(config, self.clock.clone()).unwrap()
    }

    fn autochat(&self, secret: &str) -> AutoChatListingSource {
        let dealerships = [("main", "dealer-0001"), ("other", "dealer-0002"), ("off", "dealer-0003")];
        let config = AutoChatConfig {
            transport: self.transport(autochat::VENDOR),
            token_url: self.url.join("autochat/oauth/token").unwrap(),
            audience: autochat::DEFAULT_AUDIENCE.to_owned(),
            client_id: "sandbox-client".to_owned(),
            client_secret: secret.into(),
            lookup: false,
            environment: "production",
            dealerships: dealerships.map(|(key, id)| (key.to_owned(), id.to_owned())).into_iter().collect(),
        };
        AutoChatListingSource::connect(config, self.clock.clone(), self.shutdown.clone()).unwrap()
    }

    fn jifeline(&self, pincode: &str) -> JifelineClient {
        let transport = self.transport(jifeline::VENDOR);
        let config = JifelineConfig {
            socket_url: socket_url_of(&transport.base).unwrap(),
            transport,
            log_in: LogIn::ConnectorUuid {
                uuid: "0f8fad5b-d9cb-469f-a165-70867728950e".to_owned(),
                pincode: pincode.into(),
            },
            odometer_unit: MileageUnit::Kilometre,
            ticket_states: jifeline::DEFAULT_TICKET_STATES.into_iter().collect(),
        };
        JifelineClient::new(config, self.clock.clone(), self.shutdown.clone()).unwrap()
    }
}

fn inspection() -> NewInspection {
    NewInspection {
        vin: Some(Vin::from_source(SHOWPIECE)),
        license_plate: Some("AB-123-CD".to_owned()),
        locale: InspectionLocale::NlBe,
        customer: None,
        delivery: LinkDelivery::None,
        damage_review: DamageReview::Dealer,
        agent_id: None,
        validity_days: 30,
    }
}

#[tokio::test]
async fn inspections_whichever_form_the_token_has() {
    let forms = [json!({}), json!({"tchekBareToken": true, "tchekOptionsAsString": true, "tchekCreateStatus": 201})];
    for switches in forms {
        let meeting = Meeting::with(switches.clone()).await;
        let source = meeting.tchek();
        let created = source.create(&inspection(), context()).await.unwrap();
        assert_eq!((created.status_code, created.expired), (Some(0), Some(false)), "{switches}");
        let unknown = TokenUid("TFFFFFF".to_owned());
        let mut states = source.status(vec![created.uid.clone(), unknown.clone()], context()).await;
        let state = states.remove(&created.uid).unwrap().unwrap().unwrap();
        assert_eq!((state.status_code, state.expires_at), (Some(0), created.expires_at));
        assert!(matches!(states.get(&unknown), Some(Ok(None))));
        assert!(source.link(&created.uid, InspectionLocale::NlBe).is_some());
    }
}

#[tokio::test]
async fn a_delivery_is_received_and_read() {
    let meeting = Meeting::with(json!({})).await;
    let receiver = Recorder::start(|_, _| ok("{}")).await;
    let webhook = json!({"url": receiver.url.join("/webhooks/tchek/default").unwrap(), "headerKey": "shared-secret"});
    meeting.control(Call::new(&WEBHOOK, context().deadline), &webhook).await;
    let token = meeting.tchek().create(&inspection(), context()).await.unwrap();
    for status in 1..=3 {
        let advance = Call::new(&ADVANCE, context().deadline).segment(token.uid.0.clone());
        meeting.control(advance, &json!({"to": status})).await;
    }

    let seen = receiver.arrived(0).await;
    let event = TchekEventDecoder.decode(seen.body.as_bytes()).unwrap();
    let Event::InspectionReported { token: uid, content, .. } = event else { unreachable!("{event:?}") };
    assert_eq!(uid, Some(token.uid));
    assert_eq!(content.license_plate.as_deref(), Some("AB-123-CD"));
    assert!(!content.damages.is_empty() && !content.images.is_empty());
    assert_wire("tchek.webhooks.deliver", &seen);
}

#[tokio::test]
async fn listings_and_every_way_to_be_refused() {
    for switches in [json!({}), json!({"autochatViolationStatus": 400, "autochatOmitExpiresIn": true})] {
        let meeting = Meeting::with(switches).await;
        let source = meeting.autochat("sandbox-secret");
        let options = source.options(context()).await.unwrap();
        assert!(options.iter().any(|option| option.name == "abs"));
        let receipt = source.create("main", &listing(), context()).await.unwrap();
        assert!(receipt.vendor_car_id.is_some());

        let again = source.create("main", &listing(), context()).await.unwrap_err();
        assert_eq!(again.kind, VendorErrorKind::Conflict);
        let off = source.create("off", &listing(), context()).await.unwrap_err();
        assert_eq!((off.kind, off.status), (VendorErrorKind::Rejected, Some(403)));
        let odd = NewListing { options: vec!["abs".to_owned(), "no_such_option".to_owned()], ..listing() };
        let odd = NewListing { internal_id: "STOCK-43".to_owned(), make: " ".to_owned(), ..odd };
        let refused = source.create("main", &odd, context()).await.unwrap_err();
        assert_eq!(refused.kind, VendorErrorKind::Rejected);
        let fields: BTreeSet<_> = refused.violations.iter().map(|(field, _)| field.as_str()).collect();
        assert_eq!(fields, BTreeSet::from(["make", "options.1"]), "{:?}", refused.violations);
    }
    let meeting = Meeting::with(json!({})).await;
    let wrong = meeting.autochat("wrong").options(context()).await.unwrap_err();
    assert_eq!((wrong.kind, wrong.operation), (VendorErrorKind::Auth, "autochat.tokens.create"));
}

#[tokio::test]
async fn tickets_connectors_and_vehicles_whatever_the_vendor_leaves_open() {
    let forms = [
        json!({}),
        json!({"jifelineFlatProductIds": true, "jifelineUnknownVinNulls": true, "jifelineAbsentTicket": "null",
            "jifelineUnknownIdStatus": 403, "jifelineIdTokenOnly": true, "jifelineGatewayMessages": true}),
        json!({"jifelineAbsentTicket": "empty", "jifelineUnknownIdStatus": 400}),
    ];
    let mut readings = Vec::new();
    for switches in forms {
        let meeting = Meeting::with(switches).await;
        readings.push(read_all(&meeting.jifeline("01234")).await);
    }
    let [first, others @ ..] = readings.as_slice() else { unreachable!("there are three forms") };
    assert!(others.iter().all(|other| other == first));
}

/// Reads what there is and checks it; what came is returned for comparison.
async fn read_all(client: &JifelineClient) -> String {
    let (showpiece, unknown) = (Vin::from_source(SHOWPIECE), Vin::from_source("WVWZZZ00000000000"));
    let found = client.vehicles().find(vec![showpiece.clone(), unknown.clone()], context()).await;
    let spec = found.get(&showpiece).unwrap().as_ref().unwrap().as_ref().unwrap();
    assert!(spec.make.is_some() && spec.model_group.is_some() && spec.model.is_some() && spec.variant.is_some());
    assert!(matches!(found.get(&unknown), Some(Ok(None))), "{found:?}");

    let histories = client.tickets().history(vec![showpiece.clone(), unknown.clone()], context()).await;
    let history = histories.get(&showpiece).unwrap().as_ref().unwrap().as_ref().unwrap();
    assert_eq!(history.len(), 3);
    assert!(history.iter().all(|ticket| ticket.total.is_some() && ticket.vin.as_ref() == Some(&showpiece)));
    assert!(history.is_sorted_by_key(|ticket| std::cmp::Reverse(ticket.created_at)));
    assert!(matches!(histories.get(&unknown), Some(Ok(Some(list))) if list.is_empty()));

    let (known, strange) = (history.first().unwrap().id.clone(), TicketId("999999999".to_owned()));
    let historical = client.tickets().historical(vec![known.clone(), strange.clone()], context()).await;
    assert_eq!(historical.get(&known).unwrap().as_ref().unwrap().as_ref(), history.first());
    assert!(matches!(historical.get(&strange), Some(Ok(None))));

    let connectors = client.connectors().list(context()).await.unwrap();
    assert_eq!(connectors.len(), 8);
    let ids: Vec<ConnectorId> = connectors.iter().map(|connector| connector.id.clone()).collect();
    let foreign = ConnectorId("910000101".to_owned());
    let few = client.connectors().by_id(vec![ids.first().unwrap().clone(), foreign.clone()], context()).await;
    assert!(matches!(few.get(&foreign), Some(Ok(None))), "{few:?}");
    let many = client.connectors().by_id(ids.iter().cloned().chain([foreign.clone()]).collect(), context()).await;
    assert_eq!(many.values().filter(|answer| matches!(answer, Ok(Some(_)))).count(), 8);
    let uuid = connectors.first().unwrap().uuid.clone().unwrap();
    let by_uuid = client.connectors().by_uuid(vec![uuid.clone()], context()).await;
    assert_eq!(by_uuid.get(&uuid).unwrap().as_ref().unwrap().as_ref(), connectors.first());

    let active = client.tickets().active(ids.clone(), context()).await;
    let open: Vec<_> = ids.iter().filter_map(|id| active.get(id).unwrap().as_ref().unwrap().as_ref()).collect();
    assert!(open.iter().any(|ticket| ticket.vin.as_ref() == Some(&showpiece) && !ticket.product_ids.is_empty()));
    assert!(open.len() < ids.len());

    let mut vins = BTreeSet::new();
    let mut next = Some(0);
    while let Some(offset) = next {
        let page = client.vehicles().serviced_page(offset, context()).await.unwrap();
        vins.extend(page.vehicles.into_iter().map(|vehicle| vehicle.vin));
        next = page.next_offset;
    }
    assert!(vins.len() >= 450);
    format!("{spec:?} {history:?} {connectors:?} {open:?} {vins:?}")
}

#[tokio::test]
async fn a_wrong_pincode_is_our_fault_and_costs_one_try() {
    let meeting = Meeting::with(json!({})).await;
    let client = meeting.jifeline("99999");
    for _ in 0..3 {
        let error = client.connectors().list(context()).await.unwrap_err();
        assert_eq!((error.kind, error.operation), (VendorErrorKind::Auth, "jifeline.sessions.create"));
        let id = ConnectorId("910000001".to_owned());
        let read = client.connectors().by_id(vec![id.clone()], context()).await.remove(&id).unwrap();
        assert_eq!(read.unwrap_err().kind, VendorErrorKind::Auth);
    }
}

#[tokio::test]
async fn a_session_outlives_its_tokens() {
    let meeting = Meeting::with(json!({"jifelineTokenSeconds": 60, "autochatTokenSeconds": 60})).await;
    let (client, source) = (meeting.jifeline("01234"), meeting.autochat("sandbox-secret"));
    for _ in 0..5 {
        client.connectors().list(context()).await.unwrap();
        source.options(context()).await.unwrap();
        meeting.clock.advance(chrono::TimeDelta::seconds(61));
    }
}
