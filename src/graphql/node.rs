//! Global ids: one opaque text that names a thing by its type and key.

use std::fmt;

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;

use crate::error::Error;
use crate::graphql::Result;

/// The layout of the text inside an id. Another number means another layout.
const VERSION: &str = "1";

/// What a global id names: a type of the graph, and the key of one thing of that type.
///
/// The key means something only within the tenant of the session that presents it; the id neither carries the
/// tenant nor proves any right. `ID::from(node_id)` gives the scalar.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct NodeId {
    kind: String,
    key: String,
}

impl NodeId {
    /// Names the thing of type `kind`, such as `Vehicle`, that has `key` within its tenant.
    pub fn new(kind: impl Into<String>, key: impl Into<String>) -> Self {
        Self { kind: kind.into(), key: key.into() }
    }

    /// The name of the type in the graph.
    pub fn kind(&self) -> &str {
        &self.kind
    }

    /// The key within the type and the tenant.
    pub fn key(&self) -> &str {
        &self.key
    }

    /// Reads an id that a client sent.
    ///
    /// # Errors
    /// `BAD_INPUT` when the text is no id of this graph.
    pub fn decode(text: &str) -> Result<Self> {
        Self::read(text).ok_or_else(|| {
            Error::bad_input("the id is not one of this graph; send an `id` exactly as the graph returned it")
        })
    }

    /// Reads an id that must name a thing of type `kind`, and returns its key.
    ///
    /// # Errors
    /// `BAD_INPUT` when the text is no id of this graph, or names a thing of another type.
    pub fn decode_as(text: &str, kind: &str) -> Result<String> {
        let id = Self::decode(text)?;
        if id.kind == kind {
            return Ok(id.key);
        }
        Err(Error::bad_input(format!("the id names a `{}` where a `{kind}` is asked for", id.kind)))
    }

    fn read(text: &str) -> Option<Self> {
        let bytes = URL_SAFE_NO_PAD.decode(text).ok()?;
        let inner = String::from_utf8(bytes).ok()?;
        let (version, rest) = inner.split_once(':')?;
        let (kind, key) = rest.split_once(':')?;
        let known = version == VERSION && !key.is_empty();
        let kind_is_name = !kind.is_empty() && kind.chars().all(|letter| letter.is_ascii_alphanumeric());
        (known && kind_is_name).then(|| Self::new(kind, key))
    }
}

impl fmt::Display for NodeId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&URL_SAFE_NO_PAD.encode(format!("{VERSION}:{}:{}", self.kind, self.key)))
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::NodeId;
    use crate::error::Code;

    proptest! {
        #[test]
        fn comes_back_as_it_went(kind in "[A-Z][A-Za-z]{0,20}", key in ".{1,40}") {
            let id = NodeId::new(kind, key);
            prop_assert_eq!(NodeId::decode(&id.to_string()).unwrap(), id);
        }

        #[test]
        fn never_fails_in_another_way(text in ".{0,60}") {
            if let Err(error) = NodeId::decode(&text) {
                prop_assert_eq!(error.code, Code::BadInput);
            }
        }
    }

    #[test]
    fn names_the_type_that_was_meant() {
        let id = NodeId::new("Listing", "7").to_string();
        assert_eq!(NodeId::decode_as(&id, "Listing").unwrap(), "7");
        insta::assert_snapshot!(NodeId::decode_as(&id, "Vehicle").unwrap_err().message, @"the id names a `Listing` where a `Vehicle` is asked for");
    }
}
