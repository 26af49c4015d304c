//! Reports that have a name: documents in `reports/*.graphql`, all of them inside the binary.

mod coerce;

use rust_embed::RustEmbed;

use crate::error::Error;
use crate::graphql::Result;
use crate::graphql::outline::Outline;
use crate::report::plan::Plan;

pub use coerce::variables;

/// The documents; the comment lines at the beginning of each are its title and its description.
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
    pub plan: Plan,
}

impl Saved {
    /// The names of all reports, from A to Z.
    #[must_use]
    pub fn names() -> Vec<String> {
        let mut names: Vec<_> =
            Documents::iter().filter_map(|file| file.strip_suffix(".graphql").map(str::to_owned)).collect();
        names.sort_unstable();
        names
    }

    /// The report `name`, if there is one.
    ///
    /// # Errors
    /// When its document gives no table.
    pub fn find(name: &str, outline: &Outline) -> Result<Option<Self>> {
        let Some(file) = Documents::get(&format!("{name}.graphql")) else { return Ok(None) };
        let document = std::str::from_utf8(&file.data).map_err(Error::internal)?;
        let mut comments = document.lines().map_while(|line| line.strip_prefix('#')).map(str::trim);
        let title = comments.next().unwrap_or(name).to_owned();
        let description = comments.collect::<Vec<_>>().join(" ");
        let plan = Plan::new(document, None, outline)?;
        let (name, document) = (name.to_owned(), document.to_owned());
        Ok(Some(Self { name, title, description, document, plan }))
    }
}
