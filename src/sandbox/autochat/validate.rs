//! The rules that a car must keep. All broken ones are told at once, as violations.

use chrono::NaiveDate;
use indexmap::IndexMap;
use serde_json::Map;
use serde_json::Value;
use serde_json::value::RawValue;

use super::Environment;
use super::options;

/// One broken rule.
#[derive(Debug)]
pub(super) struct Violation {
    /// The field, with a position in a list where one is meant.
    pub(super) path: String,
    /// What is wrong.
    pub(super) message: &'static str,
}

/// A car as sent.
#[derive(Debug)]
pub(super) struct Sent {
    /// Empty only when a violation says so.
    pub(super) dealership: String,
    /// Empty only when a violation says so.
    pub(super) internal_id: String,
    /// The known fields in the order and the text in which they came.
    pub(super) fields: IndexMap<String, Box<RawValue>>,
    pub(super) violations: Vec<Violation>,
}

#[derive(Clone, Copy)]
enum Kind {
    /// A string that says something; the field must be there.
    Name,
    Text,
    Integer,
    Number,
    Flag,
    Date,
    /// A list of strings; null is no list.
    Texts,
}

const FIELDS: [(&str, Kind); 30] = [
    ("dealershipId", Kind::Name),
    ("internalId", Kind::Name),
    ("brand", Kind::Name),
    ("model", Kind::Name),
    ("version", Kind::Text),
    ("description", Kind::Text),
    ("bodyColor", Kind::Text),
    ("bodyType", Kind::Text),
    ("fuelType", Kind::Text),
    ("transmission", Kind::Text),
    ("gears", Kind::Integer),
    ("engineDisplacement", Kind::Integer),
    ("engineEmission", Kind::Integer),
    ("engineKw", Kind::Integer),
    ("numberOfDoors", Kind::Integer),
    ("mileage", Kind::Integer),
    ("mileageUnit", Kind::Text),
    ("dateOfFirstRegistration", Kind::Date),
    ("yearOfConstruction", Kind::Integer),
    ("licensePlate", Kind::Text),
    ("vin", Kind::Text),
    ("currency", Kind::Text),
    ("salesPrice", Kind::Number),
    ("salesPriceExVat", Kind::Number),
    ("taxAmount", Kind::Number),
    ("tradePrice", Kind::Number),
    ("isTaxDeductible", Kind::Flag),
    ("options", Kind::Texts),
    ("images", Kind::Texts),
    ("tags", Kind::Texts),
];

const PRICES: [&str; 4] = ["salesPrice", "salesPriceExVat", "taxAmount", "tradePrice"];

/// Reads a car; `None` when the body is no JSON object.
pub(super) fn car(body: &[u8], environment: Environment) -> Option<Sent> {
    let mut fields: IndexMap<String, Box<RawValue>> = serde_json::from_slice(body).ok()?;
    let values: Map<String, Value> = serde_json::from_slice(body).ok()?;
    fields.retain(|name, _| FIELDS.iter().any(|(known, _)| known == name));
    let mut violations: Vec<Violation> =
        FIELDS.iter().filter_map(|(name, kind)| kind.check(name, values.get(*name))).collect();
    violations.extend(rules(&values));
    violations.extend(unknown_options(&values, environment));
    let text = |name: &str| values.get(name).and_then(Value::as_str).unwrap_or_default().to_owned();
    Some(Sent { dealership: text("dealershipId"), internal_id: text("internalId"), fields, violations })
}

impl Kind {
    fn check(self, name: &str, value: Option<&Value>) -> Option<Violation> {
        let message = match (self, value) {
            (Self::Name, None | Some(Value::Null)) => "must be given",
            (Self::Name, Some(Value::String(text))) if text.trim().is_empty() => "must not be blank",
            (Self::Name, Some(value)) if !value.is_string() => "must be a string",
            (Self::Texts, None) if name == "images" => "must be given, also as an empty list",
            (Self::Texts, Some(value)) if !is_texts(value) => "must be a list of strings",
            (Self::Name | Self::Texts, _) | (_, None | Some(Value::Null)) => return None,
            (Self::Text, Some(value)) if !value.is_string() => "must be a string",
            (Self::Integer, Some(value)) if !value.is_i64() && !value.is_u64() => "must be a whole number",
            (Self::Number, Some(value)) if !value.is_number() => "must be a number",
            (Self::Flag, Some(value)) if !value.is_boolean() => "must be true or false",
            (Self::Date, Some(value)) if !is_date(value) => "must be a date such as 2022-09-16",
            (Self::Text | Self::Integer | Self::Number | Self::Flag | Self::Date, Some(_)) => return None,
        };
        Some(Violation { path: name.to_owned(), message })
    }
}

fn is_texts(value: &Value) -> bool {
    value.as_array().is_some_and(|list| list.iter().all(Value::is_string))
}

fn is_date(value: &Value) -> bool {
    value.as_str().is_some_and(|text| text.len() == 10 && NaiveDate::parse_from_str(text, "%Y-%m-%d").is_ok())
}

/// The rules beyond the type of each field.
fn rules(values: &Map<String, Value>) -> Vec<Violation> {
    let given = |name: &str| values.get(name).is_some_and(|value| !value.is_null());
    let text = |name: &str| values.get(name).and_then(Value::as_str);
    let mut broken = Vec::new();
    let mut add = |path: &str, message| broken.push(Violation { path: path.to_owned(), message });
    if values.get("mileage").and_then(Value::as_i64).is_some_and(|mileage| mileage < 0) {
        add("mileage", "must not be negative");
    }
    if given("mileage") && !given("mileageUnit") {
        add("mileageUnit", "must be given with a mileage");
    }
    if text("mileageUnit").is_some_and(|unit| unit != "KM" && unit != "MI") {
        add("mileageUnit", "must be `KM` or `MI`");
    }
    if PRICES.iter().any(|price| given(price)) && !given("currency") {
        add("currency", "must be given with a price");
    }
    if text("currency").is_some_and(|code| code.len() != 3 || !code.bytes().all(|byte| byte.is_ascii_uppercase())) {
        add("currency", "must be a code of three capital letters");
    }
    if text("vin").is_some_and(|vin| vin.len() != 17 || !vin.bytes().all(|byte| byte.is_ascii_alphanumeric())) {
        add("vin", "must have 17 letters and digits");
    }
    broken
}

fn unknown_options(values: &Map<String, Value>, environment: Environment) -> Vec<Violation> {
    let names = values.get("options").and_then(Value::as_array).map(Vec::as_slice).unwrap_or_default();
    let wrong = names.iter().enumerate().filter_map(|(number, name)| {
        let message = options::refusal(environment, name.as_str()?)?;
        Some(Violation { path: format!("options[{number}]"), message })
    });
    wrong.collect()
}
