//! The user who is logged in.

use chrono::DateTime;
use chrono::Utc;
use rust_decimal::Decimal;
use tokio::time::Instant;

use crate::error::VendorError;
use crate::transport::Call;
use crate::transport::Operation;
use crate::transport::Transport;
use crate::transport::decode;
use crate::transport::decode::Id;
use crate::transport::decode::dto;

use super::READ;

/// Reads the user who is logged in, with customer and service provider.
///
/// Source: Customer API reference, tag Users, "Get current user"; the path is inferred.
pub(in crate::vendors::jifeline) const ME: Operation =
    Operation { name: "jifeline.users.me", path: "/v1/users/me", ..READ };

dto! {
    /// The user. One member more is documented, whose name is lost.
    pub(in crate::vendors::jifeline) struct UserDto {
        id: Id,
        first_name: String,
        middle_name: String,
        last_name: String,
        client: ClientDto,
        service_provider: ServiceProviderDto,
    }
}

dto! {
    /// The customer that the user belongs to.
    pub(in crate::vendors::jifeline) struct ClientDto {
        name: String,
        reference: String,
        allow_tickets_without_product: bool,
        address: AddressDto,
    }
}

dto! {
    /// The customer's address.
    pub(in crate::vendors::jifeline) struct AddressDto {
        country: String,
        locality: String,
        street: String,
        postal_code: String,
    }
}

dto! {
    /// The company that serves the customer.
    pub(in crate::vendors::jifeline) struct ServiceProviderDto {
        id: Id,
        name: String,
        has_prepaid_wallet: bool,
        prepaid_wallet_settings: WalletSettingsDto,
        payment_by_prepaid_balance: bool,
        service_center: ScheduleDto,
        currency: String,
        ui: AppearanceDto,
    }
}

dto! {
    /// The wallet as the user sees it.
    pub(in crate::vendors::jifeline) struct WalletSettingsDto {
        /// A string here, a number where the wallet stands alone.
        balance: Decimal,
    }
}

dto! {
    /// How it stands with the service centre.
    pub(in crate::vendors::jifeline) struct ScheduleDto {
        is_open: bool,
        tickets_scheduler_active_until: DateTime<Utc>,
        tickets_scheduler_enabled: bool,
        tickets_scheduler_message: String,
        service_message: String,
        service_message_active: bool,
    }
}

dto! {
    /// How the portal looks.
    pub(in crate::vendors::jifeline) struct AppearanceDto {
        company_name: String,
        portal_header_background_color: String,
        /// Spelled so by the vendor.
        portal_headerlogo_path: String,
        theme_color: String,
    }
}

/// Reads the user.
pub(in crate::vendors::jifeline) async fn me(transport: &Transport, deadline: Instant) -> Result<UserDto, VendorError> {
    decode::json(&ME, &super::send(transport, Call::new(&ME, deadline)).await?)
}
