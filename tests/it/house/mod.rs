//! The rules of ARCHITECTURE.md that a machine can check, on the files of this crate.
//!
//! Each rule is a function from texts to faults, tested on texts beside it. A fault names file and line, the rule, what
//! is wrong and how to mend it.

#![cfg(test)]

mod coverage;
mod files;
mod levels;
mod names;
mod operations;
mod scan;
mod schema;
mod table;

use std::fmt;
use std::fs;
use std::path::Path;

/// One text file of the crate.
#[derive(Clone, Debug)]
struct Source {
    /// From the crate's root, with `/` between the parts.
    path: String,
    text: String,
}

impl Source {
    fn new(path: impl Into<String>, text: impl Into<String>) -> Self {
        Self { path: path.into(), text: text.into() }
    }

    fn is_rust(&self) -> bool {
        Path::new(&self.path).extension().is_some_and(|extension| extension == "rs")
    }

    fn fault(&self, line: usize, rule: &'static str, what: impl Into<String>, mend: impl Into<String>) -> Fault {
        Fault { at: format!("{}:{line}", self.path), rule, what: what.into(), mend: mend.into() }
    }
}

/// A broken rule.
#[derive(Debug, PartialEq, Eq)]
struct Fault {
    at: String,
    rule: &'static str,
    what: String,
    mend: String,
}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}: {}; {}", self.at, self.rule, self.what, self.mend)
    }
}

const ROOT: &str = env!("CARGO_MANIFEST_DIR");

/// Folders that hold what others wrote or what was built.
const FOREIGN: [&str; 4] = [".git", "target", "node_modules", "assets"];

/// The kinds of text files that the rules look at.
const KINDS: [&str; 12] = ["rs", "md", "toml", "graphql", "json", "yml", "yaml", "sh", "snap", "sql", "mjs", "html"];

/// Every text file of ours below the crate's root.
fn tree() -> Vec<Source> {
    let mut sources = Vec::new();
    collect(Path::new(ROOT), &mut sources);
    sources.sort_by(|one, other| one.path.cmp(&other.path));
    sources
}

fn collect(folder: &Path, sources: &mut Vec<Source>) {
    for entry in fs::read_dir(folder).expect("the crate's folders can be read") {
        let path = entry.expect("the crate's folders can be read").path();
        let name = path.file_name().and_then(|name| name.to_str()).expect("our files have plain names");
        if path.is_dir() {
            if !FOREIGN.contains(&name) {
                collect(&path, sources);
            }
            continue;
        }
        let extension = path.extension().and_then(|extension| extension.to_str());
        if extension.is_some_and(|extension| KINDS.contains(&extension)) || name == "Dockerfile" {
            let inside = path.strip_prefix(ROOT).expect("the walk starts at the root");
            let parts: Vec<_> = inside.iter().map(|part| part.to_string_lossy()).collect();
            sources.push(Source::new(parts.join("/"), fs::read_to_string(&path).expect("our texts are UTF-8")));
        }
    }
}

/// The files of `tree` that are Rust and lie below `folders`.
fn rust(tree: Vec<Source>, folders: &[&str]) -> Vec<Source> {
    let within = |source: &Source| folders.iter().any(|folder| source.path.starts_with(folder));
    tree.into_iter().filter(|source| source.is_rust() && within(source)).collect()
}

#[track_caller]
fn assert_none(faults: &[Fault]) {
    let lines: Vec<_> = faults.iter().map(ToString::to_string).collect();
    assert!(lines.is_empty(), "{} broken rules:\n{}\n", lines.len(), lines.join("\n"));
}

#[test]
fn modules_import_what_their_level_allows() {
    assert_none(&levels::check(&rust(tree(), &["src/"])));
}

#[test]
fn files_are_short_and_where_they_belong() {
    let sources = rust(tree(), &["src/", "tests/"]);
    assert_none(&files::lengths(&sources));
    assert_none(&files::layout(&sources));
}

#[test]
fn no_lint_is_allowed_away() {
    assert_none(&files::allowances(&rust(tree(), &["src/", "tests/", "benches/", "examples/", "build.rs"])));
}

#[test]
fn no_text_names_a_place_on_somebodys_machine() {
    assert_none(&names::machine_paths(&tree(), ROOT));
}

#[test]
fn the_domain_names_no_vendor() {
    let tree = tree();
    assert_none(&names::in_domain(&tree, &names::vendors(&tree)));
}

#[test]
fn the_schema_names_no_vendor() {
    let tree = tree();
    assert_none(&names::in_schema(&schema::committed(&tree), &names::vendors(&tree)));
}

#[test]
fn every_operation_is_proven() {
    assert_none(&operations::check(&tree()));
}

#[test]
fn the_page_of_operations_is_true() {
    table::check(&tree());
}

#[test]
fn what_a_vendor_can_fail_or_a_scope_guards_is_nullable() {
    assert_none(&schema::nullability(&schema::committed(&tree())));
}

#[test]
fn every_field_of_a_vendor_has_its_place() {
    let faults = coverage::faults(&tree());
    assert!(faults.is_empty(), "{} faults:\n{}", faults.len(), faults.join("\n"));
}

#[test]
fn the_page_of_fields_is_true() {
    coverage::check_page(&tree());
}
