//! Loads quotes. They hold for the moment only, so nothing is kept beyond the request.

use std::collections::HashMap;
use std::sync::Arc;

use futures_util::future::join_all;

use crate::domain::read::AccountKeyed;
use crate::domain::read::not_served;
use crate::domain::registry::CallContext;
use crate::domain::services::Caller;
use crate::error::Error;
use crate::graphql::Result;
use crate::graphql::dataloader::Loader;

use super::model::PriceQuote;
use super::model::QuoteRequest;

/// What accounts without prices lack, in words.
pub const WHAT: &str = "quotes";

/// Loads quotes by what is to be priced; the same question twice in a request is asked once.
#[derive(Clone, Debug)]
pub struct QuoteLoader(pub Caller);

impl Loader for QuoteLoader {
    type Key = AccountKeyed<QuoteRequest>;
    type Value = Arc<PriceQuote>;

    async fn load(&self, keys: Vec<Self::Key>) -> HashMap<Self::Key, Result<Self::Value>> {
        join_all(keys.into_iter().map(|key| self.quote(key))).await.into_iter().collect()
    }
}

impl QuoteLoader {
    async fn quote(&self, key: AccountKeyed<QuoteRequest>) -> (AccountKeyed<QuoteRequest>, Result<Arc<PriceQuote>>) {
        let (account, request) = &key;
        let Some(source) = self.0.services.sources.carts.get(&self.0.session.tenant, account) else {
            let refused = not_served(account, WHAT);
            return (key, Err(refused));
        };
        let context = CallContext { deadline: self.0.deadline };
        let quote = source.quote(request, context).await.map(Arc::new).map_err(Error::from);
        (key, quote)
    }
}
