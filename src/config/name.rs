//! Names that the operator gives: of tenants, accounts, dealerships.

use std::borrow::Borrow;
use std::fmt;
use std::sync::Arc;

/// A name of lower-case letters, digits and hyphens, such as `north-west`; cheap to clone.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Name(Arc<str>);

impl Name {
    /// What a name looks like, for messages.
    pub const RULE: &'static str = "lower-case letters, digits and hyphens, such as `north-west`";

    /// Takes `text` as a name if it is one.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let fits = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-';
        (!text.is_empty() && text.len() <= 64 && text.bytes().all(fits)).then(|| Self(Arc::from(text)))
    }

    /// The name of the tenant that exists when none is configured.
    #[must_use]
    pub fn default_tenant() -> Self {
        Self(Arc::from("default"))
    }

    /// The name of the account that a sandbox vendor has when none is configured.
    #[must_use]
    pub fn main_account() -> Self {
        Self(Arc::from("main"))
    }

    /// The name as text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for Name {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl AsRef<str> for Name {
    fn as_ref(&self) -> &str {
        &self.0
    }
}

impl Borrow<str> for Name {
    fn borrow(&self) -> &str {
        &self.0
    }
}
