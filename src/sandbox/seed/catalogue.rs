//! The vehicle catalogue: makes, model groups, models and variants, as Jifeline numbers them.

use std::sync::LazyLock;

use chrono::NaiveDate;
use serde::Deserialize;

/// The catalogue embedded in the program.
pub(crate) static CATALOGUE: LazyLock<Catalogue> = LazyLock::new(|| {
    let makes = serde_json::from_str(include_str!("catalogue.json"))
        .expect("the embedded catalogue is valid, as every test with a sandbox shows");
    Catalogue { makes }
});

/// All makes.
#[derive(Debug)]
pub(crate) struct Catalogue {
    /// The makes in order of their ids.
    pub(crate) makes: Vec<Make>,
}

/// A make.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Make {
    /// Jifeline's id.
    pub(crate) id: i64,
    /// The name as Jifeline writes it.
    pub(crate) name: String,
    /// The world manufacturer identifier its VINs begin with.
    pub(crate) wmi: String,
    /// Its model groups.
    pub(crate) groups: Vec<ModelGroup>,
}

/// A model group, such as `V60`.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct ModelGroup {
    /// Jifeline's id.
    pub(crate) id: i64,
    /// The name.
    pub(crate) name: String,
    /// Its models.
    pub(crate) models: Vec<Model>,
}

/// A model: one generation of a model group.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Model {
    /// Jifeline's id.
    pub(crate) id: i64,
    /// The name, with the maker's codes.
    pub(crate) name: String,
    /// First day of production.
    pub(crate) manufactured_from: NaiveDate,
    /// Last day of production; none while it is built.
    pub(crate) manufactured_to: Option<NaiveDate>,
    /// Whether only a connector with `DoIP` can serve it.
    pub(crate) requires_doip: bool,
    /// The body, in the words of a stock listing.
    pub(crate) body_type: String,
    /// How many doors it has.
    pub(crate) doors: u8,
    /// Its variants.
    pub(crate) variants: Vec<Variant>,
}

/// A variant: one engine in a model.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Variant {
    /// Jifeline's id.
    pub(crate) id: i64,
    /// The name: engine, power, engine code.
    pub(crate) name: String,
    /// First day of production.
    pub(crate) manufactured_from: NaiveDate,
    /// Last day of production; none while it is built.
    pub(crate) manufactured_to: Option<NaiveDate>,
    /// The fuel, in the words of a stock listing.
    pub(crate) fuel_type: String,
    /// Power in kilowatts.
    pub(crate) power_kw: u16,
    /// Displacement in cubic centimetres; 0 for an electric car.
    pub(crate) engine_ccm: u16,
    /// Emission in grams of carbon dioxide per kilometre.
    pub(crate) co2_g_per_km: u16,
    /// The transmission, in the words of a stock listing.
    pub(crate) transmission: String,
    /// How many gears it has.
    pub(crate) gears: u8,
    /// The price of a new one in whole euros.
    pub(crate) new_price: i32,
}

/// A variant with everything above it.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Line {
    /// The make.
    pub(crate) make: &'static Make,
    /// The model group.
    pub(crate) group: &'static ModelGroup,
    /// The model.
    pub(crate) model: &'static Model,
    /// The variant.
    pub(crate) variant: &'static Variant,
}

/// Every variant with everything above it, in order of ids.
pub(crate) static LINES: LazyLock<Vec<Line>> = LazyLock::new(|| {
    let mut lines = Vec::new();
    for make in &CATALOGUE.makes {
        for group in &make.groups {
            for model in &group.models {
                lines.extend(model.variants.iter().map(|variant| Line { make, group, model, variant }));
            }
        }
    }
    lines
});
