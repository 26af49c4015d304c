//! The fields that lead from one level of the catalogue to the next.

use async_graphql::ComplexObject;
use async_graphql::Context;

use crate::auth::Scope;
use crate::domain::account;
use crate::domain::request::caller;
use crate::domain::vehicle::model::VariantOf;
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

use super::loader::CatalogueLoader;
use super::loader::GroupsOfMake;
use super::loader::ModelByNumber;
use super::loader::ModelsOfGroup;
use super::loader::Question;
use super::loader::VariantsOfModel;
use super::loader::WHAT;
use super::model::CatalogueId;
use super::present;

/// What the catalogue answers to `Q` for the entry `id`. Every account of a catalogue gives the same answer.
pub(super) async fn asked<Q: Question>(
    ctx: &Context<'_>,
    id: CatalogueId,
) -> Result<Option<std::sync::Arc<Q::Answer>>> {
    let caller = caller(ctx)?;
    let (tenant, accounts) = (&caller.session.tenant, &caller.session.accounts);
    let served = caller.services.sources.catalogues.required(tenant, accounts, WHAT)?;
    account::any::<CatalogueLoader<Q>, _>(ctx, served, id).await
}

/// One page of what stands below the entry `id`; none without a number, or when the catalogue does not know it.
async fn below<Q, E, T>(
    ctx: &Context<'_>,
    id: Option<&String>,
    show: impl Fn(&E) -> T,
    first: i32,
    after: Option<String>,
) -> Result<Option<Connection<T>>>
where
    Q: Question<Answer = Vec<E>>,
{
    let Some(id) = id else { return Ok(None) };
    let entries = asked::<Q>(ctx, CatalogueId(id.clone())).await?;
    entries.map(|entries| slice(entries.iter().map(show).collect(), Some(first), after)).transpose()
}

#[ComplexObject]
impl VehicleMake {
    /// Its model groups; null when the catalogue does not know the make.
    #[graphql(directive = RequiresScopes::apply([Scope::CatalogRead]))]
    async fn model_groups(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "How many to return, at most 200.", default = 20)] first: i32,
        #[graphql(desc = "The `endCursor` of the page before.")] after: Option<String>,
    ) -> Sourced<Connection<VehicleModelGroup>> {
        let id = self.catalogue_id.as_ref();
        sourced(below::<GroupsOfMake, _, _>(ctx, id, present::model_group, first, after)).await
    }
}

#[ComplexObject]
impl VehicleModelGroup {
    /// Its models; null when the catalogue does not know the model group.
    #[graphql(directive = RequiresScopes::apply([Scope::CatalogRead]))]
    async fn models(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "How many to return, at most 200.", default = 20)] first: i32,
        #[graphql(desc = "The `endCursor` of the page before.")] after: Option<String>,
    ) -> Sourced<Connection<VehicleModel>> {
        let id = self.catalogue_id.as_ref();
        sourced(below::<ModelsOfGroup, _, _>(ctx, id, present::model, first, after)).await
    }
}

#[ComplexObject]
impl VehicleModel {
    /// Its variants; null when the catalogue does not know the model.
    #[graphql(directive = RequiresScopes::apply([Scope::CatalogRead]))]
    async fn variants(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "How many to return, at most 200.", default = 20)] first: i32,
        #[graphql(desc = "The `endCursor` of the page before.")] after: Option<String>,
    ) -> Sourced<Connection<VehicleModelVariant>> {
        let id = self.catalogue_id.as_ref();
        let show = |variant: &_| present::variant(variant, Some(self));
        sourced(below::<VariantsOfModel, _, _>(ctx, id, show, first, after)).await
    }
}

#[ComplexObject]
impl VehicleModelVariant {
    /// The model that it is a variant of; null when the catalogue does not say.
    async fn model(&self, ctx: &Context<'_>) -> Sourced<VehicleModel> {
        sourced(async {
            match &self.model {
                VariantOf::Unnamed => Ok(None),
                VariantOf::Model(model) => Ok(Some(model.as_ref().clone())),
                VariantOf::Numbered(id) => {
                    Ok(asked::<ModelByNumber>(ctx, id.clone()).await?.map(|model| present::model(&model)))
                }
            }
        })
        .await
    }
}
