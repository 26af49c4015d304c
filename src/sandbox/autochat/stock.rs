//! `autochat.cars.list`: the cars in stock, by pages. Everything about it is assumed.

use axum::Json;
use axum::extract::RawQuery;
use axum::extract::State;
use axum::http::HeaderMap;
use axum::http::StatusCode;
use axum::response::IntoResponse;
use axum::response::Response;
use serde::Serialize;

use crate::sandbox::query::number;
use crate::sandbox::query::parameter;

use super::Autochat;
use super::Place;
use super::cars::Car;
use super::error::Refusal;

const USUAL: usize = 30;
const MOST: usize = 100;

/// The envelope of a list; a generic value would change the digits of amounts.
#[derive(Serialize)]
struct Wrapped<T> {
    #[serde(rename = "hydra:member")]
    member: Vec<T>,
    #[serde(rename = "hydra:totalItems")]
    total: usize,
}

/// Lists cars.
pub(super) async fn list(
    State(place): State<Place>,
    headers: HeaderMap,
    RawQuery(query): RawQuery,
) -> Result<Response, Refusal> {
    place.autochat.admit(&headers)?;
    let given = |name: &str| parameter(query.as_deref(), name);
    let page = number(given("page"), 1, usize::MAX).ok_or_else(|| refused("page"))?;
    let size = number(given("itemsPerPage"), USUAL, MOST).ok_or_else(|| refused("itemsPerPage"))?;
    let (stock_number, dealership) = (given("internalId"), given("dealershipId"));
    let fits =
        |car: &Car| is(car, "internalId", stock_number.as_deref()) && is(car, "dealershipId", dealership.as_deref());
    let all = place.autochat.cars();
    let found: Vec<Car> =
        all.into_iter().filter(|(of, car)| *of == place.environment && fits(car)).map(|(_, car)| car).collect();
    let total = found.len();
    let shown: Vec<Car> = found.into_iter().skip((page - 1).saturating_mul(size)).take(size).collect();
    Ok(place.autochat.listed(shown, Some(total)))
}

impl Autochat {
    /// A list, bare or in an envelope.
    pub(super) fn listed<T: Serialize>(&self, items: Vec<T>, total: Option<usize>) -> Response {
        if self.core.switches().autochat_hydra_lists {
            let total = total.unwrap_or(items.len());
            return Json(Wrapped { member: items, total }).into_response();
        }
        Json(items).into_response()
    }
}

/// Whether the car's member is the wanted one; every car fits when none is wanted.
fn is(car: &Car, name: &str, wanted: Option<&str>) -> bool {
    let Some(wanted) = wanted else { return true };
    let text = car.fields.get(name).and_then(|text| serde_json::from_str::<String>(text.get()).ok());
    text.as_deref() == Some(wanted)
}

fn refused(name: &str) -> Refusal {
    Refusal::problem(StatusCode::BAD_REQUEST, &format!("{name}: must be a number in its range"))
}
