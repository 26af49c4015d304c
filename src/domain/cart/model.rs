//! Quotes.

use async_graphql::SimpleObject;

use crate::domain::catalogue::model::CatalogueId;
use crate::domain::catalogue::model::Fitment;
use crate::domain::money::Discount;
use crate::domain::money::Money;
use crate::domain::money::PriceBreakdown;
use crate::domain::product::model::ProductId;
use crate::graphql::scalars::Vin;

/// What is to be priced.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct QuoteRequest {
    /// The build of vehicle.
    pub fitment: Fitment,
    /// The vehicle; one whose VIN has not 17 characters is priced without it.
    pub vin: Option<Vin>,
    /// The products.
    pub product_ids: Vec<ProductId>,
    /// A voucher to redeem.
    pub voucher: Option<String>,
    /// UUID of the prepared ticket that is to be confirmed.
    pub prepared_ticket_id: Option<String>,
}

/// What products cost together for one vehicle.
#[derive(Clone, Debug, PartialEq, Eq, SimpleObject)]
pub struct PriceQuote {
    /// The catalogue's number of the model that was priced.
    pub model_id: Option<CatalogueId>,
    /// The catalogue's number of the variant that was priced.
    pub variant_id: Option<CatalogueId>,
    /// The voucher as the vendor shows it, which can be spelled otherwise than it was given; null without a voucher.
    pub voucher: Option<String>,
    /// What the voucher takes off; null without a voucher.
    pub voucher_discount: Option<Discount>,
    /// Whether the order has to confirm that scripts may work without an operator.
    pub needs_confirmation_for_unattended_service: Option<bool>,
    /// The priced products.
    pub items: Vec<QuoteItem>,
    /// Sum of the items.
    pub sub_total: Option<PriceBreakdown>,
    /// Sum of the items after the voucher.
    pub voucher_sub_total: Option<PriceBreakdown>,
    /// Fees that manufacturers charge.
    pub original_equipment_service_fee: Option<PriceBreakdown>,
    /// What would have to be paid.
    pub total: Option<PriceBreakdown>,
}

/// One priced product.
#[derive(Clone, Debug, PartialEq, Eq, SimpleObject)]
#[graphql(name = "PriceQuoteItem")]
pub struct QuoteItem {
    /// The vendor's number of the product.
    pub product_id: Option<ProductId>,
    /// The number in the price list.
    pub item_number: Option<String>,
    /// What the line says.
    pub description: Option<String>,
    /// The product's name in the customer's language.
    pub product_name: Option<String>,
    /// The product's name in English.
    pub product_internal_name: Option<String>,
    /// What the product does.
    pub product_description: Option<String>,
    /// Whether a script does it without an operator.
    pub unattended: Option<bool>,
    /// The price before the discount.
    pub gross: Option<Money>,
    /// The price after the discount.
    pub net: Option<Money>,
    /// What is taken off.
    pub discount: Option<Discount>,
    /// The fee that the manufacturer charges; null when no fee applies.
    pub original_equipment_service_fee: Option<Money>,
}
