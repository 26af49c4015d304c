//! Measures an operation; each fragment once, however often it is used.

use std::collections::HashMap;
use std::convert::Infallible;

use async_graphql::Name;
use async_graphql::Positioned;
use async_graphql::ServerError;
use async_graphql::Value;
use async_graphql::Variables;
use async_graphql::parser::types::Field;
use async_graphql::parser::types::FragmentDefinition;
use async_graphql::parser::types::OperationDefinition;
use async_graphql::parser::types::OperationType;
use async_graphql::parser::types::Selection;
use async_graphql::parser::types::SelectionSet;

use super::bound;
use super::refusal;
use crate::domain::garage::session::log_in::LOG_INS;
use crate::error::Code;
use crate::graphql::connection::DEFAULT_FIRST;
use crate::graphql::connection::MAX_FIRST;
use crate::graphql::outline::FieldOutline;
use crate::graphql::outline::FirstOutline;
use crate::graphql::outline::Outline;

/// How many items a list is taken to have when the query does not say.
pub const LIST_SIZE: u64 = 10;

/// How far the measuring itself climbs down; far more than what is admitted afterwards.
const MAX_LEVEL: u64 = 200;

/// Up to how many values a list among the arguments counts.
const LONGEST_LIST: usize = 1_000;

/// The lists of the introspection schema.
const META_LISTS: [&str; 8] =
    ["types", "directives", "fields", "args", "inputFields", "interfaces", "possibleTypes", "enumValues"];

/// What an operation asks.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Measure {
    /// Objects that the answer may hold.
    pub cost: u64,
    /// Levels of fields.
    pub depth: u64,
    /// Aliases.
    pub aliases: u64,
    /// Fields at the root.
    pub root_fields: u64,
    /// Fields and fragments in all.
    pub selections: u64,
    /// Levels of fields and fragments.
    pub(super) nesting: u64,
    /// Log-ins.
    pub log_ins: u64,
    /// Whether it asks for the schema itself.
    pub introspects: bool,
    /// How it does so.
    pub(super) introspection: Meta,
}

/// Levels and nested lists of an introspection.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Meta {
    pub(super) depth: u64,
    pub(super) lists: u64,
}

/// What a selection set asks, before it is known how often it is asked.
#[derive(Clone, Copy, Debug, Default)]
struct Weight {
    /// Objects per parent.
    fixed: u64,
    /// Objects per item of the page that the parent is: what stands in `edges` and `nodes`.
    per_item: u64,
    depth: u64,
    nesting: u64,
    aliases: u64,
    fields: u64,
    selections: u64,
    log_ins: u64,
    introspects: bool,
    /// What it is as a part of an introspection.
    inner: Meta,
    /// The introspections in it.
    meta: Meta,
}

impl Weight {
    /// Both together.
    fn and(self, other: Self) -> Self {
        Self {
            fixed: self.fixed.saturating_add(other.fixed),
            per_item: self.per_item.saturating_add(other.per_item),
            depth: self.depth.max(other.depth),
            nesting: self.nesting.max(other.nesting),
            aliases: self.aliases.saturating_add(other.aliases),
            fields: self.fields.saturating_add(other.fields),
            selections: self.selections.saturating_add(other.selections),
            log_ins: self.log_ins.saturating_add(other.log_ins),
            introspects: self.introspects || other.introspects,
            inner: self.inner.max(other.inner),
            meta: self.meta.max(other.meta),
        }
    }

    /// The same, used through a fragment.
    fn through_fragment(self) -> Self {
        Self { nesting: self.nesting.saturating_add(1), selections: self.selections.saturating_add(1), ..self }
    }
}

impl Meta {
    fn max(self, other: Self) -> Self {
        Self { depth: self.depth.max(other.depth), lists: self.lists.max(other.lists) }
    }
}

/// A fragment: being measured, or its weight.
#[derive(Clone, Copy)]
enum Progress {
    Begun,
    Done(Weight),
}

/// Measures the operations of one document.
pub(super) struct Scale<'a> {
    outline: &'a Outline,
    fragments: &'a HashMap<Name, Positioned<FragmentDefinition>>,
    variables: &'a Variables,
    defaults: HashMap<&'a str, &'a Value>,
    measured: HashMap<&'a str, Progress>,
    /// Selection sets that are being measured inside each other at the moment.
    level: u64,
}

impl<'a> Scale<'a> {
    pub(super) fn new(
        outline: &'a Outline,
        fragments: &'a HashMap<Name, Positioned<FragmentDefinition>>,
        variables: &'a Variables,
    ) -> Self {
        Self { outline, fragments, variables, defaults: HashMap::new(), measured: HashMap::new(), level: 0 }
    }

    /// Measures one operation.
    ///
    /// # Errors
    /// `GRAPHQL_VALIDATION_FAILED` when a fragment contains itself.
    pub(super) fn weigh(&mut self, operation: &'a OperationDefinition) -> Result<Measure, ServerError> {
        // Fragments weigh by the variables of the operation that uses them.
        self.measured.clear();
        self.level = 0;
        let variables = operation.variable_definitions.iter().map(|variable| &variable.node);
        self.defaults = variables
            .filter_map(|variable| Some((variable.name.node.as_str(), &variable.default_value.as_ref()?.node)))
            .collect();
        let root = self.outline.root(operation.ty);
        let weight = self.selection_set(&operation.selection_set.node, root, operation.ty == OperationType::Query)?;
        Ok(Measure {
            cost: weight.fixed.saturating_add(weight.per_item.saturating_mul(LIST_SIZE)),
            depth: weight.depth,
            aliases: weight.aliases,
            root_fields: weight.fields,
            selections: weight.selections,
            nesting: weight.nesting,
            log_ins: weight.log_ins,
            introspects: weight.introspects,
            introspection: weight.meta,
        })
    }

    fn selection_set(
        &mut self,
        set: &'a SelectionSet,
        parent: Option<&'a str>,
        is_root: bool,
    ) -> Result<Weight, ServerError> {
        self.level = self.level.saturating_add(1);
        bound("nesting", "nests {} levels of fields and fragments", self.level, MAX_LEVEL)?;
        let mut total = Weight::default();
        for selection in &set.items {
            let weight = match &selection.node {
                Selection::Field(field) => self.field(&field.node, parent, is_root)?,
                Selection::InlineFragment(fragment) => {
                    let fragment = &fragment.node;
                    let on = fragment.type_condition.as_ref().map(|condition| condition.node.on.node.as_str());
                    self.selection_set(&fragment.selection_set.node, on.or(parent), is_root)?.through_fragment()
                }
                Selection::FragmentSpread(spread) => {
                    let name = spread.node.fragment_name.node.as_str();
                    self.fragment(name, spread.pos, is_root)?.through_fragment()
                }
            };
            total = total.and(weight);
        }
        self.level = self.level.saturating_sub(1);
        Ok(total)
    }

    fn fragment(&mut self, name: &str, pos: async_graphql::Pos, is_root: bool) -> Result<Weight, ServerError> {
        let Some((name, fragment)) = self.fragments.get_key_value(name) else {
            // The engine's validation names it.
            return Ok(Weight::default());
        };
        match self.measured.get(name.as_str()) {
            Some(Progress::Done(weight)) => return Ok(*weight),
            Some(Progress::Begun) => {
                let message = format!("the fragment `{name}` contains itself");
                return Err(refusal(Code::GraphqlValidationFailed, message, Some(pos)));
            }
            None => {}
        }
        self.measured.insert(name, Progress::Begun);
        let on = fragment.node.type_condition.node.on.node.as_str();
        let weight = self.selection_set(&fragment.node.selection_set.node, Some(on), is_root)?;
        self.measured.insert(name, Progress::Done(weight));
        Ok(weight)
    }

    fn field(&mut self, field: &'a Field, parent: Option<&'a str>, is_root: bool) -> Result<Weight, ServerError> {
        let name = field.name.node.as_str();
        let is_mutation = parent.is_some() && parent == self.outline.root(OperationType::Mutation);
        let is_meta_root = is_root && matches!(name, "__schema" | "__type");
        let known = parent.and_then(|ty| self.outline.field(ty, name));
        let child_type = known.map(|known| known.ty.name.as_str());
        let inner = self.selection_set(&field.selection_set.node, child_type, false)?;

        let own = Weight {
            nesting: inner.nesting.saturating_add(1),
            aliases: inner.aliases.saturating_add(u64::from(field.alias.is_some())),
            fields: 1,
            selections: inner.selections.saturating_add(1),
            log_ins: u64::from(is_mutation && LOG_INS.contains(&name)),
            introspects: inner.introspects || is_meta_root || (is_root && name == "_service"),
            meta: inner.meta,
            ..Weight::default()
        };
        if is_meta_root {
            return Ok(Weight { fixed: 1, depth: 1, meta: inner.meta.max(inner.inner), ..own });
        }
        let is_meta_list = META_LISTS.contains(&name);
        let within_meta = Meta {
            depth: inner.inner.depth.saturating_add(1),
            lists: inner.inner.lists.saturating_add(u64::from(is_meta_list)),
        };
        let own = Weight { depth: inner.depth.saturating_add(1), inner: within_meta, ..own };
        let is_object = known.map_or(!field.selection_set.node.items.is_empty(), |known| known.ty.is_composite);
        if !is_object {
            return Ok(own);
        }
        Ok(self.object(field, known, inner, own))
    }

    /// The cost of a field that is an object or a list of them.
    fn object(&self, field: &Field, known: Option<&FieldOutline>, inner: Weight, own: Weight) -> Weight {
        let Some(known) = known else {
            let fixed = inner.fixed.saturating_add(inner.per_item.saturating_mul(LIST_SIZE)).saturating_add(1);
            return Weight { fixed, ..own };
        };
        let page = known.first.map(|first| self.first(field, first));
        // The page's size also says how many `edges` and `nodes` a connection has.
        let items = page.filter(|_| !known.ty.is_list).unwrap_or(LIST_SIZE);
        let each = inner.fixed.saturating_add(inner.per_item.saturating_mul(items)).saturating_add(1);
        match (known.ty.is_list, page, self.longest_argument(field)) {
            (false, _, _) => Weight { fixed: each, ..own },
            (true, Some(size), _) | (true, None, Some(size)) => Weight { fixed: each.saturating_mul(size), ..own },
            // Perhaps `edges` or `nodes`: how many there are, the field around it says.
            (true, None, None) => Weight { per_item: each, ..own },
        }
    }

    /// The size of the page that `field` asks for.
    fn first(&self, field: &Field, known: FirstOutline) -> u64 {
        let most = u64::try_from(MAX_FIRST).unwrap_or(u64::MAX);
        let usual = known.default.unwrap_or_else(|| u64::try_from(DEFAULT_FIRST).unwrap_or(most));
        let asked = self.arguments(field).find(|(name, _)| *name == "first").map(|(_, value)| value);
        match asked {
            // A negative or fractional number is refused where the field runs.
            Some(Value::Number(number)) => number.as_u64().unwrap_or(0).min(most),
            Some(_) | None => usual.min(most),
        }
    }

    /// The length of the longest list among the arguments of `field`, such as the ids of `nodes`.
    fn longest_argument(&self, field: &Field) -> Option<u64> {
        let lengths = self.arguments(field).filter_map(|(_, value)| match value {
            Value::List(items) => u64::try_from(items.len()).ok(),
            Value::Null
            | Value::Number(_)
            | Value::String(_)
            | Value::Boolean(_)
            | Value::Binary(_)
            | Value::Enum(_)
            | Value::Object(_) => None,
        });
        lengths.max()
    }

    /// The arguments of `field`; of a variable only what matters here, since it can be large and used often.
    fn arguments<'b>(&'b self, field: &'b Field) -> impl Iterator<Item = (&'b str, Value)> {
        field.arguments.iter().map(|(name, value)| {
            let constant = value.node.clone().into_const_with(|variable| Ok::<_, Infallible>(self.sketch(&variable)));
            let Ok(constant) = constant;
            (name.node.as_str(), constant)
        })
    }

    /// The variable's value if it is a number, and nulls for the items of a list.
    fn sketch(&self, variable: &Name) -> Value {
        let sent = self.variables.get(variable);
        match sent.or_else(|| self.defaults.get(variable.as_str()).copied()) {
            Some(Value::Number(number)) => Value::Number(number.clone()),
            Some(Value::List(items)) => Value::List(vec![Value::Null; items.len().min(LONGEST_LIST)]),
            Some(_) | None => Value::Null,
        }
    }
}
