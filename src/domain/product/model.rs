//! Products, how they are grouped, and what must be known before one is ordered.

use async_graphql::NewType;
use async_graphql::SimpleObject;

use crate::domain::catalogue::model::Fitment;
use crate::domain::money::Discount;
use crate::domain::money::Money;

/// The vendor's number of a product.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, NewType)]
pub struct ProductId(pub String);

/// The vendor's number of a product group.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, NewType)]
pub struct ProductGroupId(pub String);

/// The vendor's UUID of a product bundle.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, NewType)]
pub struct ProductBundleId(pub String);

/// The vendor's number of a prerequisite.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, NewType)]
pub struct PrerequisiteId(pub String);

/// A group of products, the top layer of their order.
#[derive(Clone, Debug, PartialEq, Eq, SimpleObject)]
pub struct ProductGroup {
    /// The vendor's number.
    #[graphql(name = "groupId")]
    pub id: ProductGroupId,
    /// The group's name, in the language of the account.
    pub name: Option<String>,
}

/// Products that are ordered together.
#[derive(Clone, Debug, PartialEq, Eq, SimpleObject)]
pub struct ProductBundle {
    /// The vendor's UUID; questions for products name it.
    #[graphql(name = "bundleId")]
    pub id: ProductBundleId,
    /// The group that it belongs to.
    pub group_id: Option<ProductGroupId>,
    /// The bundle's name.
    pub name: Option<String>,
    /// What it is for.
    pub description: Option<String>,
    /// The vendor's reference.
    pub reference: Option<String>,
    /// Its parts.
    pub blocks: Vec<BundleBlock>,
}

/// A part of a bundle that is ordered or left out as a whole.
#[derive(Clone, Debug, PartialEq, Eq, SimpleObject)]
#[graphql(name = "ProductBundleBlock")]
pub struct BundleBlock {
    /// Whether it may be left out.
    pub optional: Option<bool>,
    /// Its products.
    pub product_ids: Vec<ProductId>,
}

/// A service that can be ordered for a vehicle.
#[derive(Clone, Debug, PartialEq, Eq, SimpleObject)]
pub struct Product {
    /// The vendor's number.
    #[graphql(name = "productId")]
    pub id: ProductId,
    /// The number in the price list.
    pub item_number: Option<String>,
    /// The name in the customer's language.
    pub name: Option<String>,
    /// The name in English.
    pub internal_name: Option<String>,
    /// What it does.
    pub description: Option<String>,
    /// Whether the customer has marked it.
    pub favorite: Option<bool>,
    /// Whether a script does it without an operator.
    pub unattended: Option<bool>,
    /// The price before the discount.
    pub gross: Option<Money>,
    /// The price after the discount.
    pub net: Option<Money>,
    /// What is taken off.
    pub discount: Option<Discount>,
    /// The fee that the manufacturer charges; null when no fee applies.
    pub original_equipment_service_fee: Option<Money>,
    /// The price in the form that the vendor used before.
    #[graphql(deprecation = "the vendor has replaced it; use `gross`, `net` and `discount`")]
    pub former_price: Option<FormerPrice>,
}

/// A price in the form that the vendor used before. Amounts are null when their currency is not known.
#[derive(Clone, Debug, PartialEq, Eq, SimpleObject)]
pub struct FormerPrice {
    /// The price before the discount.
    pub original: Option<Money>,
    /// The price after the discount.
    pub r#final: Option<Money>,
    /// The price for the vendor's partner.
    pub partner: Option<Money>,
    /// Whether there is a discount in it.
    pub discounted: Option<bool>,
}

/// Something that has to be answered before a product can be ordered.
#[derive(Clone, Debug, PartialEq, Eq, SimpleObject)]
#[graphql(name = "ProductPrerequisite")]
pub struct Prerequisite {
    /// The vendor's number; answers name it.
    #[graphql(name = "prerequisiteId")]
    pub id: PrerequisiteId,
    /// Its name.
    pub name: Option<String>,
    /// What it is about.
    pub description: Option<String>,
    /// The question to put to the garage.
    pub question: Option<String>,
    /// Whether the order is refused without an answer.
    pub required: Option<bool>,
    /// The kind of answer as the vendor spells it; it publishes no list of kinds.
    pub kind_raw: Option<String>,
    /// The answers to choose from; empty when the answer is free.
    pub options: Vec<PrerequisiteOption>,
}

/// One of the answers to choose from.
#[derive(Clone, Debug, PartialEq, Eq, SimpleObject)]
#[graphql(name = "ProductPrerequisiteOption")]
pub struct PrerequisiteOption {
    /// The vendor's number.
    #[graphql(name = "optionId")]
    pub id: Option<String>,
    /// The answer.
    pub value: Option<String>,
}

/// Which bundles are asked for.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct BundleQuery {
    /// The build of vehicle.
    pub fitment: Fitment,
    /// Only those of this group.
    pub group: Option<ProductGroupId>,
}

/// Which products are asked for.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct ProductQuery {
    /// The build of vehicle.
    pub fitment: Fitment,
    /// Only those of this group or bundle.
    pub within: Option<Within>,
    /// Only those that the customer has marked, or has not; both when none.
    pub favorite: Option<bool>,
}

/// What products can be narrowed down to; the two exclude each other.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Within {
    /// A group.
    Group(ProductGroupId),
    /// A bundle.
    Bundle(ProductBundleId),
}

/// Whose prerequisites are asked for. The vendor answers for all products together and does not say which needs what.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct PrerequisiteQuery {
    /// The build of vehicle.
    pub fitment: Fitment,
    /// The products to be ordered.
    pub products: Vec<ProductId>,
}
