//! Tables by the OData protocol 4.0: what a request asks of them, and what the answers say.
//!
//! - `name` and `csdl` tell what there is: entity sets, their types and their properties.
//! - `options` reads the query options of an address, with `filter` and `order` for those that are expressions.
//! - `page` picks the rows of one page from a finished table, and `json` writes them.
//!
//! What the protocol knows and this feed does not is `UNSUPPORTED`; what it does not know is `BAD_INPUT`.

pub mod csdl;
pub mod filter;
pub mod json;
pub mod name;
pub mod options;
pub mod order;
pub mod page;
#[cfg(test)]
mod tests;

use std::io;

use crate::report::cell::Row;

/// The rows of a finished table, which hold still and can be read again and again.
pub trait Rows {
    /// The rows in their order, without the first `skipped` ones.
    ///
    /// # Errors
    /// When they cannot be read.
    fn after(&self, skipped: u64) -> io::Result<Box<dyn Iterator<Item = io::Result<Row>> + '_>>;
}

/// One row with its place in the table.
#[derive(Clone, Debug, PartialEq)]
pub struct Entity {
    /// Its place in the table; the first row has 1. This is the key of the entity.
    pub number: u64,
    /// Its cells.
    pub row: Row,
}
