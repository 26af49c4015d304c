//! Names in the feed. All are simple identifiers, which is less than what reports may be called.

use crate::report::column::Column;

/// The namespace of the types.
pub const NAMESPACE: &str = "Forecourt";

/// The container of the entity sets.
pub const CONTAINER: &str = "Reports";

/// The property that is the key: rows have no key of their own that every report selects.
pub const KEY: &str = "_row";

/// The entity set of the report `name`.
#[must_use]
pub fn set(name: &str) -> String {
    name.replace('-', "_")
}

/// The type of the entities of the report `name`. It differs from every set and every property, as some clients make
/// classes of types and members of properties.
#[must_use]
pub fn entity_type(name: &str) -> String {
    format!("{}_entity", set(name))
}

/// A property of an entity.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Property {
    /// The key.
    Key,
    /// The column at this place.
    Column(usize),
}

impl Property {
    /// The property `name` of a table with these columns.
    #[must_use]
    pub fn find(name: &str, columns: &[Column]) -> Option<Self> {
        if name == KEY {
            return Some(Self::Key);
        }
        columns.iter().position(|column| column.name == name).map(Self::Column)
    }

    /// All properties of a table with these columns.
    pub fn all(columns: &[Column]) -> impl Iterator<Item = Self> {
        std::iter::once(Self::Key).chain((0..columns.len()).map(Self::Column))
    }

    /// Its name.
    #[must_use]
    pub fn name(self, columns: &[Column]) -> &str {
        match self {
            Self::Key => KEY,
            Self::Column(at) => columns.get(at).map_or("", |column| &column.name),
        }
    }
}
