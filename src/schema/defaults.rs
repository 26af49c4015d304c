//! The defaults of variables.

use async_graphql::Request;
use async_graphql::parser::types::ExecutableDocument;

use super::limits::choose;

/// Gives the variables that `request` leaves out the defaults that its operation has for them.
///
/// The engine does so itself for arguments; for the conditions of `@skip` and `@include` it looks at given values only, and
/// takes what is left out for false.
pub fn fill(request: &mut Request, document: &ExecutableDocument) {
    let Ok(operation) = choose(&document.operations, request.operation_name.as_deref()) else { return };
    for variable in &operation.variable_definitions {
        let variable = &variable.node;
        if let Some(default) = &variable.default_value
            && !request.variables.contains_key(&variable.name.node)
        {
            request.variables.insert(variable.name.node.clone(), default.node.clone());
        }
    }
}
