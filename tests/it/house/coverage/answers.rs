//! The fields that the recorded answers have.

use std::collections::BTreeMap;
use std::collections::BTreeSet;

use serde_json::Value;

use super::super::Source;
use super::Row;

/// The kind of a JSON value.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Kind {
    Bool,
    Number,
    Text,
}

/// The fields of one operation's recorded answers, each with the kinds of its values.
#[derive(Default)]
pub(super) struct Answers {
    fields: BTreeMap<String, BTreeSet<Kind>>,
}

/// The answers of `operation`: the one of its name, and variants after an `@`.
pub(super) fn of(tree: &[Source], vendor: &str, operation: &str) -> Answers {
    let folder = format!("tests/fixtures/{vendor}/");
    let mut answers = Answers::default();
    for source in tree {
        let name = source.path.strip_prefix(&folder).and_then(|name| name.strip_suffix(".json")).unwrap_or_default();
        if name.split('@').next() == Some(operation) {
            let value = serde_json::from_str(&source.text).unwrap_or_else(|error| panic!("{}: {error}", source.path));
            answers.take(String::new(), &value);
        }
    }
    answers
}

impl Answers {
    fn take(&mut self, path: String, value: &Value) {
        match value {
            Value::Object(members) => {
                for (name, value) in members {
                    let dot = if path.is_empty() { "" } else { "." };
                    self.take(format!("{path}{dot}{name}"), value);
                }
            }
            Value::Array(items) => {
                // A list of lists and a list are one field in two spellings.
                let path = if path.ends_with("[]") { path } else { format!("{path}[]") };
                for item in items {
                    self.take(path.clone(), item);
                }
                self.fields.entry(path).or_default();
            }
            Value::Null => drop(self.fields.entry(path).or_default()),
            Value::Bool(_) => drop(self.fields.entry(path).or_default().insert(Kind::Bool)),
            Value::Number(_) => drop(self.fields.entry(path).or_default().insert(Kind::Number)),
            Value::String(_) => drop(self.fields.entry(path).or_default().insert(Kind::Text)),
        }
    }

    /// The kinds of the values that fit the path of a row.
    pub(super) fn kinds(&self, path: &str) -> BTreeSet<Kind> {
        self.fields.iter().filter(|(field, _)| fits(path, field)).flat_map(|(_, kinds)| kinds.iter().copied()).collect()
    }

    /// Each field has one row, and each row a field.
    pub(super) fn compare(&self, operation: &str, rows: &[Row]) -> Vec<String> {
        let mut faults = Vec::new();
        for (field, kinds) in &self.fields {
            let is_listed = rows.iter().any(|row| fits(&row.path, field));
            // A null, or an empty list, stands for what is listed in it.
            let is_within = kinds.is_empty() && rows.iter().any(|row| starts(&row.path, field));
            if !is_listed && !is_within {
                faults.push(format!("{operation}: `{field}` of a recorded answer has no row"));
            }
        }
        for row in rows {
            if !self.fields.keys().any(|field| fits(&row.path, field)) {
                faults.push(format!("{operation}: `{}` has a row, but is in no recorded answer", row.path));
            }
        }
        let mut seen = BTreeSet::new();
        let twice = rows.iter().filter(|row| !seen.insert(&row.path));
        faults.extend(twice.map(|row| format!("{operation}: `{}` has two rows", row.path)));
        faults
    }
}

/// Whether `field` is what `path` means: `*` stands for any one name.
fn fits(path: &str, field: &str) -> bool {
    let (path, field): (Vec<_>, Vec<_>) = (path.split('.').collect(), field.split('.').collect());
    path.len() == field.len() && path.iter().zip(field).all(|(path, field)| fits_step(path, field))
}

fn fits_step(path: &str, field: &str) -> bool {
    match path.strip_prefix('*') {
        Some(lists) => field.find('[').map_or("", |at| field.split_at(at).1) == lists,
        None => path == field,
    }
}

/// Whether what `path` means lies in `field`.
fn starts(path: &str, field: &str) -> bool {
    let mut steps = path.split('.');
    let mut fields = field.split('.').peekable();
    while let Some(field) = fields.next() {
        let Some(step) = steps.next() else { return false };
        let is_last = fields.peek().is_none();
        let bare = |step: &str| step.trim_end_matches("[]").to_owned();
        let fits = fits_step(step, field) || (is_last && fits_step(&bare(step), &bare(field)));
        if !fits {
            return false;
        }
    }
    true
}

mod tests {
    use super::*;

    #[test]
    fn paths_fit_fields() {
        assert!(fits("a.*[].b", "a.PRCAR[].b"));
        assert!(!fits("a.*[].b", "a.PRCAR.b"));
        assert!(starts("a.b.c", "a.b"));
        assert!(starts("a.b[].c", "a.b"));
        assert!(starts("a.b[].c", "a.b[]"));
        assert!(!starts("a.bc", "a.b"));
    }
}
