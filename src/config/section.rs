//! From the tree to values: takes keys out one by one and notes a fault for each that cannot be read.

use std::collections::BTreeMap;

use super::environment;
use super::fault::Fault;
use super::name::Name;
use super::suggest;
use super::tree::{Leaf, Node, Origin, Table, Value};

/// One table of the configuration while it is read. A key that nobody takes is unknown.
pub(super) struct Section<'a> {
    path: String,
    table: Table,
    known: Vec<&'static str>,
    faults: &'a mut Vec<Fault>,
}

impl<'a> Section<'a> {
    pub(super) fn root(table: Table, faults: &'a mut Vec<Fault>) -> Self {
        Self { path: String::new(), table, known: Vec::new(), faults }
    }

    /// Whether anything was given here.
    pub(super) fn given(&self) -> bool {
        self.table.origin != Origin::Default || !self.table.entries.is_empty()
    }

    /// Whether `key` was given here, as a value or as a table with something in it.
    pub(super) fn holds(&self, key: &str) -> bool {
        match self.table.entries.get(key) {
            Some(Node::Table(table)) => !table.entries.is_empty(),
            Some(Node::Leaf(_)) => true,
            None => false,
        }
    }

    /// Reads the table `key`, which may be absent: then `read` finds nothing in it.
    pub(super) fn table<T>(&mut self, key: &'static str, read: impl FnOnce(&mut Section<'_>) -> T) -> T {
        let table = self.take_table(key);
        let path = self.full(key);
        self.nested(path, table, read)
    }

    /// Reads the tables below `key`, whose names the operator chose. `what` says what such a name is.
    pub(super) fn named<T>(
        &mut self,
        key: &'static str,
        what: &str,
        mut read: impl FnMut(&Name, &mut Section<'_>) -> Option<T>,
    ) -> BTreeMap<Name, T> {
        let table = self.take_table(key);
        let mut all = BTreeMap::new();
        for (text, node) in table.entries {
            let path = format!("{}.{text}", self.full(key));
            let Some(name) = self.name(&path, &text, what, node.origin()) else { continue };
            let Node::Table(table) = node else {
                self.fault_at(
                    &path,
                    node.origin(),
                    "a table stands here in the shape, not a value",
                    "give its keys instead",
                );
                continue;
            };
            if let Some(value) = self.nested(path, table, |section| read(&name, section)) {
                all.insert(name, value);
            }
        }
        all
    }

    /// Reads the tables of the list `key`, which stand as `[[key]]` in the file, in their order.
    pub(super) fn each<T>(&mut self, key: &'static str, mut read: impl FnMut(&mut Section<'_>) -> Option<T>) -> Vec<T> {
        let table = self.take_table(key);
        let mut items = Vec::new();
        for (text, node) in table.entries {
            let path = format!("{}.{text}", self.full(key));
            match (text.parse::<usize>(), node) {
                (Ok(place), Node::Table(table)) => items.push((place, path, table)),
                (_, node) => {
                    let mend = format!("write `[[{}]]` and its keys below", self.full(key));
                    self.fault_at(&path, node.origin(), "a list of tables stands here in the shape", mend);
                }
            }
        }
        items.sort_by_key(|(place, _, _)| *place);
        items.into_iter().filter_map(|(_, path, table)| self.nested(path, table, &mut read)).collect()
    }

    /// Reads the leaves below `key` by their dotted names.
    pub(super) fn leaves<T>(
        &mut self,
        key: &'static str,
        mut read: impl FnMut(&str, &mut Section<'_>) -> Option<T>,
    ) -> Vec<T> {
        let table = self.take_table(key);
        let path = self.full(key);
        let mut found = Vec::new();
        collect(Node::Table(table), String::new(), &mut found);
        let read_one = |(name, leaf): (String, Leaf)| {
            let origin = leaf.origin.clone();
            let entries = BTreeMap::from([(VALUE.to_owned(), Node::Leaf(leaf))]);
            let mut section = Section {
                path: format!("{path}.{name}"),
                table: Table { entries, origin },
                known: Vec::new(),
                faults: &mut *self.faults,
            };
            read(&name, &mut section)
        };
        found.into_iter().filter_map(read_one).collect()
    }

    /// Checks a name that the operator chose.
    pub(super) fn name(&mut self, path: &str, text: &str, what: &str, origin: &Origin) -> Option<Name> {
        let name = Name::parse(text);
        if name.is_none() {
            let reason = format!("`{text}` cannot be the name of {what}");
            self.fault_at(path, origin, reason, format!("use {}", Name::RULE));
        }
        name
    }

    /// Notes every key that nobody took.
    pub(super) fn finish(self) {
        for (key, node) in &self.table.entries {
            let path = join(&self.path, key);
            let near = suggest::nearest(key, self.known.iter().copied());
            let short = || match node.origin() {
                Origin::Variable(name) => environment::nearest(name),
                Origin::Default | Origin::File { .. } | Origin::Flag(_) => None,
            };
            let mend = match near.map(|near| join(&self.path, near)).or_else(|| short().map(str::to_owned)) {
                Some(near) => format!("did you mean `{near}`"),
                None => format!("known here: {}", listed(self.known.iter().copied())),
            };
            self.faults.push(Fault::new(path, "there is no such key", mend).at(node.origin()));
        }
    }

    /// Takes `key` and reads it; what cannot be read is shown beside what is `wanted`.
    pub(super) fn value<T>(
        &mut self,
        key: &'static str,
        wanted: &str,
        read: impl FnOnce(&Value) -> Option<T>,
    ) -> Option<T> {
        self.read(key, wanted, true, read)
    }

    /// As [`Section::value`], for values that no message may show.
    pub(super) fn hidden<T>(
        &mut self,
        key: &'static str,
        wanted: &str,
        read: impl FnOnce(&Value) -> Option<T>,
    ) -> Option<T> {
        self.read(key, wanted, false, read)
    }

    /// Notes that `key` is missing if it was not given, and hands on what was read.
    pub(super) fn required<T>(&mut self, key: &'static str, read: impl FnOnce(&mut Self) -> Option<T>) -> Option<T> {
        let before = self.faults.len();
        let value = read(self);
        if value.is_none() && self.faults.len() == before {
            let path = self.full(key);
            let mend = format!("add it to the file or set `{}`", environment::variable(&path));
            self.faults.push(Fault::new(path, "this key is missing", mend));
        }
        value
    }

    /// Notes a fault of `key` of this table.
    pub(super) fn fault(&mut self, key: &str, reason: impl Into<String>, mend: impl Into<String>) {
        let (path, origin) = (self.full(key), self.origin(key));
        self.fault_at(&path, &origin, reason, mend);
    }

    /// Notes a fault of `key`, which was taken already and came from `origin`.
    pub(super) fn fault_from(
        &mut self,
        key: &str,
        origin: &Origin,
        reason: impl Into<String>,
        mend: impl Into<String>,
    ) {
        self.fault_at(&self.full(key), origin, reason, mend);
    }

    /// Takes the name of this section, which the operator chose, if it fits.
    pub(super) fn name_here(&mut self, text: &str, what: &str) -> Option<Name> {
        let (path, origin) = (self.path.clone(), self.table.origin.clone());
        self.name(&path, text, what, &origin)
    }

    /// Notes a fault of this table as a whole.
    pub(super) fn fault_here(&mut self, reason: impl Into<String>, mend: impl Into<String>) {
        let (path, origin) = (self.path.clone(), self.table.origin.clone());
        self.fault_at(&path, &origin, reason, mend);
    }

    fn read<T>(
        &mut self,
        key: &'static str,
        wanted: &str,
        shown: bool,
        read: impl FnOnce(&Value) -> Option<T>,
    ) -> Option<T> {
        self.known.push(key);
        let path = self.full(key);
        match self.table.entries.remove(key)? {
            Node::Table(table) => {
                self.fault_at(
                    &path,
                    &table.origin,
                    "a value stands here in the shape, not a table",
                    format!("write {wanted}"),
                );
                None
            }
            Node::Leaf(Leaf { value, origin }) => {
                let result = read(&value);
                if result.is_none() {
                    let reason = if shown { unreadable(&value) } else { "the value does not fit".to_owned() };
                    self.fault_at(&path, &origin, reason, format!("write {wanted}"));
                }
                result
            }
        }
    }

    fn take_table(&mut self, key: &'static str) -> Table {
        self.known.push(key);
        match self.table.entries.remove(key) {
            None => Table::empty(),
            Some(Node::Table(table)) => table,
            Some(Node::Leaf(leaf)) => {
                let path = self.full(key);
                self.fault_at(
                    &path,
                    &leaf.origin,
                    "a table stands here in the shape, not a value",
                    format!("write `[{path}]` and its keys below"),
                );
                Table::empty()
            }
        }
    }

    fn nested<T>(&mut self, path: String, table: Table, read: impl FnOnce(&mut Section<'_>) -> T) -> T {
        let mut section = Section { path, table, known: Vec::new(), faults: &mut *self.faults };
        let value = read(&mut section);
        section.finish();
        value
    }

    pub(super) fn fault_at(&mut self, path: &str, origin: &Origin, reason: impl Into<String>, mend: impl Into<String>) {
        let fault = Fault::new(path, reason, mend);
        self.faults.push(if *origin == Origin::Default { fault } else { fault.at(origin) });
    }

    /// Drops the one of two keys that the file gives when the environment gives the other.
    pub(super) fn outranked(&mut self, one: &str, other: &str) -> bool {
        let from_variable = |origin: &Origin| matches!(origin, Origin::Variable(_));
        let (first, second) = (from_variable(&self.origin(one)), from_variable(&self.origin(other)));
        if first != second {
            self.table.entries.remove(if first { other } else { one });
        }
        first != second
    }

    /// Where `key`, not taken yet, came from.
    pub(super) fn origin(&self, key: &str) -> Origin {
        self.table.entries.get(key).map_or(Origin::Default, |node| node.origin().clone())
    }

    pub(super) fn full(&self, key: &str) -> String {
        if key == VALUE { self.path.clone() } else { join(&self.path, key) }
    }
}

/// The key of the only value in a section that [`Section::leaves`] made.
pub(super) const VALUE: &str = "";

/// What stands for a secret in the printed configuration.
pub(super) const PLACEHOLDER: &str = "[secret]";

/// The words in backticks with commas between.
pub(super) fn listed<'a>(words: impl Iterator<Item = &'a str>) -> String {
    words.map(|word| format!("`{word}`")).collect::<Vec<_>>().join(", ")
}

fn join(path: &str, key: &str) -> String {
    if path.is_empty() { key.to_owned() } else { format!("{path}.{key}") }
}

fn unreadable(value: &Value) -> String {
    match value {
        Value::Text(text) if text.trim().is_empty() => "an empty text does not fit".to_owned(),
        Value::Text(text) => format!("`{text}` does not fit"),
        Value::Integer(number) => format!("`{number}` does not fit"),
        Value::Boolean(on) => format!("`{on}` does not fit"),
        Value::List(_) => "a list does not fit".to_owned(),
        Value::Other(kind) => format!("{kind} does not fit"),
    }
}

fn collect(node: Node, name: String, found: &mut Vec<(String, Leaf)>) {
    match node {
        Node::Leaf(leaf) => found.push((name, leaf)),
        Node::Table(table) => {
            for (key, node) in table.entries {
                collect(node, join(&name, &key), found);
            }
        }
    }
}
