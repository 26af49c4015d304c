//! Quotes.

use crate::domain::cart::model::PriceQuote;
use crate::domain::cart::model::QuoteItem;
use crate::domain::cart::model::QuoteRequest;
use crate::domain::catalogue::model::CatalogueId;
use crate::domain::product::model::ProductId;
use crate::error::VendorError;
use crate::graphql::scalars::Vin;

use super::super::api::cart::CALCULATE_PRICES;
use super::super::api::cart::CartDto;
use super::super::api::cart::ItemDto;
use super::super::api::cart::QuoteDto;
use super::super::api::number;
use super::filled;
use super::prices::map_breakdown;
use super::prices::map_discount;
use super::prices::map_price;

/// What is sent for `request`.
///
/// # Errors
/// `NotFound` when an id is no number, which all of the vendor's are.
pub(in crate::vendors::jifeline) fn map_cart(request: &QuoteRequest) -> Result<CartDto<'_>, VendorError> {
    let numbers = request.product_ids.iter().map(|product| number(&CALCULATE_PRICES, &product.0));
    Ok(CartDto {
        voucher: request.voucher.as_deref(),
        vehicle_model_id: number(&CALCULATE_PRICES, &request.fitment.model_id.0)?,
        vehicle_model_variant_id: number(&CALCULATE_PRICES, &request.fitment.variant_id.0)?,
        vin: request.vin.as_ref().filter(|vin| vin.is_standard()).map(Vin::as_str),
        prepared_ticket_id: request.prepared_ticket_id.as_deref(),
        product_ids: numbers.collect::<Result<_, _>>()?,
    })
}

/// A quote.
pub(in crate::vendors::jifeline) fn map_quote(quote: QuoteDto) -> PriceQuote {
    PriceQuote {
        model_id: quote.vehicle_model_id.map(|id| CatalogueId(id.into())),
        variant_id: quote.vehicle_model_variant_id.map(|id| CatalogueId(id.into())),
        voucher: filled(quote.voucher),
        voucher_discount: quote.voucher_discount.map(map_discount),
        needs_confirmation_for_unattended_service: quote.needs_confirmation_for_unattended_service,
        items: quote.items.unwrap_or_default().into_iter().map(map_item).collect(),
        sub_total: quote.sub_total.map(map_breakdown),
        voucher_sub_total: quote.voucher_sub_total.map(map_breakdown),
        original_equipment_service_fee: quote.original_equipment_service_fee.map(map_breakdown),
        total: quote.total.map(map_breakdown),
    }
}

fn map_item(item: ItemDto) -> QuoteItem {
    QuoteItem {
        product_id: item.product_id.map(|id| ProductId(id.into())),
        item_number: item.product_item_number.map(String::from),
        description: filled(item.description),
        product_name: filled(item.product_name),
        product_internal_name: filled(item.product_internal_name),
        product_description: filled(item.product_description),
        unattended: item.product_is_unattended,
        gross: item.gross_price.and_then(map_price),
        net: item.net_price.and_then(map_price),
        discount: item.total_discount.map(map_discount),
        original_equipment_service_fee: item.original_equipment_service_fee.and_then(map_price),
    }
}
