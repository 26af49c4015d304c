//! Gathers what is missing from a table.

use async_graphql::PathSegment;
use async_graphql::ServerError;
use async_graphql::Value;

use super::cells::named;
use super::cells::sets;
use super::cells::text;
use crate::report::fault::Fault;
use crate::report::plan::At;
use crate::report::plan::Hop;
use crate::report::plan::Kind;
use crate::report::plan::Plan;

/// Adds `fault`; what is alike is counted.
pub(super) fn add(faults: &mut Vec<Fault>, fault: Fault) {
    let alike = |known: &&mut Fault| {
        known.path == fault.path
            && known.code == fault.code
            && known.vendor == fault.vendor
            && known.loses_rows == fault.loses_rows
    };
    match faults.iter_mut().find(alike) {
        Some(known) => known.count = known.count.saturating_add(fault.count),
        None => faults.push(fault),
    }
}

/// What the graph's `error` beside `data` means for the table.
pub(super) fn of_error(error: &ServerError, data: &Value, plan: &Plan) -> Fault {
    let (keys, lost) = locate(&error.path, data, plan);
    let fact = |name: &str| error.extensions.as_ref()?.get(name).cloned().and_then(text);
    Fault {
        path: keys.join("."),
        code: fact("code").unwrap_or_else(|| "GRAPHQL_VALIDATION_FAILED".to_owned()),
        message: error.message.clone(),
        vendor: fact("vendor"),
        loses_rows: plan.route().starts_with(&lost),
        count: 1,
    }
}

/// Whether the same query may succeed later.
pub(super) fn is_retryable(error: &ServerError) -> bool {
    error.extensions.as_ref().and_then(|facts| facts.get("retryable")) == Some(&Value::Boolean(true))
}

/// Whether `error` is about an item of a list beside the one that `hops` lead to.
pub(super) fn is_beside(error: &ServerError, hops: &[Hop]) -> bool {
    let mut path = error.path.iter();
    for hop in hops {
        let own = |segment: &PathSegment| matches!(segment, PathSegment::Field(key) if *key == hop.key);
        if !path.any(own) {
            return false;
        }
        if let (At::Index(index), Some(PathSegment::Index(found))) = (&hop.at, path.clone().next())
            && index != found
        {
            return true;
        }
    }
    false
}

/// The response keys on the way to an error, and those to the null that it made.
fn locate(path: &[PathSegment], data: &Value, plan: &Plan) -> (Vec<String>, Vec<String>) {
    let mut keys = Vec::new();
    let mut lost = matches!(data, Value::Null).then(Vec::new);
    let mut within = vec![plan.tree()];
    let mut is_connection = false;
    let mut value = Some(data);
    for segment in path {
        match segment {
            PathSegment::Field(key) if is_connection && ["edges", "nodes", "node"].contains(&key.as_str()) => {
                is_connection = key == "edges";
            }
            PathSegment::Field(key) => {
                let fields = named(&within, key);
                is_connection = fields.iter().any(|field| matches!(field.kind, Kind::Connection(_)));
                within = sets(&fields);
                keys.push(key.clone());
            }
            PathSegment::Index(_) => {}
        }
        value = match (segment, value) {
            (PathSegment::Field(key), Some(Value::Object(object))) => object.get(key.as_str()),
            (PathSegment::Index(index), Some(Value::List(items))) => items.get(*index),
            (PathSegment::Field(_) | PathSegment::Index(_), _) => None,
        };
        if lost.is_none() && matches!(value, Some(Value::Null)) {
            lost = Some(keys.clone());
        }
    }
    let lost = lost.unwrap_or_else(|| keys.clone());
    (keys, lost)
}
