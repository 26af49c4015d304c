//! Who may import whom.

use std::collections::BTreeSet;

use super::Fault;
use super::Source;
use super::scan;

const RULE: &str = "imports";

/// The level of each module; a module imports from lower levels, and from its own where [`may_import`] says so.
const LEVELS: &[(u8, &[&str])] = &[
    (6, &["main", "lib", "cli", "app", "demo"]),
    (5, &["http", "schema", "report", "intake", "vendors"]),
    (4, &["domain"]),
    (3, &["graphql", "auth"]),
    (2, &["transport", "cache", "store", "bus"]),
    (1, &["config", "error", "telemetry", "clock", "shutdown", "ids", "lane"]),
];

/// Stands beside the levels: it meets the rest on the wire only.
const SANDBOX: &str = "sandbox";

fn level(module: &str) -> Option<u8> {
    LEVELS.iter().find(|(_, modules)| modules.contains(&module)).map(|(level, _)| *level)
}

/// Whether `from` may import `to`; otherwise what `from` may import.
fn may_import(from: &str, to: &str) -> Result<(), String> {
    if from == to {
        return Ok(());
    }
    let (allowed, rule) = match (from, level(from)) {
        (SANDBOX, _) => (
            ["clock", "shutdown", "ids"].contains(&to),
            "`sandbox` imports `clock`, `shutdown` and `ids` only: it meets the vendor clients on the wire".to_owned(),
        ),
        (_, None) => {
            return Err(format!("`{from}` has no level; give it one in ARCHITECTURE.md and in `LEVELS` of this test"));
        }
        (_, Some(6)) => (level(to).is_some() || to == SANDBOX, format!("`{to}` has no level; give it one")),
        (_, Some(1)) => (to == "error", format!("`{from}` is of level 1 and imports `error` only")),
        (_, Some(own)) => {
            let beside: &[&str] = match from {
                "http" => &["schema", "report", "intake"],
                "report" => &["schema"],
                "graphql" => &["auth"],
                _ => &[],
            };
            let below = level(to).is_some_and(|to| to < own);
            let also = if beside.is_empty() { String::new() } else { format!(" and `{}`", beside.join("`, `")) };
            (below || beside.contains(&to), format!("`{from}` is of level {own} and imports lower levels{also} only"))
        }
    };
    if allowed { Ok(()) } else { Err(rule) }
}

/// Refuses imports and inline paths that the table does not allow, and `use crate::{…}`.
pub(super) fn check(sources: &[Source]) -> Vec<Fault> {
    let folders = Folders::of(sources);
    sources.iter().flat_map(|source| check_one(source, &folders)).collect()
}

fn check_one(source: &Source, folders: &Folders) -> Vec<Fault> {
    let Some((unit, module)) = module(&source.path) else { return Vec::new() };
    let code = scan::code(&source.text, false);
    let tokens = scan::tokens(&code);
    let mut faults = Vec::new();
    for window in tokens.windows(3) {
        if let [root, colons, brace] = window
            && (root.text, colons.text, brace.text) == ("crate", "::", "{")
        {
            let mend = "write one `use crate::<module>::…` per line";
            faults.push(source.fault(root.line, RULE, "`crate::{…}` hides what is imported", mend));
        }
    }
    for named in scan::named(&tokens, &module) {
        let Some(to) = named.path.first() else { continue };
        // What stands in the crate's root is a macro or an item of `lib.rs`, which has none.
        if !folders.modules.contains(to) && level(to).is_none() && to != SANDBOX {
            continue;
        }
        if let Err(mend) = may_import(unit, to) {
            faults.push(source.fault(named.line, RULE, format!("`{unit}` must not import `{to}`"), mend));
        } else if let Some((what, mend)) = within(&module, &named.path, folders) {
            faults.push(source.fault(named.line, RULE, what, mend));
        }
    }
    faults.dedup();
    faults
}

/// The borders within `domain` and `vendors`.
fn within(from: &[&str], to: &[String], folders: &Folders) -> Option<(String, &'static str)> {
    let [unit, own, ..] = from else { return None };
    let [top, other, rest @ ..] = to else { return None };
    let crosses = unit == top && own != other && folders.has(unit, own) && folders.has(unit, other);
    let file = rest.first().map(String::as_str);
    match *unit {
        "domain" if crosses && !matches!(file, Some("model" | "loader")) => Some((
            format!("`domain::{own}` must not import `{}`", to.join("::")),
            "import another domain's `model` and `loader` only, by their full path",
        )),
        "vendors" if crosses => Some((
            format!("`vendors::{own}` must not import `vendors::{other}`"),
            "what two vendors share belongs to `vendors` itself or to `transport`",
        )),
        _ => None,
    }
}

/// The unit that a file belongs to, and its module path.
fn module(path: &str) -> Option<(&str, Vec<&str>)> {
    let inside = path.strip_prefix("src/")?.strip_suffix(".rs")?;
    let mut module: Vec<_> = inside.split('/').collect();
    let unit = *module.first()?;
    if module == ["lib"] || module == ["main"] {
        module.clear();
    }
    module.pop_if(|last| *last == "mod");
    Some((unit, module))
}

/// The modules at the top, and the folders within `domain` and `vendors`.
struct Folders {
    modules: BTreeSet<String>,
    inner: BTreeSet<(String, String)>,
}

impl Folders {
    fn of(sources: &[Source]) -> Self {
        let paths = || sources.iter().filter_map(|source| source.path.strip_prefix("src/"));
        let inner = paths().filter_map(|path| {
            let mut parts = path.split('/');
            let (unit, own, _file) = (parts.next()?, parts.next()?, parts.next()?);
            Some((unit.to_owned(), own.to_owned()))
        });
        let modules = paths().filter_map(|path| Some(path.split('/').next()?.trim_end_matches(".rs").to_owned()));
        Self { modules: modules.collect(), inner: inner.collect() }
    }

    fn has(&self, unit: &str, own: &str) -> bool {
        self.inner.contains(&(unit.to_owned(), own.to_owned()))
    }
}

mod tests {
    use super::*;

    /// The faults of one file in a tree with two domains, two vendors and a module without a level.
    fn faults(path: &str, text: &str) -> Vec<String> {
        let others = [
            "src/domain/ticket/model.rs",
            "src/domain/vehicle/model.rs",
            "src/domain/read.rs",
            "src/vendors/tchek/mod.rs",
            "src/vendors/jifeline/mod.rs",
            "src/novelty/mod.rs",
        ];
        let mut sources: Vec<_> = others.map(|other| Source::new(other, "")).into();
        sources.push(Source::new(path, text));
        check(&sources).iter().map(ToString::to_string).collect()
    }

    #[test]
    fn the_table_is_kept() {
        let allowed = [
            ("app", "sandbox"),
            ("http", "report"),
            ("report", "schema"),
            ("vendors", "domain"),
            ("domain", "graphql"),
            ("graphql", "auth"),
            ("graphql", "cache"),
            ("cache", "clock"),
            ("config", "error"),
            ("sandbox", "ids"),
        ];
        let refused = [
            ("vendors", "schema"),
            ("schema", "vendors"),
            ("report", "http"),
            ("domain", "vendors"),
            ("auth", "graphql"),
            ("cache", "transport"),
            ("store", "domain"),
            ("clock", "shutdown"),
            ("sandbox", "transport"),
            ("http", "sandbox"),
            ("intake", "app"),
            ("novelty", "error"),
            ("app", "novelty"),
        ];
        for (from, to) in allowed {
            assert_eq!(faults(&format!("src/{from}.rs"), &format!("use crate::{to}::X;")), [""; 0], "{from} → {to}");
        }
        for (from, to) in refused {
            let found = faults(&format!("src/{from}/a.rs"), &format!("\nfn f(x: crate::{to}::X) {{}}"));
            assert_eq!(found.len(), 1, "{from} → {to}: {found:?}");
            assert!(found[0].starts_with(&format!("src/{from}/a.rs:2: imports: ")), "{found:?}");
        }
    }

    #[test]
    fn detours_are_found() {
        assert_eq!(faults("src/store/a.rs", "use super::super::bus::X;").len(), 1);
        assert_eq!(faults("src/app.rs", "use crate::{bus, store};").len(), 1);
        assert_eq!(
            faults("src/store/a.rs", "/// See [`crate::bus`].\nfn f() { \"crate::bus\"; crate::dto!() }"),
            [""; 0]
        );
    }

    #[test]
    fn a_domain_sees_the_model_and_loader_of_another_only() {
        let path = "src/domain/vehicle/fields.rs";
        let good = "use crate::domain::ticket::model::T;\nuse crate::domain::read::X;\nuse super::query::Q;";
        assert_eq!(faults(path, good), [""; 0]);
        for bad in
            ["use crate::domain::ticket::source::S;", "use super::super::ticket::fields;", "use crate::domain::ticket;"]
        {
            assert_eq!(faults(path, bad).len(), 1, "{bad}");
        }
        assert_eq!(faults("src/domain/read.rs", "use crate::domain::ticket::source::S;"), [""; 0]);
    }

    #[test]
    fn a_vendor_sees_no_other() {
        assert_eq!(faults("src/vendors/tchek/map/a.rs", "use crate::vendors::jifeline::X;").len(), 1);
        assert_eq!(faults("src/vendors/tchek/map/a.rs", "use crate::vendors::tchek::X;"), [""; 0]);
        assert_eq!(faults("src/vendors/mod.rs", "use crate::vendors::tchek::X;"), [""; 0]);
    }
}
