//! Who may read what: `@requiresScopes` and `@personalData` in the schema are the guards themselves.
//!
//! A field is guarded by declaring it so, and by nothing else:
//!
//! ```text
//! #[graphql(directive = RequiresScopes::apply([Scope::TicketsRead]))]
//! async fn tickets(&self, ctx: &Context<'_>) -> Sourced<Vec<Ticket>> { … }
//! ```
//!
//! Before a document runs, [`withhold`] marks the fields that the session may not read; the engine then answers
//! them with null without calling their resolvers. The engine's own guards are not used: they take the parent down.

use std::borrow::Cow;
use std::collections::BTreeSet;

use async_graphql::Context;
use async_graphql::ContextDirective;
use async_graphql::CustomDirective;
use async_graphql::CustomDirectiveFactory;
use async_graphql::InputType;
use async_graphql::Name;
use async_graphql::Pos;
use async_graphql::Positioned;
use async_graphql::ServerResult;
use async_graphql::TypeDirective;
use async_graphql::Value;
use async_graphql::extensions::ResolveFut;
use async_graphql::parser::types::Directive;
use async_graphql::parser::types::DocumentOperations;
use async_graphql::parser::types::ExecutableDocument;
use async_graphql::parser::types::Field;
use async_graphql::parser::types::Selection;
use async_graphql::parser::types::SelectionSet;
use async_graphql::registry::__DirectiveLocation;
use async_graphql::registry::MetaDirective;
use async_graphql::registry::MetaDirectiveInvocation;
use async_graphql::registry::MetaInputValue;
use async_graphql::registry::Registry;
use async_graphql::registry::location_traits;
use indexmap::IndexMap;

use super::outline::FieldOutline;
use super::outline::Outline;
use crate::auth::Scope;
use crate::auth::Session;
use crate::error::Code;
use crate::error::Error;

pub(super) const REQUIRES_SCOPES: &str = "requiresScopes";
pub(super) const PERSONAL_DATA: &str = "personalData";
pub(super) const WITHHELD: &str = "withheld";

/// The name of the directive [`Rows`].
pub const ROWS: &str = "rows";

/// The directive `@requiresScopes`: the field is null with `FORBIDDEN` for a session without the scopes.
#[derive(Clone, Copy, Debug)]
pub struct RequiresScopes;

impl RequiresScopes {
    /// Guards a field with all of `scopes`.
    pub fn apply(scopes: impl IntoIterator<Item = Scope>) -> MetaDirectiveInvocation {
        let all = scopes.into_iter().map(|scope| Value::String(scope.as_str().to_owned())).collect();
        invocation(REQUIRES_SCOPES, "scopes", Value::List(vec![Value::List(all)]))
    }
}

impl TypeDirective for RequiresScopes {
    fn name(&self) -> Cow<'static, str> {
        REQUIRES_SCOPES.into()
    }

    fn register(&self, registry: &mut Registry) {
        let scopes = MetaInputValue::new("scopes".to_owned(), Vec::<Vec<String>>::create_type_info(registry));
        registry.add_directive(MetaDirective {
            description: Some(
                "The field is null with an error `FORBIDDEN` unless the session has all scopes of one of the sets."
                    .to_owned(),
            ),
            args: [("scopes".to_owned(), scopes)].into_iter().collect(),
            ..directive(REQUIRES_SCOPES, __DirectiveLocation::FIELD_DEFINITION)
        });
    }
}

impl location_traits::Directive_At_FIELD_DEFINITION for RequiresScopes {}

/// How close a value is to a person.
#[derive(Clone, Copy, Debug, PartialEq, Eq, async_graphql::Enum)]
pub enum PersonalDataLevel {
    /// Name, e-mail, phone, street address, position: null without the scope `personal-data:read`.
    Contact,
    /// A number of a car, such as VIN or licence plate: readable with the field's own scope.
    Identifier,
}

/// The directive `@personalData`: the field tells something about a person.
#[derive(Clone, Copy, Debug)]
pub struct PersonalData;

impl PersonalData {
    /// Marks a field as personal data of `level`.
    pub fn apply(level: PersonalDataLevel) -> MetaDirectiveInvocation {
        invocation(PERSONAL_DATA, "level", InputType::to_value(&level))
    }
}

impl TypeDirective for PersonalData {
    fn name(&self) -> Cow<'static, str> {
        PERSONAL_DATA.into()
    }

    fn register(&self, registry: &mut Registry) {
        let level =
            MetaInputValue::new("level".to_owned(), <PersonalDataLevel as InputType>::create_type_info(registry));
        registry.add_directive(MetaDirective {
            description: Some(
                "The field is personal data. `CONTACT` is null without the scope `personal-data:read` and is then \
                 listed in `extensions.masked`."
                    .to_owned(),
            ),
            args: [("level".to_owned(), level)].into_iter().collect(),
            ..directive(PERSONAL_DATA, __DirectiveLocation::FIELD_DEFINITION)
        });
    }
}

impl location_traits::Directive_At_FIELD_DEFINITION for PersonalData {}

fn invocation(name: &str, argument: &str, value: Value) -> MetaDirectiveInvocation {
    MetaDirectiveInvocation { name: name.to_owned(), args: [(argument.to_owned(), value)].into_iter().collect() }
}

fn directive(name: &str, location: __DirectiveLocation) -> MetaDirective {
    MetaDirective {
        name: name.to_owned(),
        description: None,
        locations: vec![location],
        args: IndexMap::default(),
        is_repeatable: false,
        visible: None,
        composable: None,
    }
}

/// The mark that [`withhold`] puts on a field; to be added to the schema with `SchemaBuilder::directive`.
///
/// The SDL is better exported from a builder without it: no client can use it.
#[derive(Clone, Copy, Debug)]
pub struct Withheld;

impl CustomDirectiveFactory for Withheld {
    fn name(&self) -> Cow<'static, str> {
        WITHHELD.into()
    }

    fn register(&self, registry: &mut Registry) {
        let scope = MetaInputValue::new("scope".to_owned(), Option::<String>::create_type_info(registry));
        registry.add_directive(MetaDirective {
            description: Some(
                "Set by the gateway on fields that the session may not read; refused in requests.".to_owned(),
            ),
            args: [("scope".to_owned(), scope)].into_iter().collect(),
            visible: Some(|_| false),
            ..directive(WITHHELD, __DirectiveLocation::FIELD)
        });
    }

    fn create(&self, _: &ContextDirective<'_>, directive: &Directive) -> ServerResult<Box<dyn CustomDirective>> {
        let scope = directive.get_argument("scope").map(|scope| scope.node.to_string().replace('"', "`"));
        Ok(Box::new(Withhold { scope }))
    }
}

/// The directive `@rows`: which list gives the rows when a query is answered as a table; other answers ignore it.
#[derive(Clone, Copy, Debug)]
pub struct Rows;

impl CustomDirectiveFactory for Rows {
    fn name(&self) -> Cow<'static, str> {
        ROWS.into()
    }

    fn register(&self, registry: &mut Registry) {
        registry.add_directive(MetaDirective {
            description: Some(
                "The items of this list are the rows when the query is answered as a table, such as CSV. Without it \
                 the only outermost list gives them. A JSON answer is the same with it and without."
                    .to_owned(),
            ),
            ..directive(ROWS, __DirectiveLocation::FIELD)
        });
    }

    fn create(&self, _: &ContextDirective<'_>, _: &Directive) -> ServerResult<Box<dyn CustomDirective>> {
        Ok(Box::new(Self))
    }
}

#[async_graphql::async_trait::async_trait]
impl CustomDirective for Rows {}

struct Withhold {
    /// The missing scopes, quoted; none for personal data, which is null without an error.
    scope: Option<String>,
}

#[async_graphql::async_trait::async_trait]
impl CustomDirective for Withhold {
    async fn resolve_field(&self, ctx: &Context<'_>, _: ResolveFut<'_>) -> ServerResult<Option<Value>> {
        if let Some(scope) = &self.scope {
            let error = Error::new(Code::Forbidden, format!("this field needs the scope {scope}"));
            let error = async_graphql::Error::from(error).into_server_error(ctx.item.pos);
            ctx.add_error(ctx.set_error_path(error));
        }
        Ok(None)
    }
}

/// Marks the fields of `document` that `session` may not read.
///
/// Returns the personal data among them as `Type.field`, for `extensions.masked`; all others become errors where
/// they stand. The work grows with the length of the document, not with what its fragments expand to.
///
/// # Errors
/// `GRAPHQL_VALIDATION_FAILED` when the document uses the mark itself.
pub fn withhold(
    document: &mut ExecutableDocument,
    outline: &Outline,
    session: &Session,
) -> Result<BTreeSet<String>, Error> {
    let mut walk = Walk { outline, session, masked: BTreeSet::new() };
    match &mut document.operations {
        DocumentOperations::Single(operation) => {
            let root = outline.root(operation.node.ty);
            walk.selection_set(&mut operation.node.selection_set.node, root)?;
        }
        DocumentOperations::Multiple(operations) => {
            for operation in operations.values_mut() {
                let root = outline.root(operation.node.ty);
                walk.selection_set(&mut operation.node.selection_set.node, root)?;
            }
        }
    }
    for fragment in document.fragments.values_mut() {
        let fragment = &mut fragment.node;
        walk.selection_set(&mut fragment.selection_set.node, Some(&fragment.type_condition.node.on.node))?;
    }
    Ok(walk.masked)
}

struct Walk<'a> {
    outline: &'a Outline,
    session: &'a Session,
    masked: BTreeSet<String>,
}

impl Walk<'_> {
    fn selection_set(&mut self, set: &mut SelectionSet, parent: Option<&str>) -> Result<(), Error> {
        for selection in &mut set.items {
            match &mut selection.node {
                Selection::Field(field) => self.field(&mut field.node, parent)?,
                Selection::InlineFragment(fragment) => {
                    let fragment = &mut fragment.node;
                    let on = fragment.type_condition.as_ref().map(|condition| condition.node.on.node.as_str());
                    self.selection_set(&mut fragment.selection_set.node, on.or(parent))?;
                }
                Selection::FragmentSpread(_) => {}
            }
        }
        Ok(())
    }

    fn field(&mut self, field: &mut Field, parent: Option<&str>) -> Result<(), Error> {
        if field.directives.iter().any(|one| one.node.name.node == WITHHELD) {
            return Err(Error::new(Code::GraphqlValidationFailed, format!("unknown directive `@{WITHHELD}`")));
        }
        let Some((parent, known)) = parent.and_then(|ty| Some((ty, self.outline.field(ty, &field.name.node)?))) else {
            return self.selection_set(&mut field.selection_set.node, None);
        };
        if let Some(scopes) = self.missing(known) {
            field.directives.push(mark(Some(scopes)));
        } else if known.is_contact && !self.session.may(Scope::PersonalDataRead) {
            self.masked.insert(format!("{parent}.{}", field.name.node));
            field.directives.push(mark(None));
        }
        self.selection_set(&mut field.selection_set.node, Some(&known.ty.name))
    }

    /// The scopes that the session lacks for `field`, in words; none when it may read it.
    fn missing(&self, field: &FieldOutline) -> Option<String> {
        let lacks = |name: &&String| !Scope::from_name(name).is_some_and(|scope| self.session.may(scope));
        let gaps = field.scopes.iter().map(|set| set.iter().filter(lacks).cloned().collect::<Vec<_>>());
        let smallest = gaps.min_by_key(Vec::len)?;
        (!smallest.is_empty()).then(|| smallest.join(" "))
    }
}

fn mark(scope: Option<String>) -> Positioned<Directive> {
    let pos = Pos::default();
    let argument = |scope| {
        let value = Value::String(scope).into_value();
        (Positioned::new(Name::new("scope"), pos), Positioned::new(value, pos))
    };
    let arguments = scope.map(argument).into_iter().collect();
    Positioned::new(Directive { name: Positioned::new(Name::new(WITHHELD), pos), arguments }, pos)
}
