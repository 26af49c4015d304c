//! Tickets: historical ones, and the open one of a connector.

use chrono::DateTime;
use chrono::Utc;
use tokio::time::Instant;

use crate::error::VendorError;
use crate::transport::Call;
use crate::transport::Operation;
use crate::transport::Provenance;
use crate::transport::Transport;
use crate::transport::decode::Flat;
use crate::transport::decode::Id;
use crate::transport::decode::dto;

use super::READ;
use super::prices::DiscountDto;
use super::prices::PriceDto;
use super::prices::PriceTripleDto;

/// Lists historical tickets of a vehicle or a connector.
///
/// Source: Customer API reference, tag Tickets, "Historical tickets".
pub(in crate::vendors::jifeline) const LIST_HISTORICAL: Operation = Operation {
    name: "jifeline.tickets.list_historical",
    path: "/v1/historical-tickets",
    provenance: Provenance::Published,
    ..READ
};

/// Reads one historical ticket.
///
/// Source: Customer API reference, tag Tickets, "One historical ticket"; the path follows that of the list.
pub(in crate::vendors::jifeline) const GET_HISTORICAL: Operation =
    Operation { name: "jifeline.tickets.get_historical", path: "/v1/historical-tickets/{historicalTicketId}", ..READ };

/// Reads the open ticket of a connector; without one the vendor may answer 404, `null` or nothing.
///
/// Source: Customer API reference, tag Connectors, "Active ticket of a connector"; the path is inferred.
pub(in crate::vendors::jifeline) const GET_ACTIVE: Operation = Operation {
    name: "jifeline.tickets.get_active",
    path: "/v1/connectors/{connectorId}/active-ticket",
    success: &[200, 204],
    ..READ
};

dto! {
    /// A ticket, open or historical; which members are there depends on the operation.
    pub(in crate::vendors::jifeline) struct TicketDto {
        id: Id,
        uuid: Id,
        connector_id: Id,
        state: i32,
        vin: Id,
        /// The same VIN again, on open tickets.
        #[serde(rename = "vinNumber")]
        vin_number: Id,
        odometer_reading: i32,
        reference: String,
        voucher: String,
        vehicle_model_id: Id,
        vehicle_model_variant_id: Id,
        product_ids: Flat<Id>,
        chat_id: Id,
        product_lines: Vec<ProductLineDto>,
        sub_total: PriceTripleDto,
        original_equipment_service_fee: PriceTripleDto,
        total: PriceTripleDto,
        created_at: DateTime<Utc>,
        finished_at: DateTime<Utc>,
    }
}

dto! {
    /// One ordered product.
    pub(in crate::vendors::jifeline) struct ProductLineDto {
        product_id: Id,
        description: String,
        quantity: i32,
        gross_price: PriceDto,
        net_price: PriceDto,
        total_discount: DiscountDto,
        /// A plain price here, a price before and after discount on the ticket.
        original_equipment_service_fee: PriceDto,
        discounts: Vec<LineDiscountDto>,
    }
}

dto! {
    /// One of the discounts of a line.
    pub(in crate::vendors::jifeline) struct LineDiscountDto {
        product_id: Id,
        description: String,
        discount: DiscountDto,
    }
}

/// Whose historical tickets are listed.
#[derive(Clone, Copy, Debug)]
pub(in crate::vendors::jifeline) enum HistoryOf<'a> {
    /// Those of the vehicle with this VIN.
    Vehicle(&'a str),
    /// Those on the connector with this number.
    Connector(&'a str),
}

/// Reads all historical tickets of a vehicle or a connector.
pub(in crate::vendors::jifeline) async fn list_historical(
    transport: &Transport,
    of: HistoryOf<'_>,
    deadline: Instant,
) -> Result<Vec<TicketDto>, VendorError> {
    let (name, value) = match of {
        HistoryOf::Vehicle(vin) => ("vin", vin),
        HistoryOf::Connector(number) => ("connector_id", number),
    };
    super::unpaged(transport, || Call::new(&LIST_HISTORICAL, deadline).query(name, value)).await
}

/// Reads the historical ticket numbered `id`; none when the body is empty or null.
pub(in crate::vendors::jifeline) async fn get_historical(
    transport: &Transport,
    id: &str,
    deadline: Instant,
) -> Result<Option<TicketDto>, VendorError> {
    super::one(transport, Call::new(&GET_HISTORICAL, deadline).segment(id)).await
}

/// Reads the open ticket on the connector numbered `connector_id`; none when the body is empty or null.
pub(in crate::vendors::jifeline) async fn get_active(
    transport: &Transport,
    connector_id: &str,
    deadline: Instant,
) -> Result<Option<TicketDto>, VendorError> {
    super::one(transport, Call::new(&GET_ACTIVE, deadline).segment(connector_id)).await
}
