//! The catalogue of vehicles.

use async_trait::async_trait;

use crate::domain::catalogue::model::CatalogueId;
use crate::domain::catalogue::model::Make;
use crate::domain::catalogue::model::Model;
use crate::domain::catalogue::model::ModelGroup;
use crate::domain::catalogue::model::Variant;
use crate::domain::catalogue::source::CatalogueSource;
use crate::domain::registry::Answers;
use crate::domain::registry::CallContext;
use crate::error::VendorError;
use crate::vendors::fan_out;

use super::super::JifelineClient;
use super::super::api;
use super::super::api::catalogue;
use super::super::api::catalogue::EntryDto;
use super::super::error;
use super::super::map;
use super::distinct;

/// The catalogue of vehicles as one customer account sees it.
#[derive(Clone, Debug)]
pub struct JifelineCatalogueSource {
    client: JifelineClient,
}

impl JifelineCatalogueSource {
    pub(in crate::vendors::jifeline) fn new(client: JifelineClient) -> Self {
        Self { client }
    }
}

#[async_trait]
impl CatalogueSource for JifelineCatalogueSource {
    fn makes_operation(&self) -> &'static str {
        catalogue::LIST_MAKES.name
    }

    async fn makes(&self, context: CallContext) -> Result<Vec<Make>, VendorError> {
        let listed = catalogue::list_makes(&self.client.transport, context.deadline).await?;
        Ok(distinct(listed.into_iter().filter_map(map::map_make), |make| make.id.clone()))
    }

    fn groups_of_operation(&self) -> &'static str {
        catalogue::LIST_MODEL_GROUPS.name
    }

    async fn groups_of(&self, makes: Vec<CatalogueId>, context: CallContext) -> Answers<CatalogueId, Vec<ModelGroup>> {
        fan_out::each(makes, api::PARALLEL, |make: CatalogueId| async move {
            let listed = catalogue::list_model_groups(&self.client.transport, &make.0, context.deadline).await;
            below(listed, map::map_model_group, |group| group.id.clone())
        })
        .await
    }

    fn groups_operation(&self) -> &'static str {
        catalogue::GET_MODEL_GROUP.name
    }

    async fn groups(&self, ids: Vec<CatalogueId>, context: CallContext) -> Answers<CatalogueId, ModelGroup> {
        fan_out::each(ids, api::PARALLEL, |id: CatalogueId| async move {
            let read = catalogue::get_model_group(&self.client.transport, &id.0, context.deadline).await;
            Ok(error::not_found_is_none(read)?.and_then(map::map_model_group))
        })
        .await
    }

    fn models_of_operation(&self) -> &'static str {
        catalogue::LIST_MODELS.name
    }

    async fn models_of(&self, groups: Vec<CatalogueId>, context: CallContext) -> Answers<CatalogueId, Vec<Model>> {
        fan_out::each(groups, api::PARALLEL, |group: CatalogueId| async move {
            let listed = catalogue::list_models(&self.client.transport, &group.0, context.deadline).await;
            below(listed, map::map_model, |model| model.id.clone())
        })
        .await
    }

    fn models_operation(&self) -> &'static str {
        catalogue::GET_MODEL.name
    }

    async fn models(&self, ids: Vec<CatalogueId>, context: CallContext) -> Answers<CatalogueId, Model> {
        fan_out::each(ids, api::PARALLEL, |id: CatalogueId| async move {
            let read = catalogue::get_model(&self.client.transport, &id.0, context.deadline).await;
            Ok(error::not_found_is_none(read)?.and_then(map::map_model))
        })
        .await
    }

    fn variants_of_operation(&self) -> &'static str {
        catalogue::LIST_VARIANTS.name
    }

    async fn variants_of(&self, models: Vec<CatalogueId>, context: CallContext) -> Answers<CatalogueId, Vec<Variant>> {
        fan_out::each(models, api::PARALLEL, |model: CatalogueId| async move {
            let listed = catalogue::list_variants(&self.client.transport, &model.0, context.deadline).await;
            below(listed, map::map_variant, |variant| variant.id.clone())
        })
        .await
    }

    fn variants_operation(&self) -> &'static str {
        catalogue::GET_VARIANT.name
    }

    async fn variants(&self, ids: Vec<CatalogueId>, context: CallContext) -> Answers<CatalogueId, Variant> {
        fan_out::each(ids, api::PARALLEL, |id: CatalogueId| async move {
            let read = catalogue::get_variant(&self.client.transport, &id.0, context.deadline).await;
            Ok(error::not_found_is_none(read)?.and_then(map::map_variant))
        })
        .await
    }
}

/// What stands below one entry of the level above; none when the vendor does not know that one.
fn below<T>(
    listed: Result<Vec<EntryDto>, VendorError>,
    map: impl Fn(EntryDto) -> Option<T>,
    id: impl Fn(&T) -> CatalogueId,
) -> Result<Option<Vec<T>>, VendorError> {
    let listed = error::not_found_is_none(listed.map(Some))?;
    Ok(listed.map(|entries| distinct(entries.into_iter().filter_map(map), id)))
}
