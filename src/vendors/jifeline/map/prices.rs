//! Prices and discounts.

use rust_decimal::Decimal;

use crate::domain::money::Discount;
use crate::domain::money::DiscountKind;
use crate::domain::money::Money;
use crate::domain::money::PriceBreakdown;
use crate::domain::product::model::FormerPrice;
use crate::graphql::scalars::CurrencyCode;

use super::super::api::prices::DiscountDto;
use super::super::api::prices::FormerPriceDto;
use super::super::api::prices::PriceDto;
use super::super::api::prices::PriceTripleDto;

/// A price; none without amount or currency. Its localized twin only where it is in another currency.
pub(super) fn map_price(price: PriceDto) -> Option<Money> {
    let currency = CurrencyCode::parse(price.currency?.trim())?;
    let localized = price
        .localized_value
        .zip(price.localized_currency)
        .and_then(|(amount, code)| Some((amount, CurrencyCode::parse(code.trim())?)))
        .filter(|(_, code)| *code != currency)
        .map(|(amount, code)| Box::new(Money::new(amount, code)));
    Some(Money { localized, ..Money::new(price.value?, currency) })
}

/// A discount.
pub(super) fn map_discount(discount: DiscountDto) -> Discount {
    let kind = discount.kind.as_deref().map(|kind| match kind {
        "percentual" => DiscountKind::Percentual,
        "absolute" => DiscountKind::Absolute,
        _ => DiscountKind::Unknown,
    });
    Discount {
        kind,
        kind_raw: discount.kind,
        percentage: discount.percentage.map(Into::into),
        amount: discount.price.and_then(map_price),
    }
}

/// A price before and after its discount.
pub(super) fn map_breakdown(triple: PriceTripleDto) -> PriceBreakdown {
    PriceBreakdown {
        gross: triple.gross_price.and_then(map_price),
        net: triple.net_price.and_then(map_price),
        discount: triple.total_discount.map(map_discount),
    }
}

/// A price in its former form; its amounts are left out without a known currency.
pub(super) fn map_former_price(price: &FormerPriceDto) -> FormerPrice {
    let currency = price.currency.as_deref().and_then(|code| CurrencyCode::parse(code.trim()));
    let money = |amount: Option<Decimal>| Some(Money::new(amount?, currency?));
    FormerPrice {
        original: money(price.price_original),
        r#final: money(price.price_final),
        partner: money(price.partner_price),
        discounted: price.contains_discount,
    }
}
