//! Inspections that the vendor finds by plate or agent, and what the ledger has of them.

use std::collections::HashMap;
use std::sync::Arc;

use async_graphql::Context;
use async_graphql::Object;

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
use crate::domain::source_of::Source;
use crate::error::Error;
use crate::graphql::Result;
use crate::graphql::dataloader::DataLoader;
use crate::graphql::dataloader::Loader;
use crate::graphql::scalars::DateTime;
use crate::graphql::sourced::Sourced;
use crate::graphql::sourced::sourced;

use super::loader::visible;
use super::model::Inspection;
use super::present::FoundInspection;
use super::present::InspectionSearch;

/// An inspection that a search found at an account.
#[derive(Clone, Debug)]
pub struct InspectionMatch {
    /// The account that found it.
    pub account: AccountId,
    /// What the vendor tells of it.
    pub found: FoundInspection,
}

/// An inspection that the vendor found. The search tells little of it; `inspection` has the rest where the gateway knows
/// it.
#[Object]
impl InspectionMatch {
    /// The vendor's id of it.
    async fn vendor_inspection_id(&self) -> &str {
        &self.found.vendor_inspection_id
    }

    /// When it was made.
    async fn created_at(&self) -> Option<DateTime> {
        self.found.created_at.map(DateTime)
    }

    /// When it changed last.
    async fn updated_at(&self) -> Option<DateTime> {
        self.found.updated_at.map(DateTime)
    }

    /// Whether the damage detection has finished.
    async fn detection_finished(&self) -> Option<bool> {
        self.found.detection_finished
    }

    /// When the damage detection finished; null while it has not.
    async fn detection_finished_at(&self) -> Option<DateTime> {
        self.found.detection_finished_at.map(DateTime)
    }

    /// The inspection in the ledger; null when it has never passed through the gateway.
    async fn inspection(&self, ctx: &Context<'_>) -> Sourced<Inspection> {
        sourced(async {
            let key = (self.account.clone(), self.found.vendor_inspection_id.clone());
            DataLoader::<InspectionByVendorIdLoader>::of(ctx)?.load_one(key).await
        })
        .await
    }

    /// Where it was found.
    async fn source(&self) -> Source {
        Source::from(&self.account)
    }
}

impl CacheKey for InspectionSearch {
    fn canonical(&self) -> String {
        serde_json::json!([self.license_plate, self.agent]).to_string()
    }

    fn tags(&self) -> Vec<Tag> {
        Vec::new()
    }
}

/// Loads what searches find.
#[derive(Clone, Debug)]
pub struct InspectionSearchLoader(pub Caller);

impl Loader for InspectionSearchLoader {
    type Key = AccountKeyed<InspectionSearch>;
    type Value = Arc<Vec<FoundInspection>>;

    async fn load(&self, keys: Vec<Self::Key>) -> HashMap<Self::Key, Result<Self::Value>> {
        per_account(keys, |account, searches| self.search(account, searches)).await
    }
}

impl InspectionSearchLoader {
    async fn search(
        &self,
        account: AccountId,
        searches: Vec<InspectionSearch>,
    ) -> HashMap<InspectionSearch, Result<Option<Arc<Vec<FoundInspection>>>>> {
        let Some(source) = self.0.services.sources.inspections.get(&self.0.session.tenant, &account) else {
            let refuse = |search| (search, Err(not_served(&account, "inspections")));
            return searches.into_iter().map(refuse).collect();
        };
        let reading = Reading {
            operation: source.search_operation(),
            environment: source.environment(),
            fetching: Fetching::EachAlone,
            keep: |_: &InspectionSearch, found: Option<Vec<FoundInspection>>| Fetched::new(found),
        };
        let fetch = move |searches: Vec<InspectionSearch>| {
            let source = Arc::clone(&source);
            async move {
                let mut answers = HashMap::new();
                for search in searches {
                    let found = source.search(&search, shared_context()).await.map(Some);
                    answers.insert(search, found);
                }
                answers
            }
        };
        read_through(&self.0, &account, reading, searches, fetch).await
    }
}

/// Loads inspections by the vendor's own id.
#[derive(Clone, Debug)]
pub struct InspectionByVendorIdLoader(pub Caller);

impl Loader for InspectionByVendorIdLoader {
    type Key = AccountKeyed<String>;
    type Value = Inspection;

    async fn load(&self, keys: Vec<Self::Key>) -> HashMap<Self::Key, Result<Inspection>> {
        per_account(keys, |account, ids| self.by_vendor_id(account, ids)).await
    }
}

impl InspectionByVendorIdLoader {
    async fn by_vendor_id(&self, account: AccountId, ids: Vec<String>) -> HashMap<String, Result<Option<Inspection>>> {
        let (store, tenant) = (&self.0.services.store, &self.0.session.tenant);
        let source = self.0.services.sources.inspections.get(tenant, &account);
        let environment = source.map(|source| source.environment());
        let rows = match store.inspections_by_vendor_id(tenant, account.vendor, &ids).await {
            Ok(rows) => rows,
            Err(error) => {
                let error = Error::from(error);
                return ids.into_iter().map(|id| (id, Err(error.clone()))).collect();
            }
        };
        let mut found = HashMap::new();
        for inspection in rows.into_iter().filter_map(|row| visible(&self.0, row)) {
            let is_here = inspection.account == account && environment == Some(inspection.row.environment.as_str());
            if let Some(id) = inspection.row.vendor_inspection_id.clone().filter(|_| is_here) {
                found.entry(id).or_insert(Ok(Some(inspection)));
            }
        }
        found
    }
}
