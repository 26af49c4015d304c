//! Every query file, asked of one fixed story: the answer and the vendor calls that it took.
//!
//! A file below `tests/queries/<domain>/` may have variables beside it as JSON, in which `{{inspection}}` and the like
//! stand for ids that the story made. Each is asked of a gateway that has cached nothing.

use std::collections::BTreeMap;
use std::collections::BTreeSet;
use std::fs;
use std::path::Path;
use std::path::PathBuf;

use serde_json::Value;
use serde_json::json;

use crate::live::client::Stream;
use crate::support::gateway::Rig;
use crate::support::gateway::SHOWPIECE;
use crate::support::story::Names;
use crate::support::story::told;

const ROOT: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/queries");
/// The folder of the mutations.
pub(crate) const MUTATIONS: &str = "mutation";
/// The garage had this many of the 60 vehicles serviced, and the story adds the one that the catalogue does not know.
const INDEXED: i64 = 56;

/// The files of queries with their names, as `vehicle/by_vin`; mutations are in a folder of their own.
fn files() -> BTreeMap<String, PathBuf> {
    files_of(|domain| domain != MUTATIONS)
}

/// The files in the folders that are `wanted`.
pub(crate) fn files_of(wanted: impl Fn(&str) -> bool) -> BTreeMap<String, PathBuf> {
    let mut found = BTreeMap::new();
    for domain in fs::read_dir(ROOT).unwrap() {
        let domain = domain.unwrap();
        if !wanted(domain.file_name().to_str().unwrap()) {
            continue;
        }
        for file in fs::read_dir(domain.path()).unwrap() {
            let path = file.unwrap().path();
            if path.extension().is_some_and(|extension| extension == "graphql") {
                let stem = path.file_stem().unwrap().to_str().unwrap();
                found.insert(format!("{}/{stem}", domain.file_name().to_str().unwrap()), path);
            }
        }
    }
    found
}

pub(crate) fn variables(path: &Path, names: &Names) -> Value {
    let path = path.with_extension("json");
    if !path.exists() {
        return json!({});
    }
    let mut text = fs::read_to_string(path).unwrap();
    for (name, id) in names {
        text = text.replace(&format!("{{{{{name}}}}}"), id);
    }
    serde_json::from_str(&text).unwrap()
}

/// Replaces what differs from run to run; what is null stays null.
fn steady(value: &mut Value) {
    match value {
        Value::Object(members) => {
            for (name, member) in members {
                let stands_for = match name.as_str() {
                    "id" | "imageId" | "vendorCarId" | "vendorInspectionId" | "vendorVehicleId" | "tokenId"
                    | "inspectionId" | "vehicleId" | "customerId" | "partId" => Some("[id]"),
                    "deviceId" => Some("[device]"),
                    "tokenUid" | "token" | "changeToken" => Some("[token]"),
                    "medianMs" | "p95Ms" => Some("[ms]"),
                    "fileReference" => Some("[reference]"),
                    "cursor" | "startCursor" | "endCursor" => Some("[cursor]"),
                    _ => None,
                };
                match stands_for {
                    Some(word) if member.is_string() || member.is_number() => *member = word.into(),
                    _ => steady(member),
                }
            }
        }
        Value::Array(items) => items.iter_mut().for_each(steady),
        // A link into the sandbox, on the port of this run.
        Value::String(text) if text.starts_with("http://127.") => *value = "[link]".into(),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => {}
    }
}

/// Compares the answer, and the calls that it took, with the snapshot of `name`.
pub(crate) fn assert_answered(name: &str, answer: &mut Value, calls: &BTreeMap<String, usize>) {
    steady(answer);
    let mut settings = insta::Settings::clone_current();
    settings.set_snapshot_path("../queries/snapshots");
    settings.set_prepend_module_to_snapshot(false);
    settings.set_description(name);
    settings.set_omit_expression(true);
    settings.bind(|| {
        insta::assert_json_snapshot!(name.replace('/', "__"), json!({ "answer": answer, "calls": calls }));
    });
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn every_query_answers_as_before_with_as_many_calls() {
    let (mut rig, names) = told(&[]).await;
    let files = files();
    assert!(files.len() >= 20, "{files:?}");
    for (name, path) in &files {
        let query = fs::read_to_string(path).unwrap();
        let headers = [("x-request-id", "query")];
        let mut answer = if query.contains("\nsubscription") {
            first_event(&rig, &headers, &query, &variables(path, &names)).await
        } else {
            rig.ask_with(&headers, &query, variables(path, &names)).await
        };
        let mut calls = rig.calls().await;
        // Whether a socket is open yet, and whether the vendor has heard yet that a stream is over, is chance.
        calls.retain(|name, _| !name.contains(".unsubscribe_") && !name.ends_with(".socket.connect"));
        assert_answered(name, &mut answer, &calls);
        rig = rig.restart(&[]).await;
    }
}

/// What a subscription tells first.
async fn first_event(rig: &Rig, headers: &[(&str, &str)], query: &str, variables: &Value) -> Value {
    Stream::open(rig, headers, query, variables).await.next().await.unwrap().json()
}

#[test]
fn the_query_files_ask_for_every_field_of_the_graph() {
    let mut asked = BTreeSet::new();
    for path in files().values() {
        let text = fs::read_to_string(path).unwrap();
        let is_word = |letter: char| letter.is_ascii_alphanumeric() || letter == '_';
        asked.extend(text.split(|letter| !is_word(letter)).map(str::to_owned));
    }
    let document = async_graphql::parser::parse_schema(forecourt::schema::sdl()).unwrap();
    let mut missing = Vec::new();
    for definition in document.definitions {
        use async_graphql::parser::types::TypeKind;
        use async_graphql::parser::types::TypeSystemDefinition;
        let TypeSystemDefinition::Type(ty) = definition else { continue };
        let name = ty.node.name.node.as_str();
        let TypeKind::Object(object) = ty.node.kind else { continue };
        let is_read = !name.ends_with("Payload") && !matches!(name, "Mutation" | "UserError");
        let fields = object.fields.iter().map(|field| field.node.name.node.as_str());
        missing
            .extend(fields.filter(|field| is_read && !asked.contains(*field)).map(|field| format!("{name}.{field}")));
    }
    assert_eq!(missing, [""; 0], "no query file asks for these");
}

/// All VINs of the list, page by page, and how many pages that took.
async fn walk(rig: &Rig, first: usize, order: &str) -> (Vec<String>, usize) {
    let query = "query($first: Int!, $after: String, $order: VehiclesOrder!) { vehicles(first: $first, after: $after, orderBy: $order) { totalCount nodes { vin } pageInfo { hasNextPage hasPreviousPage endCursor } } }";
    let (mut vins, mut after, mut pages) = (Vec::new(), Value::Null, 0);
    loop {
        let mut data = rig.data(query, json!({ "first": first, "after": after, "order": order })).await;
        let page = data["vehicles"].take();
        assert_eq!(page["totalCount"], INDEXED);
        assert_eq!(page["pageInfo"]["hasPreviousPage"], pages > 0);
        vins.extend(page["nodes"].as_array().unwrap().iter().map(|node| node["vin"].as_str().unwrap().to_owned()));
        pages += 1;
        if page["pageInfo"]["hasNextPage"] == false {
            return (vins, pages);
        }
        after = page["pageInfo"]["endCursor"].clone();
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn pages_join_to_the_list_without_gap_and_overlap() {
    let (rig, _) = told(&[]).await;
    for order in ["LAST_ACTIVITY", "VIN"] {
        let (whole, pages) = walk(&rig, 200, order).await;
        assert_eq!(pages, 1);
        for first in [1, 7, 19] {
            let (vins, pages) = walk(&rig, first, order).await;
            assert_eq!((&vins, pages), (&whole, whole.len().div_ceil(first)), "{first} by {order}");
        }
        let distinct: BTreeSet<&String> = whole.iter().collect();
        assert_eq!(distinct.len(), whole.len());
        if order == "VIN" {
            assert!(whole.is_sorted());
        }
    }
    assert_eq!(rig.calls().await, BTreeMap::new(), "the index alone knows the list");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_has_changed_since_comes_and_nothing_else() {
    let (rig, _) = told(&[]).await;
    let query = "query($since: DateTime!) { vehicles(filter: {updatedSince: $since}) { totalCount nodes { vin } } }";
    rig.clock.advance(chrono::TimeDelta::hours(1));
    let before = rig.clock.now();
    let changed = async |since| rig.data(query, json!({ "since": since })).await["vehicles"].take();
    assert_eq!(changed(before).await, json!({ "totalCount": 0, "nodes": [] }));
    rig.clock.advance(chrono::TimeDelta::hours(1));
    rig.inspect(SHOWPIECE, &[]).await;
    assert_eq!(changed(before).await, json!({ "totalCount": 1, "nodes": [{ "vin": SHOWPIECE }] }));
    assert_eq!(changed(rig.clock.now()).await["totalCount"], 1, "a change at this very moment counts");
    rig.clock.advance(chrono::TimeDelta::seconds(1));
    assert_eq!(changed(rig.clock.now()).await["totalCount"], 0);
}
