//! Making tickets, and what goes with it: prepared ones, notes, ratings.

use std::time::Duration;

use chrono::DateTime;
use chrono::Utc;
use serde::Serialize;
use tokio::time::Instant;

use crate::error::VendorError;
use crate::transport::Call;
use crate::transport::Idempotency;
use crate::transport::Method;
use crate::transport::Operation;
use crate::transport::Provenance;
use crate::transport::Transport;
use crate::transport::decode::ExactDecimal;
use crate::transport::decode::FromWire;
use crate::transport::decode::Id;
use crate::transport::decode::dto;
use crate::transport::decode::dto_from_wire;

use super::READ;
use super::tickets::TicketDto;

/// Makes a ticket. Each call makes a new one, so it is sent once. Inferred: 200 means the same as the documented 201.
///
/// Source: Customer API reference, tag Tickets, "Create a new ticket".
pub(in crate::vendors::jifeline) const CREATE: Operation = Operation {
    name: "jifeline.tickets.create",
    method: Method::Post,
    path: "/v1/tickets",
    idempotency: Idempotency::Once,
    timeout: Duration::from_secs(20),
    success: &[200, 201],
    provenance: Provenance::Published,
    ..READ
};

/// Lists the prepared tickets of a vehicle.
///
/// Source: Customer API reference, tag Tickets, "Prepared tickets"; the path is inferred.
pub(in crate::vendors::jifeline) const LIST_PREPARED: Operation =
    Operation { name: "jifeline.tickets.list_prepared", path: "/v1/prepared-tickets", ..READ };

/// Lists the notes of a ticket.
///
/// Source: Customer API reference, tag Tickets, "Notes of a ticket".
pub(in crate::vendors::jifeline) const LIST_NOTES: Operation = Operation {
    name: "jifeline.tickets.list_notes",
    path: "/v1/tickets/{ticketId}/notes",
    provenance: Provenance::Published,
    ..READ
};

/// Rates a ticket; a second rating replaces the first. Inferred: every success but 200.
///
/// Source: Customer API reference, tag Tickets, "Rate a ticket"; the path is inferred.
pub(in crate::vendors::jifeline) const RATE: Operation = Operation {
    name: "jifeline.tickets.rate",
    method: Method::Post,
    path: "/v1/tickets/{ticketId}/csat",
    success: &[200, 201, 204],
    ..READ
};

/// The body of [`CREATE`].
#[derive(Serialize)]
pub(in crate::vendors::jifeline) struct NewTicketDto<'a> {
    pub(in crate::vendors::jifeline) vin: &'a str,
    pub(in crate::vendors::jifeline) vehicle_model_id: i64,
    pub(in crate::vendors::jifeline) vehicle_model_variant_id: i64,
    pub(in crate::vendors::jifeline) connector_id: i64,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(in crate::vendors::jifeline) voucher: Option<&'a str>,
    pub(in crate::vendors::jifeline) product_ids: Vec<i64>,
    pub(in crate::vendors::jifeline) product_prerequisites: Vec<AnswerDto<'a>>,
    pub(in crate::vendors::jifeline) metadata: MetadataDto,
    pub(in crate::vendors::jifeline) prepared_ticket_id: Option<&'a str>,
    pub(in crate::vendors::jifeline) reference: &'a str,
    pub(in crate::vendors::jifeline) confirmed_unattended_service: bool,
}

/// The answer to a prerequisite, whose number is called otherwise here than where it is asked.
#[derive(Serialize)]
pub(in crate::vendors::jifeline) struct AnswerDto<'a> {
    pub(in crate::vendors::jifeline) definition_id: i64,
    pub(in crate::vendors::jifeline) value: &'a str,
}

/// What orders the ticket. Which members are required is not published, so all are sent, empty where nothing is known.
#[derive(Serialize)]
pub(in crate::vendors::jifeline) struct MetadataDto {
    pub(in crate::vendors::jifeline) app_name: &'static str,
    pub(in crate::vendors::jifeline) app_version: &'static str,
    pub(in crate::vendors::jifeline) platform: &'static str,
    pub(in crate::vendors::jifeline) platform_version: &'static str,
    pub(in crate::vendors::jifeline) device_manufacturer: &'static str,
    pub(in crate::vendors::jifeline) device_model: &'static str,
    pub(in crate::vendors::jifeline) battery_state: &'static str,
    /// With an underscore, such as `nl_NL`.
    pub(in crate::vendors::jifeline) locale: String,
    pub(in crate::vendors::jifeline) latitude: &'static str,
    pub(in crate::vendors::jifeline) longitude: &'static str,
    pub(in crate::vendors::jifeline) vin_is_found_by_reader: bool,
}

/// The body of [`RATE`].
#[derive(Serialize)]
pub(in crate::vendors::jifeline) struct RatingDto<'a> {
    pub(in crate::vendors::jifeline) score: ExactDecimal,
    pub(in crate::vendors::jifeline) comment: Option<&'a str>,
}

dto! {
    /// A prepared ticket.
    pub(in crate::vendors::jifeline) struct PreparedTicketDto {
        id: Id,
        vin: Id,
        vehicle_model_id: Id,
        vehicle_model_variant_id: Id,
        product_lines: Vec<PreparedLineDto>,
    }
}

dto! {
    /// One product of a prepared ticket.
    pub(in crate::vendors::jifeline) struct PreparedLineDto {
        product_id: Id,
        name: String,
    }
}

dto! {
    /// A note. The reference has lost its last member; that it is `attachments` is inferred.
    pub(in crate::vendors::jifeline) struct NoteDto {
        id: Id,
        ticket_id: Id,
        value: String,
        created_at: DateTime<Utc>,
        updated_at: DateTime<Utc>,
        attachments: Vec<AttachmentDto>,
    }
}

dto! {
    /// An attachment with its members.
    pub(in crate::vendors::jifeline) struct FileDto {
        file_name: String,
        file_reference: String,
    }
}

/// An attachment of a note. Inferred: it has the members of a channel's attachment, or is no more than its reference.
#[derive(Clone)]
pub(in crate::vendors::jifeline) struct AttachmentDto(pub(in crate::vendors::jifeline) FileDto);

impl FromWire for AttachmentDto {
    fn from_wire(text: &str) -> Option<Self> {
        if text.starts_with('{') {
            return dto_from_wire(text).map(Self);
        }
        Id::from_wire(text).map(|id| Self(FileDto { file_reference: Some(id.into()), ..FileDto::default() }))
    }
}

/// Makes a ticket; none when the body is empty or null, which says nothing of whether it was made.
pub(in crate::vendors::jifeline) async fn create(
    transport: &Transport,
    ticket: &NewTicketDto<'_>,
    deadline: Instant,
) -> Result<Option<TicketDto>, VendorError> {
    super::one(transport, Call::new(&CREATE, deadline).json(ticket)?).await
}

/// Reads the prepared tickets of `vin`.
pub(in crate::vendors::jifeline) async fn list_prepared(
    transport: &Transport,
    vin: &str,
    deadline: Instant,
) -> Result<Vec<PreparedTicketDto>, VendorError> {
    super::paged(transport, || Call::new(&LIST_PREPARED, deadline).query("vin", vin)).await
}

/// Reads the notes of the ticket numbered `ticket`.
pub(in crate::vendors::jifeline) async fn list_notes(
    transport: &Transport,
    ticket: &str,
    deadline: Instant,
) -> Result<Vec<NoteDto>, VendorError> {
    super::unpaged(transport, || Call::new(&LIST_NOTES, deadline).segment(ticket)).await
}

/// Rates the ticket numbered `ticket`; the answer says nothing.
pub(in crate::vendors::jifeline) async fn rate(
    transport: &Transport,
    ticket: &str,
    rating: &RatingDto<'_>,
    deadline: Instant,
) -> Result<(), VendorError> {
    super::send(transport, Call::new(&RATE, deadline).segment(ticket).json(rating)?).await?;
    Ok(())
}
