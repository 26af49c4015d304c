//! The rules that a request for a new token must keep, in the order in which they are checked.

use serde::Deserialize;
use serde::Serialize;
use serde_json::Map;
use serde_json::Value;

use super::error::Refusal;

/// The locales that the vendor's pages and messages exist in.
pub(super) const LOCALES: [&str; 8] = ["en", "fr", "de", "nl-BE", "it", "es", "sv", "no"];

const VIN_LENGTH: usize = 17;
const VALIDITY_DAYS: std::ops::RangeInclusive<i64> = 1..=365;

/// A request for a token that keeps every rule.
#[derive(Debug, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Order {
    /// The customer takes the photos.
    pub(super) shoot_inspect: bool,
    /// The customer, not an agent, confirms the damages.
    pub(super) fast_track: bool,
    /// The licence plate, as sent.
    pub(super) immat: Option<String>,
    /// The VIN, as sent.
    pub(super) vin: Option<String>,
    /// 0 mail, 1 SMS, 2 both, `None` no message.
    pub(super) sending_type: Option<u8>,
    /// Who gets the link.
    pub(super) customer: Customer,
    /// The agent who asked for it; `None` for null and for an empty string.
    pub(super) creator_user_id: Option<String>,
    /// Days until the token expires.
    pub(super) validity: i64,
}

/// The customer of a token, placeholders included.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(super) struct Customer {
    /// The mail address.
    pub(super) email: String,
    /// The first name.
    pub(super) firstname: String,
    /// The last name.
    pub(super) lastname: String,
    /// `men`, `women` or `None`.
    pub(super) gender: Option<String>,
    /// The phone number with its country code.
    pub(super) phone: String,
    /// One of [`LOCALES`].
    pub(super) locale: String,
}

/// Reads the body of a request for a token.
pub(super) fn order(body: &[u8]) -> Result<Order, Refusal> {
    let body: Value = serde_json::from_slice(body).map_err(|_| Refusal::field("body", "is not JSON"))?;
    let body = body.as_object().ok_or_else(|| Refusal::field("body", "must be an object"))?;
    let options = object(body, "options")?;
    let trade_in = object(body, "tradeIn")?;
    let (shoot_inspect, fast_track) = flags(options)?;
    let sending_type = trade_in_rules(trade_in)?;
    let vin = text(trade_in, "tradeIn", "vin")?;
    if vin.as_ref().is_some_and(|vin| vin.chars().count() != VIN_LENGTH) {
        return Err(Refusal::field("tradeIn.vin", "must have 17 characters"));
    }
    Ok(Order {
        shoot_inspect,
        fast_track,
        immat: text(trade_in, "tradeIn", "immat")?,
        vin,
        sending_type,
        customer: customer(object(body, "customer")?)?,
        creator_user_id: creator(body)?,
        validity: validity(body)?,
    })
}

fn object<'a>(body: &'a Map<String, Value>, name: &str) -> Result<&'a Map<String, Value>, Refusal> {
    match body.get(name) {
        None => Err(Refusal::field(name, "is missing")),
        Some(value) => value.as_object().ok_or_else(|| Refusal::field(name, "must be an object")),
    }
}

fn flags(options: &Map<String, Value>) -> Result<(bool, bool), Refusal> {
    let flag = |name: &str| {
        let value = options.get(name).and_then(Value::as_bool);
        value.ok_or_else(|| Refusal::field(&format!("options.{name}"), "must be true or false"))
    };
    let both = (flag("shootInspect")?, flag("fastTrack")?);
    for name in ["cost", "report", "downloadRoi"] {
        if options.get(name) != Some(&Value::Bool(false)) {
            return Err(Refusal::field(&format!("options.{name}"), "must be false for a self-inspection"));
        }
    }
    Ok(both)
}

fn trade_in_rules(trade_in: &Map<String, Value>) -> Result<Option<u8>, Refusal> {
    if trade_in.get("tradeinVehicle") != Some(&Value::Bool(true)) {
        return Err(Refusal::field("tradeIn.tradeinVehicle", "must be true"));
    }
    match trade_in.get("sendingType") {
        None => Err(Refusal::field("tradeIn.sendingType", "is missing")),
        Some(Value::Null) => Ok(None),
        Some(value) => match value.as_u64().and_then(|number| u8::try_from(number).ok()) {
            Some(number @ 0..=2) => Ok(Some(number)),
            _ => Err(Refusal::field("tradeIn.sendingType", "must be 0, 1, 2 or null")),
        },
    }
}

/// A string that may be left out, but is neither null nor of another type.
fn text(from: &Map<String, Value>, parent: &str, name: &str) -> Result<Option<String>, Refusal> {
    match from.get(name) {
        None => Ok(None),
        Some(Value::String(text)) => Ok(Some(text.clone())),
        Some(_) => Err(Refusal::field(&format!("{parent}.{name}"), "must be a string")),
    }
}

fn customer(from: &Map<String, Value>) -> Result<Customer, Refusal> {
    let required = |name: &str| match from.get(name).and_then(Value::as_str) {
        Some(text) if !text.trim().is_empty() => Ok(text.to_owned()),
        _ => Err(Refusal::field(&format!("customer.{name}"), "must be a non-empty string")),
    };
    if required("clientType")? != "customer" {
        return Err(Refusal::field("customer.clientType", "must be `customer`"));
    }
    let customer = Customer {
        email: required("email")?,
        firstname: required("firstname")?,
        lastname: required("lastname")?,
        gender: gender(from)?,
        phone: required("phone")?,
        locale: required("locale")?,
    };
    if !customer.phone.starts_with("00") && !customer.phone.starts_with('+') {
        return Err(Refusal::field("customer.phone", "must start with the country code, as in `0033`"));
    }
    if !LOCALES.contains(&customer.locale.as_str()) {
        return Err(Refusal::field("customer.locale", "is not a known locale"));
    }
    Ok(customer)
}

fn gender(from: &Map<String, Value>) -> Result<Option<String>, Refusal> {
    match from.get("gender") {
        None | Some(Value::Null) => Ok(None),
        Some(Value::String(text)) if text == "men" || text == "women" => Ok(Some(text.clone())),
        Some(_) => Err(Refusal::field("customer.gender", "must be `men`, `women` or null")),
    }
}

fn creator(body: &Map<String, Value>) -> Result<Option<String>, Refusal> {
    match body.get("creatorUserId") {
        None | Some(Value::Null) => Ok(None),
        Some(Value::String(text)) => Ok(Some(text.clone()).filter(|text| !text.is_empty())),
        Some(_) => Err(Refusal::field("creatorUserId", "must be a string or null")),
    }
}

fn validity(body: &Map<String, Value>) -> Result<i64, Refusal> {
    match body.get("validity") {
        None => Err(Refusal::field("validity", "is missing")),
        Some(value) => match value.as_i64() {
            Some(days) if VALIDITY_DAYS.contains(&days) => Ok(days),
            _ => Err(Refusal::field("validity", "must be a whole number from 1 to 365")),
        },
    }
}
