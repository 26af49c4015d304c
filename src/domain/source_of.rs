//! Where a thing of the graph comes from.

use async_graphql::SimpleObject;

use crate::auth::AccountId;

/// Where a thing of the graph comes from.
#[derive(Clone, Debug, PartialEq, Eq, SimpleObject)]
pub struct Source {
    /// The vendor's id, such as `tchek`.
    pub vendor: String,
    /// The account's name in the configuration.
    pub account: String,
}

impl From<&AccountId> for Source {
    fn from(account: &AccountId) -> Self {
        Self { vendor: account.vendor.to_owned(), account: account.name.as_ref().to_owned() }
    }
}
