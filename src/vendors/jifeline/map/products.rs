//! Products, their groups and bundles, and their prerequisites.

use crate::domain::product::model::BundleBlock;
use crate::domain::product::model::Prerequisite;
use crate::domain::product::model::PrerequisiteId;
use crate::domain::product::model::PrerequisiteOption;
use crate::domain::product::model::Product;
use crate::domain::product::model::ProductBundle;
use crate::domain::product::model::ProductBundleId;
use crate::domain::product::model::ProductGroup;
use crate::domain::product::model::ProductGroupId;
use crate::domain::product::model::ProductId;

use super::super::api::products::BlockDto;
use super::super::api::products::BundleDto;
use super::super::api::products::GroupDto;
use super::super::api::products::PrerequisiteDto;
use super::super::api::products::ProductDto;
use super::filled;
use super::prices::map_discount;
use super::prices::map_former_price;
use super::prices::map_price;

/// A product group; none without a number.
pub(in crate::vendors::jifeline) fn map_product_group(group: GroupDto) -> Option<ProductGroup> {
    Some(ProductGroup { id: ProductGroupId(group.id?.into()), name: filled(group.name) })
}

/// A bundle; none without a UUID.
pub(in crate::vendors::jifeline) fn map_bundle(bundle: BundleDto) -> Option<ProductBundle> {
    Some(ProductBundle {
        id: ProductBundleId(bundle.id?.into()),
        group_id: bundle.product_group_id.map(|id| ProductGroupId(id.into())),
        name: filled(bundle.name),
        description: filled(bundle.description),
        reference: bundle.reference.map(String::from),
        blocks: bundle.blocks.unwrap_or_default().into_iter().map(map_block).collect(),
    })
}

fn map_block(block: BlockDto) -> BundleBlock {
    let ids = block.product_ids.unwrap_or_default().0;
    BundleBlock { optional: block.optional, product_ids: ids.into_iter().map(|id| ProductId(id.into())).collect() }
}

/// A product; none without a number.
pub(in crate::vendors::jifeline) fn map_product(product: ProductDto) -> Option<Product> {
    Some(Product {
        id: ProductId(product.id?.into()),
        item_number: product.item_number.map(String::from),
        name: filled(product.name),
        internal_name: filled(product.internal_name),
        description: filled(product.description),
        favorite: product.is_favorite,
        unattended: product.is_unattended,
        gross: product.gross_price.and_then(map_price),
        net: product.net_price.and_then(map_price),
        discount: product.total_discount.map(map_discount),
        original_equipment_service_fee: product.original_equipment_service_fee.and_then(map_price),
        former_price: product.price.as_ref().map(map_former_price),
    })
}

/// A prerequisite; none without a number, since no answer could name it.
pub(in crate::vendors::jifeline) fn map_prerequisite(prerequisite: PrerequisiteDto) -> Option<Prerequisite> {
    let options = prerequisite.options.unwrap_or_default().into_iter();
    Some(Prerequisite {
        id: PrerequisiteId(prerequisite.id?.into()),
        name: filled(prerequisite.name),
        description: filled(prerequisite.description),
        question: filled(prerequisite.question),
        required: prerequisite.required,
        kind_raw: filled(prerequisite.kind),
        options: options
            .map(|option| PrerequisiteOption { id: option.id.map(String::from), value: filled(option.value) })
            .collect(),
    })
}
