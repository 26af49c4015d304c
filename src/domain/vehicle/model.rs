//! What is known of a vehicle's make and build.

use async_graphql::SimpleObject;
use chrono::{DateTime, Utc};

use crate::domain::catalogue::model::CatalogueId;
use crate::graphql::scalars::Date;
use crate::graphql::scalars::Vin;

/// A make of vehicles, such as Volvo.
#[derive(Clone, Debug, PartialEq, Eq, SimpleObject)]
#[graphql(complex)]
pub struct VehicleMake {
    /// The catalogue's number of the make.
    pub catalogue_id: Option<String>,
    /// The make's name.
    pub name: Option<String>,
}

/// A family of models of one make, such as V60.
#[derive(Clone, Debug, PartialEq, Eq, SimpleObject)]
#[graphql(complex)]
pub struct VehicleModelGroup {
    /// The catalogue's number of the model group.
    pub catalogue_id: Option<String>,
    /// The model group's name.
    pub name: Option<String>,
    /// The make that it belongs to; null when the catalogue does not say.
    pub make: Option<VehicleMake>,
}

/// A model: one generation within a model group.
#[derive(Clone, Debug, PartialEq, Eq, SimpleObject)]
#[graphql(complex)]
pub struct VehicleModel {
    /// The catalogue's number of the model.
    pub catalogue_id: Option<String>,
    /// The model's name.
    pub name: Option<String>,
    /// The first day of production.
    pub manufactured_from: Option<Date>,
    /// The last day of production; null while it is still built.
    pub manufactured_to: Option<Date>,
    /// Whether diagnosing it needs a connector that speaks DoIP (diagnostics over the car's Ethernet).
    pub requires_doip: Option<bool>,
    /// The model group that it belongs to; null when the catalogue does not say.
    pub model_group: Option<VehicleModelGroup>,
}

/// A variant of a model: engine, power and years.
#[derive(Clone, Debug, PartialEq, Eq, SimpleObject)]
#[graphql(complex)]
pub struct VehicleModelVariant {
    /// The catalogue's number of the variant.
    pub catalogue_id: Option<String>,
    /// The variant's name, which tells engine, power and years.
    pub name: Option<String>,
    /// The first day of production.
    pub manufactured_from: Option<Date>,
    /// The last day of production; null while it is still built.
    pub manufactured_to: Option<Date>,
    /// Whether diagnosing it needs a connector that speaks DoIP (diagnostics over the car's Ethernet).
    pub requires_doip: Option<bool>,
    /// The model that it is a variant of.
    #[graphql(skip)]
    pub model: VariantOf,
}

/// What is at hand of the model that a variant belongs to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum VariantOf {
    /// The catalogue does not say which one it is.
    Unnamed,
    /// Its number; the rest has to be read.
    Numbered(CatalogueId),
    /// All of it.
    Model(Box<VehicleModel>),
}

/// What the catalogue says of one VIN. Not a GraphQL type: its parts are fields of `Vehicle`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct VehicleSpec {
    /// The make.
    pub make: Option<VehicleMake>,
    /// The model group.
    pub model_group: Option<VehicleModelGroup>,
    /// The model.
    pub model: Option<VehicleModel>,
    /// The variant.
    pub variant: Option<VehicleModelVariant>,
}

/// One line of the list of vehicles that were serviced, as the background indexer reads it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ServicedVehicle {
    /// The VIN, in whatever form the vendor has it.
    pub vin: Vin,
    /// Name of the make.
    pub make: Option<String>,
    /// Name of the model group.
    pub model_group: Option<String>,
    /// Name of the model.
    pub model: Option<String>,
    /// Name of the variant.
    pub variant: Option<String>,
    /// When it was last serviced.
    pub last_serviced_at: Option<DateTime<Utc>>,
}

/// One page of serviced vehicles.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ServicedPage {
    /// The vehicles of this page, newest service first.
    pub vehicles: Vec<ServicedVehicle>,
    /// Where the next page starts; none after the last one.
    pub next_offset: Option<u64>,
}

/// The hub of the graph: one vehicle, named by its VIN. Everything else is loaded when it is asked for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Vehicle {
    /// The VIN.
    pub vin: Vin,
}
