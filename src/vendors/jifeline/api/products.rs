//! Products, their groups and bundles, their prerequisites, and the customer's favourites.

use serde::Serialize;
use tokio::time::Instant;

use crate::error::VendorError;
use crate::transport::Call;
use crate::transport::Method;
use crate::transport::Operation;
use crate::transport::Provenance;
use crate::transport::Transport;
use crate::transport::decode::Flat;
use crate::transport::decode::Id;
use crate::transport::decode::dto;

use super::READ;
use super::prices::DiscountDto;
use super::prices::FormerPriceDto;
use super::prices::PriceDto;

/// Lists the product groups for a build of vehicle.
///
/// Source: Customer API reference, tag Products, "Product groups".
pub(in crate::vendors::jifeline) const LIST_GROUPS: Operation = Operation {
    name: "jifeline.products.list_groups",
    path: "/v1/product-groups",
    provenance: Provenance::Published,
    ..READ
};

/// Lists the product bundles for a build of vehicle.
///
/// Source: Customer API reference, tag Products, "Product bundles".
pub(in crate::vendors::jifeline) const LIST_BUNDLES: Operation = Operation {
    name: "jifeline.products.list_bundles",
    path: "/v1/product-bundles",
    provenance: Provenance::Published,
    ..READ
};

/// Lists the products for a build of vehicle.
///
/// Source: Customer API reference, tag Products, "Products"; the path is inferred.
pub(in crate::vendors::jifeline) const LIST: Operation =
    Operation { name: "jifeline.products.list", path: "/v1/products", ..READ };

/// Marks a product. That marking it twice does no harm is inferred, as is every success but 200.
///
/// Source: Customer API reference, tag Products, "Add favourite product"; the path is inferred.
pub(in crate::vendors::jifeline) const ADD_FAVORITE: Operation = Operation {
    name: "jifeline.products.add_favorite",
    method: Method::Post,
    path: "/v1/favorite-products",
    success: &[200, 201, 204],
    ..READ
};

/// Takes a product's mark away.
///
/// Source: Customer API reference, tag Products, "Remove favourite product"; path and success are inferred.
pub(in crate::vendors::jifeline) const REMOVE_FAVORITE: Operation = Operation {
    name: "jifeline.products.remove_favorite",
    method: Method::Delete,
    path: "/v1/favorite-products/{id}",
    success: &[200, 204],
    ..READ
};

/// Lists what has to be answered before products can be ordered.
///
/// Source: Customer API reference, tag Products, "Product prerequisites"; the path is inferred.
pub(in crate::vendors::jifeline) const LIST_PREREQUISITES: Operation =
    Operation { name: "jifeline.products.list_prerequisites", path: "/v1/product-prerequisites", ..READ };

/// The build of vehicle that products are asked for.
#[derive(Clone, Copy)]
pub(in crate::vendors::jifeline) struct FitmentDto<'a> {
    pub(in crate::vendors::jifeline) model_id: &'a str,
    pub(in crate::vendors::jifeline) variant_id: &'a str,
}

/// What narrows a list down; group and bundle exclude each other.
#[derive(Clone, Copy, Default)]
pub(in crate::vendors::jifeline) struct FilterDto<'a> {
    pub(in crate::vendors::jifeline) group_id: Option<&'a str>,
    pub(in crate::vendors::jifeline) bundle_id: Option<&'a str>,
    pub(in crate::vendors::jifeline) favorite: Option<bool>,
}

/// The body of [`ADD_FAVORITE`]: a product, of which no member is required. Inferred: its number is enough.
#[derive(Serialize)]
struct FavoriteDto {
    id: i64,
}

dto! {
    /// A product group.
    pub(in crate::vendors::jifeline) struct GroupDto {
        id: Id,
        name: String,
    }
}

dto! {
    /// A product bundle.
    pub(in crate::vendors::jifeline) struct BundleDto {
        id: Id,
        product_group_id: Id,
        name: String,
        description: String,
        reference: Id,
        blocks: Vec<BlockDto>,
    }
}

dto! {
    /// A part of a bundle.
    pub(in crate::vendors::jifeline) struct BlockDto {
        optional: bool,
        product_ids: Flat<Id>,
    }
}

dto! {
    /// A product.
    pub(in crate::vendors::jifeline) struct ProductDto {
        id: Id,
        item_number: Id,
        name: String,
        internal_name: String,
        description: String,
        is_favorite: bool,
        is_unattended: bool,
        gross_price: PriceDto,
        net_price: PriceDto,
        total_discount: DiscountDto,
        original_equipment_service_fee: PriceDto,
        /// Deprecated by the vendor.
        price: FormerPriceDto,
    }
}

dto! {
    /// A prerequisite.
    pub(in crate::vendors::jifeline) struct PrerequisiteDto {
        id: Id,
        name: String,
        description: String,
        question: String,
        required: bool,
        #[serde(rename = "type")]
        kind: String,
        options: Vec<OptionDto>,
    }
}

dto! {
    /// One of the answers to choose from. Its `productPrerequisiteId` repeats the prerequisite that it stands in.
    pub(in crate::vendors::jifeline) struct OptionDto {
        id: Id,
        value: String,
    }
}

/// Reads the product groups for `fitment`.
pub(in crate::vendors::jifeline) async fn list_groups(
    transport: &Transport,
    fitment: FitmentDto<'_>,
    deadline: Instant,
) -> Result<Vec<GroupDto>, VendorError> {
    super::unpaged(transport, || listing(&LIST_GROUPS, fitment, FilterDto::default(), deadline)).await
}

/// Reads the bundles for `fitment`, narrowed down by `filter`.
pub(in crate::vendors::jifeline) async fn list_bundles(
    transport: &Transport,
    fitment: FitmentDto<'_>,
    filter: FilterDto<'_>,
    deadline: Instant,
) -> Result<Vec<BundleDto>, VendorError> {
    super::unpaged(transport, || listing(&LIST_BUNDLES, fitment, filter, deadline)).await
}

/// Reads the products for `fitment`, narrowed down by `filter`.
pub(in crate::vendors::jifeline) async fn list(
    transport: &Transport,
    fitment: FitmentDto<'_>,
    filter: FilterDto<'_>,
    deadline: Instant,
) -> Result<Vec<ProductDto>, VendorError> {
    super::unpaged(transport, || listing(&LIST, fitment, filter, deadline)).await
}

/// Reads the prerequisites of `products`, at least one, on `fitment`.
pub(in crate::vendors::jifeline) async fn list_prerequisites(
    transport: &Transport,
    fitment: FitmentDto<'_>,
    products: &[&str],
    deadline: Instant,
) -> Result<Vec<PrerequisiteDto>, VendorError> {
    let call = || {
        listing(&LIST_PREREQUISITES, fitment, FilterDto::default(), deadline).query("product_id", products.join(","))
    };
    super::unpaged(transport, call).await
}

/// Marks the product numbered `id`.
pub(in crate::vendors::jifeline) async fn add_favorite(
    transport: &Transport,
    id: &str,
    deadline: Instant,
) -> Result<(), VendorError> {
    let favorite = FavoriteDto { id: super::number(&ADD_FAVORITE, id)? };
    super::send(transport, Call::new(&ADD_FAVORITE, deadline).json(&favorite)?).await?;
    Ok(())
}

/// Takes the mark of the product numbered `id` away.
pub(in crate::vendors::jifeline) async fn remove_favorite(
    transport: &Transport,
    id: &str,
    deadline: Instant,
) -> Result<(), VendorError> {
    super::send(transport, Call::new(&REMOVE_FAVORITE, deadline).segment(id)).await?;
    Ok(())
}

/// The call of a list. The name `is_favorite` is inferred: the reference has lost it. It is sent only when wanted, as
/// the reference calls `true` its default.
fn listing(operation: &'static Operation, fitment: FitmentDto<'_>, filter: FilterDto<'_>, deadline: Instant) -> Call {
    let filters = [
        ("product_group_id", filter.group_id.map(str::to_owned)),
        ("product_bundle_id", filter.bundle_id.map(str::to_owned)),
        ("is_favorite", filter.favorite.map(|is_favorite| is_favorite.to_string())),
    ];
    let call = Call::new(operation, deadline)
        .query("vehicle_model_id", fitment.model_id)
        .query("vehicle_model_variant_id", fitment.variant_id);
    let given = filters.into_iter().filter_map(|(name, value)| Some((name, value?)));
    given.fold(call, |call, (name, value)| call.query(name, value))
}
