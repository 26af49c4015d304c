//! Asks for inspections of which no delivery has spoken: a webhook is sent once, and can be lost on its way.
//!
//! The waits grow and are kept in the ledger, so that a restart neither forgets nor repeats a question. What the vendor
//! says is kept like any other reading. A finished inspection without a report is asked for once more after the first
//! wait: the delivery that brings its report has so long to come, and what it brings has more in it.

use std::fmt::Write as _;
use std::sync::Arc;

use chrono::DateTime;
use chrono::TimeDelta;
use chrono::Utc;
use futures_util::future::join_all;
use serde_json::json;
use sha2::Digest;
use sha2::Sha256;

use crate::auth::AccountId;
use crate::cache::CacheKey;
use crate::config::Webhooks;
use crate::domain::inspection::model::InspectionStatus;
use crate::domain::inspection::model::TokenUid;
use crate::domain::inspection::progress;
use crate::domain::inspection::report::ReportContent;
use crate::domain::inspection::source::InspectionSource;
use crate::domain::read::shared_context;
use crate::ids::Ids;
use crate::store::InspectionPatch;
use crate::store::NewReport;
use crate::store::PollDue;
use crate::store::PollQuery;
use crate::store::StoreError;

use super::lane::Lane;
use super::worker::AFTER_FAILURE;
use super::worker::Shift;

/// How many inspections are asked for at once, at most: this work is to be noticed by nobody.
const AT_ONCE: usize = 8;
/// A finished inspection has no report at the vendor either when it was asked for so many times.
const MOST_FOR_REPORT: i64 = 8;

/// The worker that asks for a lane's inspections.
pub(super) struct PollShift(Arc<Lane>);

impl PollShift {
    pub(super) fn new(lane: &Arc<Lane>) -> Self {
        Self(Arc::clone(lane))
    }
}

impl Shift for PollShift {
    /// Goes by the time of day alone: at a start nothing is asked for that is not due.
    async fn pass(&mut self, _: DateTime<Utc>) -> Result<Option<DateTime<Utc>>, StoreError> {
        let lane = &self.0;
        let (store, first) = (&lane.services.store, span(lane.receiver.polling.poll_first));
        loop {
            let now = lane.services.clock.now();
            let due = store.polls_due(&lane.polls(now), now, AT_ONCE).await?;
            if due.is_empty() {
                // A new inspection is due no sooner than that, so nobody has to tell of it.
                let next = store.next_poll_due(&lane.polls(now)).await?;
                return Ok(Some(next.map_or(now + first, |next| next.min(now + first))));
            }
            for failure in join_all(due.into_iter().map(|one| lane.poll(one))).await {
                if let Err(error) = failure {
                    let tenant = &lane.receiver.tenant;
                    tracing::error!(%tenant, %error, "the ledger does not take what came of asking for an inspection");
                    return Ok(Some(now + AFTER_FAILURE));
                }
            }
        }
    }

    async fn woken(&mut self) {
        std::future::pending::<()>().await;
    }
}

impl Lane {
    fn polls(&self, now: DateTime<Utc>) -> PollQuery {
        let polling = self.receiver.polling;
        PollQuery {
            tenant: self.receiver.tenant.as_ref().to_owned(),
            vendor: self.vendor.to_owned(),
            finished: InspectionStatus::Completed.code().unwrap_or_default(),
            first_millis: span(polling.poll_first).num_milliseconds(),
            // One question after the end is needed, so that the vendor can say that this is the end.
            expiring_after: now - span(polling.poll_cap) - span(polling.poll_cap),
            most_for_report: MOST_FOR_REPORT,
        }
    }

    async fn poll(&self, one: PollDue) -> Result<(), StoreError> {
        let serving = self.accounts(std::slice::from_ref(&one.account)).into_iter().next();
        if let Some((account, source)) = serving.filter(|(_, source)| source.environment() == one.environment) {
            let is_finished = InspectionStatus::from_code(one.status_code) == InspectionStatus::Completed;
            if is_finished {
                self.fetch_report(&one, &account, source.as_ref()).await?;
            } else {
                self.fetch_status(&one, &account, source.as_ref()).await?;
            }
        }
        let next = self.services.clock.now() + pause(self.receiver.polling, one.polls + 1, &self.services.ids);
        self.services.store.polled(&self.receiver.tenant, &one, next).await
    }

    async fn fetch_status(
        &self,
        one: &PollDue,
        account: &AccountId,
        source: &dyn InspectionSource,
    ) -> Result<(), StoreError> {
        let uid = TokenUid(one.token_uid.clone());
        let Some(Ok(Some(state))) = self.ask(account, source, vec![uid.clone()]).await.remove(&uid) else {
            return Ok(());
        };
        if state.status_code.is_some_and(|code| code != one.status_code) {
            let (tenant, inspection) = (&self.receiver.tenant, one.inspection_id);
            tracing::info!(%tenant, %inspection, "an inspection has got further without a delivery that tells of it");
        }
        let tenant = &self.receiver.tenant;
        let entries = progress::note(&self.services, tenant, account, source.environment(), &[state]).await?;
        // What was cached while this reading was on its way may be older than it.
        self.services.invalidate(tenant, account, &uid.tags());
        self.services.announce(&entries);
        Ok(())
    }

    /// Takes the report as it stands at the vendor, where no delivery has brought one.
    async fn fetch_report(
        &self,
        one: &PollDue,
        account: &AccountId,
        source: &dyn InspectionSource,
    ) -> Result<(), StoreError> {
        let uid = TokenUid(one.token_uid.clone());
        let Some(Ok(Some(present))) = source.reports(vec![uid.clone()], shared_context()).await.remove(&uid) else {
            return Ok(());
        };
        let (store, tenant, now) = (&self.services.store, &self.receiver.tenant, self.services.clock.now());
        let rows = store.inspections_by_id(tenant, &[one.inspection_id]).await?;
        let current = store.current_reports(tenant, &[one.inspection_id]).await?;
        let (Some(row), true, Ok(data)) =
            (rows.into_iter().next(), current.is_empty(), serde_json::to_value(&present.content))
        else {
            return Ok(());
        };
        let content_hash = content_hash(&present.content);
        let dedupe_key = format!("inspection:{}:report:{content_hash}", row.id);
        let trail = self.report_trail(&row, now, json!({}), dedupe_key);
        let report = NewReport {
            id: self.services.ids.uuid(now),
            tenant: tenant.as_ref().to_owned(),
            inspection_id: row.id,
            content_hash,
            data,
            delivery_id: None,
            received_at: now,
            yields_to: None,
            read_status_at: None,
        };
        let entries = trail.timeline.clone();
        store.apply_report(report, InspectionPatch::default(), trail, now).await?;
        self.services.invalidate(tenant, account, &uid.tags());
        self.services.announce(&entries);
        tracing::info!(%tenant, inspection = %row.id, "an inspection has the report that the vendor holds; no delivery brought one");
        Ok(())
    }
}

/// The hash of a fetched report, which never is that of a delivered one: there is more in those.
fn content_hash(content: &ReportContent) -> String {
    // A report consists of texts and numbers, which JSON can always hold.
    let digest = Sha256::digest(serde_json::to_vec(content).unwrap_or_default());
    digest.iter().fold("fetched:".to_owned(), |mut text, byte| {
        // Writing to a String cannot fail.
        write!(text, "{byte:02x}").ok();
        text
    })
}

/// The wait after `polls` questions without news, up to a tenth shorter or longer: what was begun together does not
/// stay together.
fn pause(polling: Webhooks, polls: i64, ids: &Ids) -> TimeDelta {
    let exponent = u32::try_from(polls).unwrap_or(u32::MAX);
    let factor = polling.poll_factor.saturating_pow(exponent);
    let wait = polling.poll_first.saturating_mul(factor).min(polling.poll_cap);
    let millis = u64::try_from(wait.as_millis()).unwrap_or(u64::MAX);
    let millis = millis - millis / 10 + ids.below(millis / 5);
    TimeDelta::milliseconds(i64::try_from(millis).unwrap_or(i64::MAX / 4))
}

fn span(of: std::time::Duration) -> TimeDelta {
    TimeDelta::from_std(of).unwrap_or(TimeDelta::days(365))
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;

    #[test]
    fn waits_grow_to_the_cap_and_are_spread() {
        let polling =
            Webhooks { poll_first: Duration::from_mins(10), poll_factor: 2, poll_cap: Duration::from_hours(2) };
        let ids = Ids::seeded(3);
        for (polls, minutes) in [(0, 10), (1, 20), (2, 40), (3, 80), (4, 120), (40, 120), (i64::MAX, 120)] {
            let waits: Vec<i64> = (0..50).map(|_| pause(polling, polls, &ids).num_seconds()).collect();
            let (shortest, longest) = (waits.iter().min().unwrap(), waits.iter().max().unwrap());
            assert!(*shortest >= minutes * 54 && *longest <= minutes * 66, "{polls}: {shortest} to {longest}");
            assert!(shortest != longest, "they are spread");
        }
    }
}
