//! Questions about the catalogue of vehicles.

use std::sync::Arc;

use async_graphql::Context;
use async_graphql::Object;

use crate::auth::Scope;
use crate::domain::account;
use crate::domain::request::caller;
use crate::domain::vehicle::model::VehicleMake;
use crate::domain::vehicle::model::VehicleModel;
use crate::domain::vehicle::model::VehicleModelGroup;
use crate::domain::vehicle::model::VehicleModelVariant;
use crate::graphql::Result;
use crate::graphql::connection::Connection;
use crate::graphql::connection::slice;
use crate::graphql::guard::RequiresScopes;
use crate::graphql::sourced::Sourced;
use crate::graphql::sourced::sourced;

use super::fields::asked;
use super::loader::GroupByNumber;
use super::loader::MakesLoader;
use super::loader::ModelByNumber;
use super::loader::VariantByNumber;
use super::loader::WHAT;
use super::model::CatalogueId;
use super::model::Make;
use super::present;

/// Questions about the catalogue of vehicles.
#[derive(Debug, Default)]
pub struct CatalogueQuery;

#[Object]
impl CatalogueQuery {
    /// Every make of vehicles in the catalogue, in the catalogue's order.
    #[graphql(directive = RequiresScopes::apply([Scope::CatalogRead]))]
    async fn vehicle_makes(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "How many to return, at most 200.", default = 20)] first: i32,
        #[graphql(desc = "The `endCursor` of the page before.")] after: Option<String>,
    ) -> Sourced<Connection<VehicleMake>> {
        sourced(async {
            let makes = makes(ctx).await?;
            makes.map(|makes| slice(makes.iter().map(present::make).collect(), Some(first), after)).transpose()
        })
        .await
    }

    /// A model group by its number in the catalogue; null when the catalogue does not know it.
    #[graphql(directive = RequiresScopes::apply([Scope::CatalogRead]))]
    async fn vehicle_model_group(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The catalogue's number of the model group, its `catalogueId`.")] id: CatalogueId,
    ) -> Sourced<VehicleModelGroup> {
        sourced(model_group(ctx, id)).await
    }

    /// A model by its number in the catalogue; null when the catalogue does not know it.
    #[graphql(directive = RequiresScopes::apply([Scope::CatalogRead]))]
    async fn vehicle_model(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The catalogue's number of the model, its `catalogueId`.")] id: CatalogueId,
    ) -> Sourced<VehicleModel> {
        sourced(model(ctx, id)).await
    }

    /// A variant of a model by its number in the catalogue; null when the catalogue does not know it.
    #[graphql(directive = RequiresScopes::apply([Scope::CatalogRead]))]
    async fn vehicle_model_variant(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The catalogue's number of the variant, its `catalogueId`.")] id: CatalogueId,
    ) -> Sourced<VehicleModelVariant> {
        sourced(variant(ctx, id)).await
    }
}

async fn makes(ctx: &Context<'_>) -> Result<Option<Arc<Vec<Make>>>> {
    let caller = caller(ctx)?;
    let (tenant, accounts) = (&caller.session.tenant, &caller.session.accounts);
    let served = caller.services.sources.catalogues.required(tenant, accounts, WHAT)?;
    account::any::<MakesLoader, _>(ctx, served, ()).await
}

/// The make with this number. The catalogue tells of makes only all together.
pub(in crate::domain) async fn make(ctx: &Context<'_>, id: CatalogueId) -> Result<Option<VehicleMake>> {
    let makes = makes(ctx).await?;
    Ok(makes.and_then(|makes| makes.iter().map(present::make).find(|make| make.catalogue_id.as_ref() == Some(&id.0))))
}

/// The model group with this number.
pub(in crate::domain) async fn model_group(ctx: &Context<'_>, id: CatalogueId) -> Result<Option<VehicleModelGroup>> {
    Ok(asked::<GroupByNumber>(ctx, id).await?.map(|group| present::model_group(&group)))
}

/// The model with this number.
pub(in crate::domain) async fn model(ctx: &Context<'_>, id: CatalogueId) -> Result<Option<VehicleModel>> {
    Ok(asked::<ModelByNumber>(ctx, id).await?.map(|model| present::model(&model)))
}

/// The variant with this number.
pub(in crate::domain) async fn variant(ctx: &Context<'_>, id: CatalogueId) -> Result<Option<VehicleModelVariant>> {
    Ok(asked::<VariantByNumber>(ctx, id).await?.map(|found| present::variant(&found, None)))
}
