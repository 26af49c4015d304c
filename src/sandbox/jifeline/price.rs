//! Prices in the vendor's forms, reckoned in cents.

use serde_json::Value;
use serde_json::json;

use crate::sandbox::seed::tickets::RING;

/// The currency that a garage sees beside euros, and its rate in thousandths.
#[derive(Clone, Copy, Debug)]
pub(super) struct Localized {
    currency: &'static str,
    rate: i32,
}

impl Localized {
    /// The second garage is British, the first one sees euros twice.
    pub(super) fn of(garage: u8) -> Self {
        if garage == RING { Self { currency: "GBP", rate: 850 } } else { Self { currency: "EUR", rate: 1_000 } }
    }

    /// An amount of euro cents as the vendor's price object.
    pub(super) fn price(self, cents: i32) -> Value {
        json!({
            "currency": "EUR",
            "value": number(cents),
            "localized_value": number((cents * self.rate + 500) / 1_000),
            "localized_currency": self.currency,
        })
    }

    /// A discount of `cents` on `gross`.
    pub(super) fn discount(self, cents: i32, gross: i32) -> Value {
        let share = (i64::from(cents) * 10_000).checked_div(gross.into()).and_then(|share| i32::try_from(share).ok());
        json!({"type": "percentual", "percentage": number(share.unwrap_or(0)), "price": self.price(cents)})
    }

    /// Gross, net and discount together.
    pub(super) fn triple(self, gross: i32, net: i32) -> Value {
        json!({
            "gross_price": self.price(gross),
            "net_price": self.price(net),
            "total_discount": self.discount(gross - net, gross),
        })
    }
}

/// Hundredths as a JSON number: an integer where there is no fraction, as in the vendor's samples.
pub(super) fn number(hundredths: i32) -> Value {
    if hundredths % 100 == 0 { (hundredths / 100).into() } else { (f64::from(hundredths) / 100.0).into() }
}
