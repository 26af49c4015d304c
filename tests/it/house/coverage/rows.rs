//! The rows of the tables, with shapes that several operations share written out.

use std::collections::BTreeMap;

use serde::Deserialize;

use super::super::Source;

/// One field of one operation's answer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(in crate::house) struct Row {
    /// The field as a JSON path: `[]` for any item of a list, `*` for any key of a map; empty for the whole answer.
    pub(in crate::house) path: String,
    pub(in crate::house) why: Why,
}

/// Where a field is reached, or why it is not.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(in crate::house) enum Why {
    /// Each place is a way through the graph: `Type.field` and so on to the leaf.
    Reached(Vec<Vec<String>>),
    /// The vendor publishes nothing of it.
    Unpublished(String),
    /// It is none of a client's business: how the answer was carried, or a secret.
    Withheld(String),
    /// It is to be reached by what is still being made.
    Open(String),
}

/// A table as it is written.
#[derive(Deserialize)]
struct Table {
    #[serde(default)]
    shapes: BTreeMap<String, BTreeMap<String, String>>,
    operations: BTreeMap<String, BTreeMap<String, String>>,
}

/// The rows of each operation of `vendor`.
pub(super) fn read(tree: &[Source], vendor: &str) -> BTreeMap<String, Vec<Row>> {
    let path = format!("tests/coverage/{vendor}.toml");
    let source = tree.iter().find(|source| source.path == path).unwrap_or_else(|| panic!("`{path}` is missing"));
    let table: Table = toml::from_str(&source.text).unwrap_or_else(|error| panic!("`{path}`: {error}"));
    let rows = |fields: &BTreeMap<String, String>| {
        let mut rows = Vec::new();
        for (path, value) in fields {
            spread(&table.shapes, path, &[Vec::new()], value, &mut rows);
        }
        rows
    };
    table.operations.iter().map(|(operation, fields)| (operation.clone(), rows(fields))).collect()
}

/// Adds the rows that `value` stands for: one, or those of the shapes that it names.
fn spread(
    shapes: &BTreeMap<String, BTreeMap<String, String>>,
    path: &str,
    ways: &[Vec<String>],
    value: &str,
    rows: &mut Vec<Row>,
) {
    if let Some(why) = reason(value) {
        rows.push(Row { path: path.to_owned(), why });
        return;
    }
    let (places, shape) = match value.split_once('@') {
        Some((before, shape)) => (before.trim().trim_end_matches('>').trim(), Some(shape.trim())),
        None => (value, None),
    };
    let mut longer = Vec::new();
    for way in ways {
        for place in places.split(',') {
            let steps = place.split('>').map(str::trim).filter(|step| !step.is_empty());
            longer.push(way.iter().cloned().chain(steps.map(str::to_owned)).collect());
        }
    }
    let Some(shape) = shape else {
        rows.push(Row { path: path.to_owned(), why: Why::Reached(longer) });
        return;
    };
    let fields = shapes.get(shape).unwrap_or_else(|| panic!("`{path}` names the shape `{shape}`, which is missing"));
    for (inner, value) in fields {
        let dot = if path.is_empty() || inner.is_empty() || inner.starts_with('[') { "" } else { "." };
        spread(shapes, &format!("{path}{dot}{inner}"), &longer, value, rows);
    }
}

fn reason(value: &str) -> Option<Why> {
    let (kind, text) = value.split_once(':')?;
    let text = text.trim().to_owned();
    match kind {
        "unpublished" => Some(Why::Unpublished(text)),
        "withheld" => Some(Why::Withheld(text)),
        "open" => Some(Why::Open(text)),
        _ => None,
    }
}

mod tests {
    use super::*;

    fn rows(table: &str) -> Vec<String> {
        let tree = [Source::new("tests/coverage/acme.toml", table)];
        let shown = |row: &Row| match &row.why {
            Why::Reached(ways) => {
                format!("{}: {}", row.path, ways.iter().map(|way| way.join(">")).collect::<Vec<_>>().join(","))
            }
            Why::Unpublished(why) | Why::Withheld(why) | Why::Open(why) => format!("{}: {why}", row.path),
        };
        read(&tree, "acme").values().flatten().map(shown).collect()
    }

    #[test]
    fn a_shape_is_written_out_at_each_of_its_places() {
        let table = r#"
            [shapes.Car]
            "name" = "Car.name"
            "wheels[]" = "Car.wheels > @Wheel"
            [shapes.Wheel]
            "size" = "Wheel.size"
            [operations."acme.cars.get"]
            "result[]" = "@Car"
            "total" = "withheld: a count"
            "other" = "Lot.best, Lot.worst > @Car"
        "#;
        let expected = [
            "other.name: Lot.best>Car.name,Lot.worst>Car.name",
            "other.wheels[].size: Lot.best>Car.wheels>Wheel.size,Lot.worst>Car.wheels>Wheel.size",
            "result[].name: Car.name",
            "result[].wheels[].size: Car.wheels>Wheel.size",
            "total: a count",
        ];
        assert_eq!(rows(table), expected);
    }
}
