//! Loads connectors: all of an account, or one by its number or UUID.

use std::collections::HashMap;
use std::sync::Arc;

use crate::auth::AccountId;
use crate::cache::Fetched;
use crate::cache::Fetching;
use crate::cache::Tag;
use crate::domain::read::AccountKeyed;
use crate::domain::read::Reading;
use crate::domain::read::not_served;
use crate::domain::read::per_account;
use crate::domain::read::read_through;
use crate::domain::read::shared_context;
use crate::domain::services::Caller;
use crate::graphql::Result;
use crate::graphql::dataloader::Loader;

use super::model::ConnectorId;
use super::model::ConnectorReport;
use super::source::ConnectorSource;

type Found<K, V> = HashMap<K, Result<Option<Arc<V>>>>;

fn source(caller: &Caller, account: &AccountId) -> Option<Arc<dyn ConnectorSource>> {
    caller.services.sources.connectors.get(&caller.session.tenant, account)
}

fn refuse<K: std::hash::Hash + Eq, V>(keys: Vec<K>, account: &AccountId) -> Found<K, V> {
    keys.into_iter().map(|key| (key, Err(not_served(account, "connectors")))).collect()
}

fn tags(report: &ConnectorReport) -> Vec<Tag> {
    let vehicle = report.vin.as_ref().map(|vin| Tag::vehicle(vin.as_str()));
    std::iter::once(Tag::connector(report.id.0.as_str())).chain(vehicle).collect()
}

/// Loads all connectors of an account.
#[derive(Clone, Debug)]
pub struct ConnectorListLoader(pub Caller);

impl Loader for ConnectorListLoader {
    type Key = AccountId;
    type Value = Arc<Vec<ConnectorReport>>;

    async fn load(&self, accounts: Vec<AccountId>) -> HashMap<AccountId, Result<Self::Value>> {
        let keys = accounts.into_iter().map(|account| (account, ())).collect();
        let answers = per_account(keys, |account, keys| self.list(account, keys)).await;
        answers.into_iter().map(|((account, ()), answer)| (account, answer)).collect()
    }
}

impl ConnectorListLoader {
    async fn list(&self, account: AccountId, keys: Vec<()>) -> Found<(), Vec<ConnectorReport>> {
        let Some(source) = source(&self.0, &account) else { return refuse(keys, &account) };
        let reading = Reading {
            operation: source.list_operation(),
            environment: "",
            fetching: Fetching::Together,
            keep: |(): &(), list: Option<Vec<ConnectorReport>>| {
                let tags = list.iter().flatten().flat_map(tags).collect::<Vec<_>>();
                tags.into_iter().fold(Fetched::new(list), Fetched::tagged)
            },
        };
        let fetch = move |keys: Vec<()>| {
            let source = Arc::clone(&source);
            async move {
                let list = source.list(shared_context()).await.map(Some);
                keys.into_iter().map(|key| (key, list.clone())).collect()
            }
        };
        read_through(&self.0, &account, reading, keys, fetch).await
    }
}

/// Loads connectors by their numbers.
#[derive(Clone, Debug)]
pub struct ConnectorLoader(pub Caller);

impl Loader for ConnectorLoader {
    type Key = AccountKeyed<ConnectorId>;
    type Value = Arc<ConnectorReport>;

    async fn load(&self, keys: Vec<Self::Key>) -> HashMap<Self::Key, Result<Self::Value>> {
        per_account(keys, |account, ids| self.by_id(account, ids)).await
    }
}

impl ConnectorLoader {
    async fn by_id(&self, account: AccountId, ids: Vec<ConnectorId>) -> Found<ConnectorId, ConnectorReport> {
        let Some(source) = source(&self.0, &account) else { return refuse(ids, &account) };
        let reading = Reading {
            operation: source.by_id_operation(),
            environment: "",
            fetching: Fetching::Together,
            keep: |_: &ConnectorId, report: Option<ConnectorReport>| {
                let tags = report.iter().flat_map(tags).collect::<Vec<_>>();
                tags.into_iter().fold(Fetched::new(report), Fetched::tagged)
            },
        };
        let fetch = move |ids| {
            let source = Arc::clone(&source);
            async move { source.by_id(ids, shared_context()).await }
        };
        read_through(&self.0, &account, reading, ids, fetch).await
    }
}

/// Loads connectors by their UUIDs.
#[derive(Clone, Debug)]
pub struct ConnectorByUuidLoader(pub Caller);

impl Loader for ConnectorByUuidLoader {
    type Key = AccountKeyed<String>;
    type Value = Arc<ConnectorReport>;

    async fn load(&self, keys: Vec<Self::Key>) -> HashMap<Self::Key, Result<Self::Value>> {
        per_account(keys, |account, uuids| self.by_uuid(account, uuids)).await
    }
}

impl ConnectorByUuidLoader {
    async fn by_uuid(&self, account: AccountId, uuids: Vec<String>) -> Found<String, ConnectorReport> {
        let Some(source) = source(&self.0, &account) else { return refuse(uuids, &account) };
        let reading = Reading {
            operation: source.by_uuid_operation(),
            environment: "",
            fetching: Fetching::EachAlone,
            keep: |_: &String, report: Option<ConnectorReport>| {
                let tags = report.iter().flat_map(tags).collect::<Vec<_>>();
                tags.into_iter().fold(Fetched::new(report), Fetched::tagged)
            },
        };
        let fetch = move |uuids| {
            let source = Arc::clone(&source);
            async move { source.by_uuid(uuids, shared_context()).await }
        };
        read_through(&self.0, &account, reading, uuids, fetch).await
    }
}
