//! Loads entries of the catalogue: all makes, what stands below an entry, and entries by their numbers.

use std::collections::HashMap;
use std::future::Future;
use std::marker::PhantomData;
use std::sync::Arc;

use crate::auth::AccountId;
use crate::cache::CacheKey;
use crate::cache::Fetched;
use crate::cache::Fetching;
use crate::domain::read::AccountKeyed;
use crate::domain::read::Reading;
use crate::domain::read::not_served;
use crate::domain::read::per_account;
use crate::domain::read::read_through;
use crate::domain::read::shared_context;
use crate::domain::registry::Answers;
use crate::domain::services::Caller;
use crate::graphql::Result;
use crate::graphql::dataloader::Loader;

use super::model::CatalogueId;
use super::model::Fitment;
use super::model::Make;
use super::model::Model;
use super::model::ModelGroup;
use super::model::Variant;
use super::source::CatalogueSource;

/// What accounts without a catalogue lack, in words.
pub const WHAT: &str = "a vehicle catalogue";

type Found<K, V> = HashMap<K, Result<Option<Arc<V>>>>;

impl CacheKey for CatalogueId {
    fn canonical(&self) -> String {
        self.0.clone()
    }
}

impl CacheKey for Fitment {
    fn canonical(&self) -> String {
        (self.model_id.clone(), self.variant_id.clone()).canonical()
    }
}

fn source(caller: &Caller, account: &AccountId) -> Option<Arc<dyn CatalogueSource>> {
    caller.services.sources.catalogues.get(&caller.session.tenant, account)
}

fn refuse<K: std::hash::Hash + Eq, V>(keys: Vec<K>, account: &AccountId) -> Found<K, V> {
    keys.into_iter().map(|key| (key, Err(not_served(account, WHAT)))).collect()
}

/// Loads every make.
#[derive(Clone, Debug)]
pub struct MakesLoader(pub Caller);

impl Loader for MakesLoader {
    type Key = AccountKeyed<()>;
    type Value = Arc<Vec<Make>>;

    async fn load(&self, keys: Vec<Self::Key>) -> HashMap<Self::Key, Result<Self::Value>> {
        per_account(keys, |account, keys| self.makes(account, keys)).await
    }
}

impl MakesLoader {
    async fn makes(&self, account: AccountId, keys: Vec<()>) -> Found<(), Vec<Make>> {
        let Some(source) = source(&self.0, &account) else { return refuse(keys, &account) };
        let reading = Reading {
            operation: source.makes_operation(),
            environment: "",
            fetching: Fetching::Together,
            keep: |(): &(), makes: Option<Vec<Make>>| Fetched::new(makes),
        };
        let fetch = move |keys: Vec<()>| {
            let source = Arc::clone(&source);
            async move {
                let makes = source.makes(shared_context()).await.map(Some);
                keys.into_iter().map(|key| (key, makes.clone())).collect()
            }
        };
        read_through(&self.0, &account, reading, keys, fetch).await
    }
}

/// A question that the catalogue answers for the number of an entry.
pub trait Question: Send + Sync + 'static {
    /// What it answers.
    type Answer: std::fmt::Debug + Send + Sync + 'static;

    /// The name of the operation that answers.
    fn operation(source: &dyn CatalogueSource) -> &'static str;

    /// Asks it for `ids`.
    fn ask(
        source: Arc<dyn CatalogueSource>,
        ids: Vec<CatalogueId>,
    ) -> impl Future<Output = Answers<CatalogueId, Self::Answer>> + Send;
}

/// Loads the answers to one question by the numbers of entries.
#[derive(Clone, Debug)]
pub struct CatalogueLoader<Q> {
    caller: Caller,
    question: PhantomData<fn() -> Q>,
}

impl<Q> CatalogueLoader<Q> {
    /// Makes a loader for one request.
    pub fn new(caller: Caller) -> Self {
        Self { caller, question: PhantomData }
    }
}

impl<Q: Question> Loader for CatalogueLoader<Q> {
    type Key = AccountKeyed<CatalogueId>;
    type Value = Arc<Q::Answer>;

    async fn load(&self, keys: Vec<Self::Key>) -> HashMap<Self::Key, Result<Self::Value>> {
        per_account(keys, |account, ids| self.answers(account, ids)).await
    }
}

impl<Q: Question> CatalogueLoader<Q> {
    async fn answers(&self, account: AccountId, ids: Vec<CatalogueId>) -> Found<CatalogueId, Q::Answer> {
        let Some(source) = source(&self.caller, &account) else { return refuse(ids, &account) };
        let reading = Reading {
            operation: Q::operation(source.as_ref()),
            environment: "",
            fetching: Fetching::EachAlone,
            keep: |_: &CatalogueId, answer: Option<Q::Answer>| Fetched::new(answer),
        };
        let fetch = move |ids| Q::ask(Arc::clone(&source), ids);
        read_through(&self.caller, &account, reading, ids, fetch).await
    }
}

/// Which model groups does this make have?
#[derive(Debug)]
pub struct GroupsOfMake;

impl Question for GroupsOfMake {
    type Answer = Vec<ModelGroup>;

    fn operation(source: &dyn CatalogueSource) -> &'static str {
        source.groups_of_operation()
    }

    async fn ask(source: Arc<dyn CatalogueSource>, ids: Vec<CatalogueId>) -> Answers<CatalogueId, Self::Answer> {
        source.groups_of(ids, shared_context()).await
    }
}

/// Which model group has this number?
#[derive(Debug)]
pub struct GroupByNumber;

impl Question for GroupByNumber {
    type Answer = ModelGroup;

    fn operation(source: &dyn CatalogueSource) -> &'static str {
        source.groups_operation()
    }

    async fn ask(source: Arc<dyn CatalogueSource>, ids: Vec<CatalogueId>) -> Answers<CatalogueId, Self::Answer> {
        source.groups(ids, shared_context()).await
    }
}

/// Which models does this model group have?
#[derive(Debug)]
pub struct ModelsOfGroup;

impl Question for ModelsOfGroup {
    type Answer = Vec<Model>;

    fn operation(source: &dyn CatalogueSource) -> &'static str {
        source.models_of_operation()
    }

    async fn ask(source: Arc<dyn CatalogueSource>, ids: Vec<CatalogueId>) -> Answers<CatalogueId, Self::Answer> {
        source.models_of(ids, shared_context()).await
    }
}

/// Which model has this number?
#[derive(Debug)]
pub struct ModelByNumber;

impl Question for ModelByNumber {
    type Answer = Model;

    fn operation(source: &dyn CatalogueSource) -> &'static str {
        source.models_operation()
    }

    async fn ask(source: Arc<dyn CatalogueSource>, ids: Vec<CatalogueId>) -> Answers<CatalogueId, Self::Answer> {
        source.models(ids, shared_context()).await
    }
}

/// Which variants does this model have?
#[derive(Debug)]
pub struct VariantsOfModel;

impl Question for VariantsOfModel {
    type Answer = Vec<Variant>;

    fn operation(source: &dyn CatalogueSource) -> &'static str {
        source.variants_of_operation()
    }

    async fn ask(source: Arc<dyn CatalogueSource>, ids: Vec<CatalogueId>) -> Answers<CatalogueId, Self::Answer> {
        source.variants_of(ids, shared_context()).await
    }
}

/// Which variant has this number?
#[derive(Debug)]
pub struct VariantByNumber;

impl Question for VariantByNumber {
    type Answer = Variant;

    fn operation(source: &dyn CatalogueSource) -> &'static str {
        source.variants_operation()
    }

    async fn ask(source: Arc<dyn CatalogueSource>, ids: Vec<CatalogueId>) -> Answers<CatalogueId, Self::Answer> {
        source.variants(ids, shared_context()).await
    }
}
