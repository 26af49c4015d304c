//! The catalogue of vehicles: makes, model groups, models and variants.

use chrono::NaiveDate;
use tokio::time::Instant;

use crate::error::VendorError;
use crate::transport::Call;
use crate::transport::Operation;
use crate::transport::Transport;
use crate::transport::decode::Id;
use crate::transport::decode::dto;

use super::READ;

/// Lists the makes.
///
/// Source: Customer API reference, tag Vehicles, "Makes"; the path is inferred.
pub(in crate::vendors::jifeline) const LIST_MAKES: Operation =
    Operation { name: "jifeline.catalogue.list_makes", path: "/v1/vehicle-makes", ..READ };

/// Lists the model groups of a make.
///
/// Source: Customer API reference, tag Vehicles, "Model groups of a make"; the path is inferred.
pub(in crate::vendors::jifeline) const LIST_MODEL_GROUPS: Operation =
    Operation { name: "jifeline.catalogue.list_model_groups", path: "/v1/vehicle-model-groups", ..READ };

/// Reads a model group.
///
/// Source: Customer API reference, tag Vehicles, "One model group"; the path is inferred.
pub(in crate::vendors::jifeline) const GET_MODEL_GROUP: Operation =
    Operation { name: "jifeline.catalogue.get_model_group", path: "/v1/vehicle-model-groups/{modelGroupId}", ..READ };

/// Lists the models of a model group.
///
/// Source: Customer API reference, tag Vehicles, "Models of a model group"; the path is inferred.
pub(in crate::vendors::jifeline) const LIST_MODELS: Operation =
    Operation { name: "jifeline.catalogue.list_models", path: "/v1/vehicle-models", ..READ };

/// Reads a model.
///
/// Source: Customer API reference, tag Vehicles, "One model"; the path is inferred.
pub(in crate::vendors::jifeline) const GET_MODEL: Operation =
    Operation { name: "jifeline.catalogue.get_model", path: "/v1/vehicle-models/{modelId}", ..READ };

/// Lists the variants of a model.
///
/// Source: Customer API reference, tag Vehicles, "Variants of a model"; the path is inferred.
pub(in crate::vendors::jifeline) const LIST_VARIANTS: Operation =
    Operation { name: "jifeline.catalogue.list_variants", path: "/v1/vehicle-model-variants", ..READ };

/// Reads a variant.
///
/// Source: Customer API reference, tag Vehicles, "One variant"; the path is inferred.
pub(in crate::vendors::jifeline) const GET_VARIANT: Operation =
    Operation { name: "jifeline.catalogue.get_variant", path: "/v1/vehicle-model-variants/{modelVariantId}", ..READ };

dto! {
    /// An entry of any level; which members are there depends on the level.
    pub(in crate::vendors::jifeline) struct EntryDto {
        id: Id,
        name: String,
        manufactured_from: NaiveDate,
        manufactured_to: NaiveDate,
        requires_doip: bool,
        vehicle_make_id: Id,
        vehicle_make_name: String,
        vehicle_model_group_id: Id,
        vehicle_model_group_name: String,
        vehicle_model_id: Id,
        vehicle_model_name: String,
    }
}

/// Reads every make.
pub(in crate::vendors::jifeline) async fn list_makes(
    transport: &Transport,
    deadline: Instant,
) -> Result<Vec<EntryDto>, VendorError> {
    super::paged(transport, || Call::new(&LIST_MAKES, deadline)).await
}

/// Reads the model groups of the make numbered `make`.
pub(in crate::vendors::jifeline) async fn list_model_groups(
    transport: &Transport,
    make: &str,
    deadline: Instant,
) -> Result<Vec<EntryDto>, VendorError> {
    below(transport, &LIST_MODEL_GROUPS, ("vehicle_make_id", make), deadline).await
}

/// Reads the model group numbered `id`; none when the body is empty or null.
pub(in crate::vendors::jifeline) async fn get_model_group(
    transport: &Transport,
    id: &str,
    deadline: Instant,
) -> Result<Option<EntryDto>, VendorError> {
    super::one(transport, Call::new(&GET_MODEL_GROUP, deadline).segment(id)).await
}

/// Reads the models of the model group numbered `group`.
pub(in crate::vendors::jifeline) async fn list_models(
    transport: &Transport,
    group: &str,
    deadline: Instant,
) -> Result<Vec<EntryDto>, VendorError> {
    below(transport, &LIST_MODELS, ("vehicle_model_group_id", group), deadline).await
}

/// Reads the model numbered `id`; none when the body is empty or null.
pub(in crate::vendors::jifeline) async fn get_model(
    transport: &Transport,
    id: &str,
    deadline: Instant,
) -> Result<Option<EntryDto>, VendorError> {
    super::one(transport, Call::new(&GET_MODEL, deadline).segment(id)).await
}

/// Reads the variants of the model numbered `model`.
pub(in crate::vendors::jifeline) async fn list_variants(
    transport: &Transport,
    model: &str,
    deadline: Instant,
) -> Result<Vec<EntryDto>, VendorError> {
    below(transport, &LIST_VARIANTS, ("vehicle_model_id", model), deadline).await
}

/// Reads the variant numbered `id`; none when the body is empty or null.
pub(in crate::vendors::jifeline) async fn get_variant(
    transport: &Transport,
    id: &str,
    deadline: Instant,
) -> Result<Option<EntryDto>, VendorError> {
    super::one(transport, Call::new(&GET_VARIANT, deadline).segment(id)).await
}

/// Reads the whole list of the entries below one of the level above.
async fn below(
    transport: &Transport,
    operation: &'static Operation,
    (parent, id): (&'static str, &str),
    deadline: Instant,
) -> Result<Vec<EntryDto>, VendorError> {
    super::paged(transport, || Call::new(operation, deadline).query(parent, id)).await
}
