//! The fields of `Listing`.

use async_graphql::Context;
use async_graphql::ID;
use async_graphql::Object;

use crate::auth::Scope;
use crate::domain::mileage::Mileage;
use crate::domain::money::Money;
use crate::domain::source_of::Source;
use crate::domain::vehicle::model::Vehicle;
use crate::graphql::dataloader::DataLoader;
use crate::graphql::guard::PersonalData;
use crate::graphql::guard::PersonalDataLevel;
use crate::graphql::guard::RequiresScopes;
use crate::graphql::node::NodeId;
use crate::graphql::scalars::CurrencyCode;
use crate::graphql::scalars::Date;
use crate::graphql::scalars::DateTime;
use crate::graphql::scalars::Decimal;
use crate::graphql::scalars::Vin;
use crate::graphql::sourced::Sourced;
use crate::graphql::sourced::sourced;

use super::loader::VehicleOptionsLoader;
use super::model::Listing;
use super::model::VehicleOption;

impl Listing {
    fn money(&self, amount: Option<rust_decimal::Decimal>) -> Option<Money> {
        amount.zip(self.car.currency).map(|(amount, currency)| Money::new(amount, currency))
    }
}

/// A car as it was listed through the gateway.
///
/// The vendor documents no way to read, change or remove a listing: this is what was accepted at `pushedAt` and has not
/// been confirmed since.
#[Object]
impl Listing {
    /// The listing's global id.
    pub async fn id(&self) -> ID {
        NodeId::new("Listing", self.row.id.to_string()).into()
    }

    /// The dealer's stock number, unique within the dealership.
    async fn internal_id(&self) -> &str {
        &self.car.internal_id
    }

    /// The key of the dealership in the configuration.
    async fn dealership(&self) -> &str {
        &self.row.dealership
    }

    /// When the vendor accepted it.
    async fn pushed_at(&self) -> DateTime {
        DateTime(self.row.pushed_at)
    }

    /// The vendor's handle of the car; null when it gave none.
    async fn vendor_car_id(&self) -> Option<&str> {
        self.row.vendor_car_id.as_deref()
    }

    /// Make as it was listed.
    async fn make(&self) -> &str {
        &self.car.make
    }

    /// Model as it was listed.
    async fn model(&self) -> &str {
        &self.car.model
    }

    /// Trim.
    async fn version(&self) -> Option<&str> {
        self.car.version.as_deref()
    }

    /// Description in free text.
    async fn description(&self) -> Option<&str> {
        self.car.description.as_deref()
    }

    /// Colour of the body.
    async fn body_color(&self) -> Option<&str> {
        self.car.body_color.as_deref()
    }

    /// Kind of body.
    async fn body_type(&self) -> Option<&str> {
        self.car.body_type.as_deref()
    }

    /// Kind of fuel.
    async fn fuel_type(&self) -> Option<&str> {
        self.car.fuel_type.as_deref()
    }

    /// Kind of gearbox.
    async fn transmission(&self) -> Option<&str> {
        self.car.transmission.as_deref()
    }

    /// Number of gears.
    async fn gears(&self) -> Option<i32> {
        self.car.gears
    }

    /// Displacement in cubic centimetres.
    async fn engine_displacement_ccm(&self) -> Option<i32> {
        self.car.engine_displacement_ccm
    }

    /// Emission in grams of carbon dioxide per kilometre.
    async fn co2_emission_grams_per_km(&self) -> Option<i32> {
        self.car.co2_emission_grams_per_km
    }

    /// Power in kilowatts.
    async fn power_kw(&self) -> Option<i32> {
        self.car.power_kw
    }

    /// Number of doors.
    async fn doors(&self) -> Option<i32> {
        self.car.doors
    }

    /// Distance covered.
    async fn mileage(&self) -> Option<Mileage> {
        self.car.mileage.map(|(value, unit)| Mileage { value: Some(value), unit })
    }

    /// Day of the first registration.
    async fn first_registration(&self) -> Option<Date> {
        self.car.first_registration.map(Date)
    }

    /// Year of construction.
    async fn construction_year(&self) -> Option<i32> {
        self.car.construction_year
    }

    /// Licence plate as it was listed.
    #[graphql(directive = PersonalData::apply(PersonalDataLevel::Identifier))]
    async fn license_plate(&self) -> Option<&str> {
        self.car.license_plate.as_deref()
    }

    /// VIN as it was listed.
    #[graphql(directive = PersonalData::apply(PersonalDataLevel::Identifier))]
    async fn vin(&self) -> Option<&Vin> {
        self.car.vin.as_ref()
    }

    /// The listed vehicle; null when the listing has no VIN.
    #[graphql(directive = RequiresScopes::apply([Scope::VehiclesRead]))]
    async fn vehicle(&self) -> Option<Vehicle> {
        self.car.vin.clone().map(|vin| Vehicle { vin })
    }

    /// Currency of all prices.
    async fn currency(&self) -> Option<CurrencyCode> {
        self.car.currency
    }

    /// Price for the buyer.
    async fn sales_price(&self) -> Option<Money> {
        self.money(self.car.sales_price)
    }

    /// Price without value-added tax.
    async fn sales_price_ex_vat(&self) -> Option<Money> {
        self.money(self.car.sales_price_ex_vat)
    }

    /// The vendor's tax amount, passed on as it was given; the vendor does not publish its unit.
    async fn tax_amount(&self) -> Option<Decimal> {
        self.car.tax_amount.map(Decimal)
    }

    /// Price for traders.
    async fn trade_price(&self) -> Option<Money> {
        self.money(self.car.trade_price)
    }

    /// Whether the buyer can deduct value-added tax.
    async fn vat_deductible(&self) -> Option<bool> {
        self.car.vat_deductible
    }

    /// The options by name, with the vendor's labels; an option that the vendor no longer lists has no label.
    async fn options(&self, ctx: &Context<'_>) -> Sourced<Vec<VehicleOption>> {
        sourced(async {
            if self.car.options.is_empty() {
                return Ok(Some(Vec::new()));
            }
            let known = DataLoader::<VehicleOptionsLoader>::of(ctx)?.load_one(self.account.clone()).await?;
            let described = |name: &String| {
                let option = known.iter().flat_map(|known| known.iter()).find(|option| option.name == *name);
                let unlisted = || VehicleOption { name: name.clone(), label: None, id: None, external_number: None };
                option.cloned().unwrap_or_else(unlisted)
            };
            Ok(Some(self.car.options.iter().map(described).collect()))
        })
        .await
    }

    /// Names of the options, as they were listed.
    async fn option_names(&self) -> &[String] {
        &self.car.options
    }

    /// Links to photos.
    async fn images(&self) -> &[String] {
        &self.car.images
    }

    /// Free tags.
    async fn tags(&self) -> &[String] {
        &self.car.tags
    }

    /// The vendor's environment, such as `production`.
    async fn environment(&self) -> &str {
        &self.row.environment
    }

    /// Where the listing went.
    async fn source(&self) -> Source {
        Source::from(&self.account)
    }
}
