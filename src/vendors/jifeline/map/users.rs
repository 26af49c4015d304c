//! The user who is logged in.

use crate::domain::garage::user::Appearance;
use crate::domain::garage::user::GarageAddress;
use crate::domain::garage::user::GarageClient;
use crate::domain::garage::user::GarageUser;
use crate::domain::garage::user::ServiceProvider;
use crate::domain::garage::user::ServiceSchedule;

use super::super::api::users::AddressDto;
use super::super::api::users::AppearanceDto;
use super::super::api::users::ClientDto;
use super::super::api::users::ScheduleDto;
use super::super::api::users::ServiceProviderDto;
use super::super::api::users::UserDto;
use super::customers::map_currency;
use super::filled;

/// The user.
pub(in crate::vendors::jifeline) fn map_user(dto: UserDto) -> GarageUser {
    GarageUser {
        id: dto.id.map(String::from),
        first_name: filled(dto.first_name),
        middle_name: filled(dto.middle_name),
        last_name: filled(dto.last_name),
        client: dto.client.map(map_client),
        service_provider: dto.service_provider.map(map_provider),
    }
}

fn map_client(dto: ClientDto) -> GarageClient {
    GarageClient {
        name: filled(dto.name),
        reference: filled(dto.reference),
        allow_tickets_without_product: dto.allow_tickets_without_product,
        address: dto.address.map(map_address),
    }
}

fn map_address(dto: AddressDto) -> GarageAddress {
    GarageAddress {
        country: filled(dto.country),
        locality: filled(dto.locality),
        street: filled(dto.street),
        postal_code: filled(dto.postal_code),
    }
}

fn map_provider(dto: ServiceProviderDto) -> ServiceProvider {
    ServiceProvider {
        id: dto.id.map(String::from),
        name: filled(dto.name),
        has_prepaid_wallet: dto.has_prepaid_wallet,
        prepaid_balance: dto.prepaid_wallet_settings.and_then(|settings| settings.balance),
        payment_by_prepaid_balance: dto.payment_by_prepaid_balance,
        schedule: dto.service_center.map(map_schedule),
        currency: map_currency(dto.currency),
        appearance: dto.ui.map(map_appearance),
    }
}

fn map_schedule(dto: ScheduleDto) -> ServiceSchedule {
    ServiceSchedule {
        is_open: dto.is_open,
        tickets_held_until: dto.tickets_scheduler_active_until,
        tickets_scheduler_enabled: dto.tickets_scheduler_enabled,
        tickets_scheduler_message: filled(dto.tickets_scheduler_message),
        service_message: filled(dto.service_message),
        service_message_active: dto.service_message_active,
    }
}

fn map_appearance(dto: AppearanceDto) -> Appearance {
    Appearance {
        company_name: filled(dto.company_name),
        header_background_color: filled(dto.portal_header_background_color),
        header_logo_path: filled(dto.portal_headerlogo_path),
        theme_color: filled(dto.theme_color),
    }
}
