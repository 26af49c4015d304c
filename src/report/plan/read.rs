//! Reads the operation of a document as a [tree].

use std::collections::HashMap;

use async_graphql::Name;
use async_graphql::Positioned;
use async_graphql::parser::parse_query;
use async_graphql::parser::types::Directive;
use async_graphql::parser::types::DocumentOperations;
use async_graphql::parser::types::Field as Asked;
use async_graphql::parser::types::FragmentDefinition;
use async_graphql::parser::types::OperationDefinition;
use async_graphql::parser::types::OperationType;
use async_graphql::parser::types::Selection;
use async_graphql::parser::types::SelectionSet;

use super::print::arguments;
use super::tree;
use super::tree::Connection;
use super::tree::Field;
use super::tree::Fragment;
use super::tree::Kind;
use super::tree::Mark;
use super::tree::Selected;
use crate::error::Code;
use crate::error::Error;
use crate::graphql::Result;
use crate::graphql::guard::ROWS;
use crate::graphql::outline::Outline;

/// How many fields and fragments a document may expand to.
const MAX_SELECTIONS: usize = 5_000;

/// How many levels of fields and fragments it may have.
const MAX_LEVEL: usize = 40;

/// The fragments of a document by their names.
pub(super) type Fragments = HashMap<Name, Positioned<FragmentDefinition>>;

/// The operation that is to run, and the fragments beside it.
pub(super) fn operation(document: &str, name: Option<&str>) -> Result<(OperationDefinition, Fragments)> {
    let document = parse_query(document).map_err(|error| {
        let text = error.to_string();
        let reason = text.rsplit("= ").next().unwrap_or(&text).trim();
        Error::new(Code::GraphqlParseFailed, format!("the document is not GraphQL: {reason}"))
    })?;
    let found = match (document.operations, name) {
        (DocumentOperations::Single(operation), None) => Some(operation),
        (DocumentOperations::Multiple(mut operations), Some(name)) => operations.remove(name),
        (DocumentOperations::Multiple(operations), None) if operations.len() == 1 => operations.into_values().next(),
        (DocumentOperations::Multiple(_), None) => {
            return Err(invalid("the document has several operations; name one in `operationName`"));
        }
        (DocumentOperations::Single(_), Some(_)) => None,
    };
    let missing = || invalid(format!("the document has no operation `{}`", name.unwrap_or_default()));
    let operation = found.ok_or_else(missing)?.node;
    if operation.ty == OperationType::Query {
        Ok((operation, document.fragments))
    } else {
        Err(Error::bad_input("only a query gives a table"))
    }
}

/// Expands the fragments of one document.
pub(super) struct Reader<'a> {
    outline: &'a Outline,
    fragments: &'a Fragments,
    selections: usize,
    level: usize,
}

impl<'a> Reader<'a> {
    pub(super) fn new(outline: &'a Outline, fragments: &'a Fragments) -> Self {
        Self { outline, fragments, selections: 0, level: 0 }
    }

    /// What `set` selects of the type `parent`.
    pub(super) fn set(&mut self, set: &SelectionSet, parent: &str) -> Result<Vec<Selected>> {
        self.level = self.level.saturating_add(1);
        self.selections = self.selections.saturating_add(set.items.len());
        if self.level > MAX_LEVEL || self.selections > MAX_SELECTIONS {
            let message = "the document nests too deep, uses a fragment in itself, or expands to too many fields";
            return Err(Error::new(Code::QueryTooCostly, message));
        }
        let read = set.items.iter().map(|one| self.selection(&one.node, parent)).collect();
        self.level = self.level.saturating_sub(1);
        read
    }

    fn selection(&mut self, selection: &Selection, parent: &str) -> Result<Selected> {
        match selection {
            Selection::Field(field) => Ok(Selected::Field(self.field(&field.node, parent)?)),
            Selection::InlineFragment(fragment) => {
                let fragment = &fragment.node;
                let on = fragment.type_condition.as_ref().map(|condition| condition.node.on.node.as_str());
                self.fragment(on, &fragment.directives, &fragment.selection_set.node, parent)
            }
            Selection::FragmentSpread(spread) => {
                let name = &spread.node.fragment_name.node;
                let fragment = self.fragments.get(name);
                let fragment = &fragment.ok_or_else(|| invalid(format!("there is no fragment `{name}`")))?.node;
                let on = fragment.type_condition.node.on.node.as_str();
                self.fragment(Some(on), &spread.node.directives, &fragment.selection_set.node, parent)
            }
        }
    }

    fn fragment(
        &mut self,
        on: Option<&str>,
        directives: &[Positioned<Directive>],
        set: &SelectionSet,
        parent: &str,
    ) -> Result<Selected> {
        let marks = marks(directives);
        Ok(Selected::Fragment(Fragment {
            on: on.map(str::to_owned),
            is_conditional: !marks.is_empty() || on.is_some_and(|on| on != parent),
            marks,
            set: self.set(set, on.unwrap_or(parent))?,
        }))
    }

    fn field(&mut self, field: &Asked, parent: &str) -> Result<Field> {
        let name = field.name.node.to_string();
        let key = field.alias.as_ref().map_or_else(|| name.clone(), |alias| alias.node.to_string());
        let (ty, description) = if name == "__typename" {
            (tree::type_name(), "The name of the type.".to_owned())
        } else {
            let known = self.outline.field(parent, &name);
            let known = known.ok_or_else(|| invalid(format!("the type `{parent}` has no field `{name}`")))?;
            (known.ty.clone(), known.description.clone())
        };
        let selected = &field.selection_set.node;
        if ty.is_composite == selected.items.is_empty() {
            let what = if ty.is_composite { "needs" } else { "has no" };
            return Err(invalid(format!("the field `{parent}.{name}` {what} fields of its own")));
        }
        let arguments = arguments(Directive { name: field.name.clone(), arguments: field.arguments.clone() });
        let (kind, set, marked_inside) = if !ty.is_composite {
            (if ty.is_list { Kind::List } else { Kind::Leaf }, Vec::new(), false)
        } else if ty.is_list {
            (Kind::List, self.set(selected, &ty.name)?, false)
        } else if self.outline.is_connection(&ty.name) {
            let is_followed = arguments.iter().all(|argument| argument.name != "first");
            self.connection(selected, &ty.name, is_followed)?
        } else {
            (Kind::Object, self.set(selected, &ty.name)?, false)
        };
        let is_marked = marked_inside || field.directives.iter().any(|one| one.node.name.node == ROWS);
        let marks = marks(&field.directives);
        Ok(Field { key, name, arguments, marks, ty, description, kind, set, is_marked })
    }

    /// Brings what is selected of a connection, in `nodes` or in `edges`, into one form.
    fn connection(&mut self, set: &SelectionSet, ty: &str, is_followed: bool) -> Result<(Kind, Vec<Selected>, bool)> {
        let mut parts = Parts { connection: Connection { is_followed, ..Connection::default() }, ..Parts::default() };
        parts.add(self.set(set, ty)?, &[])?;
        Ok((Kind::Connection(parts.connection), parts.items, parts.is_marked))
    }
}

/// What is selected of a connection.
#[derive(Default)]
struct Parts {
    connection: Connection,
    items: Vec<Selected>,
    is_marked: bool,
}

impl Parts {
    /// Adds `set`, which stands under `marks`.
    fn add(&mut self, set: Vec<Selected>, marks: &[Mark]) -> Result<()> {
        for one in set {
            match one {
                Selected::Fragment(fragment) => self.add(fragment.set, &[marks, &fragment.marks].concat())?,
                Selected::Field(mut field) => {
                    field.marks.splice(0..0, marks.iter().cloned());
                    match field.name.as_str() {
                        "nodes" => self.items(field),
                        "edges" => {
                            self.is_marked |= field.is_marked;
                            self.edges(field.set, &field.marks);
                        }
                        "pageInfo" => {}
                        _ if ["nodes", "edges", "pageInfo"].contains(&field.key.as_str()) => {
                            return Err(Error::bad_input(format!("`{}` cannot be an alias here", field.key)));
                        }
                        _ => self.connection.own.push(field),
                    }
                }
            }
        }
        Ok(())
    }

    fn edges(&mut self, set: Vec<Selected>, marks: &[Mark]) {
        for one in set {
            match one {
                Selected::Fragment(fragment) => self.edges(fragment.set, &[marks, &fragment.marks].concat()),
                Selected::Field(mut field) if field.name == "node" => {
                    field.marks.splice(0..0, marks.iter().cloned());
                    self.items(field);
                }
                Selected::Field(_) => {}
            }
        }
    }

    /// Adds what `field` selects of each item.
    fn items(&mut self, field: Field) {
        self.is_marked |= field.is_marked;
        self.connection.has_items = true;
        if field.marks.is_empty() {
            self.items.extend(field.set);
        } else {
            let (marks, set) = (field.marks, field.set);
            self.items.push(Selected::Fragment(Fragment { on: None, marks, set, is_conditional: true }));
        }
    }
}

/// The directives of a field or a fragment, but `@rows`.
fn marks(directives: &[Positioned<Directive>]) -> Vec<Mark> {
    let others = directives.iter().map(|directive| &directive.node).filter(|directive| directive.name.node != ROWS);
    let mark = |one: &Directive| Mark { name: one.name.node.to_string(), arguments: arguments(one.clone()) };
    others.map(mark).collect()
}

fn invalid(message: impl Into<String>) -> Error {
    Error::new(Code::GraphqlValidationFailed, message)
}
