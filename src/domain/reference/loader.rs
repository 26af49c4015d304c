//! Loads the lists of countries and currencies.

use std::collections::HashMap;
use std::sync::Arc;

use crate::auth::AccountId;
use crate::cache::Fetched;
use crate::cache::Fetching;
use crate::domain::read::AccountKeyed;
use crate::domain::read::Reading;
use crate::domain::read::not_served;
use crate::domain::read::per_account;
use crate::domain::read::read_through;
use crate::domain::read::shared_context;
use crate::domain::services::Caller;
use crate::graphql::Result;
use crate::graphql::dataloader::Loader;

use super::model::Country;
use super::model::Currency;
use super::source::ReferenceSource;

/// What accounts without these lists lack, in words.
pub const WHAT: &str = "lists of countries and currencies";

type Found<V> = HashMap<(), Result<Option<Arc<V>>>>;

fn source(caller: &Caller, account: &AccountId) -> Option<Arc<dyn ReferenceSource>> {
    caller.services.sources.references.get(&caller.session.tenant, account)
}

fn refuse<V>(keys: Vec<()>, account: &AccountId) -> Found<V> {
    keys.into_iter().map(|key| (key, Err(not_served(account, WHAT)))).collect()
}

/// Loads all countries.
#[derive(Clone, Debug)]
pub struct CountriesLoader(pub Caller);

impl Loader for CountriesLoader {
    type Key = AccountKeyed<()>;
    type Value = Arc<Vec<Country>>;

    async fn load(&self, keys: Vec<Self::Key>) -> HashMap<Self::Key, Result<Self::Value>> {
        per_account(keys, |account, keys| self.countries(account, keys)).await
    }
}

impl CountriesLoader {
    async fn countries(&self, account: AccountId, keys: Vec<()>) -> Found<Vec<Country>> {
        let Some(source) = source(&self.0, &account) else { return refuse(keys, &account) };
        let reading = Reading {
            operation: source.countries_operation(),
            environment: "",
            fetching: Fetching::Together,
            keep: |(): &(), countries: Option<Vec<Country>>| Fetched::new(countries),
        };
        let fetch = move |keys: Vec<()>| {
            let source = Arc::clone(&source);
            async move {
                let countries = source.countries(shared_context()).await.map(Some);
                keys.into_iter().map(|key| (key, countries.clone())).collect()
            }
        };
        read_through(&self.0, &account, reading, keys, fetch).await
    }
}

/// Loads all currencies.
#[derive(Clone, Debug)]
pub struct CurrenciesLoader(pub Caller);

impl Loader for CurrenciesLoader {
    type Key = AccountKeyed<()>;
    type Value = Arc<Vec<Currency>>;

    async fn load(&self, keys: Vec<Self::Key>) -> HashMap<Self::Key, Result<Self::Value>> {
        per_account(keys, |account, keys| self.currencies(account, keys)).await
    }
}

impl CurrenciesLoader {
    async fn currencies(&self, account: AccountId, keys: Vec<()>) -> Found<Vec<Currency>> {
        let Some(source) = source(&self.0, &account) else { return refuse(keys, &account) };
        let reading = Reading {
            operation: source.currencies_operation(),
            environment: "",
            fetching: Fetching::Together,
            keep: |(): &(), currencies: Option<Vec<Currency>>| Fetched::new(currencies),
        };
        let fetch = move |keys: Vec<()>| {
            let source = Arc::clone(&source);
            async move {
                let currencies = source.currencies(shared_context()).await.map(Some);
                keys.into_iter().map(|key| (key, currencies.clone())).collect()
            }
        };
        read_through(&self.0, &account, reading, keys, fetch).await
    }
}
