//! Some columns of a table, in another order.

use std::mem;

use crate::error::Error;
use crate::graphql::Result;
use crate::report::cell::Cell;
use crate::report::cell::Row;
use crate::report::column::Column;
use crate::report::walk::Step;

/// Which columns of a table are handed out.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Projection {
    columns: Vec<Column>,
    /// Where each stands in the table; none when the table is handed out as it is.
    places: Option<Vec<usize>>,
}

impl Projection {
    /// The columns of `table` that `names` has, parted by commas, in the order of `names`.
    ///
    /// # Errors
    /// `BAD_INPUT` for a name that no column has, and one that stands twice.
    pub fn new(table: &[Column], names: Option<&str>) -> Result<Self> {
        let Some(names) = names else { return Ok(Self { columns: table.to_vec(), places: None }) };
        let (mut columns, mut places) = (Vec::new(), Vec::new());
        for name in names.split(',').map(str::trim) {
            let found = table.iter().enumerate().find(|(_, column)| column.name == name);
            let (place, column) = found.ok_or_else(|| {
                let known = table.iter().map(|column| format!("`{}`", column.name)).collect::<Vec<_>>().join(", ");
                Error::bad_input(format!("the table has no column `{name}`; its columns: {known}"))
            })?;
            if places.contains(&place) {
                return Err(Error::bad_input(format!("the column `{name}` is asked for twice")));
            }
            places.push(place);
            columns.push(column.clone());
        }
        Ok(Self { columns, places: Some(places) })
    }

    /// The columns that are handed out.
    #[must_use]
    pub fn columns(&self) -> &[Column] {
        &self.columns
    }

    /// The names of the columns that were chosen; none when the table is handed out as it is.
    #[must_use]
    pub fn chosen(&self) -> Option<Vec<String>> {
        self.places.as_ref().map(|_| self.columns.iter().map(|column| column.name.clone()).collect())
    }

    /// Rows of the table with these columns only.
    #[must_use]
    pub fn rows(&self, rows: Vec<Row>) -> Vec<Row> {
        match &self.places {
            Some(places) => rows.into_iter().map(|row| picked(row, places)).collect(),
            None => rows,
        }
    }

    /// A step of the table with these columns only.
    #[must_use]
    pub fn step(&self, step: Step) -> Step {
        match step {
            Step::Rows(rows) => Step::Rows(self.rows(rows)),
            Step::Mark(_) | Step::End(_) => step,
        }
    }
}

/// The cells at `places`, each of which stands there once.
fn picked(mut row: Row, places: &[usize]) -> Row {
    let mut take = |place: &usize| row.get_mut(*place).map_or(Cell::Null, |cell| mem::replace(cell, Cell::Null));
    places.iter().map(&mut take).collect()
}
