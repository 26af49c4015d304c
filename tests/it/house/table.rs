//! `docs/operations.md`: every operation of every vendor with what proves it, made from the code and compared with it.

use std::fmt::Write as _;

use forecourt::transport::Method;
use forecourt::transport::Operation;
use forecourt::transport::Provenance;

use super::Source;
use super::scan;

const PATH: &str = "docs/operations.md";
const HEAD: &str = include_str!("operations_head.md");
const VENDORS: [(&str, &str, &[&Operation]); 3] = [
    ("tchek", "Tchek: inspections", forecourt::vendors::tchek::OPERATIONS),
    ("autochat", "AutoChat: stock listings", forecourt::vendors::autochat::OPERATIONS),
    ("jifeline", "Jifeline: diagnostics", forecourt::vendors::jifeline::OPERATIONS),
];

/// What proves one operation, by file.
struct Proof {
    client: Option<String>,
    sandbox: Option<String>,
    wire: bool,
    fixture: bool,
}

/// The page as it should be.
pub(super) fn page(tree: &[Source]) -> String {
    let mut page = HEAD.to_owned();
    for (vendor, title, operations) in VENDORS {
        writeln!(page, "\n## {title}\n").unwrap();
        page.push_str("| Operation | Request | Success | Known by | Client | Sandbox | Wire | Fixture |\n");
        page.push_str("|---|---|---|---|---|---|---|---|\n");
        for operation in operations {
            page.push_str(&row(vendor, operation, &proof(tree, vendor, operation.name)));
        }
    }
    page
}

fn row(vendor: &str, operation: &Operation, proof: &Proof) -> String {
    let request = match operation.path {
        "" if operation.name.ends_with(".deliver") => "POST to us".to_owned(),
        "" if operation.name.contains(".socket.") => "through the socket".to_owned(),
        "" => "POST to the token server".to_owned(),
        path => format!("{} `{path}`", method(operation.method)),
    };
    let success: Vec<_> = operation.success.iter().map(ToString::to_string).collect();
    let known = match operation.provenance {
        Provenance::Seed => "documented",
        Provenance::Published => "published elsewhere",
        Provenance::Inferred => "inferred",
    };
    let link = |path: &Option<String>| {
        path.as_ref().map_or("missing".to_owned(), |path| format!("[{}](../{path})", name(path)))
    };
    let tick = |is_there: bool, path: &str| if is_there { format!("[yes](../{path})") } else { "missing".to_owned() };
    let fixture = format!("tests/fixtures/{vendor}/{}.json", operation.name);
    let wire = format!("tests/it/wire/snapshots/{}.snap", operation.name);
    format!(
        "| `{}` | {request} | {} | {known} | {} | {} | {} | {} |\n",
        operation.name,
        success.join(", "),
        link(&proof.client),
        link(&proof.sandbox),
        tick(proof.wire, &wire),
        tick(proof.fixture, &fixture),
    )
}

fn method(method: Method) -> &'static str {
    match method {
        Method::Get => "GET",
        Method::Post => "POST",
        Method::Put => "PUT",
        Method::Delete => "DELETE",
    }
}

fn name(path: &str) -> &str {
    let parts: Vec<_> = path.rsplitn(3, '/').collect();
    path.get(path.len() - parts[0].len() - parts.get(1).map_or(0, |folder| folder.len() + 1)..).unwrap_or(path)
}

fn proof(tree: &[Source], vendor: &str, operation: &str) -> Proof {
    let literal = format!("\"{operation}\"");
    let within = |folder: &str| {
        let folder = format!("{folder}/{vendor}/");
        let holds = |source: &&Source| {
            source.is_rust() && source.path.starts_with(&folder) && scan::code(&source.text, true).contains(&literal)
        };
        tree.iter().find(holds).map(|source| source.path.clone())
    };
    let is_there = |path: String| tree.iter().any(|source| source.path == path);
    Proof {
        client: within("src/vendors"),
        sandbox: within("src/sandbox"),
        wire: is_there(format!("tests/it/wire/snapshots/{operation}.snap")),
        fixture: is_there(format!("tests/fixtures/{vendor}/{operation}.json")),
    }
}

/// Compares the page with the file, or writes the file when the variable `FORECOURT_UPDATE` is set.
pub(super) fn check(tree: &[Source]) {
    let page = page(tree);
    assert!(!page.contains("missing"), "an operation lacks a proof:\n{page}");
    if std::env::var_os("FORECOURT_UPDATE").is_some() {
        std::fs::write(root(), &page).unwrap();
    }
    let written = std::fs::read_to_string(root()).unwrap_or_default();
    assert_eq!(
        written, page,
        "`{PATH}` is not true any more; write it anew with `FORECOURT_UPDATE=1 cargo test house`"
    );
}

fn root() -> std::path::PathBuf {
    std::path::Path::new(super::ROOT).join(PATH)
}
