//! The schema as a whole: its roots, its text, and what holds for every document that is sent to it.

mod check;
pub mod defaults;
pub mod federation;
pub mod limits;
mod roots;

use async_graphql::SDLExportOptions;
use async_graphql::Schema;
use async_graphql::SchemaBuilder;

use crate::graphql::Result;
use crate::graphql::guard::Rows;
use crate::graphql::guard::Withheld;
use crate::graphql::outline::Outline;

pub use roots::Mutation;
pub use roots::Query;
pub use roots::Subscription;

/// The executable graph with the outline that guards and limits read.
#[derive(Clone)]
pub struct Graph {
    /// Executes documents.
    pub schema: Schema<Query, Mutation, Subscription>,
    /// What the schema's text says about each field.
    pub outline: Outline,
}

impl std::fmt::Debug for Graph {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Graph")
    }
}

/// Builds the graph.
///
/// # Errors
/// `INTERNAL` when the schema's own text cannot be read back.
pub fn build() -> Result<Graph> {
    let outline = Outline::from_sdl(&builder().finish().sdl_with_options(options()))?;
    Ok(Graph { schema: builder().directive(Withheld).finish(), outline })
}

/// The schema in GraphQL's schema language, sorted, as it stands in `schema.graphql`.
///
/// Without `_service` and `_entities`: only the gateway of a federation asks them.
#[must_use]
pub fn sdl() -> String {
    let schema = builder().enable_subscription_in_federation().finish();
    let whole = schema.sdl_with_options(options());
    // Only the federation's form leaves the two fields out; it has its link where the plain one has the roots.
    let subgraph = schema.sdl_with_options(options().federation());
    let definitions = subgraph.split(LINK).next().unwrap_or_default();
    let roots = whole.rfind(ROOTS).and_then(|at| whole.get(at..)).unwrap_or_default();
    format!("{definitions}{roots}")
}

const LINK: &str = "extend schema @link(";
const ROOTS: &str = "schema {";

fn options() -> SDLExportOptions {
    SDLExportOptions::new().sorted_fields().sorted_arguments().sorted_enum_items().prefer_single_line_descriptions()
}

fn builder() -> SchemaBuilder<Query, Mutation, Subscription> {
    Schema::build(Query::default(), Mutation::default(), Subscription::default()).directive(Rows)
}
