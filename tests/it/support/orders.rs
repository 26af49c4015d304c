//! Orders as tests place them.

use forecourt::domain::cart::model::QuoteRequest;
use forecourt::domain::catalogue::model::CatalogueId;
use forecourt::domain::catalogue::model::Fitment;
use forecourt::domain::connector::model::ConnectorId;
use forecourt::domain::product::model::PrerequisiteId;
use forecourt::domain::product::model::ProductId;
use forecourt::domain::ticket::model::NewTicket;
use forecourt::domain::ticket::model::PrerequisiteAnswer;
use forecourt::graphql::scalars::Vin;

/// The build of vehicle of the recorded answers.
pub(crate) fn fitment() -> Fitment {
    Fitment { model_id: CatalogueId("23423".to_owned()), variant_id: CatalogueId("34234".to_owned()) }
}

pub(crate) fn product(number: u32) -> ProductId {
    ProductId(number.to_string())
}

/// A request for a price without anything that may be left out.
pub(crate) fn quote_request() -> QuoteRequest {
    QuoteRequest {
        fitment: fitment(),
        vin: None,
        product_ids: vec![product(52351)],
        voucher: None,
        prepared_ticket_id: None,
    }
}

/// A ticket without anything that may be left out.
pub(crate) fn new_ticket() -> NewTicket {
    NewTicket {
        vin: Vin::from_source("YV1ZWA8UDL1234507"),
        fitment: fitment(),
        connector_id: ConnectorId("910000001".to_owned()),
        product_ids: Vec::new(),
        prerequisites: Vec::new(),
        voucher: None,
        prepared_ticket_id: None,
        reference: None,
        unattended_service_confirmed: false,
        locale: None,
        vin_read_from_vehicle: false,
    }
}

/// A ticket with everything.
pub(crate) fn full_ticket() -> NewTicket {
    let answer = |number: u32, value: &str| PrerequisiteAnswer {
        prerequisite_id: PrerequisiteId(number.to_string()),
        value: value.to_owned(),
    };
    NewTicket {
        product_ids: vec![product(52351), product(52352)],
        prerequisites: vec![answer(1, "true"), answer(2, "Towing")],
        voucher: Some("WELCOME".to_owned()),
        prepared_ticket_id: Some("8a6e2f1c-0000-4000-8000-000000000001".to_owned()),
        reference: Some("WO-1001".to_owned()),
        unattended_service_confirmed: true,
        locale: Some("nl-NL".to_owned()),
        vin_read_from_vehicle: true,
        ..new_ticket()
    }
}
