//! The port through which the vehicle catalogue is read.

use async_trait::async_trait;

use crate::domain::registry::Answers;
use crate::domain::registry::CallContext;
use crate::error::VendorError;

use super::model::CatalogueId;
use super::model::Make;
use super::model::Model;
use super::model::ModelGroup;
use super::model::Variant;

/// A catalogue of vehicles in four levels: make, model group, model, variant.
#[async_trait]
pub trait CatalogueSource: Send + Sync + std::fmt::Debug {
    /// The name of the operation behind [`CatalogueSource::makes`].
    fn makes_operation(&self) -> &'static str;

    /// Every make.
    async fn makes(&self, context: CallContext) -> Result<Vec<Make>, VendorError>;

    /// The name of the operation behind [`CatalogueSource::groups_of`].
    fn groups_of_operation(&self) -> &'static str;

    /// The model groups of each make; `None` for a make that is not known.
    async fn groups_of(&self, makes: Vec<CatalogueId>, context: CallContext) -> Answers<CatalogueId, Vec<ModelGroup>>;

    /// The name of the operation behind [`CatalogueSource::groups`].
    fn groups_operation(&self) -> &'static str;

    /// Model groups by their numbers; `None` for a number that is not known.
    async fn groups(&self, ids: Vec<CatalogueId>, context: CallContext) -> Answers<CatalogueId, ModelGroup>;

    /// The name of the operation behind [`CatalogueSource::models_of`].
    fn models_of_operation(&self) -> &'static str;

    /// The models of each model group; `None` for a model group that is not known.
    async fn models_of(&self, groups: Vec<CatalogueId>, context: CallContext) -> Answers<CatalogueId, Vec<Model>>;

    /// The name of the operation behind [`CatalogueSource::models`].
    fn models_operation(&self) -> &'static str;

    /// Models by their numbers; `None` for a number that is not known.
    async fn models(&self, ids: Vec<CatalogueId>, context: CallContext) -> Answers<CatalogueId, Model>;

    /// The name of the operation behind [`CatalogueSource::variants_of`].
    fn variants_of_operation(&self) -> &'static str;

    /// The variants of each model; `None` for a model that is not known.
    async fn variants_of(&self, models: Vec<CatalogueId>, context: CallContext) -> Answers<CatalogueId, Vec<Variant>>;

    /// The name of the operation behind [`CatalogueSource::variants`].
    fn variants_operation(&self) -> &'static str;

    /// Variants by their numbers; `None` for a number that is not known.
    async fn variants(&self, ids: Vec<CatalogueId>, context: CallContext) -> Answers<CatalogueId, Variant>;
}
