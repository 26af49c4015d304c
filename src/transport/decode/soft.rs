//! Members that may be absent, null, differently typed or unreadable.

use std::cell::Cell;
use std::fmt;

use chrono::DateTime;
use chrono::NaiveDate;
use chrono::Utc;
use indexmap::IndexMap;
use rust_decimal::Decimal;
use serde::Deserialize;
use serde::Deserializer;
use serde_json::value::RawValue;

use super::decimal;
use super::time;

thread_local! {
    /// How many members of the body that this thread reads could not be read. Reading never waits, so one thread reads
    /// one body from start to end.
    static UNREAD: Cell<u64> = const { Cell::new(0) };
}

/// Runs `read` and tells how many members it had to leave out.
pub(super) fn counting<T>(read: impl FnOnce() -> T) -> (T, u64) {
    let outer = UNREAD.replace(0);
    let value = read();
    (value, UNREAD.replace(outer))
}

fn count_unread() {
    UNREAD.set(UNREAD.get().saturating_add(1));
}

/// A type that can be read from the text of a JSON value, if the text means one.
pub trait FromWire: Sized {
    /// Reads `text`, which is one whole JSON value and never `null`; none when it means nothing of this type.
    fn from_wire(text: &str) -> Option<Self>;
}

/// Reads a member of a DTO; null and what cannot be read become `None`, the latter is counted.
///
/// # Errors
/// Only when the body is no JSON at this place.
pub fn soft<'de, T: FromWire, D: Deserializer<'de>>(deserializer: D) -> Result<Option<T>, D::Error> {
    let raw = <&RawValue>::deserialize(deserializer)?;
    Ok(read(raw.get()))
}

pub(super) fn read<T: FromWire>(text: &str) -> Option<T> {
    let text = text.trim();
    if text == "null" {
        return None;
    }
    let value = T::from_wire(text);
    if value.is_none() {
        count_unread();
    }
    value
}

/// What a string says; none for any other value.
pub(super) fn string(text: &str) -> Option<String> {
    if text.starts_with('"') { serde_json::from_str(text).ok() } else { None }
}

fn is_number(text: &str) -> bool {
    text.starts_with(|c: char| c.is_ascii_digit() || c == '-')
}

/// A string as it is; a number as it is spelled.
impl FromWire for String {
    fn from_wire(text: &str) -> Option<Self> {
        string(text).or_else(|| is_number(text).then(|| text.to_owned()))
    }
}

/// An identifier: text or number, never empty. Vendors send the same id in both forms.
#[derive(Clone, PartialEq, Eq, Hash)]
pub struct Id(pub String);

impl fmt::Debug for Id {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl From<Id> for String {
    fn from(id: Id) -> Self {
        id.0
    }
}

impl FromWire for Id {
    fn from_wire(text: &str) -> Option<Self> {
        let id = String::from_wire(text)?;
        let id = id.trim();
        (!id.is_empty()).then(|| Self(id.to_owned()))
    }
}

/// `true` and `false`, also as strings, and 1 and 0 in both forms.
impl FromWire for bool {
    fn from_wire(text: &str) -> Option<Self> {
        let word = string(text).unwrap_or_else(|| text.to_owned());
        match word.trim() {
            "true" | "1" => Some(true),
            "false" | "0" => Some(false),
            _ => None,
        }
    }
}

/// A whole number, also as a string and as `3.0`.
impl FromWire for i64 {
    fn from_wire(text: &str) -> Option<Self> {
        let number = Decimal::from_wire(text)?;
        if number.fract().is_zero() { Self::try_from(number.trunc()).ok() } else { None }
    }
}

/// A whole number of 32 bits, also as a string and as `3.0`.
impl FromWire for i32 {
    fn from_wire(text: &str) -> Option<Self> {
        i64::from_wire(text).and_then(|number| Self::try_from(number).ok())
    }
}

/// A fraction such as a place on a photo; only where exactness does not matter.
impl FromWire for f64 {
    fn from_wire(text: &str) -> Option<Self> {
        let number: Self = string(text).unwrap_or_else(|| text.to_owned()).trim().parse().ok()?;
        number.is_finite().then_some(number)
    }
}

/// A number or a numeric string, exact to the digit.
impl FromWire for Decimal {
    fn from_wire(text: &str) -> Option<Self> {
        decimal::parse(&string(text).or_else(|| is_number(text).then(|| text.to_owned()))?)
    }
}

/// A moment, in any of the notations of [`time::parse_time`].
impl FromWire for DateTime<Utc> {
    fn from_wire(text: &str) -> Option<Self> {
        time::parse_time(&string(text)?)
    }
}

/// A day, in any of the notations of [`time::parse_date`].
impl FromWire for NaiveDate {
    fn from_wire(text: &str) -> Option<Self> {
        time::parse_date(&string(text)?)
    }
}

/// A list; single items that are null or cannot be read are left out, the latter are counted.
impl<T: FromWire> FromWire for Vec<T> {
    fn from_wire(text: &str) -> Option<Self> {
        let items: Vec<&RawValue> = serde_json::from_str(text).ok()?;
        Some(items.into_iter().filter_map(|item| read(item.get())).collect())
    }
}

/// An object with members of one kind, in their order; single members that are null or cannot be read are left out.
impl<T: FromWire> FromWire for IndexMap<String, T> {
    fn from_wire(text: &str) -> Option<Self> {
        let members: IndexMap<String, &RawValue> = serde_json::from_str(text).ok()?;
        Some(members.into_iter().filter_map(|(name, value)| Some((name, read(value.get())?))).collect())
    }
}

/// How many lists may stand around an item of a [`Flat`].
const DEEPEST: usize = 4;

/// A list that a vendor sometimes sends one level too deep: `[1, 2]` and `[[1, 2]]` are the same. Four levels are read;
/// what stands deeper is left out and counted.
#[derive(Clone, Debug)]
pub struct Flat<T>(pub Vec<T>);

impl<T> Default for Flat<T> {
    fn default() -> Self {
        Self(Vec::new())
    }
}

impl<T: FromWire> FromWire for Flat<T> {
    fn from_wire(text: &str) -> Option<Self> {
        let mut flat = Vec::new();
        flatten(text, DEEPEST, &mut flat)?;
        Some(Self(flat))
    }
}

/// Adds the items of the list `text` to `flat`, lists in it `levels` deep; none when `text` is no list.
fn flatten<T: FromWire>(text: &str, levels: usize, flat: &mut Vec<T>) -> Option<()> {
    let items: Vec<&RawValue> = serde_json::from_str(text).ok()?;
    for item in items {
        if !item.get().starts_with('[') {
            flat.extend(read(item.get()));
        } else if levels <= 1 || flatten(item.get(), levels - 1, flat).is_none() {
            count_unread();
        }
    }
    Some(())
}

/// Reads `text` as a DTO that derives `Deserialize`; for the [`FromWire`] of DTOs inside DTOs.
pub fn dto_from_wire<T: serde::de::DeserializeOwned>(text: &str) -> Option<T> {
    serde_json::from_str(text).ok()
}
