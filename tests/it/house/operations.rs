//! Every vendor operation is proven: told where it comes from, sent to a sandbox, decoded from a fixture.

use std::collections::BTreeMap;
use std::collections::BTreeSet;

use super::Fault;
use super::Source;
use super::names;
use super::scan;

const RULE: &str = "operations";

/// A const `Operation` in a vendor's `api` folder.
#[derive(Debug, PartialEq, Eq)]
struct Defined {
    line: usize,
    /// The const's name, such as `CREATE`.
    name: String,
    /// The operation's name, such as `tchek.tokens.create`; empty in a template for others.
    operation: String,
    has_source: bool,
}

/// Refuses operations that are not listed, not proven or badly named.
pub(super) fn check(tree: &[Source]) -> Vec<Fault> {
    names::vendors(tree).iter().flat_map(|vendor| check_vendor(tree, vendor)).collect()
}

fn check_vendor(tree: &[Source], vendor: &str) -> Vec<Fault> {
    let folder = format!("src/vendors/{vendor}/api/");
    let api: Vec<_> = tree.iter().filter(|source| source.path.starts_with(&folder)).collect();
    let Some(root) = api.iter().find(|source| source.path == format!("{folder}mod.rs")) else { return Vec::new() };
    let Some((list_line, listed)) = listed(&root.text) else {
        return vec![root.fault(1, RULE, "there is no list `OPERATIONS`", "list every operation of the vendor there")];
    };
    let mut faults = Vec::new();
    let mut found = BTreeSet::new();
    for source in &api {
        let inside = source.path.strip_prefix(&folder).unwrap_or_default();
        let module = inside.trim_end_matches("mod.rs").trim_end_matches(".rs").trim_end_matches('/').replace('/', "::");
        for defined in defined(&source.text) {
            if defined.operation.is_empty() {
                continue;
            }
            let path = if module.is_empty() { defined.name.clone() } else { format!("{module}::{}", defined.name) };
            if !listed.contains(&path) {
                let what = format!("`{}` is not in `OPERATIONS`", defined.operation);
                faults.push(source.fault(defined.line, RULE, what, format!("add `&{path}` in `{}`", root.path)));
            }
            found.insert(path);
            faults.extend(unproven(tree, vendor, source, &defined));
        }
    }
    for path in listed.difference(&found) {
        let mend = format!("define it as `pub const … : Operation` with its own `name` below `{folder}`");
        faults.push(root.fault(list_line, RULE, format!("`OPERATIONS` lists `{path}`, which is not found"), mend));
    }
    faults
}

/// What is missing to prove one operation.
fn unproven(tree: &[Source], vendor: &str, source: &Source, defined: &Defined) -> Vec<Fault> {
    let operation = defined.operation.as_str();
    let fixture = format!("tests/fixtures/{vendor}/{operation}.json");
    let sandbox = format!("src/sandbox/{vendor}/");
    let literal = format!("\"{operation}\"");
    let has_route = tree.iter().any(|source| {
        source.is_rust() && source.path.starts_with(&sandbox) && scan::code(&source.text, true).contains(&literal)
    });
    let parts: Vec<_> = operation.split('.').collect();
    let plain =
        |part: &&str| !part.is_empty() && part.chars().all(|letter| letter.is_ascii_lowercase() || letter == '_');
    let is_named = parts.len() == 3 && parts.first() == Some(&vendor) && parts.iter().all(plain);
    let wanted = [
        (is_named, "its name".to_owned(), format!("name it `{vendor}.<resource>.<verb>`")),
        (
            defined.has_source,
            "a `Source:` line".to_owned(),
            "say in its doc comment where the vendor states it".to_owned(),
        ),
        (
            has_snapshot(tree, operation),
            "a wire snapshot".to_owned(),
            format!("add a test below `tests/it/wire` with a snapshot named `{operation}`"),
        ),
        (tree.iter().any(|source| source.path == fixture), "a fixture".to_owned(), format!("add `{fixture}`")),
        (has_route, "a sandbox route".to_owned(), format!("serve it below `{sandbox}` under this name")),
    ];
    let missing = wanted.into_iter().filter(|(is_there, ..)| !is_there);
    let faults =
        missing.map(|(_, what, mend)| source.fault(defined.line, RULE, format!("`{operation}` lacks {what}"), mend));
    faults.collect()
}

/// Whether a wire test has a snapshot of this name, with or without a suffix after `@`.
///
/// It shows the request as it was received: by the sandbox, or by us for what a vendor delivers.
fn has_snapshot(tree: &[Source], operation: &str) -> bool {
    tree.iter().any(|source| {
        let name = source.path.strip_prefix("tests/it/wire/").and_then(|path| path.strip_suffix(".snap"));
        let stem = name.and_then(|name| name.rsplit('/').next()).unwrap_or_default();
        let stem = stem.split('@').next().unwrap_or(stem);
        stem == operation || stem.ends_with(&format!("__{operation}"))
    })
}

/// The line of `OPERATIONS` and the paths in it.
fn listed(text: &str) -> Option<(usize, BTreeSet<String>)> {
    let code = scan::code(text, false);
    let tokens = scan::tokens(&code);
    let start = tokens.windows(2).position(|pair| (pair[0].text, pair[1].text) == ("const", "OPERATIONS"))?;
    let value = tokens.iter().skip(start).skip_while(|token| token.text != "=").skip_while(|token| token.text != "[");
    let inside: Vec<_> = value.skip(1).take_while(|token| token.text != "]").map(|token| token.text).collect();
    let paths = inside.split(|text| *text == ",").map(|path| path.concat().trim_start_matches('&').to_owned());
    Some((tokens[start].line, paths.filter(|path| !path.is_empty()).collect()))
}

/// The const operations of one file.
fn defined(text: &str) -> Vec<Defined> {
    let code = scan::code(text, true);
    let documented = documented(text);
    let mut found: BTreeMap<usize, Defined> = BTreeMap::new();
    let tokens = scan::tokens(&code);
    for (at, window) in tokens.windows(4).enumerate() {
        let [word, name, colon, ty] = window else { continue };
        if (word.text, colon.text, ty.text) != ("const", ":", "Operation") {
            continue;
        }
        let has_source = documented.get(&word.line).is_some_and(|doc| doc.contains("Source:"));
        let operation = value_of_name(&tokens[at..]);
        found.insert(at, Defined { line: word.line, name: name.text.to_owned(), operation, has_source });
    }
    found.into_values().collect()
}

/// The string given to the field `name` before the const ends.
fn value_of_name(tokens: &[scan::Token<'_>]) -> String {
    let words: Vec<_> = tokens.iter().map(|token| token.text).take_while(|text| *text != ";").collect();
    let start = words.windows(3).position(|window| window == ["name", ":", "\""]);
    let value = words.into_iter().skip(start.map_or(usize::MAX, |at| at + 3));
    value.take_while(|text| *text != "\"").collect()
}

/// The doc comment above each line that has one, attributes left out.
fn documented(text: &str) -> BTreeMap<usize, String> {
    let mut documented = BTreeMap::new();
    let mut doc = String::new();
    for (at, line) in text.lines().enumerate() {
        match line.trim_start() {
            line if line.starts_with("///") => {
                doc.push_str(line);
                doc.push('\n');
            }
            line if line.starts_with("#[") => {}
            _ => {
                documented.insert(at + 1, std::mem::take(&mut doc));
            }
        }
    }
    documented
}

mod tests {
    use super::*;

    const LIST: &str = "/// All.\npub const OPERATIONS: &[&Operation] = &[&cars::CREATE, &cars::inner::GET,];\n\
                        const READ: Operation = Operation { name: \"\", path: \"\" };";
    const CARS: &str = "/// Creates.\n///\n/// Source: reference, page 4.\n#[doc(alias = \"x\")]\n\
                        pub const CREATE: Operation =\n    Operation { name: \"acme.cars.create\", ..READ };";
    const INNER: &str =
        "/// Gets. Source: reference.\npub const GET: Operation = Operation { name: \"acme.cars.get\", ..READ };";

    fn faults(change: impl Fn(&mut Vec<Source>)) -> Vec<String> {
        let mut tree = vec![
            Source::new("src/vendors/acme/api/mod.rs", LIST),
            Source::new("src/vendors/acme/api/cars/mod.rs", CARS),
            Source::new("src/vendors/acme/api/cars/inner.rs", INNER),
            Source::new("src/sandbox/acme/mod.rs", "[\"acme.cars.create\", \"acme.cars.get\"]"),
            Source::new("tests/fixtures/acme/acme.cars.create.json", "{}"),
            Source::new("tests/fixtures/acme/acme.cars.get.json", "{}"),
            Source::new("tests/it/wire/snapshots/it__wire__acme__acme.cars.create.snap", ""),
            Source::new("tests/it/wire/snapshots/acme.cars.get@empty.snap", ""),
        ];
        change(&mut tree);
        check(&tree).iter().map(ToString::to_string).collect()
    }

    #[test]
    fn a_proven_vendor_passes() {
        assert_eq!(faults(|_| {}), [""; 0]);
    }

    #[test]
    fn each_missing_proof_is_a_fault() {
        for (at, what) in [(3, "a sandbox route"), (4, "a fixture"), (6, "a wire snapshot")] {
            let found = faults(|tree| drop(tree.remove(at)));
            let expected = format!("src/vendors/acme/api/cars/mod.rs:5: operations: `acme.cars.create` lacks {what}; ");
            assert!(found.iter().any(|fault| fault.starts_with(&expected)), "{expected} in {found:?}");
        }
        let found = faults(|tree| tree[1].text = CARS.replace("Source", "Origin"));
        assert!(matches!(found.as_slice(), [fault] if fault.contains("lacks a `Source:` line")), "{found:?}");
    }

    #[test]
    fn the_list_is_complete_and_true() {
        let found = faults(|tree| tree[0].text = LIST.replace("&cars::CREATE, ", ""));
        assert!(matches!(found.as_slice(), [fault] if fault.contains("not in `OPERATIONS`")), "{found:?}");
        let found = faults(|tree| tree[0].text = LIST.replace("&[&cars", "&[&cars::GONE, &cars"));
        assert!(matches!(found.as_slice(), [fault] if fault.contains("`cars::GONE`, which is not found")), "{found:?}");
        let found = faults(|tree| tree[0].text = LIST.replace("OPERATIONS", "OTHERS"));
        assert!(matches!(found.as_slice(), [fault] if fault.contains("no list `OPERATIONS`")), "{found:?}");
    }

    #[test]
    fn names_have_three_parts_and_start_with_the_vendor() {
        for name in ["other.cars.create", "acme.create", "acme.cars.createIt"] {
            let found = faults(|tree| tree[1].text = CARS.replace("acme.cars.create", name));
            assert!(found.iter().any(|fault| fault.contains("lacks its name")), "{name}: {found:?}");
        }
    }
}
