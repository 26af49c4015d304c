//! What the committed schema may promise.

use async_graphql::Positioned;
use async_graphql::parser::parse_schema;
use async_graphql::parser::types::FieldDefinition;
use async_graphql::parser::types::TypeKind;
use async_graphql::parser::types::TypeSystemDefinition;

use super::Fault;
use super::Source;

const RULE: &str = "nullability";

/// The committed schema.
pub(super) fn committed(tree: &[Source]) -> Source {
    let schema = tree.iter().find(|source| source.path == "schema.graphql");
    schema.expect("`schema.graphql` is committed; make it with `cargo run -- schema > schema.graphql`").clone()
}

/// Refuses non-null output fields that a scope guards or that a vendor feeds; ids are promised all the same.
pub(super) fn nullability(schema: &Source) -> Vec<Fault> {
    let document = match parse_schema(&schema.text) {
        Ok(document) => document,
        Err(error) => {
            let line = error.positions().next().map_or(1, |at| at.line);
            return vec![schema.fault(line, RULE, format!("the schema cannot be read: {error}"), "generate it again")];
        }
    };
    let mut faults = Vec::new();
    for definition in document.definitions {
        let TypeSystemDefinition::Type(ty) = definition else { continue };
        let name = ty.node.name.node;
        let fields = match ty.node.kind {
            TypeKind::Object(object) => object.fields,
            TypeKind::Interface(interface) => interface.fields,
            TypeKind::Scalar | TypeKind::Union(_) | TypeKind::Enum(_) | TypeKind::InputObject(_) => Vec::new(),
        };
        for field in fields {
            if let Some(why) = may_fail(&field.node)
                && !field.node.ty.node.nullable
            {
                let what = format!("`{name}.{}` is `{}` and {why}", field.node.name.node, field.node.ty.node);
                let mend = "drop the outer `!`: one failure must not take the parent down";
                faults.push(schema.fault(line(&field), RULE, what, mend));
            }
        }
    }
    faults
}

/// The line of the field's name; the position of the whole field may be that of its description.
fn line(field: &Positioned<FieldDefinition>) -> usize {
    field.node.name.pos.line
}

/// Why the field may come without a value, if it may.
fn may_fail(field: &FieldDefinition) -> Option<&'static str> {
    if field.directives.iter().any(|directive| directive.node.name.node == "requiresScopes") {
        return Some("a scope guards it");
    }
    let described = field.description.as_ref().map_or("", |description| description.node.as_str());
    let is_fed = described.lines().any(|line| line.trim_start().starts_with("Source:"));
    let is_id = field.ty.node.to_string().trim_end_matches('!') == "ID";
    (is_fed && !is_id).then_some("a vendor feeds it")
}

/// The schema with descriptions, other strings and comments blanked.
pub(super) fn without_texts(schema: &str) -> String {
    let mut out = String::with_capacity(schema.len());
    let mut rest = schema;
    while let Some(first) = rest.chars().next() {
        let length = if let Some(inside) = rest.strip_prefix("\"\"\"") {
            3 + inside.replace("\\\"\"\"", "    ").find("\"\"\"").map_or(inside.len(), |at| at + 3)
        } else if let Some(inside) = rest.strip_prefix('"') {
            let mut escaped = false;
            let end = inside.find(|letter| {
                let ends = !escaped && letter == '"';
                escaped = !escaped && letter == '\\';
                ends
            });
            1 + end.map_or(inside.len(), |at| at + 1)
        } else if first == '#' {
            rest.find('\n').unwrap_or(rest.len())
        } else {
            out.push(first);
            let (_, after) = rest.split_at(first.len_utf8());
            rest = after;
            continue;
        };
        let (text, after) = rest.split_at(length);
        out.extend(text.chars().map(|letter| if letter == '\n' { '\n' } else { ' ' }));
        rest = after;
    }
    out
}

mod tests {
    use super::*;

    fn faults(text: &str) -> Vec<String> {
        nullability(&Source::new("schema.graphql", text)).iter().map(ToString::to_string).collect()
    }

    #[test]
    fn a_guarded_field_is_nullable_in_roots_too() {
        let good = r#"type Query { a: [Int!] @requiresScopes(scopes: [["x"]]) b: Int! }"#;
        assert_eq!(faults(good), [""; 0]);
        let bad = "type Query {\n  \"\"\"\n  All.\n  \"\"\"\n  a: [Int!]! @requiresScopes(scopes: [[\"x\"]])\n}";
        let expected = "schema.graphql:5: nullability: `Query.a` is `[Int!]!` and a scope guards it; ";
        assert!(matches!(faults(bad).as_slice(), [fault] if fault.starts_with(expected)), "{:?}", faults(bad));
    }

    #[test]
    fn a_vendor_fed_field_is_nullable_unless_it_is_the_id() {
        let field =
            |ty: &str| faults(&format!("interface A {{ \"\"\"\nHow far.\n\nSource: `x.y.z`.\n\"\"\" a: {ty} }}"));
        assert_eq!(field("Int"), [""; 0]);
        assert_eq!(field("ID!"), [""; 0]);
        assert_eq!(field("Int!").len(), 1);
    }

    #[test]
    fn a_broken_schema_is_a_fault() {
        assert_eq!(faults("type Query {").len(), 1);
    }

    #[test]
    fn texts_are_blanked() {
        let text = "\"\"\"a \\\"\"\" b\nc\"\"\" type T { \"d \\\" e\" f: Int # g\n h: Int }";
        let words: Vec<_> = without_texts(text).split_whitespace().map(str::to_owned).collect();
        assert_eq!(words.join(" "), "type T { f: Int h: Int }");
        assert_eq!(without_texts(text).lines().count(), text.lines().count());
    }
}
