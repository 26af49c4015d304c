//! Every mutation file, sent after one fixed story: the answer and the vendor calls that it took.
//!
//! A file below `tests/queries/mutation/` has its variables beside it as JSON. Each is sent to a gateway and a sandbox of
//! its own, so that none sees what another has changed.

use std::collections::BTreeSet;
use std::fs;

use serde_json::json;

use crate::queries::MUTATIONS;
use crate::queries::assert_answered;
use crate::queries::files_of;
use crate::queries::variables;
use crate::support::gateway::Rig;
use crate::support::story::told;

/// A connector without a ticket, and one with an open ticket.
const CONNECTORS: [(&str, &str); 2] = [("connector", "910000002"), ("busy", "910000001")];

async fn connector(rig: &Rig, number: &str) -> String {
    let query = "query($number: String!) { connector(by: {number: $number}) { id } }";
    let data = rig.data(query, json!({ "number": number })).await;
    data["connector"]["id"].as_str().unwrap().to_owned()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn every_mutation_answers_as_before_with_as_many_calls() {
    for (name, path) in &files_of(|domain| domain == MUTATIONS) {
        let (rig, mut names) = told(&[]).await;
        for (key, number) in CONNECTORS {
            names.insert(key, connector(&rig, number).await);
        }
        let rig = rig.restart(&[]).await;
        let mutation = fs::read_to_string(path).unwrap();
        let headers = [("x-request-id", "mutation")];
        let mut answer = rig.ask_with(&headers, &mutation, variables(path, &names)).await;
        assert_answered(name, &mut answer, &rig.calls().await);
    }
}

#[test]
fn the_mutation_files_send_every_mutation() {
    let mut sent = BTreeSet::new();
    for (name, path) in files_of(|_| true) {
        let needs_variables = name.starts_with(MUTATIONS);
        assert!(!needs_variables || path.with_extension("json").exists(), "{name} has no variables");
        let text = fs::read_to_string(path).unwrap();
        sent.extend(text.split(|letter: char| !letter.is_ascii_alphanumeric()).map(str::to_owned));
    }
    let document = async_graphql::parser::parse_schema(forecourt::schema::sdl()).unwrap();
    let mut missing = Vec::new();
    for definition in document.definitions {
        use async_graphql::parser::types::TypeKind;
        use async_graphql::parser::types::TypeSystemDefinition;
        let TypeSystemDefinition::Type(ty) = definition else { continue };
        let TypeKind::Object(object) = ty.node.kind else { continue };
        let fields = object.fields.into_iter().map(|field| field.node.name.node.to_string());
        missing.extend(fields.filter(|field| ty.node.name.node == "Mutation" && !sent.contains(field)));
    }
    assert_eq!(missing, [""; 0], "no mutation file sends these");
}
