//! A document without its fragments' names: what is selected where, and what the schema says of it.

use crate::graphql::outline::TypeOutline;

/// An argument: its name, its value as GraphQL, and the variables in it.
#[derive(Clone, Debug)]
pub(in crate::report) struct Argument {
    pub(in crate::report) name: String,
    pub(in crate::report) text: String,
    pub(in crate::report) variables: Vec<String>,
}

/// A directive on a field or a fragment.
#[derive(Clone, Debug)]
pub(in crate::report) struct Mark {
    pub(in crate::report) name: String,
    pub(in crate::report) arguments: Vec<Argument>,
}

/// One selection.
#[derive(Clone, Debug)]
pub(in crate::report) enum Selected {
    Field(Field),
    Fragment(Fragment),
}

/// A fragment, wherever it was defined.
#[derive(Clone, Debug)]
pub(in crate::report) struct Fragment {
    /// The type condition.
    pub(in crate::report) on: Option<String>,
    pub(in crate::report) marks: Vec<Mark>,
    pub(in crate::report) set: Vec<Selected>,
    /// Whether its fields can be missing: its condition or a directive leaves them out.
    pub(in crate::report) is_conditional: bool,
}

/// A field.
#[derive(Clone, Debug)]
pub(in crate::report) struct Field {
    /// The response key.
    pub(in crate::report) key: String,
    pub(in crate::report) name: String,
    pub(in crate::report) arguments: Vec<Argument>,
    pub(in crate::report) marks: Vec<Mark>,
    pub(in crate::report) ty: TypeOutline,
    pub(in crate::report) description: String,
    pub(in crate::report) kind: Kind,
    /// What is selected in it; in a connection: what is selected of each item.
    pub(in crate::report) set: Vec<Selected>,
    /// Whether it carries `@rows`, or a part of the connection that it is does.
    pub(in crate::report) is_marked: bool,
}

/// What a field is.
#[derive(Clone, Debug)]
pub(in crate::report) enum Kind {
    /// It has no fields.
    Leaf,
    Object,
    List,
    Connection(Connection),
}

/// What is selected of a connection beside its items.
#[derive(Clone, Debug, Default)]
pub(in crate::report) struct Connection {
    /// Whether it is followed to its end: the document gives no `first`.
    pub(in crate::report) is_followed: bool,
    /// Whether its items are selected at all.
    pub(in crate::report) has_items: bool,
    /// Its own leaves, such as `totalCount`.
    pub(in crate::report) own: Vec<Field>,
}

impl Field {
    /// Whether it is left out under some variables.
    pub(in crate::report) fn is_conditional(&self) -> bool {
        !self.marks.is_empty()
    }

    /// The connection that it is, with items.
    pub(in crate::report) fn connection(&self) -> Option<&Connection> {
        match &self.kind {
            Kind::Connection(connection) if connection.has_items => Some(connection),
            Kind::Connection(_) | Kind::Leaf | Kind::Object | Kind::List => None,
        }
    }

    /// Whether its pages are followed.
    pub(in crate::report) fn is_followed(&self) -> bool {
        self.connection().is_some_and(|connection| connection.is_followed)
    }

    /// Whether it has items with fields, each of which could be a row.
    pub(in crate::report) fn is_rows(&self) -> bool {
        self.connection().is_some() || matches!(self.kind, Kind::List) && !self.set.is_empty()
    }
}

/// The type of `__typename`, which no schema lists.
pub(super) fn type_name() -> TypeOutline {
    TypeOutline { name: "String".to_owned(), is_list: false, is_non_null: true, is_composite: false }
}

/// The fields of `set`, those of its fragments where these stand.
pub(in crate::report) fn fields(set: &[Selected]) -> Vec<&Field> {
    let mut found = Vec::new();
    gather(set, &mut found);
    found
}

fn gather<'a>(set: &'a [Selected], found: &mut Vec<&'a Field>) {
    for one in set {
        match one {
            Selected::Field(field) => found.push(field),
            Selected::Fragment(fragment) => gather(&fragment.set, found),
        }
    }
}

/// Whether a followed connection stands in `set`, at any level.
pub(in crate::report) fn has_followed(set: &[Selected]) -> bool {
    fields(set).into_iter().any(|field| field.is_followed() || has_followed(&field.set))
}
