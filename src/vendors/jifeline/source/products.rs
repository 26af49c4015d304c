//! Products.

use async_trait::async_trait;

use crate::domain::catalogue::model::Fitment;
use crate::domain::product::model::BundleQuery;
use crate::domain::product::model::Prerequisite;
use crate::domain::product::model::PrerequisiteQuery;
use crate::domain::product::model::Product;
use crate::domain::product::model::ProductBundle;
use crate::domain::product::model::ProductGroup;
use crate::domain::product::model::ProductId;
use crate::domain::product::model::ProductQuery;
use crate::domain::product::model::Within;
use crate::domain::product::source::ProductSource;
use crate::domain::registry::Answers;
use crate::domain::registry::CallContext;
use crate::error::VendorError;
use crate::vendors::fan_out;

use super::super::JifelineClient;
use super::super::api;
use super::super::api::products;
use super::super::api::products::FilterDto;
use super::super::api::products::FitmentDto;
use super::super::error;
use super::super::map;
use super::distinct;

/// The products that one customer account can order.
#[derive(Clone, Debug)]
pub struct JifelineProductSource {
    client: JifelineClient,
}

impl JifelineProductSource {
    pub(in crate::vendors::jifeline) fn new(client: JifelineClient) -> Self {
        Self { client }
    }
}

#[async_trait]
impl ProductSource for JifelineProductSource {
    fn groups_operation(&self) -> &'static str {
        products::LIST_GROUPS.name
    }

    async fn groups(&self, fitments: Vec<Fitment>, context: CallContext) -> Answers<Fitment, Vec<ProductGroup>> {
        fan_out::each(fitments, api::PARALLEL, |fitment: Fitment| async move {
            let listed = products::list_groups(&self.client.transport, build(&fitment), context.deadline).await;
            let listed = error::not_found_is_none(listed.map(Some))?;
            Ok(listed.map(|groups| distinct(groups.into_iter().filter_map(map::map_product_group), |g| g.id.clone())))
        })
        .await
    }

    fn bundles_operation(&self) -> &'static str {
        products::LIST_BUNDLES.name
    }

    async fn bundles(
        &self,
        queries: Vec<BundleQuery>,
        context: CallContext,
    ) -> Answers<BundleQuery, Vec<ProductBundle>> {
        fan_out::each(queries, api::PARALLEL, |query: BundleQuery| async move {
            let filter =
                FilterDto { group_id: query.group.as_ref().map(|group| group.0.as_str()), ..FilterDto::default() };
            let fitment = build(&query.fitment);
            let listed = products::list_bundles(&self.client.transport, fitment, filter, context.deadline).await;
            let listed = error::not_found_is_none(listed.map(Some))?;
            Ok(listed.map(|bundles| distinct(bundles.into_iter().filter_map(map::map_bundle), |b| b.id.clone())))
        })
        .await
    }

    fn products_operation(&self) -> &'static str {
        products::LIST.name
    }

    async fn products(&self, queries: Vec<ProductQuery>, context: CallContext) -> Answers<ProductQuery, Vec<Product>> {
        fan_out::each(queries, api::PARALLEL, |query: ProductQuery| async move {
            let (group_id, bundle_id) = match &query.within {
                Some(Within::Group(group)) => (Some(group.0.as_str()), None),
                Some(Within::Bundle(bundle)) => (None, Some(bundle.0.as_str())),
                None => (None, None),
            };
            let filter = FilterDto { group_id, bundle_id, favorite: query.favorite };
            let listed = products::list(&self.client.transport, build(&query.fitment), filter, context.deadline).await;
            let listed = error::not_found_is_none(listed.map(Some))?;
            Ok(listed.map(|products| distinct(products.into_iter().filter_map(map::map_product), |p| p.id.clone())))
        })
        .await
    }

    fn prerequisites_operation(&self) -> &'static str {
        products::LIST_PREREQUISITES.name
    }

    async fn prerequisites(
        &self,
        queries: Vec<PrerequisiteQuery>,
        context: CallContext,
    ) -> Answers<PrerequisiteQuery, Vec<Prerequisite>> {
        fan_out::each(queries, api::PARALLEL, |query: PrerequisiteQuery| async move {
            // The vendor refuses the question without products.
            if query.products.is_empty() {
                return Ok(Some(Vec::new()));
            }
            let ids: Vec<_> = query.products.iter().map(|product| product.0.as_str()).collect();
            let fitment = build(&query.fitment);
            let listed = products::list_prerequisites(&self.client.transport, fitment, &ids, context.deadline).await;
            let listed = error::not_found_is_none(listed.map(Some))?;
            Ok(listed.map(|all| distinct(all.into_iter().filter_map(map::map_prerequisite), |p| p.id.clone())))
        })
        .await
    }

    fn add_favorite_operation(&self) -> &'static str {
        products::ADD_FAVORITE.name
    }

    async fn add_favorite(&self, product: &ProductId, context: CallContext) -> Result<(), VendorError> {
        products::add_favorite(&self.client.transport, &product.0, context.deadline).await
    }

    fn remove_favorite_operation(&self) -> &'static str {
        products::REMOVE_FAVORITE.name
    }

    async fn remove_favorite(&self, product: &ProductId, context: CallContext) -> Result<(), VendorError> {
        products::remove_favorite(&self.client.transport, &product.0, context.deadline).await
    }
}

fn build(fitment: &Fitment) -> FitmentDto<'_> {
    FitmentDto { model_id: &fitment.model_id.0, variant_id: &fitment.variant_id.0 }
}
