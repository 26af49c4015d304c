//! `$orderby`.

use std::cmp::Ordering;

use crate::graphql::Result;
use crate::report::cell::Cell;
use crate::report::column::Column;
use crate::report::odata::Entity;
use crate::report::odata::filter::Expr;
use crate::report::odata::filter::Parser;
use crate::report::odata::filter::order;

/// What entities are sorted by: the first expression in which they differ decides, and at last their place in the table,
/// so that each has its own place in the order.
#[derive(Clone, Debug, PartialEq)]
pub struct OrderBy(Vec<(Expr, bool)>);

/// Where an entity stands in an order.
#[derive(Clone, Debug)]
pub struct Place {
    /// A value for each expression, and whether it goes down.
    keys: Vec<(Cell, bool)>,
    /// The entity's place in the table.
    pub number: u64,
}

impl OrderBy {
    /// Reads `text` for a table with these columns.
    ///
    /// # Errors
    /// When it names what is not there.
    pub fn new(text: &str, columns: &[Column]) -> Result<Self> {
        Parser::new(text, columns)?.sorts().map(Self)
    }

    /// Where `entity` stands.
    #[must_use]
    pub fn place(&self, entity: &Entity) -> Place {
        let keys = self.0.iter().map(|(by, is_descending)| (by.value(entity).into_owned(), *is_descending));
        Place { keys: keys.collect(), number: entity.number }
    }
}

impl Ord for Place {
    fn cmp(&self, other: &Self) -> Ordering {
        let keys = self.keys.iter().zip(&other.keys).map(|((left, is_descending), (right, _))| {
            let order = nulls_first(left, right);
            if *is_descending { order.reverse() } else { order }
        });
        keys.fold(Ordering::Equal, Ordering::then).then(self.number.cmp(&other.number))
    }
}

impl PartialOrd for Place {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl PartialEq for Place {
    fn eq(&self, other: &Self) -> bool {
        self.cmp(other) == Ordering::Equal
    }
}

impl Eq for Place {}

/// The protocol has null before everything else, or after it where the order goes down.
fn nulls_first(left: &Cell, right: &Cell) -> Ordering {
    match (left, right) {
        (Cell::Null, Cell::Null) => Ordering::Equal,
        (Cell::Null, _) => Ordering::Less,
        (_, Cell::Null) => Ordering::Greater,
        _ => order(left, right).unwrap_or(Ordering::Equal),
    }
}
