//! The products of the service provider, and which car each is for.

use std::sync::LazyLock;

use serde::Deserialize;

use super::catalogue::Variant;

/// A product.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Product {
    /// Jifeline's id.
    pub(crate) id: i64,
    /// Jifeline's other number, for invoices.
    pub(crate) item_number: i64,
    /// The localised name.
    pub(crate) name: String,
    /// The English name.
    pub(crate) internal_name: String,
    /// What is done.
    pub(crate) description: String,
    /// The group it is found in.
    #[serde(rename = "product_group_id")]
    pub(crate) group: i64,
    /// The price before discounts, in euro cents.
    pub(crate) gross_cents: i32,
    /// The discount, in euro cents.
    pub(crate) discount_cents: i32,
    /// Whether an automatic process does the work.
    pub(crate) is_unattended: bool,
    /// The fee of the car's maker, in euro cents, when there is one.
    pub(crate) fee_cents: Option<i32>,
    /// The fuels of the cars it is for; empty for all.
    fuel_types: Vec<String>,
    /// The transmission of the cars it is for; none for all.
    transmission: Option<String>,
}

impl Product {
    /// Whether it can be ordered for a car of this variant.
    pub(crate) fn is_for(&self, variant: &Variant) -> bool {
        let fuel = self.fuel_types.is_empty() || self.fuel_types.contains(&variant.fuel_type);
        fuel && self.transmission.as_ref().is_none_or(|transmission| *transmission == variant.transmission)
    }
}

/// All products.
pub(crate) static PRODUCTS: LazyLock<Vec<Product>> = LazyLock::new(|| {
    serde_json::from_str(include_str!("products.json"))
        .expect("the embedded products are valid, as every test with a sandbox shows")
});

/// The product with this id.
pub(crate) fn product(id: i64) -> Option<&'static Product> {
    PRODUCTS.iter().find(|product| product.id == id)
}
