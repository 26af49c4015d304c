//! Countries and currencies.

use tokio::time::Instant;

use crate::error::VendorError;
use crate::transport::Operation;
use crate::transport::Transport;
use crate::transport::decode::dto;

use super::READ;

/// Lists the countries.
///
/// Source: Customer API reference, tag System, "List countries"; path and shape are inferred from the partner side.
pub(in crate::vendors::jifeline) const LIST_COUNTRIES: Operation =
    Operation { name: "jifeline.system.list_countries", path: "/v1/system/countries", ..READ };

/// Lists the currencies.
///
/// Source: Customer API reference, tag System, "List currencies"; path and shape are inferred from the partner side.
pub(in crate::vendors::jifeline) const LIST_CURRENCIES: Operation =
    Operation { name: "jifeline.system.list_currencies", path: "/v1/system/currencies", ..READ };

dto! {
    /// Something with a code: a country or a currency.
    pub(in crate::vendors::jifeline) struct CodedDto {
        code: String,
        name: String,
    }
}

/// Reads the whole list of countries.
pub(in crate::vendors::jifeline) async fn list_countries(
    transport: &Transport,
    deadline: Instant,
) -> Result<Vec<CodedDto>, VendorError> {
    super::rest(&LIST_COUNTRIES, 0, |offset| super::page(transport, &LIST_COUNTRIES, offset, deadline)).await
}

/// Reads the whole list of currencies.
pub(in crate::vendors::jifeline) async fn list_currencies(
    transport: &Transport,
    deadline: Instant,
) -> Result<Vec<CodedDto>, VendorError> {
    super::rest(&LIST_CURRENCIES, 0, |offset| super::page(transport, &LIST_CURRENCIES, offset, deadline)).await
}
