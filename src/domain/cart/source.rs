//! The port through which prices are asked for.

use async_trait::async_trait;

use crate::domain::registry::CallContext;
use crate::error::VendorError;

use super::model::PriceQuote;
use super::model::QuoteRequest;

/// Something that prices products together.
#[async_trait]
pub trait CartSource: Send + Sync + std::fmt::Debug {
    /// The name of the operation behind [`CartSource::quote`].
    fn quote_operation(&self) -> &'static str;

    /// Prices products for one vehicle. Orders nothing.
    async fn quote(&self, request: &QuoteRequest, context: CallContext) -> Result<PriceQuote, VendorError>;
}
