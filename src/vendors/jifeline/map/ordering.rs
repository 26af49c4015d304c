//! Making tickets, and what goes with it.

use crate::domain::product::model::ProductId;
use crate::domain::ticket::model::NewTicket;
use crate::domain::ticket::model::NoteAttachment;
use crate::domain::ticket::model::PreparedLine;
use crate::domain::ticket::model::PreparedTicket;
use crate::domain::ticket::model::PrerequisiteAnswer;
use crate::domain::ticket::model::TicketId;
use crate::domain::ticket::model::TicketNote;
use crate::domain::ticket::model::TicketRating;
use crate::error::VendorError;
use crate::transport::decode::ExactDecimal;

use super::super::api::number;
use super::super::api::ordering::AnswerDto;
use super::super::api::ordering::CREATE;
use super::super::api::ordering::MetadataDto;
use super::super::api::ordering::NewTicketDto;
use super::super::api::ordering::NoteDto;
use super::super::api::ordering::PreparedTicketDto;
use super::super::api::ordering::RatingDto;
use super::filled;
use super::map_vin;

/// What is sent for a new ticket.
///
/// # Errors
/// `NotFound` when an id is no number, which all of the vendor's are.
pub(in crate::vendors::jifeline) fn map_new_ticket(ticket: &NewTicket) -> Result<NewTicketDto<'_>, VendorError> {
    let products = ticket.product_ids.iter().map(|product| number(&CREATE, &product.0));
    Ok(NewTicketDto {
        vin: ticket.vin.as_str(),
        vehicle_model_id: number(&CREATE, &ticket.fitment.model_id.0)?,
        vehicle_model_variant_id: number(&CREATE, &ticket.fitment.variant_id.0)?,
        connector_id: number(&CREATE, &ticket.connector_id.0)?,
        voucher: ticket.voucher.as_deref(),
        product_ids: products.collect::<Result<_, _>>()?,
        product_prerequisites: ticket.prerequisites.iter().map(map_answer).collect::<Result<_, _>>()?,
        metadata: MetadataDto {
            app_name: env!("CARGO_PKG_NAME"),
            app_version: env!("CARGO_PKG_VERSION"),
            platform: "server",
            platform_version: "",
            device_manufacturer: "",
            device_model: "",
            battery_state: "",
            locale: ticket.locale.as_deref().unwrap_or_default().replace('-', "_"),
            latitude: "",
            longitude: "",
            vin_is_found_by_reader: ticket.vin_read_from_vehicle,
        },
        prepared_ticket_id: ticket.prepared_ticket_id.as_deref(),
        reference: ticket.reference.as_deref().unwrap_or_default(),
        confirmed_unattended_service: ticket.unattended_service_confirmed,
    })
}

fn map_answer(answer: &PrerequisiteAnswer) -> Result<AnswerDto<'_>, VendorError> {
    Ok(AnswerDto { definition_id: number(&CREATE, &answer.prerequisite_id.0)?, value: &answer.value })
}

/// What is sent for a rating.
pub(in crate::vendors::jifeline) fn map_rating(rating: &TicketRating) -> RatingDto<'_> {
    RatingDto { score: ExactDecimal(rating.score), comment: rating.comment.as_deref() }
}

/// A prepared ticket; none without a UUID, since no order could name it.
pub(in crate::vendors::jifeline) fn map_prepared(ticket: PreparedTicketDto) -> Option<PreparedTicket> {
    let lines = ticket.product_lines.unwrap_or_default().into_iter();
    Some(PreparedTicket {
        id: ticket.id?.into(),
        vin: map_vin(ticket.vin.map(String::from)),
        model_id: ticket.vehicle_model_id.map(String::from),
        variant_id: ticket.vehicle_model_variant_id.map(String::from),
        lines: lines
            .map(|line| PreparedLine {
                product_id: line.product_id.map(|id| ProductId(id.into())),
                name: filled(line.name),
            })
            .collect(),
    })
}

/// A note; none without a UUID.
pub(in crate::vendors::jifeline) fn map_note(note: NoteDto) -> Option<TicketNote> {
    let attachments = note.attachments.unwrap_or_default().into_iter();
    Some(TicketNote {
        id: note.id?.into(),
        ticket_id: note.ticket_id.map(|id| TicketId(id.into())),
        text: filled(note.value),
        created_at: note.created_at,
        updated_at: note.updated_at,
        attachments: attachments
            .map(|attachment| NoteAttachment {
                file_name: filled(attachment.0.file_name),
                file_reference: filled(attachment.0.file_reference),
            })
            .collect(),
    })
}
