//! Loads listings from the ledger, and the vendor's list of options.

use std::collections::HashMap;
use std::sync::Arc;

use serde::Deserialize;
use uuid::Uuid;

use crate::auth::AccountId;
use crate::cache::Fetched;
use crate::cache::Fetching;
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
use crate::store::ListingRow;

use super::model::Listing;
use super::model::NewListing;
use super::model::VehicleOption;

/// A row as the graph shows it, when the caller may see its account.
pub(super) fn visible(caller: &Caller, row: ListingRow) -> Option<Result<Listing>> {
    let account =
        caller.session.accounts.iter().find(|account| row.vendor == account.vendor && row.account == *account.name)?;
    let car = NewListing::deserialize(&row.car).map_err(Error::internal);
    Some(car.map(|car| Listing { account: account.clone(), row: Arc::new(row), car: Arc::new(car) }))
}

/// Loads the listings of vehicles, newest first.
#[derive(Clone, Debug)]
pub struct ListingsOfVehicleLoader(pub Caller);

impl Loader for ListingsOfVehicleLoader {
    type Key = Vin;
    type Value = Arc<Vec<Listing>>;

    async fn load(&self, keys: Vec<Vin>) -> HashMap<Vin, Result<Self::Value>> {
        let vins: Vec<String> = keys.iter().map(|vin| vin.as_str().to_owned()).collect();
        let caller = &self.0;
        let rows = match caller.serves(&caller.services.sources.listings, "listings") {
            Ok(()) => {
                let store = &caller.services.store;
                let rows = store.listings_by_vin(&caller.session.tenant, &caller.account_keys(), &vins).await;
                rows.map_err(Error::from)
            }
            Err(error) => Err(error),
        };
        let rows = match rows {
            Ok(rows) => rows,
            Err(error) => return keys.into_iter().map(|vin| (vin, Err(error.clone()))).collect(),
        };
        let mut by_vin: HashMap<Vin, Result<Vec<Listing>>> =
            keys.into_iter().map(|vin| (vin, Ok(Vec::new()))).collect();
        for row in rows {
            let vin = row.vin.as_deref().map(Vin::from_source);
            let Some(listings) = vin.and_then(|vin| by_vin.get_mut(&vin)) else { continue };
            match (visible(caller, row), &mut *listings) {
                (Some(Ok(listing)), Ok(known)) => known.push(listing),
                (Some(Err(error)), _) => *listings = Err(error),
                (None, _) | (Some(Ok(_)), Err(_)) => {}
            }
        }
        by_vin.into_iter().map(|(vin, listings)| (vin, listings.map(Arc::new))).collect()
    }
}

/// Loads listings by the ledger's id.
#[derive(Clone, Debug)]
pub struct ListingLoader(pub Caller);

impl Loader for ListingLoader {
    type Key = Uuid;
    type Value = Listing;

    async fn load(&self, keys: Vec<Uuid>) -> HashMap<Uuid, Result<Listing>> {
        match self.0.services.store.listings_by_id(&self.0.session.tenant, &keys).await {
            Ok(rows) => {
                let seen = rows.into_iter().filter_map(|row| Some((row.id, visible(&self.0, row)?)));
                seen.collect()
            }
            Err(error) => {
                let error = Error::from(error);
                keys.into_iter().map(|id| (id, Err(error.clone()))).collect()
            }
        }
    }
}

/// Loads every option that listings of an account can name.
#[derive(Clone, Debug)]
pub struct VehicleOptionsLoader(pub Caller);

impl Loader for VehicleOptionsLoader {
    type Key = AccountId;
    type Value = Arc<Vec<VehicleOption>>;

    async fn load(&self, accounts: Vec<AccountId>) -> HashMap<AccountId, Result<Self::Value>> {
        let keys = accounts.into_iter().map(|account| (account, ())).collect();
        let answers = per_account(keys, |account, keys| self.options(account, keys)).await;
        answers.into_iter().map(|((account, ()), answer)| (account, answer)).collect()
    }
}

impl VehicleOptionsLoader {
    async fn options(&self, account: AccountId, keys: Vec<()>) -> HashMap<(), Result<Option<Arc<Vec<VehicleOption>>>>> {
        let Some(source) = self.0.services.sources.listings.get(&self.0.session.tenant, &account) else {
            return keys.into_iter().map(|key| (key, Err(not_served(&account, "listings")))).collect();
        };
        let reading = Reading {
            operation: source.options_operation(),
            environment: source.environment(),
            fetching: Fetching::Together,
            keep: |(): &(), options: Option<Vec<VehicleOption>>| Fetched::new(options),
        };
        let fetch = move |keys: Vec<()>| {
            let source = Arc::clone(&source);
            async move {
                let options = source.options(shared_context()).await.map(Some);
                keys.into_iter().map(|key| (key, options.clone())).collect()
            }
        };
        read_through(&self.0, &account, reading, keys, fetch).await
    }
}
