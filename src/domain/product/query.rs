//! Questions about products.

use async_graphql::Context;
use async_graphql::Object;

use crate::auth::AccountId;
use crate::auth::Scope;
use crate::domain::account;
use crate::domain::fitment::FitmentBy;
use crate::domain::request::caller;
use crate::error::Error;
use crate::graphql::Result;
use crate::graphql::connection::Connection;
use crate::graphql::connection::slice;
use crate::graphql::dataloader::DataLoader;
use crate::graphql::guard::RequiresScopes;
use crate::graphql::sourced::Sourced;
use crate::graphql::sourced::sourced;

use super::loader::Bundles;
use super::loader::Groups;
use super::loader::Prerequisites;
use super::loader::ProductLoader;
use super::loader::Products;
use super::loader::Question;
use super::loader::WHAT;
use super::model::BundleQuery;
use super::model::Prerequisite;
use super::model::PrerequisiteQuery;
use super::model::Product;
use super::model::ProductBundle;
use super::model::ProductBundleId;
use super::model::ProductGroup;
use super::model::ProductGroupId;
use super::model::ProductId;
use super::model::ProductQuery;
use super::model::Within;

/// More products go into no order, and no longer list into an address.
const MOST_PRODUCTS: usize = 100;

/// Questions about products.
#[derive(Debug, Default)]
pub struct ProductsQuery;

#[Object]
impl ProductsQuery {
    /// The groups of products that can be ordered for a build of vehicle; null when the build is not known.
    #[graphql(directive = RequiresScopes::apply([Scope::CatalogRead]))]
    async fn product_groups(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "What names the build of vehicle.")] fitment: FitmentBy,
        #[graphql(desc = "Name of the diagnostics account; needed only when the client sees several.")] account: Option<
            String,
        >,
        #[graphql(desc = "How many to return, at most 200.", default = 20)] first: i32,
        #[graphql(desc = "The `endCursor` of the page before.")] after: Option<String>,
    ) -> Sourced<Connection<ProductGroup>> {
        sourced(async {
            let account = of(ctx, account.as_deref())?;
            let fitment = fitment.resolve(ctx, &account).await?;
            page(asked::<Groups>(ctx, account, fitment).await?, first, after)
        })
        .await
    }

    /// The bundles of products that can be ordered together for a build of vehicle; null when the build or the group is
    /// not known.
    #[graphql(directive = RequiresScopes::apply([Scope::CatalogRead]))]
    async fn product_bundles(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "What names the build of vehicle.")] fitment: FitmentBy,
        #[graphql(desc = "Only bundles of the product group with this `groupId`; all when absent.")] group_id: Option<
            ProductGroupId,
        >,
        #[graphql(desc = "Name of the diagnostics account; needed only when the client sees several.")] account: Option<
            String,
        >,
        #[graphql(desc = "How many to return, at most 200.", default = 20)] first: i32,
        #[graphql(desc = "The `endCursor` of the page before.")] after: Option<String>,
    ) -> Sourced<Connection<ProductBundle>> {
        sourced(async {
            let account = of(ctx, account.as_deref())?;
            let fitment = fitment.resolve(ctx, &account).await?;
            page(asked::<Bundles>(ctx, account, BundleQuery { fitment, group: group_id }).await?, first, after)
        })
        .await
    }

    /// The products that can be ordered for a build of vehicle, with the account's prices; null when the build, the
    /// group or the bundle is not known.
    #[graphql(directive = RequiresScopes::apply([Scope::CatalogRead]))]
    #[expect(clippy::too_many_arguments, reason = "each is an argument of the graph")]
    async fn products(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "What names the build of vehicle.")] fitment: FitmentBy,
        #[graphql(desc = "Only products of the group with this `groupId`; not together with `bundleId`.")]
        group_id: Option<ProductGroupId>,
        #[graphql(desc = "Only products of the bundle with this `bundleId`; not together with `groupId`.")]
        bundle_id: Option<ProductBundleId>,
        #[graphql(desc = "True for favorites only, false for all others; both when absent.")] favorite: Option<bool>,
        #[graphql(desc = "Name of the diagnostics account; needed only when the client sees several.")] account: Option<
            String,
        >,
        #[graphql(desc = "How many to return, at most 200.", default = 20)] first: i32,
        #[graphql(desc = "The `endCursor` of the page before.")] after: Option<String>,
    ) -> Sourced<Connection<Product>> {
        sourced(async {
            let within = within(group_id, bundle_id)?;
            let account = of(ctx, account.as_deref())?;
            let fitment = fitment.resolve(ctx, &account).await?;
            page(asked::<Products>(ctx, account, ProductQuery { fitment, within, favorite }).await?, first, after)
        })
        .await
    }

    /// What has to be answered before these products can be ordered together; null when the build or a product is not
    /// known. Which product needs which answer is not told.
    #[graphql(directive = RequiresScopes::apply([Scope::CatalogRead]))]
    async fn product_prerequisites(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "What names the build of vehicle.")] fitment: FitmentBy,
        #[graphql(desc = "The `productId` of each product to be ordered, at most 100.")] product_ids: Vec<ProductId>,
        #[graphql(desc = "Name of the diagnostics account; needed only when the client sees several.")] account: Option<
            String,
        >,
    ) -> Sourced<Vec<Prerequisite>> {
        sourced(async {
            let products = each_once(product_ids)?;
            let account = of(ctx, account.as_deref())?;
            let fitment = fitment.resolve(ctx, &account).await?;
            let query = PrerequisiteQuery { fitment, products };
            Ok(asked::<Prerequisites>(ctx, account, query).await?.map(|all| all.to_vec()))
        })
        .await
    }
}

/// Prices and favorites are an account's own.
fn of(ctx: &Context<'_>, name: Option<&str>) -> Result<AccountId> {
    account::named(ctx, &caller(ctx)?.services.sources.products, name, WHAT)
}

async fn asked<Q: Question>(
    ctx: &Context<'_>,
    account: AccountId,
    key: Q::Key,
) -> Result<Option<std::sync::Arc<Q::Answer>>> {
    DataLoader::<ProductLoader<Q>>::of(ctx)?.load_one((account, key)).await
}

fn page<T: Clone>(
    found: Option<std::sync::Arc<Vec<T>>>,
    first: i32,
    after: Option<String>,
) -> Result<Option<Connection<T>>> {
    found.map(|all| slice(all.to_vec(), Some(first), after)).transpose()
}

fn within(group: Option<ProductGroupId>, bundle: Option<ProductBundleId>) -> Result<Option<Within>> {
    match (group, bundle) {
        (Some(_), Some(_)) => Err(Error::bad_input("`groupId` and `bundleId` exclude each other; give one of them")),
        (Some(group), None) => Ok(Some(Within::Group(group))),
        (None, Some(bundle)) => Ok(Some(Within::Bundle(bundle))),
        (None, None) => Ok(None),
    }
}

/// The same products in the same order however they were named, so that the same question is asked once.
fn each_once(mut ids: Vec<ProductId>) -> Result<Vec<ProductId>> {
    ids.sort();
    ids.dedup();
    if ids.len() > MOST_PRODUCTS {
        let message = format!("`productIds` names {} products; at most {MOST_PRODUCTS} at once", ids.len());
        return Err(Error::bad_input(message));
    }
    Ok(ids)
}
