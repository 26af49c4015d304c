//! `docs/coverage.md`: where in the graph each field of each vendor's answers is reached, or why it is not.
//!
//! The tables below `tests/coverage` are the source. They are held against the operations, the recorded answers and the
//! schema.

mod answers;
mod page;
mod places;
mod rows;

use std::collections::BTreeMap;

use forecourt::transport::Operation;

use super::Source;

pub(super) use page::check as check_page;
pub(super) use rows::Row;
pub(super) use rows::Why;

/// Each vendor with its title and its operations, in the order of the page.
const VENDORS: [(&str, &str, &[&Operation]); 3] = [
    ("tchek", "Tchek: inspections", forecourt::vendors::tchek::OPERATIONS),
    ("autochat", "AutoChat: stock listings", forecourt::vendors::autochat::OPERATIONS),
    ("jifeline", "Jifeline: diagnostics", forecourt::vendors::jifeline::OPERATIONS),
];

/// What is wrong with the tables.
pub(super) fn faults(tree: &[Source]) -> Vec<String> {
    let schema = tree.iter().find(|source| source.path == "schema.graphql").expect("`schema.graphql` is committed");
    let graph = places::Graph::read(&schema.text);
    let mut faults = Vec::new();
    for (vendor, _, operations) in VENDORS {
        let table = rows::read(tree, vendor);
        for operation in operations {
            let Some(rows) = table.get(operation.name) else {
                faults.push(format!("`{}` has no rows in `tests/coverage/{vendor}.toml`", operation.name));
                continue;
            };
            let answers = answers::of(tree, vendor, operation.name);
            faults.extend(answers.compare(operation.name, rows));
            faults.extend(rows.iter().filter_map(|row| open(operation.name, row)));
            faults.extend(rows.iter().flat_map(|row| graph.faults(operation.name, row, &answers.kinds(&row.path))));
        }
        faults.extend(unknown(&table, operations));
    }
    faults
}

fn unknown(table: &BTreeMap<String, Vec<Row>>, operations: &[&Operation]) -> Vec<String> {
    let is_known = |name: &&String| operations.iter().any(|operation| operation.name == name.as_str());
    table.keys().filter(|name| !is_known(name)).map(|name| format!("`{name}` is no operation")).collect()
}

/// A field that is open: only while it is being made.
fn open(operation: &str, row: &Row) -> Option<String> {
    let Why::Open(_) = &row.why else { return None };
    Some(format!("{operation}: `{}` is open; give it its place in the graph", row.path))
}
