//! One tree of values from file, variables and flags; each value remembers where it came from.

use std::collections::BTreeMap;
use std::fmt;
use std::path::Path;

use toml::Spanned;
use toml::de::{DeArray, DeTable, DeValue};

use super::fault::Fault;

/// A table or a value.
#[derive(Debug)]
pub(super) enum Node {
    Table(Table),
    Leaf(Leaf),
}

/// Named nodes.
#[derive(Debug)]
pub(super) struct Table {
    pub(super) entries: BTreeMap<String, Node>,
    pub(super) origin: Origin,
}

/// One value with its origin.
#[derive(Debug)]
pub(super) struct Leaf {
    pub(super) value: Value,
    pub(super) origin: Origin,
}

/// A value as it was written.
#[derive(Debug)]
pub(super) enum Value {
    Text(String),
    Integer(i64),
    Boolean(bool),
    List(Vec<Value>),
    /// A kind of value that no key takes, by its name.
    Other(&'static str),
}

/// Where a value came from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Origin {
    /// Nothing was given; the defaults.
    Default,
    /// A line of the configuration file.
    File { name: String, line: usize },
    /// An environment variable.
    Variable(String),
    /// An option of the command line.
    Flag(&'static str),
}

impl fmt::Display for Origin {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Default => f.write_str("default"),
            Self::File { name, line } => write!(f, "{name}, line {line}"),
            Self::Variable(name) => write!(f, "variable `{name}`"),
            Self::Flag(name) => write!(f, "option `{name}`"),
        }
    }
}

impl Node {
    pub(super) fn origin(&self) -> &Origin {
        match self {
            Self::Table(table) => &table.origin,
            Self::Leaf(leaf) => &leaf.origin,
        }
    }
}

impl Table {
    pub(super) fn empty() -> Self {
        Self { entries: BTreeMap::new(), origin: Origin::Default }
    }

    /// Puts `leaf` at `path` and makes the tables on the way; what stood there before gives way.
    pub(super) fn set(&mut self, path: &[String], leaf: Leaf) {
        let Some((head, rest)) = path.split_first() else { return };
        if rest.is_empty() {
            self.entries.insert(head.clone(), Node::Leaf(leaf));
            return;
        }
        let fresh = || Node::Table(Table { entries: BTreeMap::new(), origin: leaf.origin.clone() });
        let node = self.entries.entry(head.clone()).or_insert_with(fresh);
        if matches!(node, Node::Leaf(_)) {
            *node = fresh();
        }
        if let Node::Table(table) = node {
            table.set(rest, leaf);
        }
    }

    /// Where every table and value came from, by dotted key.
    pub(super) fn origins(&self) -> BTreeMap<String, Origin> {
        let mut all = BTreeMap::new();
        self.note_origins("", &mut all);
        all
    }

    fn note_origins(&self, path: &str, all: &mut BTreeMap<String, Origin>) {
        for (key, node) in &self.entries {
            let path = if path.is_empty() { key.clone() } else { format!("{path}.{key}") };
            if let Node::Table(table) = node {
                table.note_origins(&path, all);
            }
            all.insert(path, node.origin().clone());
        }
    }

    /// Reads a TOML document; what cannot be read as TOML becomes faults.
    pub(super) fn parse(name: &Path, text: &str, faults: &mut Vec<Fault>) -> Option<Self> {
        let name = name.display().to_string();
        let (document, errors) = DeTable::parse_recoverable(text);
        let place = Place { name: &name, text };
        for error in &errors {
            let origin = place.origin(error.span().map_or(0, |span| span.start));
            let fault = Fault::new(&name, error.message().trim(), "correct the TOML on this line");
            faults.push(fault.at(origin));
        }
        errors.is_empty().then(|| place.table(document))
    }
}

/// The document being read, to tell lines.
struct Place<'a> {
    name: &'a str,
    text: &'a str,
}

impl Place<'_> {
    fn origin(&self, offset: usize) -> Origin {
        let before = self.text.bytes().take(offset);
        Origin::File { name: self.name.to_owned(), line: before.filter(|byte| *byte == b'\n').count() + 1 }
    }

    fn table(&self, document: Spanned<DeTable<'_>>) -> Table {
        let origin = self.origin(document.span().start);
        let entries = document.into_inner().into_iter().map(|(key, value)| {
            let line = self.origin(key.span().start);
            (key.into_inner().into_owned(), self.node(value, line))
        });
        Table { entries: entries.collect(), origin }
    }

    fn node(&self, value: Spanned<DeValue<'_>>, origin: Origin) -> Node {
        let span = value.span();
        match value.into_inner() {
            DeValue::Table(table) => Node::Table(Table { origin, ..self.table(Spanned::new(span, table)) }),
            DeValue::Array(items) if is_list_of_tables(&items) => {
                let items = items.into_iter().enumerate().map(|(place, item)| {
                    let origin = self.origin(item.span().start);
                    (place.to_string(), self.node(item, origin))
                });
                Node::Table(Table { entries: items.collect(), origin })
            }
            other @ (DeValue::String(_)
            | DeValue::Integer(_)
            | DeValue::Float(_)
            | DeValue::Boolean(_)
            | DeValue::Datetime(_)
            | DeValue::Array(_)) => Node::Leaf(Leaf { value: plain(other), origin }),
        }
    }
}

/// Whether it is what `[[name]]` makes. Its tables are named by their places, so that variables reach into them.
fn is_list_of_tables(items: &DeArray<'_>) -> bool {
    !items.is_empty() && items.iter().all(|item| matches!(item.get_ref(), DeValue::Table(_)))
}

fn plain(value: DeValue<'_>) -> Value {
    match value {
        DeValue::String(text) => Value::Text(text.into_owned()),
        DeValue::Integer(number) => i64::from_str_radix(number.as_str(), number.radix())
            .map_or(Value::Other("an integer beyond 64 bits"), Value::Integer),
        DeValue::Boolean(on) => Value::Boolean(on),
        DeValue::Array(items) => Value::List(items.into_iter().map(|item| plain(item.into_inner())).collect()),
        DeValue::Float(_) => Value::Other("a number with a fraction"),
        DeValue::Datetime(_) => Value::Other("a date"),
        DeValue::Table(_) => Value::Other("a table"),
    }
}
