//! What products cost together: the one reckoning behind a cart, a wallet and a ticket of the past.

use serde_json::Value;
use serde_json::json;

use crate::sandbox::seed::offers::Voucher;
use crate::sandbox::seed::products::Product;
use crate::sandbox::seed::tickets::Line;

use super::price::Localized;

/// The lines of an order with its voucher.
#[derive(Debug)]
pub(super) struct Quote {
    pub(super) lines: Vec<Line>,
    pub(super) voucher: Option<&'static Voucher>,
}

impl Quote {
    /// Puts equal products into one line.
    pub(super) fn of(products: impl Iterator<Item = &'static Product>, voucher: Option<&'static Voucher>) -> Self {
        let mut lines = Vec::<Line>::new();
        for product in products {
            match lines.iter_mut().find(|line| line.product.id == product.id) {
                Some(line) => line.quantity += 1,
                None => lines.push(Line { product, quantity: 1 }),
            }
        }
        Self { lines, voucher }
    }

    fn sum(&self, amount: fn(&Product) -> i32) -> i32 {
        self.lines.iter().map(|line| amount(line.product) * line.quantity).sum()
    }

    fn gross(&self) -> i32 {
        self.sum(|product| product.gross_cents)
    }

    fn net(&self) -> i32 {
        self.gross() - self.sum(|product| product.discount_cents)
    }

    fn fee(&self) -> i32 {
        self.sum(|product| product.fee_cents.unwrap_or(0))
    }

    fn off(&self) -> i32 {
        self.voucher.map_or(0, |voucher| voucher.off(self.net()))
    }

    /// What the garage pays, in euro cents.
    pub(super) fn to_pay(&self) -> i32 {
        self.net() + self.fee() - self.off()
    }

    /// What the products cost.
    pub(super) fn sub_total(&self, localized: Localized) -> Value {
        localized.triple(self.gross(), self.net())
    }

    /// What the products cost after the voucher.
    pub(super) fn voucher_sub_total(&self, localized: Localized) -> Value {
        localized.triple(self.gross(), self.net() - self.off())
    }

    /// What the car's maker wants.
    pub(super) fn fee_total(&self, localized: Localized) -> Value {
        localized.triple(self.fee(), self.fee())
    }

    /// What the garage pays, and how it came to that.
    pub(super) fn total(&self, localized: Localized) -> Value {
        localized.triple(self.gross() + self.fee(), self.to_pay())
    }

    /// What the voucher takes off; null without one.
    pub(super) fn voucher_discount(&self, localized: Localized) -> Value {
        let shown = self.voucher.map(|voucher| match voucher.percent {
            Some(percent) => {
                json!({"type": "percentual", "percentage": percent, "price": localized.price(self.off())})
            }
            // Inferred: only percentual discounts are shown by the vendor.
            None => json!({"type": "absolute", "percentage": null, "price": localized.price(self.off())}),
        });
        shown.unwrap_or_default()
    }
}
