//! Any query as a table: its columns, its rows over all pages, and the formats that tools for analysis read.
//!
//! - `plan` reads a document: which list gives the rows, which columns they have, what is asked for each page.
//! - `walk` follows the pages to their end and hands out rows as they come, faults beside them.
//! - `saved` knows the reports that have a name.
//! - `encode` writes rows in a format.
//! - `run` reads a report into a file that is kept for a while and handed out as often as it is asked for.
//! - `schedule` reads reports by the clock and lays them down elsewhere.
//! - `odata` answers requests of the OData protocol from finished tables.
//! - `seats` bounds how many tables a tenant has read at once.
//!
//! Columns come from the document and the schema, never from the data: the same document always gives the same table.

pub mod ask;
pub mod cell;
pub mod column;
pub mod encode;
pub mod ending;
pub mod fault;
pub mod format;
pub mod odata;
pub mod plan;
pub mod project;
pub mod run;
pub mod saved;
pub mod schedule;
pub mod seats;
pub mod walk;
