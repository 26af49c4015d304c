//! What a document that subscribes must look like.

use async_graphql::parser::types::Directive;
use async_graphql::parser::types::DocumentOperations;
use async_graphql::parser::types::ExecutableDocument;
use async_graphql::parser::types::OperationDefinition;
use async_graphql::parser::types::Selection;

use super::guard::WITHHELD;
use crate::error::Code;
use crate::error::Error;
use crate::graphql::Result;

/// Checks the root of the subscription that is to run, after [`withhold`](super::guard::withhold) has marked the document.
///
/// The engine does not check it: it runs several fields as one stream, passes over fragments at the root, and starts the
/// stream of a field that the session may not read.
///
/// # Errors
/// `GRAPHQL_VALIDATION_FAILED` when there is not exactly one field, or a condition on it; `FORBIDDEN` when the session
/// may not read it.
pub fn check_subscribed(document: &ExecutableDocument, name: Option<&str>) -> Result<()> {
    let Some(operation) = chosen(document, name) else { return Ok(()) };
    let [root] = operation.selection_set.node.items.as_slice() else {
        return Err(malformed("a subscription asks for exactly one field"));
    };
    let Selection::Field(field) = &root.node else {
        return Err(malformed("a subscription names its one field at the root, not in a fragment"));
    };
    if field.node.name.node.starts_with("__") {
        return Err(malformed("a subscription asks for a field of the schema"));
    }
    for directive in &field.node.directives {
        match directive.node.name.node.as_str() {
            WITHHELD => return Err(forbidden(&directive.node)),
            "skip" | "include" => return Err(malformed("the field of a subscription bears no condition")),
            _ => {}
        }
    }
    Ok(())
}

fn chosen<'a>(document: &'a ExecutableDocument, name: Option<&str>) -> Option<&'a OperationDefinition> {
    match (&document.operations, name) {
        (DocumentOperations::Single(operation), _) => Some(&operation.node),
        (DocumentOperations::Multiple(operations), Some(name)) => Some(&operations.get(name)?.node),
        (DocumentOperations::Multiple(operations), None) => Some(&operations.values().next()?.node),
    }
}

fn malformed(message: &str) -> Error {
    Error::new(Code::GraphqlValidationFailed, message)
}

fn forbidden(mark: &Directive) -> Error {
    let scope = mark.get_argument("scope").map(|scope| scope.node.to_string().replace('"', "`")).unwrap_or_default();
    Error::new(Code::Forbidden, format!("this subscription needs the scope {scope}"))
}
