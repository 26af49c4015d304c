//! The page `docs/coverage.md`.

use std::fmt::Write as _;

use super::super::ROOT;
use super::super::Source;
use super::Row;
use super::VENDORS;
use super::Why;
use super::rows;

const PATH: &str = "docs/coverage.md";
const HEAD: &str = include_str!("head.md");

/// How many fields there are of each kind.
#[derive(Clone, Copy, Default)]
struct Count {
    fields: usize,
    reached: usize,
    unpublished: usize,
    withheld: usize,
    open: usize,
}

impl Count {
    fn of(rows: &[Row]) -> Self {
        rows.iter().fold(Self::default(), |count, row| {
            let mut count = Self { fields: count.fields + 1, ..count };
            *match row.why {
                Why::Reached(_) => &mut count.reached,
                Why::Unpublished(_) => &mut count.unpublished,
                Why::Withheld(_) => &mut count.withheld,
                Why::Open(_) => &mut count.open,
            } += 1;
            count
        })
    }

    fn row(self, title: &str) -> String {
        let Self { fields, reached, unpublished, withheld, open } = self;
        format!("| {title} | {fields} | {reached} | {withheld} | {unpublished} | {open} |\n")
    }
}

/// Compares the page with the file, or writes the file when the variable `FORECOURT_UPDATE` is set.
pub(in crate::house) fn check(tree: &[Source]) {
    let page = page(tree);
    let path = std::path::Path::new(ROOT).join(PATH);
    if std::env::var_os("FORECOURT_UPDATE").is_some() {
        std::fs::write(&path, &page).unwrap();
    }
    let written = std::fs::read_to_string(&path).unwrap_or_default();
    assert!(written == page, "`{PATH}` is not true any more; write it anew with `FORECOURT_UPDATE=1 cargo test house`");
}

fn page(tree: &[Source]) -> String {
    let mut page = HEAD.to_owned();
    page.push_str("\n| Vendor | Fields | Reached | Withheld | Unpublished | Open |\n|---|---|---|---|---|---|\n");
    let mut all = Vec::new();
    let mut sections = String::new();
    for (vendor, title, operations) in VENDORS {
        let table = rows::read(tree, vendor);
        writeln!(sections, "\n## {title}").unwrap();
        let mut of_vendor = Vec::new();
        for operation in operations {
            let rows = table.get(operation.name).cloned().unwrap_or_default();
            sections.push_str(&section(operation.name, &rows));
            of_vendor.extend(rows);
        }
        page.push_str(&Count::of(&of_vendor).row(title));
        all.extend(of_vendor);
    }
    page.push_str(&Count::of(&all).row("All"));
    page.push_str(&sections);
    page
}

fn section(operation: &str, rows: &[Row]) -> String {
    let mut section =
        format!("\n### `{operation}`\n\n| Field | Place in the graph, or why there is none |\n|---|---|\n");
    for row in rows {
        let path = if row.path.is_empty() { "(the whole answer)".to_owned() } else { format!("`{}`", row.path) };
        writeln!(section, "| {path} | {} |", place(&row.why)).unwrap();
    }
    section
}

fn place(why: &Why) -> String {
    match why {
        Why::Reached(ways) => {
            let ways: Vec<_> = ways.iter().map(|way| format!("`{}`", way.join(" › "))).collect();
            ways.join(", ")
        }
        Why::Unpublished(text) => format!("unpublished: {text}"),
        Why::Withheld(text) => format!("withheld: {text}"),
        Why::Open(text) => format!("open: {text}"),
    }
}
