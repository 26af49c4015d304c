//! What the gateway of a federation names a thing by.

use async_graphql::Value;

use crate::domain::catalogue::model::CatalogueId;
use crate::graphql::node::NodeId;
use crate::graphql::scalars::Vin;

/// Vehicles before 1981 have 11 characters at least; sources shorten and lengthen VINs, but not beyond that.
const SHORTEST_VIN: usize = 11;
const LONGEST_VIN: usize = 32;

/// A longer text is no number of the catalogue and goes into no call.
const LONGEST_NUMBER: usize = 64;

/// A longer type name is not repeated in a message.
const LONGEST_NAME: usize = 64;

const ID: &str = "id";
const VIN: &str = "vin";
const CATALOGUE_ID: &str = "catalogueId";

/// The types that can be named, and the fields that name one thing of them, each by itself.
pub const KEYS: [(&str, &[&str]); 12] = [
    ("Channel", &[ID]),
    ("Chat", &[ID]),
    ("Connector", &[ID]),
    ("DiagnosticTicket", &[ID]),
    ("Employee", &[ID]),
    ("Inspection", &[ID]),
    ("Listing", &[ID]),
    ("Vehicle", &[VIN, ID]),
    ("VehicleMake", &[CATALOGUE_ID]),
    ("VehicleModel", &[CATALOGUE_ID]),
    ("VehicleModelGroup", &[CATALOGUE_ID]),
    ("VehicleModelVariant", &[CATALOGUE_ID]),
];

/// A level of the catalogue; numbers are unique within one only.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Level {
    Make,
    ModelGroup,
    Model,
    Variant,
}

impl Level {
    fn of(kind: &str) -> Option<Self> {
        match kind {
            "VehicleMake" => Some(Self::Make),
            "VehicleModelGroup" => Some(Self::ModelGroup),
            "VehicleModel" => Some(Self::Model),
            "VehicleModelVariant" => Some(Self::Variant),
            _ => None,
        }
    }
}

/// What a representation names.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Key {
    /// A thing with a global id.
    Node(NodeId),
    /// An entry of the catalogue.
    Catalogue(Level, CatalogueId),
}

impl Key {
    /// Reads a representation, or says in words why it cannot be read.
    pub(super) fn read(representation: &Value) -> Result<Self, String> {
        let Value::Object(fields) = representation else { return Err("it is not an object".to_owned()) };
        let Some(Value::String(kind)) = fields.get("__typename") else {
            return Err("it has no `__typename`".to_owned());
        };
        let Some((kind, keys)) = KEYS.iter().find(|(name, _)| name == kind) else {
            let named = if kind.len() <= LONGEST_NAME { format!(" `{kind}`") } else { String::new() };
            return Err(format!("this graph has no entity{named}"));
        };
        let given = keys.iter().find_map(|key| fields.get(*key).map(|value| (*key, value)));
        let Some((key, value)) = given else {
            return Err(format!("a `{kind}` is named by `{}`", keys.join("` or `")));
        };
        let Value::String(text) = value else { return Err(format!("`{key}` is not a string")) };
        match (key, Level::of(kind)) {
            (VIN, _) => vin(text).map(|vin| Self::Node(NodeId::new(*kind, vin.as_str()))),
            (_, Some(level)) => number(text).map(|id| Self::Catalogue(level, id)),
            (_, None) => {
                let key = NodeId::decode_as(text, kind).map_err(|error| error.message)?;
                Ok(Self::Node(NodeId::new(*kind, key)))
            }
        }
    }
}

/// Also numbers that are not standard: what this graph shows of a vehicle must lead back to it.
fn vin(text: &str) -> Result<Vin, String> {
    let text = text.trim();
    let is_vin = (SHORTEST_VIN..=LONGEST_VIN).contains(&text.len()) && text.bytes().all(|b| b.is_ascii_alphanumeric());
    if is_vin { Ok(Vin::from_source(text)) } else { Err("`vin` is not a VIN".to_owned()) }
}

fn number(text: &str) -> Result<CatalogueId, String> {
    let is_number = !text.trim().is_empty() && text.len() <= LONGEST_NUMBER;
    if is_number { Ok(CatalogueId(text.trim().to_owned())) } else { Err("`catalogueId` is no number".to_owned()) }
}

#[cfg(test)]
mod tests {
    use async_graphql::Value;
    use proptest::prelude::*;
    use serde_json::json;

    use super::Key;
    use crate::graphql::node::NodeId;

    fn read(representation: serde_json::Value) -> Result<Key, String> {
        Key::read(&Value::from_json(representation).unwrap())
    }

    #[test]
    fn a_vehicle_is_named_by_vin_or_id() {
        let named = Key::Node(NodeId::new("Vehicle", "YV1ZWA8UDL1234507"));
        let id = NodeId::new("Vehicle", "YV1ZWA8UDL1234507").to_string();
        assert_eq!(read(json!({ "__typename": "Vehicle", "vin": "yv1zwa8udl1234507" })), Ok(named.clone()));
        assert_eq!(read(json!({ "__typename": "Vehicle", "id": id })), Ok(named));
    }

    #[test]
    fn what_cannot_be_read_is_told_in_words() {
        let listing = NodeId::new("Listing", "7").to_string();
        let wrong = [
            json!(null),
            json!({}),
            json!({ "__typename": "Spaceship", "id": "7" }),
            json!({ "__typename": "Vehicle" }),
            json!({ "__typename": "Vehicle", "vin": null }),
            json!({ "__typename": "Vehicle", "vin": "not a VIN" }),
            json!({ "__typename": "Vehicle", "id": listing }),
            json!({ "__typename": "VehicleModel", "catalogueId": " " }),
        ];
        let told: Vec<String> = wrong.into_iter().map(|one| read(one).unwrap_err()).collect();
        insta::assert_snapshot!(told.join("\n"), @"
        it is not an object
        it has no `__typename`
        this graph has no entity `Spaceship`
        a `Vehicle` is named by `vin` or `id`
        `vin` is not a string
        `vin` is not a VIN
        the id names a `Listing` where a `Vehicle` is asked for
        `catalogueId` is no number
        ");
    }

    proptest! {
        #[test]
        fn never_panics(kind in ".{0,40}|Vehicle|Listing|VehicleMake", key in "vin|id|catalogueId", text in ".{0,70}") {
            drop(read(json!({ "__typename": kind, key: text })));
        }
    }
}
