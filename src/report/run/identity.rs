//! What makes two runs the same, and whose they are.

use std::collections::BTreeMap;
use std::fmt::Write;

use async_graphql::Variables;
use serde::Deserialize;
use serde::Serialize;
use serde_json::Value;
use sha2::Digest;
use sha2::Sha256;

use crate::auth::Session;
use crate::report::plan::Plan;
use crate::report::walk::Extract;

/// Whose runs they are: everything that decides what a session sees.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Owner(String);

impl Owner {
    /// The owner that `session` is.
    #[must_use]
    pub fn of(session: &Session) -> Self {
        // Of the session and not of its account: what one session was shown is not for the next one.
        let garage = session.garage.as_ref().map(|garage| hex(garage.hash.as_bytes())).unwrap_or_default();
        let mut accounts = session.accounts.iter().map(ToString::to_string).collect::<Vec<_>>();
        accounts.sort_unstable();
        let mut scopes = session.scopes.iter().map(|scope| scope.as_str()).collect::<Vec<_>>();
        scopes.sort_unstable();
        let (accounts, scopes) = (accounts.join(" "), scopes.join(" "));
        // Two keys of a client may differ in it, and a longer run is not for the one that may read less.
        let cap = session.max_rows.map(|rows| rows.to_string()).unwrap_or_default();
        Self(digest(&[&session.tenant, &session.client, &garage, &accounts, &scopes, &cap]))
    }
}

/// What makes two runs the same: owner, document, parameters, and the bounds on rows.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Identity(String);

impl Identity {
    pub(super) fn of(
        owner: &Owner,
        (report, document): (&str, &str),
        parameters: &BTreeMap<String, Value>,
        extract: &Extract,
    ) -> Self {
        let parameters = Value::from_iter(parameters.clone()).to_string();
        let columns = extract.plan.columns().iter().map(|column| column.name.as_str()).collect::<Vec<_>>().join(",");
        let cap = extract.row_cap.map(|cap| cap.to_string()).unwrap_or_default();
        // Another version may read a document otherwise.
        let version = env!("CARGO_PKG_VERSION");
        Self(digest(&[&owner.0, version, report, document, &parameters, &columns, &cap]))
    }
}

/// The values of all parameters: as given, or else their defaults.
pub(super) fn parameters(plan: &Plan, variables: &Variables) -> BTreeMap<String, Value> {
    let defaults = plan.parameters().iter().filter_map(|parameter| {
        let default = serde_json::from_str(parameter.default.as_deref()?).ok()?;
        Some((parameter.name.clone(), default))
    });
    let given = variables.iter().filter_map(|(name, value)| Some((name.to_string(), value.clone().into_json().ok()?)));
    defaults.chain(given).collect()
}

/// A digest of `parts` in hexadecimal, each with its length, so that no two lists of parts read alike.
pub(super) fn digest(parts: &[&str]) -> String {
    let mut hash = Sha256::new();
    for part in parts {
        hash.update(part.len().to_be_bytes());
        hash.update(part.as_bytes());
    }
    hex(&hash.finalize())
}

/// `bytes` in hexadecimal.
pub(super) fn hex(bytes: &[u8]) -> String {
    bytes.iter().fold(String::new(), |mut text, byte| {
        // Writing to a String cannot fail.
        write!(text, "{byte:02x}").ok();
        text
    })
}
