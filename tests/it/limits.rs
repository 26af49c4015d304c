//! What one document may ask.

use forecourt::schema::limits::Limits;

use crate::support::toy::Gateway;
use crate::support::toy::admit;

/// A document in which each fragment uses the next one so many times.
fn chain(levels: usize, uses: usize) -> String {
    let fragments: Vec<String> = (0..levels)
        .map(|level| format!("fragment f{level} on Thing{{{}}}", format!("...f{} ", level + 1).repeat(uses)))
        .collect();
    format!("{{thing{{...f0}}}}{}fragment f{levels} on Thing{{name}}", fragments.concat())
}

#[tokio::test]
async fn fragment_bombs_are_refused() {
    let gateway = Gateway::start().await;
    let bomb = chain(22, 2);
    assert!((800..1000).contains(&bomb.len()), "{}", bomb.len());
    insta::assert_snapshot!(gateway.ask(&bomb).await, @r#"400 application/graphql-response+json {"errors":[{"message":"the document expands to 12582912 fields and fragments; at most 5000 are allowed","extensions":{"code":"QUERY_TOO_COSTLY","figure":12582912,"limit":5000,"measure":"selections","requestId":"r1","retryable":false}}]}"#);
    let cycle = "{ thing { ...a } } fragment a on Thing { same { ...b } } fragment b on Thing { ...a }";
    insta::assert_snapshot!(gateway.ask(cycle).await, @r#"400 application/graphql-response+json {"errors":[{"message":"the fragment `a` contains itself","locations":[{"line":1,"column":80}],"extensions":{"code":"GRAPHQL_VALIDATION_FAILED","requestId":"r1","retryable":false}}]}"#);
}

#[tokio::test]
async fn each_limit_names_its_figure() {
    let gateway = Gateway::start().await;
    let aliases = (0..31).map(|turn| format!("a{turn}: name ")).collect::<Vec<_>>().concat();
    let roots = "hello ".repeat(21);
    let tokens = "hello ".repeat(1999);
    let directives = "hello @skip(if: false) ".repeat(20);
    for (document, measure) in [
        (format!("{{ thing {{ {aliases} }} }}"), "aliases"),
        ("{ thing { ...f same { ...f } } } fragment f on Thing { a: name b: name c: name d: name e: name f: name g: name h: name i: name j: name k: name l: name m: name n: name o: name p: name }".to_owned(), "aliases"),
        (format!("{{ {roots} }}"), "rootFields"),
        (format!("{{ {tokens} }}"), "tokens"),
        (format!("{{ {directives}{directives}{directives} }}"), "directives"),
        (format!("{}name{}", "{ thing ".repeat(70), " }".repeat(70)), "nesting"),
        ("{ things(first: 200) { nodes { parts(first: 200) { nodes { parts(first: 200) { nodes { name } } } } } } }".to_owned(), "cost"),
        ("{ thing { photos { photos { photos { photos { photos { name } } } } } } }".to_owned(), "cost"),
        (format!("{{ thing {{ {} }} }}", "photos { photos { photos { photos { name } } } } ".repeat(12)), "cost"),
        ("{ __schema { types { fields { type { fields { type { fields { type { fields { name } } } } } } } } } }".to_owned(), "introspectionLists"),
    ] {
        let limits = Limits { max_bytes: 60_000, ..Limits::default() };
        let answer = admit(&limits, &document, serde_json::Value::Null).unwrap_err();
        assert!(answer.contains(&format!("\"measure\":\"{measure}\"")), "{measure}: {answer}");
    }
    insta::assert_snapshot!(gateway.ask("{ things(first: 200) { nodes { parts(first: 200) { nodes { parts { nodes { name } } } } } } }").await, @r#"400 application/graphql-response+json {"errors":[{"message":"the document may bring 880401 objects; at most 100000 are allowed","extensions":{"code":"QUERY_TOO_COSTLY","figure":880401,"limit":100000,"measure":"cost","requestId":"r1","retryable":false}}]}"#);
}

#[test]
fn cost_counts_the_objects_of_the_answer() {
    let none = serde_json::Value::Null;
    let cost = |document: &str, variables| admit(&Limits::default(), document, variables).unwrap().measure.cost;
    assert_eq!(cost("{ hello }", none.clone()), 0);
    assert_eq!(cost("{ thing { name } }", none.clone()), 1);
    assert_eq!(cost("{ thing { photos { name } } }", none.clone()), 11);
    assert_eq!(cost("{ things { nodes { name } } }", none.clone()), 21);
    assert_eq!(cost("{ things(first: 3) { edges { node { name } } pageInfo { endCursor } } }", none.clone()), 8);
    assert_eq!(cost("{ things(first: 3) { ...p } } fragment p on ThingConnection { nodes { name } }", none.clone()), 4);
    assert_eq!(cost("{ nodes(ids: [1, 2, 3]) { name } }", none.clone()), 3);
    let paged =
        "query($n: Int = 7, $ids: [Int!]!) { things(first: $n) { nodes { name } } nodes(ids: $ids) { same { name } } }";
    assert_eq!(cost(paged, serde_json::json!({ "ids": [1, 2] })), 8 + 4);
    assert_eq!(cost(paged, serde_json::json!({ "ids": [1, 2], "n": 5 })), 6 + 4);
    assert_eq!(cost(paged, serde_json::json!({ "ids": [1, 2], "n": null })), 21 + 4);
    assert_eq!(cost(paged, serde_json::json!({ "ids": [1, 2], "n": 1_000_000 })), 201 + 4);
    // What the documentation of the limits says of the joined query.
    let list = "parts { nodes { name photos { name } same { photos { name } } } }";
    let joined = format!("{{ things(first: 50) {{ nodes {{ a: {list} b: {list} c: {list} }} }} }}");
    assert_eq!(cost(&joined, none), 66_201);
}

#[test]
fn the_tools_own_introspection_is_admitted() {
    let of_type = "ofType { kind name ".repeat(9);
    let document = format!(
        "query IntrospectionQuery {{ __schema {{ queryType {{ name }} types {{ ...FullType }} directives {{ name args {{ ...InputValue }} }} }} }}
        fragment FullType on __Type {{ kind name fields(includeDeprecated: true) {{ name args {{ ...InputValue }} type {{ ...TypeRef }} }}
          inputFields {{ ...InputValue }} interfaces {{ ...TypeRef }} enumValues {{ name }} possibleTypes {{ ...TypeRef }} }}
        fragment InputValue on __InputValue {{ name type {{ ...TypeRef }} defaultValue }}
        fragment TypeRef on __Type {{ kind name {of_type} {} }}",
        "}".repeat(9)
    );
    admit(&Limits::default(), &document, serde_json::Value::Null).unwrap();
    let switched_off = Limits { introspection: false, ..Limits::default() };
    let refused = admit(&switched_off, &document, serde_json::Value::Null).unwrap_err();
    insta::assert_snapshot!(refused, @r#"{"message":"introspection is switched off here; the configuration has it as `server.introspection`","extensions":{"code":"GRAPHQL_VALIDATION_FAILED","retryable":false}}"#);
    admit(&switched_off, "{ __typename thing { __typename } }", serde_json::Value::Null).unwrap();
}

#[test]
fn nonsense_never_overturns_the_limits() {
    let limits = Limits { max_tokens: 1_000_000, max_bytes: 10_000_000, ..Limits::default() };
    for document in
        ["{".repeat(100_000), "[".repeat(100_000), "{a(b:".repeat(50_000), "\"\"\"".to_owned(), "@".repeat(60)]
    {
        admit(&limits, &document, serde_json::Value::Null).unwrap_err();
    }
    // A chain of fragments is measured without climbing down without end.
    let refused = admit(&limits, &chain(5_000, 1), serde_json::Value::Null).unwrap_err();
    assert!(refused.contains("nesting"), "{refused}");
}
