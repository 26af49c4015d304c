//! Entries of the vehicle catalogue, from make to variant. Each names the entries above it.

use async_graphql::NewType;

use crate::graphql::scalars::Date;

/// The catalogue's number of an entry; numbers are unique within one level only.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, NewType)]
pub struct CatalogueId(pub String);

/// A make of vehicles, such as Volvo.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Make {
    /// The catalogue's number.
    pub id: CatalogueId,
    /// The make's name.
    pub name: Option<String>,
}

/// A family of models of one make, such as V60.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ModelGroup {
    /// The catalogue's number.
    pub id: CatalogueId,
    /// The model group's name.
    pub name: Option<String>,
    /// The make that it belongs to.
    pub make_id: Option<CatalogueId>,
    /// Name of the make.
    pub make_name: Option<String>,
}

/// A model: one generation within a model group.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Model {
    /// The catalogue's number.
    pub id: CatalogueId,
    /// The model's name.
    pub name: Option<String>,
    /// How and when it was built.
    pub build: Build,
    /// The model group that it belongs to.
    pub group_id: Option<CatalogueId>,
    /// Name of the model group.
    pub group_name: Option<String>,
    /// The make that it belongs to.
    pub make_id: Option<CatalogueId>,
    /// Name of the make.
    pub make_name: Option<String>,
}

/// A variant of a model: engine, power and years.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Variant {
    /// The catalogue's number.
    pub id: CatalogueId,
    /// The variant's name, which tells engine, power and years.
    pub name: Option<String>,
    /// How and when it was built.
    pub build: Build,
    /// The model that it is a variant of.
    pub model_id: Option<CatalogueId>,
    /// Name of the model.
    pub model_name: Option<String>,
    /// The model group that it belongs to.
    pub group_id: Option<CatalogueId>,
    /// Name of the model group.
    pub group_name: Option<String>,
    /// The make that it belongs to.
    pub make_id: Option<CatalogueId>,
    /// Name of the make.
    pub make_name: Option<String>,
}

/// What models and variants have in common.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Build {
    /// The first day of production.
    pub manufactured_from: Option<Date>,
    /// The last day of production; none while it is still built.
    pub manufactured_to: Option<Date>,
    /// Whether diagnosing it needs a connector that speaks DoIP (diagnostics over the car's Ethernet).
    pub requires_doip: Option<bool>,
}

/// The build of vehicle that products are offered for: a model in one of its variants.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Fitment {
    /// The catalogue's number of the model.
    pub model_id: CatalogueId,
    /// The catalogue's number of the variant.
    pub variant_id: CatalogueId,
}
