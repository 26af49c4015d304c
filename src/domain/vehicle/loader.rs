//! Loads vehicles: the catalogue's entry by VIN, and what the index knows.

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
use crate::error::Error;
use crate::graphql::Result;
use crate::graphql::dataloader::Loader;
use crate::graphql::scalars::Vin;
use crate::store::MergedVehicle;

use super::model::VehicleSpec;

/// Loads catalogue entries by account and VIN.
#[derive(Clone, Debug)]
pub struct VehicleSpecLoader(pub Caller);

impl Loader for VehicleSpecLoader {
    type Key = AccountKeyed<Vin>;
    type Value = Arc<VehicleSpec>;

    async fn load(&self, keys: Vec<Self::Key>) -> HashMap<Self::Key, Result<Self::Value>> {
        per_account(keys, |account, vins| self.find(account, vins)).await
    }
}

impl VehicleSpecLoader {
    async fn find(&self, account: AccountId, vins: Vec<Vin>) -> HashMap<Vin, Result<Option<Arc<VehicleSpec>>>> {
        let Some(source) = self.0.services.sources.vehicles.get(&self.0.session.tenant, &account) else {
            return vins.into_iter().map(|vin| (vin, Err(not_served(&account, "a vehicle catalogue")))).collect();
        };
        let reading = Reading {
            operation: source.find_operation(),
            environment: "",
            fetching: Fetching::EachAlone,
            keep: |_: &Vin, spec: Option<VehicleSpec>| Fetched::new(spec),
        };
        let fetch = move |vins| {
            let source = Arc::clone(&source);
            async move { source.find(vins, shared_context()).await }
        };
        read_through(&self.0, &account, reading, vins, fetch).await
    }
}

/// Loads what the vehicle index knows, merged over the accounts that the caller may see.
#[derive(Clone, Debug)]
pub struct VehicleIndexLoader(pub Caller);

impl Loader for VehicleIndexLoader {
    type Key = Vin;
    type Value = Arc<MergedVehicle>;

    async fn load(&self, keys: Vec<Vin>) -> HashMap<Vin, Result<Self::Value>> {
        let vins: Vec<String> = keys.iter().map(|vin| vin.as_str().to_owned()).collect();
        let rows = self.0.services.store.vehicles_by_vin(&self.0.session.tenant, &self.0.account_keys(), &vins).await;
        let rows = match rows {
            Ok(rows) => rows,
            Err(error) => {
                let error = Error::from(error);
                return keys.into_iter().map(|vin| (vin, Err(error.clone()))).collect();
            }
        };
        let mut by_vin: HashMap<String, Vec<_>> = HashMap::new();
        for row in rows {
            by_vin.entry(row.vin.clone()).or_default().push(row);
        }
        let merged = by_vin.into_values().filter_map(MergedVehicle::of);
        merged.map(|vehicle| (Vin::from_source(&vehicle.vin), Ok(Arc::new(vehicle)))).collect()
    }
}
