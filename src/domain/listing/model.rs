//! Stock listings: cars that a dealer offers.

use std::sync::Arc;

use async_graphql::SimpleObject;
use chrono::NaiveDate;
use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};

use crate::auth::AccountId;
use crate::domain::mileage::MileageUnit;
use crate::graphql::scalars::CurrencyCode;
use crate::graphql::scalars::Vin;
use crate::store::ListingRow;

/// A car to be listed; every rule has been checked. Also what the ledger keeps of it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct NewListing {
    /// The dealer's stock number, unique within the dealership.
    pub internal_id: String,
    /// The make.
    pub make: String,
    /// The model.
    pub model: String,
    /// The trim.
    pub version: Option<String>,
    /// Free text.
    pub description: Option<String>,
    /// Colour of the body.
    pub body_color: Option<String>,
    /// Kind of body, such as `suv`.
    pub body_type: Option<String>,
    /// Kind of fuel, such as `diesel`.
    pub fuel_type: Option<String>,
    /// Kind of gearbox, such as `manual`.
    pub transmission: Option<String>,
    /// Number of gears.
    pub gears: Option<i32>,
    /// Displacement in cubic centimetres.
    pub engine_displacement_ccm: Option<i32>,
    /// Emission in grams of carbon dioxide per kilometre.
    pub co2_emission_grams_per_km: Option<i32>,
    /// Power in kilowatts.
    pub power_kw: Option<i32>,
    /// Number of doors.
    pub doors: Option<i32>,
    /// Distance covered, with its unit.
    pub mileage: Option<(i32, MileageUnit)>,
    /// Day of the first registration.
    pub first_registration: Option<NaiveDate>,
    /// Year of construction.
    pub construction_year: Option<i32>,
    /// Licence plate.
    pub license_plate: Option<String>,
    /// VIN, 17 characters.
    pub vin: Option<Vin>,
    /// Currency of all prices.
    pub currency: Option<CurrencyCode>,
    /// Price for the buyer.
    pub sales_price: Option<Decimal>,
    /// Price without value-added tax.
    pub sales_price_ex_vat: Option<Decimal>,
    /// The vendor's `taxAmount`; its unit is not known.
    pub tax_amount: Option<Decimal>,
    /// Price for traders.
    pub trade_price: Option<Decimal>,
    /// Whether the buyer can deduct value-added tax.
    pub vat_deductible: Option<bool>,
    /// Names of options.
    pub options: Vec<String>,
    /// Links to photos.
    pub images: Vec<String>,
    /// Free tags.
    pub tags: Vec<String>,
}

/// What the vendor answered to a new listing.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ListingReceipt {
    /// The vendor's handle of the car; none when it gave none.
    pub vendor_car_id: Option<String>,
}

/// An option that a listing can name, such as seat heating.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, SimpleObject)]
pub struct VehicleOption {
    /// The name to use in `createListing`.
    pub name: String,
    /// A label for people.
    pub label: Option<String>,
    /// The vendor's UUID of the option. No listing can name an option by it.
    #[graphql(name = "optionId")]
    pub id: Option<String>,
    /// The option's number in a catalogue outside of the vendor, which says no more of it.
    pub external_number: Option<i32>,
}

/// A listing of the ledger, as the graph shows it.
#[derive(Clone, Debug)]
pub struct Listing {
    /// The account that it was pushed with.
    pub account: AccountId,
    /// What the ledger has of it.
    pub row: Arc<ListingRow>,
    /// The car as it was sent.
    pub car: Arc<NewListing>,
}
