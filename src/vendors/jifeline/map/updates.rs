//! Updates that come through the socket.

use crate::domain::connector::model::ConnectorId;
use crate::domain::status::model::ConnectionId;
use crate::domain::status::model::ConnectionStatus;
use crate::domain::status::model::ConnectorStatus;
use crate::domain::status::model::TicketStatus;
use crate::domain::ticket::model::TicketId;
use crate::transport::decode::parse_time;

use super::super::socket::frames::ConnectionUpdateDto;
use super::super::socket::frames::ConnectorUpdateDto;
use super::super::socket::frames::TicketUpdateDto;
use super::Reading;
use super::filled;
use super::map_state;
use super::map_vin;

/// A connector's status; none without its number.
pub(in crate::vendors::jifeline) fn map_connector_update(dto: ConnectorUpdateDto) -> Option<ConnectorStatus> {
    Some(ConnectorStatus {
        connector: ConnectorId(dto.connector_id?.into()),
        voltage: dto.voltage,
        vin: map_vin(dto.vin_number.map(String::from)),
        round_trip_time: dto.round_trip_time,
    })
}

/// A ticket's status; none without its number.
pub(in crate::vendors::jifeline) fn map_ticket_update(dto: TicketUpdateDto, reading: &Reading) -> Option<TicketStatus> {
    let (message, until) = dto.schedule.map_or((None, None), |schedule| (schedule.message, schedule.until));
    Some(TicketStatus {
        ticket: TicketId(dto.ticket_id.or(dto.id)?.into()),
        uuid: dto.ticket_uuid.map(String::from),
        state: map_state(dto.state, reading),
        state_code: dto.state,
        connection: dto.connection_uuid.map(|uuid| ConnectionId(uuid.into())),
        connection_number: dto.connection_id,
        cancelled_reason_code: dto.cancelled_reason,
        chat_state_code: dto.chat_state,
        model_id: dto.vehicle_model_id.map(String::from),
        variant_id: dto.vehicle_model_variant_id.map(String::from),
        script_composition_running: dto.is_script_composition_running,
        vin: map_vin(dto.vin.map(String::from)),
        held_message: filled(message),
        held_until: until.as_deref().and_then(parse_time),
    })
}

/// A connection's status; none without its UUID.
pub(in crate::vendors::jifeline) fn map_connection_update(dto: ConnectionUpdateDto) -> Option<ConnectionStatus> {
    Some(ConnectionStatus {
        connection: ConnectionId(dto.connection_uuid?.into()),
        script_ui_url: filled(dto.script_ui_wss_url),
        script_ui_available: dto.script_ui_available.as_ref().map(|said| said.available),
        script_ui_available_raw: dto.script_ui_available.map(|said| said.raw),
        autonomous: dto.is_autonomous,
    })
}
