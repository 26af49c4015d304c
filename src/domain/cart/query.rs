//! Questions about prices.

use async_graphql::Context;
use async_graphql::InputObject;
use async_graphql::Object;

use crate::auth::Scope;
use crate::domain::account;
use crate::domain::fitment::FitmentBy;
use crate::domain::product::model::ProductId;
use crate::domain::request::caller;
use crate::error::Error;
use crate::graphql::Result;
use crate::graphql::dataloader::DataLoader;
use crate::graphql::guard::RequiresScopes;
use crate::graphql::scalars::Vin;
use crate::graphql::sourced::Sourced;
use crate::graphql::sourced::sourced;

use super::loader::QuoteLoader;
use super::loader::WHAT;
use super::model::PriceQuote;
use super::model::QuoteRequest;

/// No order holds more products.
const MOST_PRODUCTS: usize = 100;

/// What is to be priced.
#[derive(Clone, Debug, InputObject)]
pub struct PriceQuoteInput {
    /// What names the build of vehicle.
    pub fitment: FitmentBy,
    /// The vehicle, when `fitment` does not name it already; prices can depend on it.
    pub vin: Option<Vin>,
    /// The `productId` of each product, from 1 to 100.
    pub product_ids: Vec<ProductId>,
    /// A voucher to redeem.
    pub voucher: Option<String>,
    /// The `preparedTicketId` of the prepared ticket that is to be confirmed.
    pub prepared_ticket_id: Option<String>,
    /// Name of the diagnostics account; needed only when the client sees several.
    pub account: Option<String>,
}

/// Questions about prices.
#[derive(Debug, Default)]
pub struct CartQuery;

#[Object]
impl CartQuery {
    /// What products cost together for a vehicle right now, with the account's discounts. Orders nothing.
    #[graphql(directive = RequiresScopes::apply([Scope::CatalogRead]))]
    async fn price_quote(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "What is to be priced.")] input: PriceQuoteInput,
    ) -> Sourced<PriceQuote> {
        sourced(async {
            let (product_ids, vin) = (products(input.product_ids)?, vin(&input.fitment, input.vin)?);
            let carts = &caller(ctx)?.services.sources.carts;
            let account = account::named(ctx, carts, input.account.as_deref(), WHAT)?;
            let fitment = input.fitment.resolve(ctx, &account).await?;
            let filled = |text: Option<String>| text.map(|text| text.trim().to_owned()).filter(|text| !text.is_empty());
            let request = QuoteRequest {
                fitment,
                vin,
                product_ids,
                voucher: filled(input.voucher),
                prepared_ticket_id: filled(input.prepared_ticket_id),
            };
            let quote = DataLoader::<QuoteLoader>::of(ctx)?.load_one((account, request)).await?;
            Ok(quote.map(|quote| quote.as_ref().clone()))
        })
        .await
    }
}

/// The products in the order in which they are named; the answer has a line for each.
fn products(ids: Vec<ProductId>) -> Result<Vec<ProductId>> {
    if (1..=MOST_PRODUCTS).contains(&ids.len()) {
        return Ok(ids);
    }
    let message = format!("`productIds` names {} products; it must be from 1 to {MOST_PRODUCTS}", ids.len());
    Err(Error::bad_input(message))
}

fn vin(fitment: &FitmentBy, vin: Option<Vin>) -> Result<Option<Vin>> {
    match (fitment, vin) {
        (FitmentBy::Vin(named), Some(vin)) if *named != vin => {
            Err(Error::bad_input("`fitment.vin` and `vin` name two vehicles; give one of them"))
        }
        (FitmentBy::Vin(named), _) => Ok(Some(named.clone())),
        (FitmentBy::Catalogue(_), vin) => Ok(vin),
    }
}
