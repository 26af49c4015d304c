//! From a document to a table.

mod columns;
mod print;
mod prune;
mod read;
mod tree;

use std::collections::HashSet;

use async_graphql::parser::types::OperationType;

use crate::error::Error;
use crate::graphql::Result;
use crate::graphql::outline::Outline;
use crate::report::column::Column;
use columns::Columns;
use print::Printer;
use prune::Wanted;

pub(super) use columns::Level;
pub(super) use print::At;
pub(super) use print::Hop;
pub(super) use print::Sizes;
pub(super) use tree::Field;
pub(super) use tree::Kind;
pub(super) use tree::Selected;
pub(super) use tree::fields;
pub(super) use tree::has_followed;

/// A variable of a document that gives a table.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Parameter {
    /// Its name, without `$`.
    pub name: String,
    /// Its type in GraphQL's notation, such as `Vin!`.
    pub ty: String,
    /// Whether it must be given.
    pub is_required: bool,
    /// Its default as JSON text.
    pub default: Option<String>,
    /// Its default as GraphQL.
    pub(super) written: Option<String>,
}

/// What one document gives as a table.
#[derive(Clone, Debug)]
pub struct Plan {
    columns: Vec<Column>,
    parameters: Vec<Parameter>,
    tree: Vec<Selected>,
    levels: Vec<Level>,
    /// The response keys to each column.
    ways: Vec<Vec<String>>,
    /// The response keys of the list that gives the rows; empty when there is one row.
    route: Vec<String>,
    /// Whether a followed connection stands inside a list, so that items are asked with their cursors.
    has_cursors: bool,
}

impl Plan {
    /// Reads the operation `operation` of `document`, or its only one.
    ///
    /// # Errors
    /// `BAD_INPUT` and the codes of refused documents when the document gives no table; the message says how to mend it.
    pub fn new(document: &str, operation: Option<&str>, outline: &Outline) -> Result<Self> {
        let (operation, fragments) = read::operation(document, operation)?;
        let root = outline.root(OperationType::Query).unwrap_or_default();
        let tree = read::Reader::new(outline, &fragments).set(&operation.selection_set.node, root)?;
        let route = columns::rows(&tree)?.unwrap_or_default();
        let parameters = operation.variable_definitions.iter().map(|variable| {
            let variable = &variable.node;
            let default = variable.default_value.as_ref().map(|value| serde_json::to_string(&value.node));
            Ok(Parameter {
                name: variable.name.node.to_string(),
                ty: variable.var_type.node.to_string(),
                is_required: !variable.var_type.node.nullable && variable.default_value.is_none(),
                default: default.transpose().map_err(Error::internal)?,
                written: variable.default_value.as_ref().map(|value| print::constant(&value.node)),
            })
        });
        Self::of(tree, parameters.collect::<Result<_>>()?, route)
    }

    fn of(tree: Vec<Selected>, parameters: Vec<Parameter>, route: Vec<String>) -> Result<Self> {
        let Columns { list: columns, levels, ways, .. } = Columns::of(&tree, &route)?;
        let has_cursors = has_nested(&tree);
        Ok(Self { columns, parameters, tree, levels, ways, route, has_cursors })
    }

    /// The plan of a table with the same rows, which asks for nothing that feeds no column of `names`. The columns have the
    /// order of the document, and there may be others beside.
    ///
    /// # Errors
    /// `BAD_INPUT` when `names` has none of the columns.
    pub fn for_columns(&self, names: &[String]) -> Result<Self> {
        let wanted = self.columns.iter().zip(&self.ways).filter(|(column, _)| names.contains(&column.name));
        let ways = wanted.map(|(_, way)| way.as_slice()).collect::<HashSet<_>>();
        let tree = Wanted { ways, route: &self.route }.of(&self.tree, &mut Vec::new());
        Self::of(tree, self.parameters.clone(), self.route.clone())
    }

    /// The columns, in the order of the document.
    #[must_use]
    pub fn columns(&self) -> &[Column] {
        &self.columns
    }

    /// The variables of the document.
    #[must_use]
    pub fn parameters(&self) -> &[Parameter] {
        &self.parameters
    }

    /// What the document selects.
    pub(super) fn tree(&self) -> &[Selected] {
        &self.tree
    }

    /// The lists on the way to the rows, and what is outside of them first.
    pub(super) fn levels(&self) -> &[Level] {
        &self.levels
    }

    /// The response keys of the list that gives the rows; empty when there is one row.
    pub(super) fn route(&self) -> &[String] {
        &self.route
    }

    /// The whole document; where `hops` lead to a page, that one begins where they say.
    pub(super) fn whole(&self, hops: &[Hop], sizes: Sizes) -> String {
        let mut printer = Printer::new(sizes, self.has_cursors);
        printer.whole(&self.tree, hops);
        self.document(&printer)
    }

    /// Only what leads to the page at the end of `hops`.
    pub(super) fn only(&self, hops: &[Hop], sizes: Sizes) -> String {
        let mut printer = Printer::new(sizes, self.has_cursors);
        printer.only(&self.tree, hops);
        self.document(&printer)
    }

    fn document(&self, printer: &Printer) -> String {
        let used = self.parameters.iter().filter(|parameter| printer.variables.contains(&parameter.name));
        let declared = used.map(|parameter| {
            let default = parameter.written.as_ref().map(|value| format!(" = {value}")).unwrap_or_default();
            format!("${}: {}{default}", parameter.name, parameter.ty)
        });
        let declared = declared.collect::<Vec<_>>().join(", ");
        let declared = if declared.is_empty() { declared } else { format!("({declared})") };
        format!("query{declared} {{{} }}", printer.text)
    }
}

/// Whether a followed connection stands inside a list of `set`.
fn has_nested(set: &[Selected]) -> bool {
    fields(set).into_iter().any(|field| match field.kind {
        Kind::Connection(_) | Kind::List => tree::has_followed(&field.set),
        Kind::Object | Kind::Leaf => has_nested(&field.set),
    })
}
