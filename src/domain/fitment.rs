//! Which build of vehicle a question about products is for.

use async_graphql::Context;
use async_graphql::InputObject;
use async_graphql::OneofObject;

use crate::auth::AccountId;
use crate::domain::catalogue::model::CatalogueId;
use crate::domain::catalogue::model::Fitment;
use crate::domain::vehicle::loader::VehicleSpecLoader;
use crate::error::Code;
use crate::error::Error;
use crate::graphql::Result;
use crate::graphql::dataloader::DataLoader;
use crate::graphql::scalars::Vin;

/// A model in one of its variants.
#[derive(Clone, Debug, InputObject)]
pub struct ModelAndVariant {
    /// The catalogue's number of the model, its `catalogueId`.
    pub model_id: CatalogueId,
    /// The catalogue's number of the variant, its `catalogueId`.
    pub variant_id: CatalogueId,
}

/// What names the build of vehicle that products are offered for: exactly one of the fields.
#[derive(Clone, Debug, OneofObject)]
pub enum FitmentBy {
    /// A model and its variant from the catalogue.
    Catalogue(ModelAndVariant),
    /// The VIN of a vehicle, whose model and variant are then looked up in the catalogue.
    Vin(Vin),
}

impl FitmentBy {
    /// The build of vehicle that is meant, as the catalogue of `account` has it.
    ///
    /// # Errors
    /// `NOT_FOUND` when the catalogue does not know model and variant of the VIN.
    pub async fn resolve(&self, ctx: &Context<'_>, account: &AccountId) -> Result<Fitment> {
        match self {
            Self::Catalogue(ModelAndVariant { model_id, variant_id }) => {
                Ok(Fitment { model_id: model_id.clone(), variant_id: variant_id.clone() })
            }
            Self::Vin(vin) => {
                let spec = DataLoader::<VehicleSpecLoader>::of(ctx)?.load_one((account.clone(), vin.clone())).await?;
                let model_id = spec.as_ref().and_then(|spec| spec.model.as_ref()?.catalogue_id.clone());
                let variant_id = spec.as_ref().and_then(|spec| spec.variant.as_ref()?.catalogue_id.clone());
                let (Some(model_id), Some(variant_id)) = (model_id, variant_id) else {
                    return Err(Error::new(
                        Code::NotFound,
                        "the catalogue does not know model and variant of this VIN; name them by `fitment.catalogue`",
                    ));
                };
                Ok(Fitment { model_id: CatalogueId(model_id), variant_id: CatalogueId(variant_id) })
            }
        }
    }
}
