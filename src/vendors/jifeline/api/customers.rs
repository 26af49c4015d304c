//! The customer: master data, branding, wallet.

use rust_decimal::Decimal;
use serde::Serialize;
use tokio::time::Instant;

use crate::error::VendorError;
use crate::transport::Call;
use crate::transport::Method;
use crate::transport::Operation;
use crate::transport::Provenance;
use crate::transport::Transport;
use crate::transport::decode;
use crate::transport::decode::dto;

use super::READ;

/// Reads the customer's master data.
///
/// Source: Customer API reference, tag Customer, "Get current customer".
pub(in crate::vendors::jifeline) const GET: Operation =
    Operation { name: "jifeline.customers.get", path: "/v1/customers/me", provenance: Provenance::Published, ..READ };

/// Replaces the customer's master data; doing it twice changes no more than doing it once.
///
/// Source: Customer API reference, tag Customer, "Update current customer"; the method is inferred.
pub(in crate::vendors::jifeline) const UPDATE: Operation =
    Operation { name: "jifeline.customers.update", method: Method::Put, path: "/v1/customers/me", ..READ };

/// Reads how the vendor's portal presents itself to the customer.
///
/// Source: Customer API reference, tag Customer, "Get customer branding"; the path is inferred.
pub(in crate::vendors::jifeline) const GET_BRANDING: Operation =
    Operation { name: "jifeline.customers.get_branding", path: "/v1/customer-branding", ..READ };

/// Reads the customer's prepaid wallet.
///
/// Source: Customer API reference, tag Customer, "Get customer wallet".
pub(in crate::vendors::jifeline) const GET_WALLET: Operation = Operation {
    name: "jifeline.customers.get_wallet",
    path: "/v1/customer-wallet",
    provenance: Provenance::Published,
    ..READ
};

/// The body of [`UPDATE`]. No member must be there; that those which are not there are kept is not said.
#[derive(Serialize)]
pub(in crate::vendors::jifeline) struct CustomerDetailsDto {
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(in crate::vendors::jifeline) name: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(in crate::vendors::jifeline) street: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(in crate::vendors::jifeline) number: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(in crate::vendors::jifeline) postal_code: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(in crate::vendors::jifeline) city: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(in crate::vendors::jifeline) country: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(in crate::vendors::jifeline) email_address: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(in crate::vendors::jifeline) financial_email_address: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(in crate::vendors::jifeline) phone: Option<String>,
}

dto! {
    /// The customer's master data.
    pub(in crate::vendors::jifeline) struct CustomerDto {
        name: String,
        reference: String,
        street: String,
        number: String,
        postal_code: String,
        city: String,
        country: String,
        email_address: String,
        financial_email_address: String,
        /// A string by the schema, a number in the sample.
        phone: String,
        currency: String,
    }
}

dto! {
    /// How the vendor's portal presents itself.
    pub(in crate::vendors::jifeline) struct BrandingDto {
        branding_name: String,
        /// Without a scheme in the sample.
        customer_portal_url: String,
    }
}

dto! {
    /// The prepaid wallet.
    pub(in crate::vendors::jifeline) struct WalletDto {
        balance: Decimal,
        balance_state: String,
    }
}

/// Reads the customer's master data.
pub(in crate::vendors::jifeline) async fn get(
    transport: &Transport,
    deadline: Instant,
) -> Result<CustomerDto, VendorError> {
    decode::json(&GET, &super::send(transport, Call::new(&GET, deadline)).await?)
}

/// Replaces the customer's master data.
pub(in crate::vendors::jifeline) async fn update(
    transport: &Transport,
    details: &CustomerDetailsDto,
    deadline: Instant,
) -> Result<CustomerDto, VendorError> {
    let reply = super::send(transport, Call::new(&UPDATE, deadline).json(details)?).await?;
    decode::json(&UPDATE, &reply)
}

/// Reads the branding.
pub(in crate::vendors::jifeline) async fn get_branding(
    transport: &Transport,
    deadline: Instant,
) -> Result<BrandingDto, VendorError> {
    decode::json(&GET_BRANDING, &super::send(transport, Call::new(&GET_BRANDING, deadline)).await?)
}

/// Reads the wallet; none when the body is empty or null.
pub(in crate::vendors::jifeline) async fn get_wallet(
    transport: &Transport,
    deadline: Instant,
) -> Result<Option<WalletDto>, VendorError> {
    let reply = super::send(transport, Call::new(&GET_WALLET, deadline)).await?;
    Ok(decode::json_or_none::<Option<WalletDto>>(&GET_WALLET, &reply)?.flatten())
}
