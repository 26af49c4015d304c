//! Writes a [tree](super::tree) as a document again, for one page of one connection.

use std::collections::BTreeSet;
use std::convert::Infallible;

use async_graphql::Name;
use async_graphql::Value;
use async_graphql::parser::types::Directive;

use super::tree::Argument;
use super::tree::Connection;
use super::tree::Field;
use super::tree::Kind;
use super::tree::Mark;
use super::tree::Selected;

/// One step from the root to the connection whose page is asked.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(in crate::report) struct Hop {
    /// The response key.
    pub(in crate::report) key: String,
    /// Which part of it is meant.
    pub(in crate::report) at: At,
}

/// Which part of a field is meant.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(in crate::report) enum At {
    /// The only one there is.
    Object,
    /// The item at this position of a plain list.
    Index(usize),
    /// The item of a connection that has the cursor `cursor` and follows on `after`.
    Item {
        /// The cursor of the item before; none for the first of the list.
        after: Option<String>,
        /// Its own cursor.
        cursor: String,
    },
    /// A page of a connection: what follows on `after`.
    Page {
        /// The cursor of the item before; none for the page that the document asks for.
        after: Option<String>,
    },
}

/// How many items the pages that are followed have.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::report) struct Sizes {
    /// The page that is asked for.
    pub(in crate::report) page: u32,
    /// The first pages of connections that stand inside others.
    pub(in crate::report) nested: u32,
}

/// Writes selections, and notes which variables they use.
pub(super) struct Printer {
    pub(super) text: String,
    pub(super) variables: BTreeSet<String>,
    sizes: Sizes,
    /// Whether items are asked with their cursors.
    has_cursors: bool,
}

impl Printer {
    pub(super) fn new(sizes: Sizes, has_cursors: bool) -> Self {
        Self { text: String::new(), variables: BTreeSet::new(), sizes, has_cursors }
    }

    /// Writes `set` as a whole; where `hops` lead to a page, that one begins where they say.
    pub(super) fn whole(&mut self, set: &[Selected], hops: &[Hop]) {
        self.set(set, &|printer, field| {
            let hop = hops.split_first().filter(|(hop, _)| hop.key == field.key);
            let rest = hop.map_or(&[] as &[Hop], |(_, rest)| rest);
            match hop.map(|(hop, _)| &hop.at) {
                Some(At::Page { after }) => printer.field(field, Some((printer.sizes.page, after.as_deref())), &[]),
                Some(At::Object | At::Index(_) | At::Item { .. }) | None => printer.field(field, None, rest),
            }
            true
        });
    }

    /// Writes only what leads to the page at the end of `hops`.
    pub(super) fn only(&mut self, set: &[Selected], hops: &[Hop]) {
        let Some((hop, rest)) = hops.split_first() else { return };
        self.set(set, &|printer, field| {
            if field.key != hop.key {
                return false;
            }
            match &hop.at {
                At::Page { after } => printer.field(field, Some((printer.sizes.page, after.as_deref())), &[]),
                At::Object | At::Index(_) => {
                    printer.head(field, None, None);
                    printer.text.push('{');
                    printer.only(&field.set, rest);
                    printer.text.push('}');
                }
                At::Item { after, .. } => {
                    printer.head(field, Some(1), after.as_deref());
                    printer.text.push_str("{ edges { cursor node {");
                    printer.only(&field.set, rest);
                    printer.text.push_str("} } }");
                }
            }
            true
        });
    }

    /// Writes the fields of `set` by `write`, which says whether it wrote one; empty sets say `__typename`.
    fn set(&mut self, set: &[Selected], write: &dyn Fn(&mut Self, &Field) -> bool) -> bool {
        let mut is_written = false;
        for one in set {
            match one {
                Selected::Field(field) => {
                    self.text.push(' ');
                    is_written |= write(self, field);
                }
                Selected::Fragment(fragment) => {
                    let (text, variables) = (self.text.len(), self.variables.clone());
                    self.text.push_str(" ...");
                    if let Some(on) = &fragment.on {
                        self.text.push_str(" on ");
                        self.text.push_str(on);
                    }
                    self.marks(&fragment.marks);
                    self.text.push_str(" {");
                    if self.set(&fragment.set, write) {
                        self.text.push_str(" }");
                        is_written = true;
                    } else {
                        self.text.truncate(text);
                        self.variables = variables;
                    }
                }
            }
        }
        is_written
    }

    /// Writes a field with all that is selected in it; `page` is where its page begins and how many items it has.
    fn field(&mut self, field: &Field, page: Option<(u32, Option<&str>)>, hops: &[Hop]) {
        let (first, after) = page.map_or((self.sizes.nested, None), |(first, after)| (first, after));
        match &field.kind {
            Kind::Connection(connection) => {
                self.head(field, field.is_followed().then_some(first), after);
                self.connection(field, connection, hops);
            }
            Kind::Leaf => self.head(field, None, None),
            Kind::List | Kind::Object => {
                self.head(field, None, None);
                if !field.set.is_empty() {
                    self.text.push_str(" {");
                    self.whole(&field.set, hops);
                    self.text.push_str(" }");
                }
            }
        }
    }

    fn connection(&mut self, field: &Field, connection: &Connection, hops: &[Hop]) {
        self.text.push_str(" {");
        for own in &connection.own {
            self.text.push(' ');
            self.head(own, None, None);
        }
        if connection.has_items {
            if connection.is_followed {
                self.text.push_str(" pageInfo { hasNextPage endCursor }");
            }
            self.text.push_str(if self.has_cursors { " edges { cursor node {" } else { " nodes {" });
            self.whole(&field.set, hops);
            self.text.push_str(if self.has_cursors { " } }" } else { " }" });
        } else if connection.own.is_empty() {
            self.text.push_str(" __typename");
        }
        self.text.push_str(" }");
    }

    /// Writes key, name, arguments and directives of a field; `first` and `after` stand before the document's own.
    fn head(&mut self, field: &Field, first: Option<u32>, after: Option<&str>) {
        if field.key != field.name {
            self.text.push_str(&field.key);
            self.text.push_str(": ");
        }
        self.text.push_str(&field.name);
        let mut arguments = Vec::new();
        arguments.extend(first.map(|first| Argument::new("first", first.to_string())));
        arguments.extend(after.map(|after| Argument::new("after", constant(&Value::from(after)))));
        let ours = |name: &str| first.is_some() && name == "first" || after.is_some() && name == "after";
        arguments.extend(field.arguments.iter().filter(|argument| !ours(&argument.name)).cloned());
        self.arguments(&arguments);
        self.marks(&field.marks);
    }

    fn arguments(&mut self, arguments: &[Argument]) {
        if arguments.is_empty() {
            return;
        }
        let texts = arguments.iter().map(|argument| format!("{}: {}", argument.name, argument.text));
        let texts = texts.collect::<Vec<_>>().join(", ");
        self.text.extend(["(", texts.as_str(), ")"]);
        self.variables.extend(arguments.iter().flat_map(|argument| argument.variables.iter().cloned()));
    }

    fn marks(&mut self, marks: &[Mark]) {
        for mark in marks {
            self.text.push_str(" @");
            self.text.push_str(&mark.name);
            self.arguments(&mark.arguments);
        }
    }
}

impl Argument {
    fn new(name: &str, text: String) -> Self {
        Self { name: name.to_owned(), text, variables: Vec::new() }
    }
}

/// The arguments of a field or a directive. The parser's type of their values has no name here; a directive carries it.
pub(super) fn arguments(carrier: Directive) -> Vec<Argument> {
    let read = carrier.arguments.into_iter().map(|(name, value)| {
        let mut variables = Vec::new();
        let constant = value.node.into_const_with(|name| {
            variables.push(name.to_string());
            Ok::<_, Infallible>(Value::Enum(Name::new(format!("${name}"))))
        });
        let text = constant.map_or_else(|never| match never {}, |value| self::constant(&value));
        Argument { name: name.node.to_string(), text, variables }
    });
    read.collect()
}

/// A value as GraphQL; the engine's own form garbles control characters.
pub(super) fn constant(value: &Value) -> String {
    match value {
        Value::String(text) => serde_json::Value::from(text.as_str()).to_string(),
        Value::List(items) => format!("[{}]", items.iter().map(constant).collect::<Vec<_>>().join(", ")),
        Value::Object(fields) => {
            let fields = fields.iter().map(|(name, value)| format!("{name}: {}", constant(value)));
            format!("{{{}}}", fields.collect::<Vec<_>>().join(", "))
        }
        Value::Null | Value::Number(_) | Value::Boolean(_) | Value::Enum(_) | Value::Binary(_) => value.to_string(),
    }
}
