use std::borrow::Cow;

use rust_embed::RustEmbed;
use serde::Serialize;

use super::assets::Asset;

/// `NAME.graphql` with an optional `NAME.json` of variables; the names give the order of the tabs.
#[derive(RustEmbed)]
#[folder = "assets/graphiql/examples"]
struct Files;

/// A tab as `GraphiQL`'s `defaultTabs` wants it.
#[derive(Debug, Serialize)]
struct Example {
    query: String,
    /// The text of a JSON object; null when the operation has no variables.
    variables: Option<String>,
}

/// The examples as the page reads them: a JSON list, first tab first.
pub(super) fn asset() -> Asset {
    let body = serde_json::to_vec(&examples()).expect("two plain texts always become JSON");
    Asset::new("application/json", body)
}

fn examples() -> Vec<Example> {
    let mut names: Vec<Cow<'static, str>> = Files::iter().collect();
    names.sort_unstable();
    names.iter().filter_map(|name| name.strip_suffix(".graphql")).filter_map(example).collect()
}

fn example(name: &str) -> Option<Example> {
    Some(Example { query: text(&format!("{name}.graphql"))?, variables: text(&format!("{name}.json")) })
}

fn text(file: &str) -> Option<String> {
    let file = Files::get(file)?;
    Some(String::from_utf8_lossy(&file.data).trim_end().to_owned())
}
