//! Amounts of money, exact to the digit that the vendor sent.

use async_graphql::{Enum, SimpleObject};
use serde::{Deserialize, Serialize};

use crate::graphql::scalars::CurrencyCode;
use crate::graphql::scalars::Decimal;

/// An amount of money in one currency.
///
/// The amount is in major units (euros, not cents) and exact: it never passes through a binary fraction.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, SimpleObject)]
pub struct Money {
    /// The amount in major units of the currency, as a decimal string.
    pub amount: Decimal,
    /// The ISO 4217 code of the currency.
    pub currency: CurrencyCode,
    /// The same amount in the currency of the account's country; null when the vendor gives none or it is the same currency.
    pub localized: Option<Box<Money>>,
}

impl Money {
    /// An amount without a localized twin.
    pub fn new(amount: rust_decimal::Decimal, currency: CurrencyCode) -> Self {
        Self { amount: Decimal(amount), currency, localized: None }
    }
}

/// How a discount is reckoned.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, Enum)]
pub enum DiscountKind {
    /// A share of the gross price.
    Percentual,
    /// A fixed amount.
    Absolute,
    /// A kind that the vendor has added since.
    Unknown,
}

/// A reduction of a price.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, SimpleObject)]
pub struct Discount {
    /// How the discount is reckoned; null when the vendor does not say.
    pub kind: Option<DiscountKind>,
    /// The kind as the vendor spells it.
    pub kind_raw: Option<String>,
    /// The share in percent of the gross price; null for an absolute discount.
    pub percentage: Option<Decimal>,
    /// The amount taken off.
    pub amount: Option<Money>,
}

/// A price before and after its discount.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, SimpleObject)]
pub struct PriceBreakdown {
    /// The price before the discount.
    pub gross: Option<Money>,
    /// The price after the discount.
    pub net: Option<Money>,
    /// What was taken off in all.
    pub discount: Option<Discount>,
}
