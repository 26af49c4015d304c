//! Lists that are the outline of an answer: they must be there, and each item stands for itself.

use serde::Deserialize;
use serde::Deserializer;
use serde_json::value::RawValue;

use super::soft::FromWire;
use super::soft::read;

/// A list; single items that are null or cannot be read are left out, the latter are counted.
#[derive(Clone, Debug)]
pub struct Listed<T> {
    /// The items that could be read.
    pub items: Vec<T>,
    /// How many items the list had, for whoever asks for those behind it.
    pub received: u64,
}

impl<'de, T: FromWire> Deserialize<'de> for Listed<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let all = Vec::<&RawValue>::deserialize(deserializer)?;
        let received = u64::try_from(all.len()).unwrap_or(u64::MAX);
        Ok(Self { items: all.into_iter().filter_map(|item| read(item.get())).collect(), received })
    }
}
