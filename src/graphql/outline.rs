//! What the schema's own text says about each field: its type, its arguments, who may read it.
//!
//! Guards and limits are read from the SDL, so that what clients can read there is what holds.

use std::collections::HashMap;

use async_graphql::Value;
use async_graphql::parser::parse_schema;
use async_graphql::parser::types::BaseType;
use async_graphql::parser::types::ConstDirective;
use async_graphql::parser::types::FieldDefinition;
use async_graphql::parser::types::OperationType;
use async_graphql::parser::types::Type;
use async_graphql::parser::types::TypeKind;
use async_graphql::parser::types::TypeSystemDefinition;

use super::guard;
use crate::error::Error;
use crate::graphql::Result;

/// The schema in the form that guards and limits ask it.
#[derive(Clone, Debug, Default)]
pub struct Outline {
    roots: HashMap<Root, String>,
    fields: HashMap<String, HashMap<String, FieldOutline>>,
}

/// A root of the schema.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
enum Root {
    Query,
    Mutation,
    Subscription,
}

/// The type of a field.
#[derive(Clone, Debug)]
pub struct TypeOutline {
    /// The name of the type without list and non-null marks.
    pub name: String,
    /// Whether the field is a list.
    pub is_list: bool,
    /// Whether the field can never be null.
    pub is_non_null: bool,
    /// Whether the type has fields of its own, or is a union.
    pub is_composite: bool,
}

/// The argument `first` of a field.
#[derive(Clone, Copy, Debug)]
pub struct FirstOutline {
    /// Its value when the document gives none, as far as the SDL has one.
    pub default: Option<u64>,
}

/// One field of a type.
#[derive(Clone, Debug)]
pub struct FieldOutline {
    /// The type of the field.
    pub ty: TypeOutline,
    /// The argument `first`, and with it the size of a page; none for a field that has no pages.
    pub first: Option<FirstOutline>,
    /// Sets of scopes, one of which a session must have as a whole; empty when anybody may read the field.
    pub scopes: Vec<Vec<String>>,
    /// Whether the field is personal data that needs a scope of its own.
    pub is_contact: bool,
    /// What the field is.
    pub description: String,
}

impl Outline {
    /// Reads the SDL that a schema exports.
    ///
    /// # Errors
    /// `INTERNAL` when the text is no SDL.
    pub fn from_sdl(sdl: &str) -> Result<Self> {
        let document = parse_schema(sdl).map_err(Error::internal)?;
        let mut outline = Self::default();
        let mut composites = Vec::new();
        let mut implements = Vec::new();
        for definition in document.definitions {
            match definition {
                TypeSystemDefinition::Schema(schema) => {
                    let roots = [
                        (Root::Query, schema.node.query),
                        (Root::Mutation, schema.node.mutation),
                        (Root::Subscription, schema.node.subscription),
                    ];
                    let named = roots.into_iter().filter_map(|(root, name)| Some((root, name?.node.to_string())));
                    outline.roots.extend(named);
                }
                TypeSystemDefinition::Type(ty) => {
                    let name = ty.node.name.node.to_string();
                    let (fields, interfaces) = match ty.node.kind {
                        TypeKind::Object(object) => (object.fields, object.implements),
                        TypeKind::Interface(interface) => (interface.fields, interface.implements),
                        TypeKind::Union(_) => (Vec::new(), Vec::new()),
                        TypeKind::Scalar | TypeKind::Enum(_) | TypeKind::InputObject(_) => continue,
                    };
                    implements.extend(interfaces.into_iter().map(|one| (one.node.to_string(), name.clone())));
                    composites.push(name.clone());
                    let fields = fields.into_iter().map(|field| FieldOutline::of(&field.node));
                    outline.fields.entry(name).or_default().extend(fields);
                }
                TypeSystemDefinition::Directive(_) => {}
            }
        }
        for field in outline.fields.values_mut().flat_map(HashMap::values_mut) {
            field.ty.is_composite = composites.contains(&field.ty.name);
        }
        for (interface, implementor) in &implements {
            outline.guard_interface(interface, implementor);
        }
        Ok(outline)
    }

    /// Guards the fields of an interface as strictly as those of a type that has it, so that none is a way around.
    fn guard_interface(&mut self, interface: &str, implementor: &str) {
        let guarded = self.fields.get(implementor).cloned().unwrap_or_default();
        for (name, field) in self.fields.get_mut(interface).into_iter().flatten() {
            if let Some(strict) = guarded.get(name) {
                field.scopes = both(&field.scopes, &strict.scopes);
                field.is_contact |= strict.is_contact;
            }
        }
    }

    /// The type at which operations of this kind start; none when the schema has no such operations.
    pub fn root(&self, operation: OperationType) -> Option<&str> {
        let root = match operation {
            OperationType::Query => Root::Query,
            OperationType::Mutation => Root::Mutation,
            OperationType::Subscription => Root::Subscription,
        };
        self.roots.get(&root).map(String::as_str)
    }

    /// The field `field` of the type `ty`; none for what introspection adds and for what does not exist.
    pub fn field(&self, ty: &str, field: &str) -> Option<&FieldOutline> {
        self.fields.get(ty)?.get(field)
    }

    /// Whether the type `ty` is a list with pages.
    pub fn is_connection(&self, ty: &str) -> bool {
        ["edges", "nodes", "pageInfo"].into_iter().all(|part| self.field(ty, part).is_some())
    }

    /// Every field of every type, as (type, field, what is known of it).
    pub fn all(&self) -> impl Iterator<Item = (&str, &str, &FieldOutline)> {
        self.fields
            .iter()
            .flat_map(|(ty, fields)| fields.iter().map(move |(name, field)| (ty.as_str(), name.as_str(), field)))
    }
}

impl FieldOutline {
    fn of(field: &FieldDefinition) -> (String, Self) {
        let first = field.arguments.iter().find(|argument| argument.node.name.node == "first");
        let first = first.map(|argument| FirstOutline {
            default: argument.node.default_value.as_ref().and_then(|value| whole_number(&value.node)),
        });
        let scopes = directive(field, guard::REQUIRES_SCOPES).and_then(|one| one.get_argument("scopes"));
        let level = directive(field, guard::PERSONAL_DATA).and_then(|one| one.get_argument("level"));
        let outline = Self {
            ty: TypeOutline {
                name: base_name(&field.ty.node).to_owned(),
                is_list: matches!(field.ty.node.base, BaseType::List(_)),
                is_non_null: !field.ty.node.nullable,
                is_composite: false,
            },
            first,
            scopes: scopes.map(|value| scope_sets(&value.node)).unwrap_or_default(),
            is_contact: level.is_some_and(|value| value.node == Value::Enum(async_graphql::Name::new("CONTACT"))),
            description: field.description.as_ref().map(|text| text.node.clone()).unwrap_or_default(),
        };
        (field.name.node.to_string(), outline)
    }
}

fn directive<'a>(field: &'a FieldDefinition, name: &str) -> Option<&'a ConstDirective> {
    field.directives.iter().map(|directive| &directive.node).find(|directive| directive.name.node == name)
}

fn base_name(ty: &Type) -> &str {
    match &ty.base {
        BaseType::Named(name) => name,
        BaseType::List(inner) => base_name(inner),
    }
}

fn scope_sets(value: &Value) -> Vec<Vec<String>> {
    list(value).iter().map(|set| list(set).iter().filter_map(text).collect()).collect()
}

/// The sets of scopes that satisfy both guards.
fn both(one: &[Vec<String>], other: &[Vec<String>]) -> Vec<Vec<String>> {
    match (one, other) {
        ([], sets) | (sets, []) => sets.to_vec(),
        (one, other) if one == other => one.to_vec(),
        (one, other) => {
            let join = |set: &Vec<String>| other.iter().map(|more| [set.as_slice(), more].concat()).collect::<Vec<_>>();
            one.iter().flat_map(join).collect()
        }
    }
}

fn list(value: &Value) -> &[Value] {
    if let Value::List(items) = value { items } else { &[] }
}

fn whole_number(value: &Value) -> Option<u64> {
    if let Value::Number(number) = value { number.as_u64() } else { None }
}

fn text(value: &Value) -> Option<String> {
    if let Value::String(text) = value { Some(text.clone()) } else { None }
}
