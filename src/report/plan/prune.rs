//! A [tree] without what feeds no column that is wanted.

use std::collections::HashSet;

use super::tree;
use super::tree::Connection;
use super::tree::Field;
use super::tree::Fragment;
use super::tree::Kind;
use super::tree::Selected;

/// What is kept.
pub(super) struct Wanted<'a> {
    /// The response keys to the columns.
    pub(super) ways: HashSet<&'a [String]>,
    /// Those to the list that gives the rows.
    pub(super) route: &'a [String],
}

impl Wanted<'_> {
    /// What of `set`, which stands at `way`, is kept.
    pub(super) fn of(&self, set: &[Selected], way: &mut Vec<String>) -> Vec<Selected> {
        let kept = set.iter().filter_map(|one| match one {
            Selected::Field(field) => self.field(field, way).map(Selected::Field),
            Selected::Fragment(fragment) => {
                let set = self.of(&fragment.set, way);
                (!set.is_empty()).then(|| Selected::Fragment(Fragment { set, ..fragment.clone() }))
            }
        });
        kept.collect()
    }

    fn field(&self, field: &Field, way: &mut Vec<String>) -> Option<Field> {
        way.push(field.key.clone());
        let kept = self.at(field, way);
        way.pop();
        kept
    }

    /// The field that stands at `way`.
    fn at(&self, field: &Field, way: &mut Vec<String>) -> Option<Field> {
        let is_column = self.ways.contains(way.as_slice());
        let is_on_route = self.route.starts_with(way);
        match &field.kind {
            Kind::Connection(connection) => {
                let own = connection.own.iter().filter_map(|own| self.field(own, way)).collect::<Vec<_>>();
                let has_items = connection.has_items && (is_column || is_on_route);
                let set = match (has_items, is_on_route) {
                    (true, true) => self.items(&field.set, way),
                    (true, false) => field.set.clone(),
                    (false, _) => Vec::new(),
                };
                let kind = Kind::Connection(Connection { has_items, own, ..connection.clone() });
                let is_kept = matches!(&kind, Kind::Connection(kept) if kept.has_items || !kept.own.is_empty());
                is_kept.then(|| Field { kind, set, ..field.clone() })
            }
            Kind::List if is_on_route => Some(Field { set: self.items(&field.set, way), ..field.clone() }),
            Kind::Leaf | Kind::List => is_column.then(|| field.clone()),
            Kind::Object => {
                let set = self.of(&field.set, way);
                (!set.is_empty()).then(|| Field { set, ..field.clone() })
            }
        }
    }

    /// What is kept of the items of a list on the way to the rows: each is a row, or has some, also where none of its own
    /// fields is wanted.
    fn items(&self, set: &[Selected], way: &mut Vec<String>) -> Vec<Selected> {
        let kept = self.of(set, way);
        if kept.is_empty() { vec![Selected::Field(item())] } else { kept }
    }
}

/// The field that every type has and no vendor is asked for, under a key that is no column of the document.
fn item() -> Field {
    Field {
        key: "__item".to_owned(),
        name: "__typename".to_owned(),
        arguments: Vec::new(),
        marks: Vec::new(),
        ty: tree::type_name(),
        description: String::new(),
        kind: Kind::Leaf,
        set: Vec::new(),
        is_marked: false,
    }
}
