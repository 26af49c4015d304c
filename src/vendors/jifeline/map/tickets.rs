//! Tickets.

use crate::domain::connector::model::ConnectorId;
use crate::domain::mileage::Mileage;
use crate::domain::ticket::model::LineDiscount;
use crate::domain::ticket::model::ProductLine;
use crate::domain::ticket::model::Ticket;
use crate::domain::ticket::model::TicketId;

use super::super::api::tickets::LineDiscountDto;
use super::super::api::tickets::ProductLineDto;
use super::super::api::tickets::TicketDto;
use super::Reading;
use super::filled;
use super::map_state;
use super::map_vin;
use super::prices::map_breakdown;
use super::prices::map_discount;
use super::prices::map_price;

/// A ticket, open or historical; none without a number.
pub(in crate::vendors::jifeline) fn map_ticket(ticket: TicketDto, reading: &Reading) -> Option<Ticket> {
    let state = map_state(ticket.state, reading);
    let lines: Option<Vec<ProductLine>> = ticket.product_lines.map(|lines| lines.into_iter().map(map_line).collect());
    let product_ids = match (ticket.product_ids, &lines) {
        (Some(ids), _) => ids.0.into_iter().map(String::from).collect(),
        (None, Some(lines)) => lines.iter().filter_map(|line| line.product_id.clone()).collect(),
        (None, None) => Vec::new(),
    };
    Some(Ticket {
        id: TicketId(ticket.id?.into()),
        uuid: ticket.uuid.map(String::from),
        connector_id: ticket.connector_id.map(|id| ConnectorId(id.into())),
        state,
        state_code: ticket.state,
        vin: map_vin(ticket.vin.or(ticket.vin_number).map(String::from)),
        odometer: ticket.odometer_reading.map(|value| Mileage { value: Some(value), unit: reading.odometer_unit }),
        reference: filled(ticket.reference),
        voucher: filled(ticket.voucher),
        model_id: ticket.vehicle_model_id.map(String::from),
        variant_id: ticket.vehicle_model_variant_id.map(String::from),
        product_ids,
        chat_id: ticket.chat_id.map(String::from),
        lines,
        sub_total: ticket.sub_total.map(map_breakdown),
        original_equipment_service_fee: ticket.original_equipment_service_fee.map(map_breakdown),
        total: ticket.total.map(map_breakdown),
        created_at: ticket.created_at,
        finished_at: ticket.finished_at,
    })
}

fn map_line(line: ProductLineDto) -> ProductLine {
    ProductLine {
        product_id: line.product_id.map(String::from),
        description: filled(line.description),
        quantity: line.quantity,
        gross: line.gross_price.and_then(map_price),
        net: line.net_price.and_then(map_price),
        discount: line.total_discount.map(map_discount),
        original_equipment_service_fee: line.original_equipment_service_fee.and_then(map_price),
        discounts: line.discounts.unwrap_or_default().into_iter().map(map_line_discount).collect(),
    }
}

fn map_line_discount(discount: LineDiscountDto) -> LineDiscount {
    LineDiscount {
        product_id: discount.product_id.map(String::from),
        description: filled(discount.description),
        discount: discount.discount.map(map_discount),
    }
}
