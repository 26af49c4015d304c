//! Prices and discounts, which several resources have.

use rust_decimal::Decimal;

use crate::transport::decode::dto;

dto! {
    /// A price before and after its discount.
    pub(in crate::vendors::jifeline) struct PriceTripleDto {
        gross_price: PriceDto,
        net_price: PriceDto,
        total_discount: DiscountDto,
    }
}

dto! {
    /// A price in the main and in the customer's currency.
    pub(in crate::vendors::jifeline) struct PriceDto {
        currency: String,
        value: Decimal,
        localized_value: Decimal,
        localized_currency: String,
    }
}

dto! {
    /// The form of a price that the vendor has replaced by [`PriceDto`].
    pub(in crate::vendors::jifeline) struct FormerPriceDto {
        price_original: Decimal,
        price_final: Decimal,
        partner_price: Decimal,
        contains_discount: bool,
        currency: String,
    }
}

dto! {
    /// A discount.
    pub(in crate::vendors::jifeline) struct DiscountDto {
        #[serde(rename = "type")]
        kind: String,
        percentage: Decimal,
        price: PriceDto,
    }
}
