//! Reads cells from the values of an answer.

use std::str::FromStr;

use async_graphql::Name;
use async_graphql::Value;
use chrono::DateTime;
use chrono::NaiveDate;
use chrono::Utc;
use indexmap::IndexMap;
use rust_decimal::Decimal;

use crate::report::cell::Cell;
use crate::report::column::ColumnType;
use crate::report::column::DECIMAL_PRECISION;
use crate::report::column::DECIMAL_SCALE;
use crate::report::plan::Field;
use crate::report::plan::Kind;
use crate::report::plan::Selected;
use crate::report::plan::fields;

/// The fields of response key `key` in `sets`; several when fragments select it each for themselves.
pub(super) fn named<'a>(sets: &[&'a [Selected]], key: &str) -> Vec<&'a Field> {
    sets.iter().flat_map(|set| fields(set)).filter(|field| field.key == key).collect()
}

/// What `fields` select.
pub(super) fn sets<'a>(fields: &[&'a Field]) -> Vec<&'a [Selected]> {
    fields.iter().map(|field| field.set.as_slice()).collect()
}

/// What stands in `value` under `keys`.
pub(super) fn at<'a>(value: &'a Value, keys: &[String]) -> &'a Value {
    let within = |value: &'a Value, key: &String| {
        let Value::Object(object) = value else { return None };
        object.get(key.as_str())
    };
    keys.iter().try_fold(value, within).unwrap_or(&Value::Null)
}

/// What stands in `value` under `keys`, without a copy: the rest of `value` is gone.
pub(super) fn taken(value: Value, keys: &[String]) -> Value {
    keys.iter().try_fold(value, |value, key| take(value, key)).unwrap_or_default()
}

/// What stands in an object under `key`, without a copy.
pub(super) fn take(value: Value, key: &str) -> Option<Value> {
    if let Value::Object(mut object) = value { object.swap_remove(key) } else { None }
}

/// The cell of a column of type `ty` for `value`; none when it does not fit.
pub(super) fn cell(value: &Value, ty: ColumnType) -> Option<Cell> {
    if matches!(value, Value::Null) {
        return Some(Cell::Null);
    }
    match (ty, value) {
        (ColumnType::Text, Value::String(text)) => Some(Cell::Text(text.clone())),
        (ColumnType::Text, Value::Enum(name)) => Some(Cell::Text(name.to_string())),
        (ColumnType::Text, _) => serde_json::to_string(value).ok().map(Cell::Text),
        (ColumnType::Json, _) => serde_json::to_string(value).ok().map(Cell::Json),
        (ColumnType::Boolean, Value::Boolean(truth)) => Some(Cell::Boolean(*truth)),
        (ColumnType::Integer, Value::Number(number)) => number.as_i64().map(Cell::Integer),
        (ColumnType::Float, Value::Number(number)) => number.as_f64().map(Cell::Float),
        (ColumnType::Decimal, Value::String(text)) => decimal(text).map(Cell::Decimal),
        (ColumnType::Date, Value::String(text)) => NaiveDate::from_str(text).ok().map(Cell::Date),
        (ColumnType::Timestamp, Value::String(text)) => {
            let moment = DateTime::parse_from_rfc3339(text).ok()?;
            Some(Cell::Timestamp(moment.with_timezone(&Utc)))
        }
        (
            ColumnType::Boolean
            | ColumnType::Integer
            | ColumnType::Float
            | ColumnType::Decimal
            | ColumnType::Date
            | ColumnType::Timestamp,
            _,
        ) => None,
    }
}

fn decimal(text: &str) -> Option<Decimal> {
    let value = Decimal::from_str_exact(text).ok()?.normalize();
    let whole_digits = value.trunc().abs().to_string().len();
    let room = usize::from(DECIMAL_PRECISION.saturating_sub(DECIMAL_SCALE));
    (value.scale() <= u32::from(DECIMAL_SCALE) && whole_digits <= room).then_some(value)
}

/// The value of a list or connection that `fields` select, with connections in it as arrays of their items.
pub(super) fn plain(value: &Value, fields: &[&Field]) -> Value {
    let inner = sets(fields);
    if let Value::List(items) = value {
        return Value::List(items.iter().map(|item| plain(item, fields)).collect());
    }
    let is_connection = fields.iter().any(|field| matches!(field.kind, Kind::Connection(_)));
    if let (Value::Object(object), true) = (value, is_connection) {
        return Value::List(items(object).map(|item| plain_object(item, &inner)).collect());
    }
    plain_object(value, &inner)
}

fn plain_object(value: &Value, sets: &[&[Selected]]) -> Value {
    let Value::Object(object) = value else { return value.clone() };
    let mut plain_fields = IndexMap::new();
    for (key, value) in object {
        let fields = named(sets, key);
        let own = fields.iter().filter_map(|field| match &field.kind {
            Kind::Connection(connection) => Some(connection.own.as_slice()),
            Kind::Leaf | Kind::Object | Kind::List => None,
        });
        for one in own.flatten() {
            let count = at(value, std::slice::from_ref(&one.key)).clone();
            plain_fields.insert(Name::new(format!("{key}_{}", one.key)), count);
        }
        let has_items = |field: &&Field| field.connection().is_some() || !matches!(field.kind, Kind::Connection(_));
        if fields.iter().any(has_items) {
            plain_fields.insert(key.clone(), plain(value, &fields));
        }
    }
    Value::Object(plain_fields)
}

/// The items of a connection.
fn items(connection: &IndexMap<Name, Value>) -> impl Iterator<Item = &Value> {
    let list = |key: &str| match connection.get(key) {
        Some(Value::List(items)) => items.as_slice(),
        Some(_) | None => &[],
    };
    let edges = list("edges").iter().map(|edge| {
        let Value::Object(edge) = edge else { return &Value::Null };
        edge.get("node").unwrap_or(&Value::Null)
    });
    edges.chain(list("nodes"))
}

/// One page of a connection.
#[derive(Debug, Default)]
pub(super) struct Page {
    /// The items, with their cursors where these were asked.
    pub(super) items: Vec<(Option<String>, Value)>,
    /// Whether more follows.
    pub(super) has_next: bool,
    /// The cursor of its last item.
    pub(super) end: Option<String>,
}

impl Page {
    /// Takes a connection, or a plain list, apart.
    pub(super) fn of(value: Value) -> Self {
        if let Value::List(items) = value {
            let items = items.into_iter().map(|item| (None, item)).collect();
            return Self { items, ..Self::default() };
        }
        let Value::Object(mut connection) = value else { return Self::default() };
        let info = connection.get("pageInfo").cloned().unwrap_or_default();
        let part = |name: &str| at(&info, &[name.to_owned()]).clone();
        let mut items = Vec::new();
        if let Some(Value::List(edges)) = connection.swap_remove("edges") {
            for edge in edges {
                let Value::Object(mut edge) = edge else { continue };
                let cursor = edge.swap_remove("cursor").and_then(text);
                items.push((cursor, edge.swap_remove("node").unwrap_or_default()));
            }
        } else if let Some(Value::List(nodes)) = connection.swap_remove("nodes") {
            items.extend(nodes.into_iter().map(|node| (None, node)));
        }
        Self { items, has_next: part("hasNextPage") == Value::Boolean(true), end: text(part("endCursor")) }
    }
}

/// The text that a value is.
pub(super) fn text(value: Value) -> Option<String> {
    if let Value::String(text) = value { Some(text) } else { None }
}
