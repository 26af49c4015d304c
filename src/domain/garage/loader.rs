//! Loads what a garage knows of itself: its facts one by one, and its employees by their ids.

use std::collections::HashMap;
use std::fmt;
use std::marker::PhantomData;
use std::sync::Arc;

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use futures_util::future::BoxFuture;

use crate::auth::AccountId;
use crate::cache::CacheKey;
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
use crate::error::VendorError;
use crate::graphql::Result;
use crate::graphql::dataloader::Loader;

use super::employee::Employee;
use super::employee::EmployeeId;
use super::source::GarageSource;

const WHAT: &str = "affairs of a garage";

type Found<K, V> = HashMap<K, Result<Option<Arc<V>>>>;

/// What is on its way from a source.
pub type Told<F> = BoxFuture<'static, std::result::Result<Option<F>, VendorError>>;

/// Something that a garage's source tells without being given a key.
pub trait Fact: Clone + fmt::Debug + Send + Sync + 'static {
    /// Whether it is about the user who is logged in: two of one garage's users are told different things.
    const PERSONAL: bool = false;

    /// The name of the operation that tells it.
    fn operation(source: &dyn GarageSource) -> &'static str;

    /// Asks for it.
    fn ask(source: Arc<dyn GarageSource>) -> Told<Self>;

    /// What it is about.
    fn tags(fact: Option<&Self>) -> Vec<Tag>;
}

fn source(caller: &Caller, account: &AccountId) -> Option<Arc<dyn GarageSource>> {
    caller.services.sources.garages.get(&caller.session.tenant, account)
}

fn refuse<K: std::hash::Hash + Eq, V>(keys: Vec<K>, account: &AccountId) -> Found<K, V> {
    keys.into_iter().map(|key| (key, Err(not_served(account, WHAT)))).collect()
}

/// Loads one fact of accounts.
#[derive(Clone, Debug)]
pub struct FactLoader<F>(Caller, PhantomData<F>);

impl<F> FactLoader<F> {
    /// Loads for `caller`.
    pub fn new(caller: Caller) -> Self {
        Self(caller, PhantomData)
    }
}

impl<F: Fact> Loader for FactLoader<F> {
    type Key = AccountId;
    type Value = Arc<F>;

    async fn load(&self, accounts: Vec<AccountId>) -> HashMap<AccountId, Result<Self::Value>> {
        let garage = self.0.session.garage.as_ref().filter(|_| F::PERSONAL);
        let user = garage.map_or_else(String::new, |garage| URL_SAFE_NO_PAD.encode(garage.hash.as_bytes()));
        let keys = accounts.into_iter().map(|account| (account, user.clone())).collect();
        let answers = per_account(keys, |account, keys| self.fact(account, keys)).await;
        answers.into_iter().map(|((account, _), answer)| (account, answer)).collect()
    }
}

impl<F: Fact> FactLoader<F> {
    async fn fact(&self, account: AccountId, keys: Vec<String>) -> Found<String, F> {
        let Some(source) = source(&self.0, &account) else { return refuse(keys, &account) };
        let reading = Reading {
            operation: F::operation(source.as_ref()),
            environment: "",
            fetching: Fetching::Together,
            keep: |_: &String, fact: Option<F>| {
                let tags = F::tags(fact.as_ref());
                tags.into_iter().fold(Fetched::new(fact), Fetched::tagged)
            },
        };
        let fetch = move |keys: Vec<String>| {
            let told = F::ask(Arc::clone(&source));
            async move {
                let told = told.await;
                keys.into_iter().map(|key| (key, told.clone())).collect()
            }
        };
        read_through(&self.0, &account, reading, keys, fetch).await
    }
}

/// Loads employees by their ids.
#[derive(Clone, Debug)]
pub struct EmployeeLoader(pub Caller);

impl Loader for EmployeeLoader {
    type Key = AccountKeyed<EmployeeId>;
    type Value = Arc<Employee>;

    async fn load(&self, keys: Vec<Self::Key>) -> HashMap<Self::Key, Result<Self::Value>> {
        per_account(keys, |account, ids| self.by_id(account, ids)).await
    }
}

impl EmployeeLoader {
    async fn by_id(&self, account: AccountId, ids: Vec<EmployeeId>) -> Found<EmployeeId, Employee> {
        let Some(source) = source(&self.0, &account) else { return refuse(ids, &account) };
        let reading = Reading {
            operation: source.employee_operation(),
            environment: "",
            fetching: Fetching::EachAlone,
            keep: |_: &EmployeeId, employee: Option<Employee>| Fetched::new(employee),
        };
        let fetch = move |ids| {
            let source = Arc::clone(&source);
            async move { source.employees_by_id(ids, shared_context()).await }
        };
        read_through(&self.0, &account, reading, ids, fetch).await
    }
}

impl CacheKey for EmployeeId {
    fn canonical(&self) -> String {
        self.0.clone()
    }

    fn tags(&self) -> Vec<Tag> {
        vec![employee_tag(self)]
    }
}

/// The tag of one employee.
pub fn employee_tag(id: &EmployeeId) -> Tag {
    Tag::new("employee", id.0.as_str())
}
