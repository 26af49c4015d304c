//! Loads inspections from the ledger, their status from the vendor, and their reports from the ledger.

use std::cmp::Reverse;
use std::collections::HashMap;
use std::sync::Arc;

use serde::Deserialize;
use uuid::Uuid;

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
use crate::error::Error;
use crate::graphql::Result;
use crate::graphql::dataloader::Loader;
use crate::graphql::scalars::Vin;
use crate::store::InspectionRow;
use crate::store::ReportRow;

use super::model::Inspection;
use super::model::TokenState;
use super::model::TokenUid;
use super::present::PresentReport;
use super::progress;
use super::report::ReportContent;

/// The same failure for each of `keys`.
fn all_fail<K: std::hash::Hash + Eq, V>(keys: Vec<K>, error: impl Into<Error>) -> HashMap<K, Result<V>> {
    let error = error.into();
    keys.into_iter().map(|key| (key, Err(error.clone()))).collect()
}

/// A row as the graph shows it, when the caller may see its account.
pub(super) fn visible(caller: &Caller, row: InspectionRow) -> Option<Inspection> {
    let account =
        caller.session.accounts.iter().find(|account| row.vendor == account.vendor && row.account == *account.name)?;
    Some(Inspection { account: account.clone(), row: Arc::new(row) })
}

/// Loads the inspections of vehicles, newest first.
#[derive(Clone, Debug)]
pub struct InspectionsOfVehicleLoader(pub Caller);

impl Loader for InspectionsOfVehicleLoader {
    type Key = Vin;
    type Value = Arc<Vec<Inspection>>;

    async fn load(&self, keys: Vec<Vin>) -> HashMap<Vin, Result<Self::Value>> {
        let vins: Vec<String> = keys.iter().map(|vin| vin.as_str().to_owned()).collect();
        let caller = &self.0;
        if let Err(error) = caller.serves(&caller.services.sources.inspections, "inspections") {
            return all_fail(keys, error);
        }
        let rows =
            caller.services.store.inspections_by_vin(&caller.session.tenant, &caller.account_keys(), &vins).await;
        let orphans =
            caller.services.store.inspections_by_plate_of(&caller.session.tenant, &caller.account_keys(), &vins).await;
        let (rows, orphans) = match (rows, orphans) {
            (Ok(rows), Ok(orphans)) => (rows, orphans),
            (Err(error), _) | (_, Err(error)) => return all_fail(keys, error),
        };
        let rows = rows.into_iter().filter_map(|row| Some((row.vin.clone()?, row))).chain(orphans);
        let mut by_vin: HashMap<Vin, Vec<Inspection>> = keys.into_iter().map(|vin| (vin, Vec::new())).collect();
        for (vin, row) in rows {
            let inspections = by_vin.get_mut(&Vin::from_source(&vin));
            if let (Some(inspections), Some(inspection)) = (inspections, visible(caller, row)) {
                inspections.push(inspection);
            }
        }
        for inspections in by_vin.values_mut() {
            inspections.sort_by_key(|inspection| Reverse((inspection.row.created_at, inspection.row.id)));
        }
        by_vin.into_iter().map(|(vin, inspections)| (vin, Ok(Arc::new(inspections)))).collect()
    }
}

/// Loads the one vehicle that has a plate, by the plate in the form that is compared; none when several have it.
#[derive(Clone, Debug)]
pub struct PlateOwnerLoader(pub Caller);

impl Loader for PlateOwnerLoader {
    type Key = String;
    type Value = Vin;

    async fn load(&self, keys: Vec<String>) -> HashMap<String, Result<Vin>> {
        let caller = &self.0;
        let accounts = caller.account_keys();
        let mut owners = HashMap::new();
        for key in keys {
            match caller.services.store.vins_by_plate(&caller.session.tenant, &accounts, &key).await {
                Ok(vins) => {
                    if let [vin] = vins.as_slice() {
                        owners.insert(key, Ok(Vin::from_source(vin)));
                    }
                }
                Err(error) => {
                    owners.insert(key, Err(Error::from(error)));
                }
            }
        }
        owners
    }
}

/// Loads inspections by the ledger's id.
#[derive(Clone, Debug)]
pub struct InspectionLoader(pub Caller);

impl Loader for InspectionLoader {
    type Key = Uuid;
    type Value = Inspection;

    async fn load(&self, keys: Vec<Uuid>) -> HashMap<Uuid, Result<Inspection>> {
        match self.0.services.store.inspections_by_id(&self.0.session.tenant, &keys).await {
            Ok(rows) => {
                let seen = rows.into_iter().filter_map(|row| visible(&self.0, row));
                seen.map(|inspection| (inspection.row.id, Ok(inspection))).collect()
            }
            Err(error) => all_fail(keys, error),
        }
    }
}

/// Loads inspections by the public id of their token.
#[derive(Clone, Debug)]
pub struct InspectionByTokenLoader(pub Caller);

impl Loader for InspectionByTokenLoader {
    type Key = TokenUid;
    type Value = Inspection;

    async fn load(&self, keys: Vec<TokenUid>) -> HashMap<TokenUid, Result<Inspection>> {
        let uids: Vec<String> = keys.iter().map(|uid| uid.0.clone()).collect();
        match self.0.services.store.inspections_by_token(&self.0.session.tenant, None, &uids).await {
            Ok(rows) => {
                let seen = rows.into_iter().filter_map(|row| visible(&self.0, row));
                seen.map(|inspection| (inspection.uid(), Ok(inspection))).collect()
            }
            Err(error) => all_fail(keys, error),
        }
    }
}

/// Loads what the vendor says of tokens at present, and keeps in the ledger what is new.
#[derive(Clone, Debug)]
pub struct TokenStateLoader(pub Caller);

impl Loader for TokenStateLoader {
    type Key = AccountKeyed<TokenUid>;
    type Value = Arc<TokenState>;

    async fn load(&self, keys: Vec<Self::Key>) -> HashMap<Self::Key, Result<Self::Value>> {
        per_account(keys, |account, uids| self.status(account, uids)).await
    }
}

impl TokenStateLoader {
    async fn status(
        &self,
        account: AccountId,
        uids: Vec<TokenUid>,
    ) -> HashMap<TokenUid, Result<Option<Arc<TokenState>>>> {
        let caller = &self.0;
        let Some(source) = caller.services.sources.inspections.get(&caller.session.tenant, &account) else {
            return uids.into_iter().map(|uid| (uid, Err(not_served(&account, "inspections")))).collect();
        };
        let reading = Reading {
            operation: source.status_operation(),
            environment: source.environment(),
            fetching: Fetching::EachAlone,
            keep: |_: &TokenUid, state: Option<TokenState>| {
                let settled = state.as_ref().is_some_and(TokenState::is_final);
                Fetched::new(state).settled(settled)
            },
        };
        let (services, tenant) = (Arc::clone(&caller.services), Arc::clone(&caller.session.tenant));
        let of = account.clone();
        let fetch = move |uids| {
            let (source, services, tenant, account) =
                (Arc::clone(&source), Arc::clone(&services), Arc::clone(&tenant), of.clone());
            async move {
                let answers = source.status(uids, shared_context()).await;
                let states: Vec<TokenState> =
                    answers.values().filter_map(|answer| answer.as_ref().ok()?.clone()).collect();
                // The cache needs no dropping: what is new is on its way into it, and those who are told join this read.
                match progress::note(&services, &tenant, &account, source.environment(), &states).await {
                    Ok(entries) => services.announce(&entries),
                    Err(error) => {
                        tracing::warn!(%error, "the ledger did not take an inspection's progress; the next reading brings it again");
                    }
                }
                answers
            }
        };
        read_through(caller, &account, reading, uids, fetch).await
    }
}

/// Loads reports as they stand at the vendor now.
#[derive(Clone, Debug)]
pub struct PresentReportLoader(pub Caller);

impl Loader for PresentReportLoader {
    type Key = AccountKeyed<TokenUid>;
    type Value = Arc<PresentReport>;

    async fn load(&self, keys: Vec<Self::Key>) -> HashMap<Self::Key, Result<Self::Value>> {
        per_account(keys, |account, uids| self.reports(account, uids)).await
    }
}

impl PresentReportLoader {
    async fn reports(
        &self,
        account: AccountId,
        uids: Vec<TokenUid>,
    ) -> HashMap<TokenUid, Result<Option<Arc<PresentReport>>>> {
        let Some(source) = self.0.services.sources.inspections.get(&self.0.session.tenant, &account) else {
            return uids.into_iter().map(|uid| (uid, Err(not_served(&account, "inspections")))).collect();
        };
        let reading = Reading {
            operation: source.reports_operation(),
            environment: source.environment(),
            fetching: Fetching::EachAlone,
            keep: |_: &TokenUid, report: Option<PresentReport>| Fetched::new(report),
        };
        let fetch = move |uids| {
            let source = Arc::clone(&source);
            async move { source.reports(uids, shared_context()).await }
        };
        read_through(&self.0, &account, reading, uids, fetch).await
    }
}

/// The licence plate that the photos of a report show; none when none could be read.
///
/// # Errors
/// `INTERNAL` when the ledger's content has another shape.
pub fn plate_on_photos(report: &ReportRow) -> Result<Option<String>> {
    let content = ReportContent::deserialize(&report.data).map_err(Error::internal)?;
    Ok(content.detected_license_plate)
}

/// Loads the current reports of inspections by the ledger's id.
#[derive(Clone, Debug)]
pub struct ReportLoader(pub Caller);

impl Loader for ReportLoader {
    type Key = Uuid;
    type Value = Arc<ReportRow>;

    async fn load(&self, keys: Vec<Uuid>) -> HashMap<Uuid, Result<Self::Value>> {
        match self.0.services.store.current_reports(&self.0.session.tenant, &keys).await {
            Ok(rows) => rows.into_iter().map(|row| (row.inspection_id, Ok(Arc::new(row)))).collect(),
            Err(error) => all_fail(keys, error),
        }
    }
}
