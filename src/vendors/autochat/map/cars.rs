//! Cars.

use crate::domain::listing::model::NewListing;
use crate::domain::mileage::MileageUnit;
use crate::graphql::scalars::CurrencyCode;
use crate::graphql::scalars::Vin;
use crate::transport::decode::ExactDecimal;

use super::super::api::cars::NewCarDto;

/// The body that puts a car into the stock of the dealership with the vendor's id `dealership_id`.
pub(in crate::vendors::autochat) fn map_new_car<'a>(dealership_id: &'a str, car: &'a NewListing) -> NewCarDto<'a> {
    let mileage = car.mileage.and_then(|(value, unit)| Some((value, map_unit(unit)?)));
    NewCarDto {
        dealership_id,
        internal_id: &car.internal_id,
        brand: &car.make,
        model: &car.model,
        version: car.version.as_deref(),
        description: car.description.as_deref(),
        body_color: car.body_color.as_deref(),
        body_type: car.body_type.as_deref(),
        fuel_type: car.fuel_type.as_deref(),
        transmission: car.transmission.as_deref(),
        gears: car.gears,
        engine_displacement: car.engine_displacement_ccm,
        engine_emission: car.co2_emission_grams_per_km,
        engine_kw: car.power_kw,
        number_of_doors: car.doors,
        mileage: mileage.map(|(value, _)| value),
        mileage_unit: mileage.map(|(_, unit)| unit),
        date_of_first_registration: car.first_registration,
        year_of_construction: car.construction_year,
        license_plate: car.license_plate.as_deref(),
        vin: car.vin.as_ref().map(Vin::as_str),
        currency: car.currency.as_ref().map(CurrencyCode::as_str),
        sales_price: car.sales_price.map(ExactDecimal),
        sales_price_ex_vat: car.sales_price_ex_vat.map(ExactDecimal),
        tax_amount: car.tax_amount.map(ExactDecimal),
        trade_price: car.trade_price.map(ExactDecimal),
        is_tax_deductible: car.vat_deductible,
        options: &car.options,
        images: &car.images,
        tags: &car.tags,
    }
}

/// The vendor's word for a unit; a mileage without a known unit is not sent, for the vendor would take it for another.
fn map_unit(unit: MileageUnit) -> Option<&'static str> {
    match unit {
        MileageUnit::Kilometre => Some("KM"),
        MileageUnit::Mile => Some("MI"),
        MileageUnit::Unknown => None,
    }
}
