//! The service centre.

use crate::domain::garage::service_center::ServiceCenter;
use crate::domain::garage::service_center::ServiceCenterState;
use crate::domain::garage::service_center::ServiceCenterStatus;

use super::super::api::service_center::ServiceCenterDto;
use super::super::api::service_center::StatusDto;
use super::filled;

/// The service centre.
pub(in crate::vendors::jifeline) fn map_service_center(dto: ServiceCenterDto) -> ServiceCenter {
    ServiceCenter {
        name: filled(dto.name),
        payment_by_prepaid_wallet: dto.payment_by_prepaid_wallet,
        pricing_version: dto.pricing_version,
        primary_background_color: filled(dto.primary_background_color),
        primary_color: filled(dto.primary_color),
        logo: filled(dto.logo),
        service_message: filled(dto.service_message),
        rating_enabled: dto.csat_enabled,
    }
}

/// Its status.
pub(in crate::vendors::jifeline) fn map_status(dto: StatusDto) -> ServiceCenterStatus {
    let state_raw = filled(dto.state);
    let state = state_raw.as_deref().map(|state| match state {
        "opened" => ServiceCenterState::Opened,
        "closed" => ServiceCenterState::Closed,
        "scheduled" => ServiceCenterState::Scheduled,
        _ => ServiceCenterState::Unknown,
    });
    ServiceCenterStatus { state, state_raw, ends_at: dto.ends_at, message: filled(dto.message) }
}
