//! The cart.

use async_trait::async_trait;

use crate::domain::cart::model::PriceQuote;
use crate::domain::cart::model::QuoteRequest;
use crate::domain::cart::source::CartSource;
use crate::domain::registry::CallContext;
use crate::error::VendorError;

use super::super::JifelineClient;
use super::super::api::cart;
use super::super::map;

/// The cart of one customer account.
#[derive(Clone, Debug)]
pub struct JifelineCartSource {
    client: JifelineClient,
}

impl JifelineCartSource {
    pub(in crate::vendors::jifeline) fn new(client: JifelineClient) -> Self {
        Self { client }
    }
}

#[async_trait]
impl CartSource for JifelineCartSource {
    fn quote_operation(&self) -> &'static str {
        cart::CALCULATE_PRICES.name
    }

    async fn quote(&self, request: &QuoteRequest, context: CallContext) -> Result<PriceQuote, VendorError> {
        let sent = map::map_cart(request)?;
        Ok(map::map_quote(cart::calculate_prices(&self.client.transport, &sent, context.deadline).await?))
    }
}
