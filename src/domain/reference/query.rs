//! Questions about countries and currencies.

use async_graphql::Context;
use async_graphql::Object;

use crate::auth::Scope;
use crate::domain::account;
use crate::domain::request::caller;
use crate::graphql::guard::RequiresScopes;
use crate::graphql::sourced::Sourced;
use crate::graphql::sourced::sourced;

use super::loader::CountriesLoader;
use super::loader::CurrenciesLoader;
use super::loader::WHAT;
use super::model::Country;
use super::model::Currency;

/// Questions about countries and currencies.
#[derive(Debug, Default)]
pub struct ReferenceQuery;

#[Object]
impl ReferenceQuery {
    /// The countries that the diagnostics service works in, in its order.
    #[graphql(directive = RequiresScopes::apply([Scope::CatalogRead]))]
    async fn countries(&self, ctx: &Context<'_>) -> Sourced<Vec<Country>> {
        sourced(async {
            let caller = caller(ctx)?;
            let (tenant, accounts) = (&caller.session.tenant, &caller.session.accounts);
            let served = caller.services.sources.references.required(tenant, accounts, WHAT)?;
            let countries = account::any::<CountriesLoader, _>(ctx, served, ()).await?;
            Ok(countries.map(|countries| countries.to_vec()))
        })
        .await
    }

    /// The currencies that the diagnostics service charges in, in its order.
    #[graphql(directive = RequiresScopes::apply([Scope::CatalogRead]))]
    async fn currencies(&self, ctx: &Context<'_>) -> Sourced<Vec<Currency>> {
        sourced(async {
            let caller = caller(ctx)?;
            let (tenant, accounts) = (&caller.session.tenant, &caller.session.accounts);
            let served = caller.services.sources.references.required(tenant, accounts, WHAT)?;
            let currencies = account::any::<CurrenciesLoader, _>(ctx, served, ()).await?;
            Ok(currencies.map(|currencies| currencies.to_vec()))
        })
        .await
    }
}
