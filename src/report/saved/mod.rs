//! Reports that have a name: ours, which are inside of the binary, and those of a folder that the operator keeps.
//!
//! - `folder` reads the operator's documents.
//! - `coerce` turns the texts of an address into the values of variables.

mod coerce;
mod folder;

use std::collections::BTreeMap;
use std::path::Path;
use std::path::PathBuf;
use std::sync::Arc;

use rust_embed::RustEmbed;

use crate::error::Code;
use crate::error::Error;
use crate::graphql::Result;
use crate::graphql::outline::Outline;
use crate::report::plan::Plan;
use crate::schema::Graph;

pub use coerce::variables;

/// The parameters of an address that say how a table is wanted, so that no variable of a report can be set by them.
pub const OPTIONS: [&str; 4] = ["columns", "excel", "limit", "partial"];

/// Our documents; the comment lines at the beginning of each are its title and its description.
#[derive(RustEmbed)]
#[folder = "reports"]
struct Documents;

/// A report that has a name.
#[derive(Clone, Debug)]
pub struct Saved {
    /// Its name in addresses.
    pub name: String,
    /// Its title.
    pub title: String,
    /// What its rows are.
    pub description: String,
    /// Its document.
    pub document: String,
    /// Its document as a table.
    pub plan: Arc<Plan>,
    /// Where the operator keeps it; none where it is ours.
    file: Option<PathBuf>,
}

/// Every report that has a name, read once at the start.
#[derive(Clone, Debug)]
pub struct SavedReports(Arc<BTreeMap<String, Saved>>);

impl Saved {
    fn new(name: &str, document: &str, outline: &Outline) -> Result<Self> {
        let mut comments = document.lines().map_while(|line| line.strip_prefix('#')).map(str::trim);
        let title = comments.next().unwrap_or(name).to_owned();
        let description = comments.collect::<Vec<_>>().join(" ");
        let plan = Arc::new(Plan::new(document, None, outline)?);
        let (name, document) = (name.to_owned(), document.to_owned());
        Ok(Self { name, title, description, document, plan, file: None })
    }
}

impl SavedReports {
    /// Our reports, and those whose documents stand in `own`.
    ///
    /// # Errors
    /// `BAD_INPUT` for a folder that cannot be read and for a document that gives no table, does not fit the schema or has a
    /// name that it cannot have, with the file and what to do.
    pub async fn open(own: Option<&Path>, graph: &Graph) -> Result<Self> {
        let outline = &graph.outline;
        let mut reports = BTreeMap::new();
        for file in Documents::iter() {
            let Some((name, document)) = file.strip_suffix(".graphql").zip(Documents::get(&file)) else { continue };
            let document = std::str::from_utf8(&document.data).map_err(Error::internal)?;
            reports.insert(name.to_owned(), Saved::new(name, document, outline)?);
        }
        if let Some(own) = own {
            folder::read(own, outline, &mut reports)?;
        }
        for saved in reports.values() {
            if let Some(file) = &saved.file {
                let checked = graph.check(&saved.document).await;
                checked.map_err(|error| folder::wrong(file, &error.message))?;
            }
        }
        Ok(Self(Arc::new(reports)))
    }

    /// All of them, from A to Z.
    pub fn iter(&self) -> impl Iterator<Item = &Saved> {
        self.0.values()
    }

    /// The report `name`.
    ///
    /// # Errors
    /// `NOT_FOUND` when there is none, with the names of those that there are.
    pub fn find(&self, name: &str) -> Result<&Saved> {
        self.0.get(name).ok_or_else(|| {
            let known = self.0.keys().map(|name| format!("`{name}`")).collect::<Vec<_>>().join(", ");
            Error::new(Code::NotFound, format!("there is no report `{name}`; there are {known}"))
        })
    }
}
