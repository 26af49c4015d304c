//! Cars in a dealer's stock.

use std::time::Duration;

use chrono::NaiveDate;
use http::header;
use serde::Serialize;
use tokio::time::Instant;

use crate::error::VendorError;
use crate::error::VendorErrorKind;
use crate::transport::Call;
use crate::transport::Idempotency;
use crate::transport::Method;
use crate::transport::Operation;
use crate::transport::Provenance;
use crate::transport::Reply;
use crate::transport::Transport;
use crate::transport::decode;
use crate::transport::decode::ExactDecimal;
use crate::transport::decode::Id;
use crate::transport::decode::dto;

use super::READ;

/// Puts a car into the stock. Sent once: what the vendor does with a second one is not known.
///
/// Source: vendor text "API documentation", section on cars; which statuses mean success is inferred.
pub(in crate::vendors::autochat) const CREATE: Operation = Operation {
    name: "autochat.cars.create",
    method: Method::Post,
    path: "/api/cars",
    idempotency: Idempotency::Once,
    timeout: Duration::from_secs(20),
    success: &[200, 201, 202, 204],
    ..READ
};

/// Lists the cars of the stock.
///
/// Source: none; the path and its parameters follow the framework that the vendor's addresses look like.
pub(in crate::vendors::autochat) const LIST: Operation =
    Operation { name: "autochat.cars.list", path: "/api/cars", provenance: Provenance::Inferred, ..READ };

/// How many cars a page may have. Inferred.
const PAGE_SIZE: usize = 100;
/// How many pages are searched before the list counts as endless.
const MAX_PAGES: usize = 100;

/// The body of [`CREATE`].
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(in crate::vendors::autochat) struct NewCarDto<'a> {
    pub(in crate::vendors::autochat) dealership_id: &'a str,
    pub(in crate::vendors::autochat) internal_id: &'a str,
    /// The make.
    pub(in crate::vendors::autochat) brand: &'a str,
    pub(in crate::vendors::autochat) model: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(in crate::vendors::autochat) version: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(in crate::vendors::autochat) description: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(in crate::vendors::autochat) body_color: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(in crate::vendors::autochat) body_type: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(in crate::vendors::autochat) fuel_type: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(in crate::vendors::autochat) transmission: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(in crate::vendors::autochat) gears: Option<i32>,
    /// In cubic centimetres; the unit is inferred.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(in crate::vendors::autochat) engine_displacement: Option<i32>,
    /// In grams of carbon dioxide per kilometre; the unit is inferred.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(in crate::vendors::autochat) engine_emission: Option<i32>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(in crate::vendors::autochat) engine_kw: Option<i32>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(in crate::vendors::autochat) number_of_doors: Option<i32>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(in crate::vendors::autochat) mileage: Option<i32>,
    /// `KM`, or `MI`, which is inferred.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(in crate::vendors::autochat) mileage_unit: Option<&'static str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(in crate::vendors::autochat) date_of_first_registration: Option<NaiveDate>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(in crate::vendors::autochat) year_of_construction: Option<i32>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(in crate::vendors::autochat) license_plate: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(in crate::vendors::autochat) vin: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(in crate::vendors::autochat) currency: Option<&'a str>,
    /// With value-added tax; that is inferred.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(in crate::vendors::autochat) sales_price: Option<ExactDecimal>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(in crate::vendors::autochat) sales_price_ex_vat: Option<ExactDecimal>,
    /// Of unknown unit; passed on as it is.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(in crate::vendors::autochat) tax_amount: Option<ExactDecimal>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(in crate::vendors::autochat) trade_price: Option<ExactDecimal>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(in crate::vendors::autochat) is_tax_deductible: Option<bool>,
    /// Names of options, never their UUIDs.
    pub(in crate::vendors::autochat) options: &'a [String],
    /// Must be there even when empty; that items are links is inferred.
    pub(in crate::vendors::autochat) images: &'a [String],
    pub(in crate::vendors::autochat) tags: &'a [String],
}

dto! {
    /// The answer: the car with a handle, in one of several places, or nothing at all.
    struct CreatedDto {
        uuid: Id,
        id: Id,
        #[serde(rename = "@id")]
        address: String,
    }
}

dto! {
    /// A car of the stock: what tells which one it is.
    pub(in crate::vendors::autochat) struct CarDto {
        uuid: Id,
        id: Id,
        #[serde(rename = "@id")]
        address: String,
        #[serde(rename = "internalId")]
        internal_id: Id,
        #[serde(rename = "dealershipId")]
        dealership_id: Id,
        vin: Id,
    }
}

impl CarDto {
    /// The handle: `uuid`, else `id`, else the last part of `@id`.
    pub(in crate::vendors::autochat) fn handle(&self) -> Option<String> {
        let id = self.uuid.clone().or_else(|| self.id.clone()).map(String::from);
        id.or_else(|| self.address.as_deref().and_then(last_part))
    }
}

/// Finds the car with a stock number; none when the dealership has none.
///
/// A vendor that does not know the filters lists everything, so each page is searched by us, until one is not full.
pub(in crate::vendors::autochat) async fn find(
    transport: &Transport,
    dealership_id: &str,
    internal_id: &str,
    deadline: Instant,
) -> Result<Option<CarDto>, VendorError> {
    let is_it = |car: &CarDto| {
        car.internal_id.as_ref().is_some_and(|id| String::from(id.clone()) == internal_id)
            && car.dealership_id.as_ref().is_none_or(|id| String::from(id.clone()) == dealership_id)
    };
    for page in 1..=MAX_PAGES {
        let call = Call::new(&LIST, deadline)
            .query("internalId", internal_id)
            .query("dealershipId", dealership_id)
            .query("page", page.to_string())
            .query("itemsPerPage", PAGE_SIZE.to_string());
        let cars: Vec<CarDto> = super::list::read(&LIST, &transport.call(call).await?)?;
        let is_last = cars.len() < PAGE_SIZE;
        if let Some(car) = cars.into_iter().find(is_it) {
            return Ok(Some(car));
        }
        if is_last {
            return Ok(None);
        }
    }
    Err(LIST.error(VendorErrorKind::Protocol, "the list does not end"))
}

/// Puts a car into the stock and returns the vendor's handle of it, if it gave one.
pub(in crate::vendors::autochat) async fn create(
    transport: &Transport,
    car: &NewCarDto<'_>,
    deadline: Instant,
) -> Result<Option<String>, VendorError> {
    let reply = transport.call(Call::new(&CREATE, deadline).json(car)?).await?;
    Ok(handle(&reply))
}

/// The handle: `uuid`, else `id`, else the last part of `@id`, else the last part of the `Location` header.
///
/// The status has said that the car was accepted. A body that cannot be read takes nothing back from that; it only
/// leaves the handle unknown.
fn handle(reply: &Reply) -> Option<String> {
    let created: CreatedDto = decode::json_or_none(&CREATE, reply)
        .unwrap_or_else(|error| {
            tracing::warn!(context = %error.context, "the vendor accepted a car with an unreadable body");
            None
        })
        .unwrap_or_default();
    let location = || Some(reply.headers.get(header::LOCATION)?.to_str().ok()?.to_owned());
    created
        .uuid
        .or(created.id)
        .map(String::from)
        .or_else(|| created.address.as_deref().and_then(last_part))
        .or_else(|| location().as_deref().and_then(last_part))
}

fn last_part(address: &str) -> Option<String> {
    let path = address.split(['?', '#']).next().unwrap_or_default();
    path.trim_end_matches('/').rsplit('/').next().filter(|part| !part.is_empty()).map(str::to_owned)
}
