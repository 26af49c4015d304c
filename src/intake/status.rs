//! Reads an inspection's status after a delivery spoke of it: a result does not say which step it belongs to.

use std::panic::AssertUnwindSafe;
use std::sync::Arc;

use chrono::DateTime;
use chrono::Utc;
use futures_util::FutureExt;
use futures_util::future::join_all;

use crate::auth::AccountId;
use crate::cache::CacheKey;
use crate::domain::inspection::model::TokenState;
use crate::domain::inspection::model::TokenUid;
use crate::domain::inspection::progress;
use crate::domain::inspection::source::InspectionSource;
use crate::domain::read::shared_context;
use crate::domain::registry::Answers;
use crate::store::StatusDue;
use crate::store::StoreError;

use super::lane::Lane;
use super::patience;
use super::worker::AFTER_FAILURE;
use super::worker::Shift;

/// How many statuses are read at once, at most.
const PAGE: usize = 50;

/// The worker that reads the statuses of a lane.
pub(super) struct StatusShift(Arc<Lane>);

impl StatusShift {
    pub(super) fn new(lane: &Arc<Lane>) -> Self {
        Self(Arc::clone(lane))
    }
}

impl Shift for StatusShift {
    async fn pass(&mut self, by: DateTime<Utc>) -> Result<Option<DateTime<Utc>>, StoreError> {
        let lane = &self.0;
        let (store, tenant) = (&lane.services.store, &lane.receiver.tenant);
        let (mut after, mut is_stuck) = (None, false);
        loop {
            let page = store.statuses_due(tenant, lane.vendor, by, after, PAGE).await?;
            let Some(last) = page.last() else { break };
            after = Some(last.inspection_id);
            let noted = join_all(per_account(page).into_iter().map(|due| lane.read_statuses(due))).await;
            for error in noted.into_iter().flatten() {
                tracing::error!(%tenant, %error, "the ledger does not take what came of reading a status; it is read again");
                is_stuck = true;
            }
        }
        if is_stuck {
            return Ok(Some(lane.services.clock.now() + AFTER_FAILURE));
        }
        store.next_status_due(tenant, lane.vendor).await
    }

    async fn woken(&mut self) {
        self.0.called.notified().await;
    }
}

/// What is due, together by account and environment.
fn per_account(due: Vec<StatusDue>) -> Vec<Vec<StatusDue>> {
    let mut accounts: Vec<Vec<StatusDue>> = Vec::new();
    for one in due {
        let same = |of: &&mut Vec<StatusDue>| {
            of.first().is_some_and(|other| other.account == one.account && other.environment == one.environment)
        };
        match accounts.iter_mut().find(same) {
            Some(of) => of.push(one),
            None => accounts.push(vec![one]),
        }
    }
    accounts
}

impl Lane {
    /// Reads statuses of one account past the cache, drops what it held, and keeps what is new; gives the ledger's
    /// failures.
    async fn read_statuses(&self, due: Vec<StatusDue>) -> Vec<StoreError> {
        let of = due.first().map(|first| (first.account.clone(), first.environment.clone()));
        let serving = of.and_then(|(name, environment)| {
            let (account, source) = self.accounts(std::slice::from_ref(&name)).into_iter().next()?;
            (source.environment() == environment).then_some((account, source))
        });
        let mut answers = match &serving {
            Some((account, source)) => {
                let uids = due.iter().map(|one| TokenUid(one.token_uid.clone())).collect();
                self.ask(account, source.as_ref(), uids).await
            }
            None => Answers::new(),
        };
        let mut failures = Vec::new();
        for one in due {
            let kept = match (&serving, answers.remove(&TokenUid(one.token_uid.clone()))) {
                (Some((account, source)), Some(Ok(Some(state)))) => {
                    self.keep_status(&one, account, source.as_ref(), state).await
                }
                (_, Some(Ok(None))) => {
                    let (tenant, inspection) = (&self.receiver.tenant, one.inspection_id);
                    tracing::info!(%tenant, %inspection, "the vendor does not know an inspection any more that a delivery spoke of");
                    self.services.store.status_read(tenant, inspection, one.calls).await.map(drop)
                }
                (_, Some(_) | None) => self.put_off_status(&one).await,
            };
            failures.extend(kept.err());
        }
        failures
    }

    /// Asks the vendor itself for the status of tokens, past the cache, which forgets what it held of them.
    pub(super) async fn ask(
        &self,
        account: &AccountId,
        source: &dyn InspectionSource,
        uids: Vec<TokenUid>,
    ) -> Answers<TokenUid, TokenState> {
        for uid in &uids {
            self.services.invalidate(&self.receiver.tenant, account, &uid.tags());
        }
        let answers = AssertUnwindSafe(source.status(uids, shared_context())).catch_unwind().await;
        answers.unwrap_or_else(|_| {
            tracing::error!(tenant = %self.receiver.tenant, %account, "the gateway panicked over statuses; they are read again");
            Answers::new()
        })
    }

    async fn keep_status(
        &self,
        one: &StatusDue,
        account: &AccountId,
        source: &dyn InspectionSource,
        state: TokenState,
    ) -> Result<(), StoreError> {
        let tenant = &self.receiver.tenant;
        match progress::note(&self.services, tenant, account, source.environment(), &[state]).await {
            Ok(entries) => {
                // What was cached while this reading was on its way may be older than it.
                self.services.invalidate(tenant, account, &TokenUid(one.token_uid.clone()).tags());
                self.services.announce(&entries);
                self.services.store.status_read(tenant, one.inspection_id, one.calls).await.map(drop)
            }
            Err(error) => {
                let inspection = one.inspection_id;
                tracing::error!(%tenant, %inspection, %error, "the ledger did not take a status; it is read again");
                self.put_off_status(one).await
            }
        }
    }

    /// Reads a status again after a pause that grows, and not at all once it has been tried often enough.
    async fn put_off_status(&self, one: &StatusDue) -> Result<(), StoreError> {
        let (store, tenant, inspection) = (&self.services.store, &self.receiver.tenant, one.inspection_id);
        if patience::is_spent(one.failures) {
            tracing::warn!(%tenant, %inspection, "an inspection's status could not be read for days after a delivery; the next question reads it");
            return store.status_read(tenant, inspection, one.calls).await.map(drop);
        }
        let until = self.services.clock.now() + patience::pause(one.failures);
        store.put_off_status(tenant, inspection, one.calls, until).await.map(drop)
    }
}
