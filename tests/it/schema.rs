//! What the schema tells its readers: it is the committed one, it explains everything, it promises little.

use async_graphql::Positioned;
use async_graphql::parser::parse_schema;
use async_graphql::parser::types::FieldDefinition;
use async_graphql::parser::types::InputValueDefinition;
use async_graphql::parser::types::TypeDefinition;
use async_graphql::parser::types::TypeKind;
use async_graphql::parser::types::TypeSystemDefinition;

const COMMITTED: &str = include_str!("../../schema.graphql");

fn types() -> Vec<TypeDefinition> {
    types_of(&forecourt::schema::sdl())
}

fn types_of(schema: &str) -> Vec<TypeDefinition> {
    let document = parse_schema(schema).unwrap();
    let types = document.definitions.into_iter().filter_map(|definition| match definition {
        TypeSystemDefinition::Type(ty) => Some(ty.node),
        TypeSystemDefinition::Schema(_) | TypeSystemDefinition::Directive(_) => None,
    });
    types.collect()
}

fn fields(ty: &TypeDefinition) -> &[Positioned<FieldDefinition>] {
    match &ty.kind {
        TypeKind::Object(object) => &object.fields,
        TypeKind::Interface(interface) => &interface.fields,
        TypeKind::Scalar | TypeKind::Union(_) | TypeKind::Enum(_) | TypeKind::InputObject(_) => &[],
    }
}

#[test]
fn the_committed_schema_is_the_one_that_is_served() {
    let (committed, served) = (COMMITTED.trim_end(), forecourt::schema::sdl());
    let first = committed.lines().zip(served.lines()).position(|(one, other)| one != other);
    assert!(
        committed == served.trim_end(),
        "`schema.graphql` is not the schema of this code (first difference in line {}): make it again with \
         `cargo run -- schema > schema.graphql` and commit it",
        first.unwrap_or_default() + 1
    );
}

/// The places without a text, or with one that is no sentence.
fn unexplained(types: &[TypeDefinition]) -> Vec<String> {
    let mut places = Vec::new();
    let mut look = |place: String, text: Option<&Positioned<String>>| {
        let text = text.map_or("", |text| text.node.trim());
        let starts_well = text.chars().next().is_some_and(|first| first.is_uppercase() || first == '`');
        if !starts_well || !text.ends_with('.') && !text.ends_with(')') {
            places.push(format!("{place}: {text:?}"));
        }
    };
    for ty in types {
        let name = ty.name.node.as_str();
        look(name.to_owned(), ty.description.as_ref());
        for field in fields(ty) {
            let field = &field.node;
            look(format!("{name}.{}", field.name.node), field.description.as_ref());
            for argument in &field.arguments {
                let argument = &argument.node;
                look(format!("{name}.{}({}:)", field.name.node, argument.name.node), argument.description.as_ref());
            }
        }
        match &ty.kind {
            TypeKind::Enum(values) => {
                for value in &values.values {
                    look(format!("{name}.{}", value.node.value.node), value.node.description.as_ref());
                }
            }
            TypeKind::InputObject(input) => {
                for field in &input.fields {
                    look(format!("{name}.{}", field.node.name.node), field.node.description.as_ref());
                }
            }
            TypeKind::Scalar | TypeKind::Object(_) | TypeKind::Interface(_) | TypeKind::Union(_) => {}
        }
    }
    places
}

#[test]
fn everything_is_explained() {
    assert_eq!(unexplained(&types()), [""; 0]);
    let bad = types_of("type A { b(c: Int): Int } enum D { E } input F { g: Int }");
    assert_eq!(unexplained(&bad).len(), 7, "the look finds what is missing");
}

/// Every promise that a field is never null is a deliberate one: the parent falls with it.
#[test]
fn few_fields_are_promised() {
    let mut promised = Vec::new();
    for ty in types() {
        let name = ty.name.node.as_str();
        if name.ends_with("Connection") || name.ends_with("Edge") || name == "PageInfo" {
            continue;
        }
        let never_null = fields(&ty).iter().filter(|field| !field.node.ty.node.nullable);
        promised.extend(never_null.map(|field| format!("{name}.{}: {}", field.node.name.node, field.node.ty.node)));
    }
    insta::assert_snapshot!("never_null", promised.join("\n"));
}

#[test]
fn enums_that_a_vendor_feeds_are_open() {
    let types = types();
    // What only clients say, what only the gateway says, and what no vendor can add to.
    let closed = ["CreationOutcome", "DamageReview", "Gender", "InspectionLocale", "LinkDelivery", "PersonalDataLevel"];
    let ours = [
        "Circuit",
        "DiscrepancyField",
        "DiscrepancyReason",
        "DiscrepancySeverity",
        "DiscrepantValueOrigin",
        "QuotaOrigin",
        "ReadinessReason",
        "UserErrorCode",
        "VehicleIdentity",
        "VehiclesOrder",
    ];
    for ty in &types {
        let TypeKind::Enum(values) = &ty.kind else { continue };
        let name = ty.name.node.as_str();
        let is_open = values.values.iter().any(|value| value.node.value.node == "UNKNOWN");
        let may_be_closed = closed.contains(&name) || ours.contains(&name);
        assert!(is_open || may_be_closed, "`{name}` has no `UNKNOWN` for what a vendor adds");
    }
    for ty in &types {
        for field in fields(ty) {
            let base = field.node.ty.node.to_string();
            let is_raw = base == "InspectionStatus" || base == "TicketState";
            let beside = |wanted: &str| fields(ty).iter().any(|other| other.node.name.node == wanted);
            let raw = format!("{}Code", field.node.name.node);
            let is_past = field.node.name.node == "lastProgressStatus";
            assert!(!is_raw || is_past || beside(&raw), "`{}.{}` has no `{raw}`", ty.name.node, field.node.name.node);
        }
    }
}

#[test]
fn lists_that_can_grow_are_paged_alike() {
    for ty in types() {
        for field in fields(&ty) {
            let field = &field.node;
            if !field.ty.node.to_string().trim_end_matches('!').ends_with("Connection") {
                continue;
            }
            let place = format!("{}.{}", ty.name.node, field.name.node);
            let argument = |name: &str| -> Option<&InputValueDefinition> {
                field.arguments.iter().map(|argument| &argument.node).find(|argument| argument.name.node == name)
            };
            let first = argument("first").unwrap_or_else(|| unreachable!("`{place}` has no `first`"));
            let default = first.default_value.as_ref().map(|value| value.node.to_string());
            assert_eq!((first.ty.node.to_string(), default), ("Int!".to_owned(), Some("20".to_owned())), "{place}");
            let after = argument("after").map(|after| after.ty.node.to_string());
            assert_eq!(after, Some("String".to_owned()), "{place}");
            assert!(argument("last").is_none() && argument("before").is_none(), "{place}");
        }
    }
}
