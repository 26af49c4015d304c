//! Deliveries of the vendor, decoded into the domain's events.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use rust_decimal::Decimal;
use serde_json::Number;
use serde_json::value::RawValue;
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

/// How deep a result is looked into when it is compared; the vendor's own are eight levels deep.
const DEEPEST: usize = 64;
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
    let (status, result, time) = match delivery.data_api {
        Some(outcome) => (outcome.status, outcome.data, outcome.total_time),
        None => (delivery.status, delivery.data, delivery.total_time),
    };
    if let Some(status) = status.filter(|status| !(200..300).contains(status)) {
        return Err(Unreadable(format!("the delivery reports a failure of the vendor, status {status}")));
    }
    if let Some(result) = result {
        return reported(result, time, delivery.tchek_id, delivery.vehicle_id, body);
    }
    match delivery.token.and_then(map_token) {
        Some(token) => Ok(Event::TokenCreated { token: Box::new(token) }),
        None => Err(Unreadable("the delivery holds neither a result nor a token".to_owned())),
    }
}

fn reported(
    result: ResultDto,
    time: Option<Decimal>,
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
        content: Box::new(map_report(result, time)),
    })
}

/// The hash of the result in `body`, without what changes from delivery to delivery; none when there is no result.
fn content_hash(body: &[u8]) -> Option<String> {
    let delivery: Members<'_> = serde_json::from_slice(body).ok()?;
    let inner: Option<Members<'_>> = delivery.get("dataAPI").and_then(|data| serde_json::from_str(data.get()).ok());
    let data = *inner.as_ref().unwrap_or(&delivery).get("data")?;
    let mut hash = Sha256::new();
    update(&mut hash, data.get(), "", DEEPEST);
    let digest = hash.finalize();
    Some(digest.iter().fold(String::with_capacity(64), |mut text, byte| {
        // Writing to a String cannot fail.
        write!(text, "{byte:02x}").ok();
        text
    }))
}

/// The members of an object as they are spelled; of two with one name the last one counts.
type Members<'a> = BTreeMap<String, &'a RawValue>;

/// Feeds the JSON text `value` to `hash` in one order, each part with its kind and length, so that no two results look
/// the same. What stands more than `levels` deep is compared as it is spelled.
///
/// Text and not values: whatever numbers and depths a vendor sends, its results can be compared.
fn update(hash: &mut Sha256, value: &str, name: &str, levels: usize) {
    let Some(below) = levels.checked_sub(1) else { return text(hash, value) };
    if let Ok(members) = serde_json::from_str::<Members<'_>>(value) {
        let members: Vec<_> = members.into_iter().filter(|(name, _)| !VOLATILE.contains(&name.as_str())).collect();
        hash.update(format!("o{};", members.len()));
        for (name, value) in members {
            text(hash, &name);
            update(hash, value.get(), &name, below);
        }
    } else if let Ok(items) = serde_json::from_str::<Vec<&RawValue>>(value) {
        hash.update(format!("a{};", items.len()));
        for item in items {
            update(hash, item.get(), name, below);
        }
    } else if let Ok(plain) = serde_json::from_str::<String>(value) {
        let is_signed = plain.contains("://") && !LASTING_QUERIES.contains(&name);
        text(hash, if is_signed { plain.split(['?', '#']).next().unwrap_or(&plain) } else { &plain });
    } else {
        // A number is the same however it is spelled, as long as it can be held.
        let number = serde_json::from_str::<Number>(value).map(|number| number.to_string());
        text(hash, number.as_deref().unwrap_or(value));
    }
}

fn text(hash: &mut Sha256, text: &str) {
    hash.update(format!("s{};{text}", text.len()));
}
