//! Deliveries of the vendor, decoded into the domain's events.

use std::fmt::Write as _;

use serde_json::Map;
use serde_json::Value;
use sha2::Digest;
use sha2::Sha256;

use crate::domain::event::Event;
use crate::domain::event::EventDecoder;
use crate::domain::event::Unreadable;
use crate::domain::inspection::model::TokenUid;
use crate::transport::decode;

use super::api::results::DELIVER;
use super::api::results::DeliveryDto;
use super::api::results::ResultDto;
use super::map::map_report;
use super::map::map_token;

/// Members that differ between deliveries of the same result.
const VOLATILE: [&str; 1] = ["totalTime"];
/// Members whose query string belongs to the address; everywhere else it is a signature.
const LASTING_QUERIES: [&str; 2] = ["reportUrl", "reportUrlWithoutCosts"];

/// Decodes the vendor's deliveries.
#[derive(Clone, Copy, Debug, Default)]
pub struct TchekEventDecoder;

impl EventDecoder for TchekEventDecoder {
    fn decode(&self, body: &[u8]) -> Result<Event, Unreadable> {
        let delivery: DeliveryDto = decode::from_slice(&DELIVER, body).map_err(|error| Unreadable(error.context))?;
        let name = [&delivery.event_name, &delivery.event, &delivery.kind].into_iter().flatten().next().cloned();
        match name.as_deref() {
            Some("newTchek") => {
                Ok(Event::InspectionStarted { inspection: id(delivery.tchek_id), vehicle: id(delivery.vehicle_id) })
            }
            Some("deleteTchek") => Ok(Event::InspectionDeleted { inspection: id(delivery.tchek_id) }),
            // Whatever its name, a delivery that brings a result or a token is about that: the list of names is open.
            _ => by_shape(delivery, body),
        }
    }
}

fn id(id: Option<decode::Id>) -> Option<String> {
    id.map(String::from)
}

fn by_shape(delivery: DeliveryDto, body: &[u8]) -> Result<Event, Unreadable> {
    let (status, result) = match delivery.data_api {
        Some(outcome) => (outcome.status, outcome.data),
        None => (delivery.status, delivery.data),
    };
    if let Some(status) = status.filter(|status| !(200..300).contains(status)) {
        return Err(Unreadable(format!("the delivery reports a failure of the vendor, status {status}")));
    }
    if let Some(result) = result {
        return reported(result, delivery.tchek_id, delivery.vehicle_id, body);
    }
    match delivery.token.and_then(map_token) {
        Some(token) => Ok(Event::TokenCreated { token: Box::new(token) }),
        None => Err(Unreadable("the delivery holds neither a result nor a token".to_owned())),
    }
}

fn reported(
    result: ResultDto,
    inspection: Option<decode::Id>,
    vehicle: Option<decode::Id>,
    body: &[u8],
) -> Result<Event, Unreadable> {
    let content_hash = content_hash(body).ok_or_else(|| Unreadable("the delivery cannot be compared".to_owned()))?;
    Ok(Event::InspectionReported {
        token: result.token_id.clone().map(|uid| TokenUid(uid.into())),
        inspection: id(inspection.or_else(|| result.tchek_id.clone())),
        vehicle: id(vehicle),
        content_hash,
        content: Box::new(map_report(result)),
    })
}

/// The hash of the result in `body`, without what changes from delivery to delivery; none when there is no result.
fn content_hash(body: &[u8]) -> Option<String> {
    let delivery: Value = serde_json::from_slice(body).ok()?;
    let data = delivery.get("dataAPI").unwrap_or(&delivery).get("data")?;
    let mut hash = Sha256::new();
    update(&mut hash, data, "");
    let digest = hash.finalize();
    Some(digest.iter().fold(String::with_capacity(64), |mut text, byte| {
        // Writing to a String cannot fail.
        write!(text, "{byte:02x}").ok();
        text
    }))
}

/// Feeds `value` to `hash` in one order, each part with its kind and length, so that no two results look the same.
fn update(hash: &mut Sha256, value: &Value, name: &str) {
    match value {
        Value::Object(members) => {
            let members = lasting(members);
            hash.update(format!("o{};", members.len()));
            for (name, value) in members {
                text(hash, name);
                update(hash, value, name);
            }
        }
        Value::Array(items) => {
            hash.update(format!("a{};", items.len()));
            for item in items {
                update(hash, item, name);
            }
        }
        Value::String(link) if link.contains("://") && !LASTING_QUERIES.contains(&name) => {
            text(hash, link.split(['?', '#']).next().unwrap_or(link));
        }
        Value::String(plain) => text(hash, plain),
        Value::Null | Value::Bool(_) | Value::Number(_) => text(hash, &value.to_string()),
    }
}

fn text(hash: &mut Sha256, text: &str) {
    hash.update(format!("s{};{text}", text.len()));
}

/// The members that last, by name.
fn lasting(members: &Map<String, Value>) -> Vec<(&String, &Value)> {
    let mut lasting: Vec<_> = members.iter().filter(|(name, _)| !VOLATILE.contains(&name.as_str())).collect();
    lasting.sort_by_key(|(name, _)| *name);
    lasting
}
