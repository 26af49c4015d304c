//! Loads products, their groups and bundles, and what must be known before they are ordered.

use std::collections::HashMap;
use std::future::Future;
use std::marker::PhantomData;
use std::sync::Arc;

use crate::auth::AccountId;
use crate::cache::CacheKey;
use crate::cache::Fetched;
use crate::cache::Fetching;
use crate::cache::Tag;
use crate::domain::catalogue::model::Fitment;
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

use super::model::BundleQuery;
use super::model::Prerequisite;
use super::model::PrerequisiteQuery;
use super::model::Product;
use super::model::ProductBundle;
use super::model::ProductGroup;
use super::model::ProductQuery;
use super::model::Within;
use super::source::ProductSource;

/// What accounts without products lack, in words.
pub const WHAT: &str = "products";

/// A question that a seller of services answers.
pub trait Question: Send + Sync + 'static {
    /// What is asked for.
    type Key: CacheKey + Ord;
    /// What it answers.
    type Answer: std::fmt::Debug + Send + Sync + 'static;

    /// The name of the operation that answers.
    fn operation(source: &dyn ProductSource) -> &'static str;

    /// Asks it `keys`.
    fn ask(
        source: Arc<dyn ProductSource>,
        keys: Vec<Self::Key>,
    ) -> impl Future<Output = Answers<Self::Key, Self::Answer>> + Send;
}

/// Loads the answers to one question.
#[derive(Clone, Debug)]
pub struct ProductLoader<Q> {
    caller: Caller,
    question: PhantomData<fn() -> Q>,
}

impl<Q> ProductLoader<Q> {
    /// Makes a loader for one request.
    pub fn new(caller: Caller) -> Self {
        Self { caller, question: PhantomData }
    }
}

impl<Q: Question> Loader for ProductLoader<Q> {
    type Key = AccountKeyed<Q::Key>;
    type Value = Arc<Q::Answer>;

    async fn load(&self, keys: Vec<Self::Key>) -> HashMap<Self::Key, Result<Self::Value>> {
        per_account(keys, |account, keys| self.answers(account, keys)).await
    }
}

impl<Q: Question> ProductLoader<Q> {
    async fn answers(&self, account: AccountId, keys: Vec<Q::Key>) -> HashMap<Q::Key, Result<Option<Arc<Q::Answer>>>> {
        let Some(source) = self.caller.services.sources.products.get(&self.caller.session.tenant, &account) else {
            return keys.into_iter().map(|key| (key, Err(not_served(&account, WHAT)))).collect();
        };
        let reading = Reading {
            operation: Q::operation(source.as_ref()),
            environment: "",
            fetching: Fetching::EachAlone,
            keep: |_: &Q::Key, answer: Option<Q::Answer>| Fetched::new(answer),
        };
        let fetch = move |keys| Q::ask(Arc::clone(&source), keys);
        read_through(&self.caller, &account, reading, keys, fetch).await
    }
}

/// Which product groups are there for this build of vehicle?
#[derive(Debug)]
pub struct Groups;

impl Question for Groups {
    type Key = Fitment;
    type Answer = Vec<ProductGroup>;

    fn operation(source: &dyn ProductSource) -> &'static str {
        source.groups_operation()
    }

    async fn ask(source: Arc<dyn ProductSource>, keys: Vec<Fitment>) -> Answers<Fitment, Self::Answer> {
        source.groups(keys, shared_context()).await
    }
}

/// Which bundles are there?
#[derive(Debug)]
pub struct Bundles;

impl Question for Bundles {
    type Key = BundleQuery;
    type Answer = Vec<ProductBundle>;

    fn operation(source: &dyn ProductSource) -> &'static str {
        source.bundles_operation()
    }

    async fn ask(source: Arc<dyn ProductSource>, keys: Vec<BundleQuery>) -> Answers<BundleQuery, Self::Answer> {
        source.bundles(keys, shared_context()).await
    }
}

/// Which products are there?
#[derive(Debug)]
pub struct Products;

impl Question for Products {
    type Key = ProductQuery;
    type Answer = Vec<Product>;

    fn operation(source: &dyn ProductSource) -> &'static str {
        source.products_operation()
    }

    async fn ask(source: Arc<dyn ProductSource>, keys: Vec<ProductQuery>) -> Answers<ProductQuery, Self::Answer> {
        source.products(keys, shared_context()).await
    }
}

/// What must be known before these products are ordered?
#[derive(Debug)]
pub struct Prerequisites;

impl Question for Prerequisites {
    type Key = PrerequisiteQuery;
    type Answer = Vec<Prerequisite>;

    fn operation(source: &dyn ProductSource) -> &'static str {
        source.prerequisites_operation()
    }

    async fn ask(
        source: Arc<dyn ProductSource>,
        keys: Vec<PrerequisiteQuery>,
    ) -> Answers<PrerequisiteQuery, Self::Answer> {
        source.prerequisites(keys, shared_context()).await
    }
}

impl CacheKey for BundleQuery {
    fn canonical(&self) -> String {
        let group = self.group.as_ref().map(|group| group.0.as_str());
        (self.fitment.clone(), group.unwrap_or_default().to_owned()).canonical()
    }
}

impl CacheKey for ProductQuery {
    fn canonical(&self) -> String {
        let within = match &self.within {
            None => String::new(),
            Some(Within::Group(group)) => format!("group {}", group.0),
            Some(Within::Bundle(bundle)) => format!("bundle {}", bundle.0),
        };
        let favorite = match self.favorite {
            None => "",
            Some(true) => "yes",
            Some(false) => "no",
        };
        (self.fitment.clone(), (within, favorite.to_owned())).canonical()
    }

    /// A mark on any product changes which products a list shows and how.
    fn tags(&self) -> Vec<Tag> {
        vec![Tag::products()]
    }
}

impl CacheKey for PrerequisiteQuery {
    fn canonical(&self) -> String {
        let products = self.products.iter().fold(String::new(), |all, id| format!("{all}{}:{}", id.0.len(), id.0));
        (self.fitment.clone(), products).canonical()
    }
}
