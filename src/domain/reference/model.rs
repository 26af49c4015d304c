//! Countries and currencies.

use async_graphql::SimpleObject;

use crate::graphql::scalars::CurrencyCode;

/// A country that the vendor works in.
#[derive(Clone, Debug, PartialEq, Eq, SimpleObject)]
pub struct Country {
    /// Its ISO 3166-1 alpha-2 code.
    pub code: String,
    /// Its name, in the vendor's words.
    pub name: Option<String>,
}

/// A currency that the vendor charges in.
#[derive(Clone, Debug, PartialEq, Eq, SimpleObject)]
pub struct Currency {
    /// Its ISO 4217 code.
    pub code: CurrencyCode,
    /// Its name, in the vendor's words.
    pub name: Option<String>,
}
