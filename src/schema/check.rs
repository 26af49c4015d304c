//! Whether a document fits the schema, found out before anybody asks it.

use async_graphql::Name;
use async_graphql::Pos;
use async_graphql::Positioned;
use async_graphql::Request;
use async_graphql::Value;
use async_graphql::parser::parse_query;
use async_graphql::parser::types::Directive;
use async_graphql::parser::types::DocumentOperations;
use async_graphql::parser::types::OperationDefinition;
use async_graphql::parser::types::Selection;

use super::Graph;
use crate::error::Error;
use crate::graphql::Result;

impl Graph {
    /// Has the engine judge `document` as far as it can without values for its variables, and asks for nothing: every field
    /// at the root is skipped.
    ///
    /// # Errors
    /// `BAD_INPUT` with what the engine says of the document.
    pub async fn check(&self, document: &str) -> Result<()> {
        // The engine judges documents only where it runs them.
        let mut parsed = parse_query(document).map_err(|error| Error::bad_input(error.to_string()))?;
        match &mut parsed.operations {
            DocumentOperations::Single(operation) => skip(&mut operation.node),
            DocumentOperations::Multiple(operations) => {
                for operation in operations.values_mut() {
                    skip(&mut operation.node);
                }
            }
        }
        let mut request = Request::new(document);
        request.set_parsed_query(parsed);
        let errors = self.schema.execute(request).await.errors;
        errors.into_iter().next().map_or(Ok(()), |error| Err(Error::bad_input(error.message)))
    }
}

fn skip(operation: &mut OperationDefinition) {
    for selection in &mut operation.selection_set.node.items {
        let directives = match &mut selection.node {
            Selection::Field(field) => &mut field.node.directives,
            Selection::FragmentSpread(spread) => &mut spread.node.directives,
            Selection::InlineFragment(fragment) => &mut fragment.node.directives,
        };
        // A condition of the document's own would be doubled.
        directives.retain(|directive| directive.node.name.node != "skip");
        directives.push(unseen(Directive {
            name: unseen(Name::new("skip")),
            arguments: vec![(unseen(Name::new("if")), unseen(Value::from(true).into()))],
        }));
    }
}

/// A part that stands nowhere in the text.
fn unseen<T>(part: T) -> Positioned<T> {
    Positioned::new(part, Pos::default())
}
