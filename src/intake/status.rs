//! Reads an inspection's status after a delivery spoke of it: a result does not say which step it belongs to.

use std::collections::HashSet;
use std::sync::Arc;
use std::sync::Mutex;
use std::sync::PoisonError;
use std::time::Duration;

use crate::auth::AccountId;
use crate::cache::CacheKey;
use crate::domain::inspection::model::TokenUid;
use crate::domain::inspection::progress;
use crate::domain::read::shared_context;
use crate::domain::services::Services;

/// Deliveries about one inspection within this time cause one reading.
const GATHERED: Duration = Duration::from_secs(2);

/// One token of one account.
type Wanted = (Arc<str>, AccountId, TokenUid);

/// Reads statuses, each at most once at a time.
#[derive(Debug)]
pub(super) struct StatusReader {
    services: Arc<Services>,
    wanted: Arc<Mutex<HashSet<Wanted>>>,
}

impl StatusReader {
    pub(super) fn new(services: Arc<Services>) -> Self {
        Self { services, wanted: Arc::default() }
    }

    /// Reads the status of a token a little later, once for all deliveries until then.
    pub(super) fn soon(&self, tenant: Arc<str>, account: AccountId, uid: TokenUid) {
        let wanted = (tenant, account, uid);
        if !self.wanted.lock().unwrap_or_else(PoisonError::into_inner).insert(wanted.clone()) {
            return;
        }
        let (services, all) = (Arc::clone(&self.services), Arc::clone(&self.wanted));
        let draining = services.shutdown.draining();
        let supervisor = services.shutdown.clone();
        let reading = async move {
            tokio::select! {
                () = tokio::time::sleep(GATHERED) => {}
                () = draining => {}
            }
            all.lock().unwrap_or_else(PoisonError::into_inner).remove(&wanted);
            read(&services, &wanted).await;
        };
        drop(supervisor.spawn(reading));
    }
}

/// Reads past the cache, drops what it held, and keeps what is new.
async fn read(services: &Services, (tenant, account, uid): &Wanted) {
    let Some(source) = services.sources.inspections.get(tenant, account) else { return };
    services.invalidate(tenant, account, &uid.tags());
    let answers = source.status(vec![uid.clone()], shared_context()).await;
    let states: Vec<_> = answers.into_values().filter_map(|answer| answer.ok().flatten()).collect();
    if states.is_empty() {
        tracing::info!(%account, "an inspection's status could not be read after a delivery; the next question reads it again");
    }
    if let Err(error) = progress::note(services, tenant, account, source.environment(), &states).await {
        tracing::warn!(%error, "the ledger did not take an inspection's status after a delivery");
    }
}
