//! From environment variables to keys: `FORECOURT_SERVER__LISTEN` is `server.listen`.

use std::collections::BTreeMap;
use std::ffi::OsString;

use super::fault::Fault;
use super::suggest;
use super::tree::{Leaf, Origin, Table, Value};

const PREFIX: &str = "FORECOURT_";

/// The variable that names the configuration file.
pub(super) const FILE: &str = "FORECOURT_CONFIG";

/// The variable with the key of a client; it is for commands that ask a gateway, and no setting of one.
pub(super) const CLIENT_KEY: &str = "FORECOURT_KEY";

/// Short names of variables, beside the name that the rule gives.
const ALIASES: &[(&str, &str)] = &[("FORECOURT_LISTEN", "FORECOURT_SERVER__LISTEN")];

/// The gateway's own variables out of `pairs`, each with a text.
pub(super) fn own(
    pairs: impl IntoIterator<Item = (OsString, OsString)>,
    faults: &mut Vec<Fault>,
) -> BTreeMap<String, String> {
    let mut own = BTreeMap::new();
    for (name, value) in pairs {
        let Some(name) = name.to_str().filter(|name| name.starts_with(PREFIX)) else { continue };
        match value.into_string() {
            Ok(text) if !text.is_empty() => {
                own.insert(name.to_owned(), text);
            }
            Ok(_) => faults.push(Fault::new(name, "this variable is set but empty", "give it a value or unset it")),
            Err(_) => faults.push(Fault::new(name, "its value is not UTF-8 text", "write it in UTF-8")),
        }
    }
    own
}

/// Lays `variables` over what `tree` holds.
pub(super) fn overlay(tree: &mut Table, variables: BTreeMap<String, String>, faults: &mut Vec<Fault>) {
    for (name, text) in variables {
        let full = ALIASES.iter().find(|(alias, _)| *alias == name).map_or(name.as_str(), |(_, full)| full);
        let path = path(full);
        if path.iter().any(String::is_empty) {
            let mend = "name a key, with two underscores for each dot, such as `FORECOURT_SERVER__LISTEN`";
            faults.push(Fault::new(&name, "this variable names no key", mend));
            continue;
        }
        tree.set(&path, Leaf { value: Value::Text(text), origin: Origin::Variable(name) });
    }
}

/// The variable that sets the key at `path`, for messages.
pub(super) fn variable(path: &str) -> String {
    let name: String = path
        .chars()
        .map(|c| match c {
            '-' => '_',
            other => other.to_ascii_uppercase(),
        })
        .collect();
    format!("{PREFIX}{}", name.replace('.', "__"))
}

/// The variable with a short name that `name` is probably a slip of.
pub(super) fn nearest(name: &str) -> Option<&'static str> {
    suggest::nearest(name, ALIASES.iter().map(|(alias, _)| *alias).chain([FILE, CLIENT_KEY]))
}

/// The key that the variable `name` sets.
///
/// Variables can hold no hyphen, so an underscore stands for one where the operator chose the name.
fn path(name: &str) -> Vec<String> {
    let segments = name.strip_prefix(PREFIX).unwrap_or(name).split("__").map(str::to_lowercase);
    let mut path: Vec<String> = Vec::new();
    for segment in segments {
        let parents: Vec<&str> = path.iter().map(String::as_str).collect();
        let chosen = matches!(
            parents.as_slice(),
            ["tenants"]
                | ["tenants", _, "vendors", _, "accounts"]
                | ["tenants", _, "vendors", _, "accounts", _, "dealerships"]
        );
        path.push(if chosen { segment.replace('_', "-") } else { segment });
    }
    path
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_become_keys_and_back() {
        let key = |name| path(name).join(".");
        assert_eq!(key("FORECOURT_DATA_DIR"), "data_dir");
        let deep = "FORECOURT_TENANTS__NORTH_WEST__VENDORS__TCHEK__ACCOUNTS__MAIN_ST__API_KEY";
        assert_eq!(key(deep), "tenants.north-west.vendors.tchek.accounts.main-st.api_key");
        assert_eq!(variable(&key(deep)), deep);
        assert_eq!(
            key("FORECOURT_CACHE__FRESH__JIFELINE__TICKETS__LIST_HISTORICAL"),
            "cache.fresh.jifeline.tickets.list_historical"
        );
    }
}
