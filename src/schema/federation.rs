//! The schema as a subgraph of an Apollo federation (version 2).
//!
//! The engine can export it too, with the keys of entities that it resolves itself; those fail together (see
//! [`crate::domain::entity`]), so the text is made here.

use std::borrow::Cow;
use std::sync::LazyLock;

use async_graphql::Object;
use async_graphql::SimpleObject;

use crate::domain::representation::KEYS;
use crate::graphql::guard::ROWS;

/// `@requiresScopes` is deliberately not imported, though the federation knows it in the same form: this graph keeps
/// its guards itself, and gateways that cannot enforce scopes refuse every graph that imports it.
const LINK: &str = "extend schema @link(
	url: \"https://specs.apollo.dev/federation/v2.5\",
	import: [\"@key\", \"@shareable\"]
)";

/// Types that every graph with Relay's pages has, and has alike.
const SHARED: [&str; 1] = ["PageInfo"];

static SDL: LazyLock<String> = LazyLock::new(|| of_plain(&super::sdl()));

/// What the gateway of a federation reads of this graph.
#[derive(Clone, Copy, Debug, SimpleObject)]
#[graphql(name = "_Service")]
pub struct Service {
    /// The schema with the directives of the federation.
    sdl: &'static str,
}

/// The question by which the gateway of a federation reads this graph.
#[derive(Debug, Default)]
pub struct ServiceQuery;

#[Object]
impl ServiceQuery {
    /// This graph as a subgraph of a federation. Follows the switch of the introspection.
    #[graphql(name = "_service")]
    async fn service(&self) -> Service {
        Service { sdl: sdl() }
    }
}

/// The schema with the directives of the federation.
#[must_use]
pub fn sdl() -> &'static str {
    &SDL
}

/// Puts the keys into the plain schema, and leaves out `@rows`: a federation keeps a directive of queries only if all
/// its graphs have it, and its gateway answers no tables.
fn of_plain(plain: &str) -> String {
    let lines: Vec<&str> = plain.lines().collect();
    let definition = format!("directive @{ROWS} ");
    let rows = lines.iter().position(|line| line.starts_with(&definition));
    let with_description = rows.map(|at| at.saturating_sub(1)..=at);
    let kept =
        lines.iter().enumerate().filter(|(at, _)| !with_description.as_ref().is_some_and(|out| out.contains(at)));
    let lines = kept.map(|(_, line)| match line.strip_prefix("type ").and_then(|rest| rest.split(' ').next()) {
        Some(name) => Cow::Owned(with_directives(line, name)),
        None => Cow::Borrowed(*line),
    });
    lines.chain([Cow::Borrowed(LINK)]).collect::<Vec<_>>().join("\n")
}

/// The first line of the type `name`, with the directives that the federation wants there.
fn with_directives(line: &str, name: &str) -> String {
    let keys = KEYS.iter().filter(|(ty, _)| *ty == name).flat_map(|(_, keys)| *keys);
    let mut directives: Vec<String> = keys.map(|key| format!("@key(fields: \"{key}\")")).collect();
    if SHARED.contains(&name) {
        directives.push("@shareable".to_owned());
    }
    match line.strip_suffix(" {") {
        Some(head) if !directives.is_empty() => format!("{head} {} {{", directives.join(" ")),
        _ => line.to_owned(),
    }
}
