//! Countries and currencies.

use axum::Json;
use serde_json::Value;
use serde_json::json;

use super::auth::Caller;
use super::params::Page;
use super::params::Params;
use super::problem::Problem;

/// The countries in which the vendor has customers. Inferred: the vendor's own list is not published.
const COUNTRIES: [(&str, &str); 14] = [
    ("AT", "Austria"),
    ("BE", "Belgium"),
    ("CH", "Switzerland"),
    ("DE", "Germany"),
    ("DK", "Denmark"),
    ("ES", "Spain"),
    ("FR", "France"),
    ("GB", "United Kingdom"),
    ("IE", "Ireland"),
    ("IT", "Italy"),
    ("LU", "Luxembourg"),
    ("NL", "Netherlands"),
    ("PL", "Poland"),
    ("SE", "Sweden"),
];

/// The currencies of those countries.
const CURRENCIES: [(&str, &str); 6] = [
    ("CHF", "Swiss franc"),
    ("DKK", "Danish krone"),
    ("EUR", "Euro"),
    ("GBP", "Pound sterling"),
    ("PLN", "Polish zloty"),
    ("SEK", "Swedish krona"),
];

/// Lists the countries.
pub(super) async fn list_countries(_: Caller, params: Params) -> Result<Json<Value>, Problem> {
    Ok(params.page(Page::WHOLE)?.of(&COUNTRIES, show))
}

/// Lists the currencies.
pub(super) async fn list_currencies(_: Caller, params: Params) -> Result<Json<Value>, Problem> {
    Ok(params.page(Page::WHOLE)?.of(&CURRENCIES, show))
}

/// Whether `code` is the code of a country in the list.
pub(super) fn is_country(code: &str) -> bool {
    COUNTRIES.iter().any(|(known, _)| *known == code)
}

fn show((code, name): &(&str, &str)) -> Value {
    json!({"code": code, "name": name})
}
