//! Marking products as favourites.

use async_graphql::Context;
use async_graphql::InputObject;
use async_graphql::Object;
use async_graphql::SimpleObject;

use crate::auth::Scope;
use crate::cache::Tag;
use crate::domain::account::choose;
use crate::domain::read::not_served;
use crate::domain::read::shared_context;
use crate::domain::refusal::DIAGNOSTICS;
use crate::domain::request::caller;
use crate::domain::rules::Faults;
use crate::domain::services::Caller;
use crate::graphql::Result;
use crate::graphql::guard::RequiresScopes;
use crate::graphql::sourced::Sourced;
use crate::graphql::sourced::sourced;
use crate::graphql::user_error::UserError;

use super::model::ProductId;

/// Marks products.
#[derive(Debug, Default)]
pub struct ProductMutation;

#[Object]
impl ProductMutation {
    /// Marks a product as a favourite of the garage; marking it again changes nothing.
    #[graphql(directive = RequiresScopes::apply([Scope::TicketsWrite]))]
    async fn add_favorite_product(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The product to mark.")] input: FavoriteProductInput,
    ) -> Sourced<FavoriteProductPayload> {
        sourced(async { mark(caller(ctx)?, input, true).await.map(Some) }).await
    }

    /// Takes a product out of the garage's favourites.
    #[graphql(directive = RequiresScopes::apply([Scope::TicketsWrite]))]
    async fn remove_favorite_product(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The product whose mark goes.")] input: FavoriteProductInput,
    ) -> Sourced<FavoriteProductPayload> {
        sourced(async { mark(caller(ctx)?, input, false).await.map(Some) }).await
    }
}

/// Which product is marked, or is so no more. Faults come back together as `userErrors`.
#[derive(Clone, Debug, InputObject)]
pub struct FavoriteProductInput {
    /// Name of the account whose favourites change; needed only when the client sees several.
    pub account: Option<String>,
    /// The vendor's number of the product. Required.
    pub product_id: Option<String>,
}

/// What came of marking a product or of taking its mark away.
#[derive(Clone, Debug, SimpleObject)]
pub struct FavoriteProductPayload {
    /// The vendor's number of the product; null when nothing was changed.
    pub product_id: Option<String>,
    /// Whether the product is a favourite now; null when nothing was changed.
    pub favorite: Option<bool>,
    /// What the caller can mend; empty when nothing is wrong with the input.
    pub user_errors: Vec<UserError>,
}

impl FavoriteProductPayload {
    fn refused(faults: Vec<UserError>) -> Self {
        Self { product_id: None, favorite: None, user_errors: faults }
    }
}

async fn mark(caller: &Caller, input: FavoriteProductInput, favorite: bool) -> Result<FavoriteProductPayload> {
    let (sources, tenant) = (&caller.services.sources.products, &caller.session.tenant);
    let account = choose(&caller.session, sources, input.account.as_deref());
    let mut faults = Faults::default();
    let product = faults.required(&["productId"], input.product_id.as_deref());
    let (account, product) = match (account, faults.none_or(product)) {
        (Ok(account), Ok(product)) => (account, ProductId(product)),
        (account, product) => {
            let faults = account.err().into_iter().chain(product.err().unwrap_or_default());
            return Ok(FavoriteProductPayload::refused(faults.collect()));
        }
    };
    let source = sources.get(tenant, &account).ok_or_else(|| not_served(&account, "products"))?;
    let done = if favorite {
        source.add_favorite(&product, shared_context()).await
    } else {
        source.remove_favorite(&product, shared_context()).await
    };
    // A write without an answer may have happened.
    caller.services.invalidate(tenant, &account, &[Tag::products()]);
    match done {
        Ok(()) => Ok(FavoriteProductPayload {
            product_id: Some(product.0),
            favorite: Some(favorite),
            user_errors: Vec::new(),
        }),
        Err(error) => DIAGNOSTICS.refusal(&error).map(FavoriteProductPayload::refused).ok_or_else(|| error.into()),
    }
}
