//! Loads pages of timelines from the ledger.

use std::collections::HashMap;
use std::sync::Arc;

use chrono::DateTime;
use chrono::Utc;
use futures_util::future::join_all;
use serde::Deserialize;
use serde::Serialize;

use crate::domain::services::Caller;
use crate::error::Error;
use crate::graphql::Result;
use crate::graphql::dataloader::Loader;
use crate::graphql::scalars::Vin;
use crate::store::TimelineCursor;
use crate::store::TimelineRow;

/// The place of an entry in a timeline, as a cursor holds it.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
pub struct TimelinePosition {
    at: DateTime<Utc>,
    seq: i64,
}

impl TimelinePosition {
    /// The place of `row`.
    pub fn of(row: &TimelineRow) -> Self {
        Self { at: row.at, seq: row.change_seq }
    }

    /// The number of the change that added the entry: whoever comes back has seen everything up to it.
    pub const fn seq(&self) -> i64 {
        self.seq
    }
}

/// A stretch of a vehicle's timeline.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct TimelineStretch {
    /// The vehicle.
    pub vin: Vin,
    /// Where the stretch before ended.
    pub after: Option<TimelinePosition>,
    /// At most so many entries.
    pub limit: usize,
}

/// Loads stretches of the timelines of vehicles, newest first.
#[derive(Clone, Debug)]
pub struct TimelineLoader(pub Caller);

impl Loader for TimelineLoader {
    type Key = TimelineStretch;
    type Value = Arc<Vec<TimelineRow>>;

    async fn load(&self, keys: Vec<TimelineStretch>) -> HashMap<TimelineStretch, Result<Self::Value>> {
        let accounts = self.0.account_keys();
        let reads = keys.into_iter().map(|key| async {
            let after = key.after.as_ref().map(|place| TimelineCursor { at: place.at, change_seq: place.seq });
            let (store, tenant) = (&self.0.services.store, &self.0.session.tenant);
            let rows = store.timeline(tenant, &accounts, key.vin.as_str(), after, key.limit).await;
            (key, rows.map(Arc::new).map_err(Error::from))
        });
        join_all(reads).await.into_iter().collect()
    }
}
