//! The types and fields of the graph, and whether a place is one of them.

use std::collections::BTreeMap;
use std::collections::BTreeSet;

use async_graphql::parser::parse_schema;
use async_graphql::parser::types::BaseType;
use async_graphql::parser::types::Type;
use async_graphql::parser::types::TypeKind;
use async_graphql::parser::types::TypeSystemDefinition;

use super::Row;
use super::Why;
use super::answers::Kind;

/// The output types of the schema: of each its fields, and of each field the type that lies in its lists.
pub(super) struct Graph {
    fields: BTreeMap<String, BTreeMap<String, String>>,
}

impl Graph {
    pub(super) fn read(schema: &str) -> Self {
        let mut fields: BTreeMap<String, BTreeMap<String, String>> = BTreeMap::new();
        for definition in parse_schema(schema).expect("the committed schema can be read").definitions {
            let TypeSystemDefinition::Type(ty) = definition else { continue };
            let members = match ty.node.kind {
                TypeKind::Object(object) => object.fields,
                TypeKind::Interface(interface) => interface.fields,
                TypeKind::Scalar | TypeKind::Union(_) | TypeKind::Enum(_) | TypeKind::InputObject(_) => continue,
            };
            let members =
                members.into_iter().map(|field| (field.node.name.node.to_string(), named(&field.node.ty.node)));
            fields.insert(ty.node.name.node.to_string(), members.collect());
        }
        Self { fields }
    }

    /// What is wrong with the places of one row.
    pub(super) fn faults(&self, operation: &str, row: &Row, kinds: &BTreeSet<Kind>) -> Vec<String> {
        let Why::Reached(ways) = &row.why else { return Vec::new() };
        let fault = |what: String| format!("{operation}: `{}`: {what}", row.path);
        ways.iter().filter_map(|way| self.follow(way, kinds).err()).map(fault).collect()
    }

    /// Goes along the way and looks at its end: a leaf which can show values of these kinds.
    fn follow(&self, way: &[String], kinds: &BTreeSet<Kind>) -> Result<(), String> {
        let mut last: Option<&str> = None;
        for step in way {
            let (owner, field) = step.split_once('.').ok_or_else(|| format!("`{step}` is no `Type.field`"))?;
            let ty = self.fields.get(owner).and_then(|fields| fields.get(field));
            let ty = ty.ok_or_else(|| format!("`{step}` is not in the schema"))?;
            if let Some(before) = last
                && self.item(before) != owner
            {
                return Err(format!("`{step}` does not follow a `{before}`"));
            }
            last = Some(ty);
        }
        match last {
            None => Err("it has no place".to_owned()),
            Some(ty) if self.fields.contains_key(ty) => Err(format!("`{}` ends in the object `{ty}`", way.join(" > "))),
            // A vendor may spell a Boolean as a number or a text beside its usual form, but not only so.
            Some("Boolean") if !kinds.is_empty() && !kinds.contains(&Kind::Bool) => {
                Err(format!("`{}` is a Boolean, the vendor's is not", way.join(" > ")))
            }
            Some(ty @ ("String" | "ID" | "Int" | "Decimal" | "DateTime" | "Date" | "Url"))
                if *kinds == BTreeSet::from([Kind::Bool]) =>
            {
                Err(format!("`{}` is a {ty}, the vendor's is a Boolean", way.join(" > ")))
            }
            Some(_) => Ok(()),
        }
    }

    /// The type of a connection's items, or the type itself.
    fn item<'a>(&'a self, ty: &'a str) -> &'a str {
        let nodes = ty.ends_with("Connection").then(|| self.fields.get(ty)?.get("nodes")).flatten();
        nodes.map_or(ty, String::as_str)
    }
}

fn named(ty: &Type) -> String {
    match &ty.base {
        BaseType::Named(name) => name.to_string(),
        BaseType::List(inner) => named(inner),
    }
}

mod tests {
    use super::*;

    const SCHEMA: &str = "type Car { name: String wheels: WheelConnection } type Wheel { size: Int isFlat: Boolean } \
                          type WheelConnection { nodes: [Wheel!]! }";

    fn follow(way: &[&str], kind: Kind) -> Result<(), String> {
        let way: Vec<_> = way.iter().map(|step| (*step).to_owned()).collect();
        Graph::read(SCHEMA).follow(&way, &BTreeSet::from([kind]))
    }

    #[test]
    fn a_way_ends_at_a_leaf_of_the_right_kind() {
        assert_eq!(follow(&["Car.wheels", "Wheel.size"], Kind::Number), Ok(()));
        assert!(follow(&["Car.wheels"], Kind::Number).is_err());
        assert!(follow(&["Car.name", "Wheel.size"], Kind::Number).is_err());
        assert!(follow(&["Car.gone"], Kind::Number).is_err());
        assert!(follow(&["Wheel.isFlat"], Kind::Number).is_err());
        assert!(follow(&["Wheel.size"], Kind::Bool).is_err());
        assert!(follow(&[], Kind::Bool).is_err());
    }
}
