//! The customer.

use crate::domain::garage::customer::Branding;
use crate::domain::garage::customer::Customer;
use crate::domain::garage::customer::CustomerChange;
use crate::domain::garage::customer::Wallet;
use crate::domain::garage::customer::WalletState;
use crate::graphql::scalars::CurrencyCode;

use super::super::api::customers::BrandingDto;
use super::super::api::customers::CustomerDetailsDto;
use super::super::api::customers::CustomerDto;
use super::super::api::customers::WalletDto;
use super::filled;

/// The master data.
pub(in crate::vendors::jifeline) fn map_customer(dto: CustomerDto) -> Customer {
    Customer {
        name: filled(dto.name),
        reference: filled(dto.reference),
        street: filled(dto.street),
        number: filled(dto.number),
        postal_code: filled(dto.postal_code),
        city: filled(dto.city),
        country: filled(dto.country),
        email_address: filled(dto.email_address),
        financial_email_address: filled(dto.financial_email_address),
        phone: filled(dto.phone),
        currency: map_currency(dto.currency),
    }
}

/// The body that makes `change` to what the vendor has now.
pub(in crate::vendors::jifeline) fn customer_body(present: CustomerDto, change: &CustomerChange) -> CustomerDetailsDto {
    let changed = |wanted: &Option<String>, present: Option<String>| wanted.clone().or(present);
    CustomerDetailsDto {
        name: changed(&change.name, present.name),
        street: changed(&change.street, present.street),
        number: changed(&change.number, present.number),
        postal_code: changed(&change.postal_code, present.postal_code),
        city: changed(&change.city, present.city),
        country: changed(&change.country, present.country),
        email_address: changed(&change.email_address, present.email_address),
        financial_email_address: changed(&change.financial_email_address, present.financial_email_address),
        phone: changed(&change.phone, present.phone),
    }
}

/// The branding.
pub(in crate::vendors::jifeline) fn map_branding(dto: BrandingDto) -> Branding {
    // Inferred: the sample has no scheme, and a portal that people log in to speaks TLS.
    let with_scheme = |url: String| if url.contains("://") { url } else { format!("https://{url}") };
    Branding { name: filled(dto.branding_name), portal_url: filled(dto.customer_portal_url).map(with_scheme) }
}

/// The wallet.
pub(in crate::vendors::jifeline) fn map_wallet(dto: WalletDto) -> Wallet {
    let state_raw = filled(dto.balance_state);
    let state = state_raw.as_deref().map(|state| match state {
        "healthy" => WalletState::Healthy,
        _ => WalletState::Unknown,
    });
    Wallet { balance: dto.balance, state, state_raw }
}

/// A currency; none when it is no code of three letters.
pub(super) fn map_currency(code: Option<String>) -> Option<CurrencyCode> {
    CurrencyCode::parse(code?.trim())
}
