//! The input of `createListing` and the rules that it must meet.

use async_graphql::InputObject;
use url::Url;

use crate::domain::mileage::MileageUnit;
use crate::domain::rules::Faults;
use crate::domain::rules::filled;
use crate::graphql::scalars::CurrencyCode;
use crate::graphql::scalars::Decimal;
use crate::graphql::user_error::UserError;
use crate::graphql::user_error::UserErrorCode;

use super::model::NewListing;
use super::model::VehicleOption;

/// What `createListing` needs. Faults come back together as `userErrors`.
#[derive(Clone, Debug, InputObject)]
pub struct CreateListingInput {
    /// A text of the client's choice, at most 200 characters, that makes the creation happen once: the same key with the
    /// same input gives the same answer for 30 days. Without one the gateway draws a key and tells it in the payload.
    pub idempotency_key: Option<String>,
    /// Name of the listing account to use; needed only when the client sees several.
    pub account: Option<String>,
    /// Key of the dealership, as the configuration names it; needed only when the account has several.
    pub dealership: Option<String>,
    /// The dealer's stock number, unique within the dealership. Required.
    pub internal_id: Option<String>,
    /// Make, such as `volvo`. Required.
    pub make: Option<String>,
    /// Model, such as `v60`. Required.
    pub model: Option<String>,
    /// Trim in free text.
    pub version: Option<String>,
    /// Description in free text.
    pub description: Option<String>,
    /// Colour of the body, such as `white`.
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
    /// Distance covered.
    pub mileage: Option<MileageInput>,
    /// Day of the first registration as `YYYY-MM-DD`.
    pub first_registration: Option<String>,
    /// Year of construction.
    pub construction_year: Option<i32>,
    /// Licence plate.
    pub license_plate: Option<String>,
    /// VIN, 17 letters or digits.
    pub vin: Option<String>,
    /// ISO 4217 code of the currency of all prices, such as `EUR`. Required with any price.
    pub currency: Option<String>,
    /// Price for the buyer, at most two decimals.
    pub sales_price: Option<Decimal>,
    /// Price without value-added tax, at most two decimals.
    pub sales_price_ex_vat: Option<Decimal>,
    /// The vendor's tax amount; the vendor does not publish its unit, so it is passed on as it is.
    pub tax_amount: Option<Decimal>,
    /// Price for traders, at most two decimals.
    pub trade_price: Option<Decimal>,
    /// Whether the buyer can deduct value-added tax.
    pub vat_deductible: Option<bool>,
    /// Names of options, as `vehicleOptions` lists them.
    pub options: Option<Vec<String>>,
    /// Links to photos, absolute and with https.
    pub images: Option<Vec<String>>,
    /// Free tags.
    pub tags: Option<Vec<String>>,
}

/// A distance that a vehicle has covered.
#[derive(Clone, Copy, Debug, InputObject)]
pub struct MileageInput {
    /// The reading, 0 or more. Required.
    pub value: Option<i32>,
    /// Its unit, `KILOMETRE` or `MILE`. `KILOMETRE` when absent.
    pub unit: Option<MileageUnit>,
}

/// Checks every rule that needs no vendor.
pub fn check(input: &CreateListingInput) -> Result<NewListing, Vec<UserError>> {
    let mut faults = Faults::default();
    let internal_id = faults.required(&["internalId"], input.internal_id.as_deref());
    let make = faults.required(&["make"], input.make.as_deref());
    let model = faults.required(&["model"], input.model.as_deref());
    let currency = currency(&mut faults, input);
    let mileage = mileage(&mut faults, input.mileage);
    let images = images(&mut faults, input.images.as_deref().unwrap_or_default());
    let price = |faults: &mut Faults, field: &str, value: Option<&Decimal>| {
        faults.price(&[field], value.map(|amount| amount.0))
    };
    let required = internal_id.zip(make).zip(model);
    let listing = NewListing {
        internal_id: String::new(),
        make: String::new(),
        model: String::new(),
        version: filled(input.version.clone()),
        description: filled(input.description.clone()),
        body_color: filled(input.body_color.clone()),
        body_type: filled(input.body_type.clone()),
        fuel_type: filled(input.fuel_type.clone()),
        transmission: filled(input.transmission.clone()),
        gears: faults.within(&["gears"], input.gears, 0..=30),
        engine_displacement_ccm: faults.within(&["engineDisplacementCcm"], input.engine_displacement_ccm, 0..=100_000),
        co2_emission_grams_per_km: faults.within(
            &["co2EmissionGramsPerKm"],
            input.co2_emission_grams_per_km,
            0..=10_000,
        ),
        power_kw: faults.within(&["powerKw"], input.power_kw, 0..=10_000),
        doors: faults.within(&["doors"], input.doors, 0..=20),
        mileage,
        first_registration: faults.date(&["firstRegistration"], input.first_registration.as_deref()),
        construction_year: faults.within(&["constructionYear"], input.construction_year, 1885..=2200),
        license_plate: filled(input.license_plate.clone()),
        vin: faults.vin(&["vin"], input.vin.as_deref()),
        currency,
        sales_price: price(&mut faults, "salesPrice", input.sales_price.as_ref()),
        sales_price_ex_vat: price(&mut faults, "salesPriceExVat", input.sales_price_ex_vat.as_ref()),
        tax_amount: input.tax_amount.as_ref().map(|amount| amount.0),
        trade_price: price(&mut faults, "tradePrice", input.trade_price.as_ref()),
        vat_deductible: input.vat_deductible,
        options: input.options.clone().unwrap_or_default(),
        images,
        tags: input.tags.clone().unwrap_or_default(),
    };
    faults.none_or(required.map(|((internal_id, make), model)| NewListing { internal_id, make, model, ..listing }))
}

/// Checks the names of options against the vendor's present list.
pub fn check_options(listing: &NewListing, known: &[VehicleOption]) -> Vec<UserError> {
    let mut faults = Faults::default();
    for (index, name) in listing.options.iter().enumerate() {
        if !known.iter().any(|option| option.name == *name) {
            faults.add(
                UserErrorCode::UnknownOption,
                &["options", &index.to_string()],
                format!("no option is named `{name}`: `vehicleOptions` lists the names (a label or an id is no name)"),
            );
        }
    }
    faults.none_or(None::<()>).err().unwrap_or_default()
}

fn currency(faults: &mut Faults, input: &CreateListingInput) -> Option<CurrencyCode> {
    let Some(text) = filled(input.currency.clone()) else {
        let priced =
            [&input.sales_price, &input.sales_price_ex_vat, &input.trade_price].iter().any(|price| price.is_some());
        if priced {
            faults.add(UserErrorCode::Required, &["currency"], "a price needs its `currency`, such as `EUR`");
        }
        return None;
    };
    let code = CurrencyCode::parse(&text);
    if code.is_none() {
        faults.add(
            UserErrorCode::InvalidValue,
            &["currency"],
            "a currency is an ISO 4217 code of three letters, such as `EUR`",
        );
    }
    code
}

fn mileage(faults: &mut Faults, input: Option<MileageInput>) -> Option<(i32, MileageUnit)> {
    let input = input?;
    let Some(value) = input.value else {
        faults.add(UserErrorCode::Required, &["mileage", "value"], "`mileage` needs its `value`");
        return None;
    };
    let unit = input.unit.unwrap_or(MileageUnit::Kilometre);
    if unit == MileageUnit::Unknown {
        faults.add(
            UserErrorCode::InvalidValue,
            &["mileage", "unit"],
            "a listing needs a known unit: `KILOMETRE` or `MILE`",
        );
        return None;
    }
    faults.within(&["mileage", "value"], Some(value), 0..=i32::MAX).map(|value| (value, unit))
}

fn images(faults: &mut Faults, links: &[String]) -> Vec<String> {
    for (index, link) in links.iter().enumerate() {
        if !Url::parse(link).is_ok_and(|url| url.scheme() == "https" && url.has_host()) {
            faults.add(
                UserErrorCode::InvalidValue,
                &["images", &index.to_string()],
                "a photo is an absolute link with https, such as `https://images.example.com/1.jpg`",
            );
        }
    }
    links.to_vec()
}
