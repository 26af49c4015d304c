//! The port through which products are asked for.

use async_trait::async_trait;

use crate::domain::catalogue::model::Fitment;
use crate::domain::registry::Answers;
use crate::domain::registry::CallContext;
use crate::error::VendorError;

use super::model::BundleQuery;
use super::model::Prerequisite;
use super::model::PrerequisiteQuery;
use super::model::Product;
use super::model::ProductBundle;
use super::model::ProductGroup;
use super::model::ProductId;
use super::model::ProductQuery;

/// Something that sells services for vehicles.
#[async_trait]
pub trait ProductSource: Send + Sync + std::fmt::Debug {
    /// The name of the operation behind [`ProductSource::groups`].
    fn groups_operation(&self) -> &'static str;

    /// The product groups for each build of vehicle; `None` for a build that is not known.
    async fn groups(&self, fitments: Vec<Fitment>, context: CallContext) -> Answers<Fitment, Vec<ProductGroup>>;

    /// The name of the operation behind [`ProductSource::bundles`].
    fn bundles_operation(&self) -> &'static str;

    /// The bundles of each query; `None` when what it names is not known.
    async fn bundles(
        &self,
        queries: Vec<BundleQuery>,
        context: CallContext,
    ) -> Answers<BundleQuery, Vec<ProductBundle>>;

    /// The name of the operation behind [`ProductSource::products`].
    fn products_operation(&self) -> &'static str;

    /// The products of each query; `None` when what it names is not known.
    async fn products(&self, queries: Vec<ProductQuery>, context: CallContext) -> Answers<ProductQuery, Vec<Product>>;

    /// The name of the operation behind [`ProductSource::prerequisites`].
    fn prerequisites_operation(&self) -> &'static str;

    /// The prerequisites of each query; none for a query without products, `None` when what it names is not known.
    async fn prerequisites(
        &self,
        queries: Vec<PrerequisiteQuery>,
        context: CallContext,
    ) -> Answers<PrerequisiteQuery, Vec<Prerequisite>>;

    /// The name of the operation behind [`ProductSource::add_favorite`].
    fn add_favorite_operation(&self) -> &'static str;

    /// Marks a product; marking it again changes nothing.
    async fn add_favorite(&self, product: &ProductId, context: CallContext) -> Result<(), VendorError>;

    /// The name of the operation behind [`ProductSource::remove_favorite`].
    fn remove_favorite_operation(&self) -> &'static str;

    /// Takes a product's mark away.
    async fn remove_favorite(&self, product: &ProductId, context: CallContext) -> Result<(), VendorError>;
}
