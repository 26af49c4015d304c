//! Which list gives the rows, and which columns they have.

use super::tree::Field;
use super::tree::Kind;
use super::tree::Selected;
use super::tree::fields;
use crate::error::Error;
use crate::graphql::Result;
use crate::report::column::Column;
use crate::report::column::ColumnType;

/// What is read from the items of one list on the way to the rows; the first level stands outside every list.
#[derive(Clone, Debug, Default)]
pub(in crate::report) struct Level {
    /// What its objects feed.
    pub(in crate::report) cells: Vec<Source>,
    /// The response keys from its objects to the next list; none where the rows are.
    pub(in crate::report) next: Option<Vec<String>>,
}

/// What feeds a column.
#[derive(Clone, Debug)]
pub(in crate::report) struct Source {
    /// The position of the column.
    pub(in crate::report) column: usize,
    /// The response keys from the level's object to the value.
    pub(in crate::report) keys: Vec<String>,
}

/// The response keys of the field that gives the rows; none when the document gives one row.
pub(super) fn rows(set: &[Selected]) -> Result<Option<Vec<String>>> {
    let mut marked = Vec::new();
    let mut outermost = Vec::new();
    look(set, &mut Vec::new(), false, &mut marked, &mut outermost)?;
    let (found, several) = match marked.as_slice() {
        [] => (&outermost, "several lists could give the rows"),
        _ => (&marked, "`@rows` stands on several fields"),
    };
    match found.as_slice() {
        [] => Ok(None),
        [one] => Ok(Some(one.clone())),
        more => {
            let names = more.iter().map(|keys| format!("`{}`", keys.join("."))).collect::<Vec<_>>().join(", ");
            Err(Error::bad_input(format!("{several}: {names}; put `@rows` on one of them")))
        }
    }
}

/// Looks for fields with `@rows`, and for the lists that stand in no other list.
fn look(
    set: &[Selected],
    way: &mut Vec<String>,
    is_inside: bool,
    marked: &mut Vec<Vec<String>>,
    outermost: &mut Vec<Vec<String>>,
) -> Result<()> {
    for field in fields(set) {
        way.push(field.key.clone());
        if field.is_marked && !field.is_rows() {
            return Err(Error::bad_input(format!("`@rows` on `{}`: it is no list of objects", way.join("."))));
        }
        if field.is_marked && !marked.contains(way) {
            marked.push(way.clone());
        }
        if field.is_rows() && !is_inside && !outermost.contains(way) {
            outermost.push(way.clone());
        }
        look(&field.set, way, is_inside || field.is_rows(), marked, outermost)?;
        way.pop();
    }
    Ok(())
}

/// The columns of a document, and where each is read.
pub(super) struct Columns<'a> {
    route: &'a [String],
    pub(super) list: Vec<Column>,
    pub(super) levels: Vec<Level>,
    /// The response keys to each column from the root, to tell one column from two of a name.
    pub(super) ways: Vec<Vec<String>>,
}

/// Where a set stands.
#[derive(Clone, Default)]
struct Place {
    /// The response keys from the root.
    way: Vec<String>,
    /// Those from the outermost list's items on.
    name: Vec<String>,
    /// The level, and the response keys from its objects.
    level: usize,
    keys: Vec<String>,
    /// Whether it can be missing where there is a row.
    is_nullable: bool,
}

impl<'a> Columns<'a> {
    pub(super) fn of(set: &[Selected], route: &'a [String]) -> Result<Self> {
        let mut columns = Self { route, list: Vec::new(), levels: vec![Level::default()], ways: Vec::new() };
        columns.set(set, &Place::default())?;
        if columns.list.is_empty() {
            return Err(Error::bad_input("the document selects nothing that could be a column"));
        }
        Ok(columns)
    }

    fn set(&mut self, set: &[Selected], place: &Place) -> Result<()> {
        for one in set {
            match one {
                Selected::Field(field) => self.field(field, place)?,
                Selected::Fragment(fragment) => {
                    let is_nullable = place.is_nullable || fragment.is_conditional;
                    self.set(&fragment.set, &Place { is_nullable, ..place.clone() })?;
                }
            }
        }
        Ok(())
    }

    fn field(&mut self, field: &Field, place: &Place) -> Result<()> {
        let mut inner = place.clone();
        inner.way.push(field.key.clone());
        inner.name.push(field.key.clone());
        inner.keys.push(field.key.clone());
        let is_on_route = self.route.starts_with(&inner.way);
        // There is no row unless everything on the way to it is there.
        if !is_on_route {
            inner.is_nullable |= !field.ty.is_non_null || field.is_conditional();
        }
        match &field.kind {
            Kind::Leaf => self.column(field, &inner, leaf(&field.ty.name)),
            Kind::Object => self.set(&field.set, &inner),
            Kind::List if is_on_route => self.enter(field, inner),
            Kind::List => self.column(field, &inner, ColumnType::Json),
            Kind::Connection(connection) => {
                for own in &connection.own {
                    self.field(own, &inner)?;
                }
                match connection.has_items {
                    true if is_on_route => self.enter(field, inner),
                    true => self.column(field, &inner, ColumnType::Json),
                    false => Ok(()),
                }
            }
        }
    }

    /// Goes on with the items of a list on the way to the rows.
    fn enter(&mut self, field: &Field, list: Place) -> Result<()> {
        let below = list.level.saturating_add(1);
        if self.levels.len() <= below {
            self.levels.push(Level::default());
        }
        if let Some(level) = self.levels.get_mut(list.level) {
            level.next = Some(list.keys);
        }
        let name = if list.level == 0 { Vec::new() } else { list.name };
        let is_nullable = list.is_nullable;
        self.set(&field.set, &Place { way: list.way, name, level: below, keys: Vec::new(), is_nullable })
    }

    fn column(&mut self, field: &Field, place: &Place, ty: ColumnType) -> Result<()> {
        let name = place.name.join("_");
        // A decimal can have more digits than a column holds; then its cell is empty.
        let is_nullable = place.is_nullable || ty == ColumnType::Decimal;
        let mut known = self.list.iter_mut().zip(&self.ways);
        if let Some((known, way)) = known.find(|(known, _)| known.name == name) {
            if *way == place.way && known.ty == ty {
                known.is_nullable &= is_nullable;
                return Ok(());
            }
            let (one, other) = (way.join("."), place.way.join("."));
            return Err(Error::bad_input(format!(
                "`{one}` and `{other}` both give a column `{name}`; give one an alias"
            )));
        }
        let column = self.list.len();
        self.list.push(Column { name, ty, is_nullable, description: field.description.clone() });
        self.ways.push(place.way.clone());
        if let Some(level) = self.levels.get_mut(place.level) {
            level.cells.push(Source { column, keys: place.keys.clone() });
        }
        Ok(())
    }
}

/// The type of a column that holds values of the schema's type `name`.
fn leaf(name: &str) -> ColumnType {
    match name {
        "Int" => ColumnType::Integer,
        "Float" => ColumnType::Float,
        "Boolean" => ColumnType::Boolean,
        "Decimal" => ColumnType::Decimal,
        "Date" => ColumnType::Date,
        "DateTime" => ColumnType::Timestamp,
        _ => ColumnType::Text,
    }
}
