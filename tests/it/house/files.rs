//! Where files stand, how long they are, and that they switch no lint off.

use std::collections::BTreeSet;

use super::Fault;
use super::Source;
use super::scan;

/// The most lines that a file may have.
const LONGEST: usize = 400;

/// Names that say nothing of what a module is about.
const VAGUE: [&str; 6] = ["utils", "util", "helpers", "common", "misc", "types"];

/// Refuses files that are too long.
pub(super) fn lengths(sources: &[Source]) -> Vec<Fault> {
    let long = sources.iter().filter_map(|source| {
        let lines = source.text.lines().count();
        let what = format!("the file has {lines} lines, {LONGEST} are allowed");
        (lines > LONGEST).then(|| source.fault(LONGEST + 1, "length", what, "split it by resource or step"))
    });
    long.collect()
}

/// Refuses `foo.rs` beside `foo/`, folders without `mod.rs`, and vague names.
pub(super) fn layout(sources: &[Source]) -> Vec<Fault> {
    let paths: BTreeSet<_> = sources.iter().map(|source| source.path.as_str()).collect();
    let mut faults = Vec::new();
    for source in sources {
        let Some((folder, file)) = source.path.rsplit_once('/') else { continue };
        let stem = file.trim_end_matches(".rs");
        if folder.starts_with("src/") {
            let beside = format!("{folder}.rs");
            let root = format!("{folder}/mod.rs");
            if paths.contains(beside.as_str()) {
                let mend = format!("move `{beside}` to `{root}`");
                faults.push(source.fault(1, "layout", format!("`{folder}/` has `{beside}` beside it"), mend));
            } else if !paths.contains(root.as_str()) {
                let mend = format!("add `{root}` with the module's doc");
                faults.push(source.fault(1, "layout", format!("`{folder}/` has no `mod.rs`"), mend));
            }
        }
        let named = if stem == "mod" { folder.rsplit('/').next().unwrap_or(folder) } else { stem };
        if VAGUE.contains(&named) {
            let mend = "name the module after the one idea in it";
            faults.push(source.fault(1, "layout", format!("`{named}` says nothing"), mend));
        }
    }
    faults
}

/// Refuses `#[allow(…)]`, also within `cfg_attr`.
pub(super) fn allowances(sources: &[Source]) -> Vec<Fault> {
    let mut faults = Vec::new();
    for source in sources {
        let code = scan::code(&source.text, false);
        let tokens = scan::tokens(&code);
        let text = |at: usize| tokens.get(at).map_or("", |token| token.text);
        for (at, token) in tokens.iter().enumerate() {
            let opens = token.text == "#" && (text(at + 1) == "[" || (text(at + 1) == "!" && text(at + 2) == "["));
            if opens && attribute(&tokens, at).windows(2).any(|pair| (pair[0], pair[1]) == ("allow", "(")) {
                let mend = "mend the code, or write `#[expect(lint, reason = \"…\")]` on the one item";
                faults.push(source.fault(token.line, "lints", "`allow` switches a lint off for good", mend));
            }
        }
    }
    faults
}

/// The words and signs of the attribute that starts at `at`.
fn attribute<'a>(tokens: &[scan::Token<'a>], at: usize) -> Vec<&'a str> {
    let mut depth = 0_usize;
    let mut words = Vec::new();
    for token in tokens.iter().skip(at) {
        words.push(token.text);
        match token.text {
            "[" => depth += 1,
            "]" if depth == 1 => break,
            "]" => depth -= 1,
            _ => {}
        }
    }
    words
}

mod tests {
    use super::*;

    fn shown(faults: &[Fault]) -> Vec<String> {
        faults.iter().map(ToString::to_string).collect()
    }

    #[test]
    fn a_file_may_have_four_hundred_lines() {
        assert!(lengths(&[Source::new("src/a.rs", "line\n".repeat(400))]).is_empty());
        let faults = shown(&lengths(&[Source::new("src/a.rs", "line\n".repeat(401))]));
        assert_eq!(
            faults,
            ["src/a.rs:401: length: the file has 401 lines, 400 are allowed; split it by resource or step"]
        );
    }

    #[test]
    fn a_folder_has_its_mod() {
        let faults = |paths: &[&str]| {
            let sources: Vec<_> = paths.iter().map(|path| Source::new(*path, "")).collect();
            shown(&layout(&sources)).len()
        };
        assert_eq!(faults(&["src/lib.rs", "src/a/mod.rs", "src/a/b.rs", "src/a/c/mod.rs"]), 0);
        assert_eq!(faults(&["src/a.rs", "src/a/b.rs"]), 1);
        assert_eq!(faults(&["src/a/b.rs"]), 1);
        assert_eq!(faults(&["src/a/mod.rs", "src/a/b/c.rs"]), 1);
        assert_eq!(faults(&["src/utils.rs"]), 1);
        assert_eq!(faults(&["src/a/mod.rs", "src/a/helpers/mod.rs"]), 1);
        assert_eq!(faults(&["tests/it_cache.rs", "tests/it/main.rs", "tests/it/support/mod.rs"]), 0);
    }

    #[test]
    fn allow_is_refused_and_expect_is_not() {
        let faults = |text: &str| allowances(&[Source::new("src/a.rs", text)]).len();
        assert_eq!(faults("#[allow(dead_code)]\nfn f() {}"), 1);
        assert_eq!(faults("#![allow(dead_code)]"), 1);
        assert_eq!(faults("#[cfg_attr(test, allow(dead_code))]"), 1);
        assert_eq!(faults("#[expect(dead_code, reason = \"#[allow(x)]\")] fn allow() { allow(1); }"), 0);
        assert_eq!(faults("// #[allow(dead_code)]"), 0);
    }
}
