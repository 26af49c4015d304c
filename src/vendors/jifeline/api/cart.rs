//! The cart.

use serde::Serialize;
use tokio::time::Instant;

use crate::error::VendorError;
use crate::transport::Call;
use crate::transport::Method;
use crate::transport::Operation;
use crate::transport::Provenance;
use crate::transport::Transport;
use crate::transport::decode;
use crate::transport::decode::Id;
use crate::transport::decode::dto;

use super::READ;
use super::prices::DiscountDto;
use super::prices::PriceDto;
use super::prices::PriceTripleDto;

/// Prices products together. A POST that changes nothing.
///
/// Source: Customer API reference, tag Cart, "Calculate cart prices".
pub(in crate::vendors::jifeline) const CALCULATE_PRICES: Operation = Operation {
    name: "jifeline.cart.calculate_prices",
    method: Method::Post,
    path: "/v1/cart/calculate-prices",
    provenance: Provenance::Published,
    asks: true,
    ..READ
};

/// The body of [`CALCULATE_PRICES`].
#[derive(Serialize)]
pub(in crate::vendors::jifeline) struct CartDto<'a> {
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(in crate::vendors::jifeline) voucher: Option<&'a str>,
    pub(in crate::vendors::jifeline) vehicle_model_id: i64,
    pub(in crate::vendors::jifeline) vehicle_model_variant_id: i64,
    /// Exactly 17 letters or digits, or null.
    pub(in crate::vendors::jifeline) vin: Option<&'a str>,
    pub(in crate::vendors::jifeline) prepared_ticket_id: Option<&'a str>,
    pub(in crate::vendors::jifeline) product_ids: Vec<i64>,
}

dto! {
    /// What the products of a cart cost.
    pub(in crate::vendors::jifeline) struct QuoteDto {
        voucher: String,
        voucher_discount: DiscountDto,
        vehicle_model_id: Id,
        vehicle_model_variant_id: Id,
        needs_confirmation_for_unattended_service: bool,
        sub_total: PriceTripleDto,
        voucher_sub_total: PriceTripleDto,
        original_equipment_service_fee: PriceTripleDto,
        total: PriceTripleDto,
        items: Vec<ItemDto>,
    }
}

dto! {
    /// One priced product.
    pub(in crate::vendors::jifeline) struct ItemDto {
        description: String,
        product_id: Id,
        product_item_number: Id,
        product_name: String,
        product_internal_name: String,
        product_description: String,
        product_is_unattended: bool,
        gross_price: PriceDto,
        net_price: PriceDto,
        total_discount: DiscountDto,
        /// A plain price here, a price before and after discount on the cart.
        original_equipment_service_fee: PriceDto,
    }
}

/// Prices `cart`.
pub(in crate::vendors::jifeline) async fn calculate_prices(
    transport: &Transport,
    cart: &CartDto<'_>,
    deadline: Instant,
) -> Result<QuoteDto, VendorError> {
    let reply = super::send(transport, Call::new(&CALCULATE_PRICES, deadline).json(cart)?).await?;
    decode::json(&CALCULATE_PRICES, &reply)
}
