//! The port through which countries and currencies are asked for.

use async_trait::async_trait;

use crate::domain::registry::CallContext;
use crate::error::VendorError;

use super::model::Country;
use super::model::Currency;

/// A vendor who says which countries and currencies it works with.
#[async_trait]
pub trait ReferenceSource: Send + Sync + std::fmt::Debug {
    /// The name of the operation behind [`ReferenceSource::countries`].
    fn countries_operation(&self) -> &'static str;

    /// All countries, in the vendor's order.
    async fn countries(&self, context: CallContext) -> Result<Vec<Country>, VendorError>;

    /// The name of the operation behind [`ReferenceSource::currencies`].
    fn currencies_operation(&self) -> &'static str;

    /// All currencies, in the vendor's order.
    async fn currencies(&self, context: CallContext) -> Result<Vec<Currency>, VendorError>;
}
