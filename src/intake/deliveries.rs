//! Works off the deliveries of one lane, in the order of arrival. Whatever one of them does, the next one is worked on.

use std::collections::HashSet;
use std::panic::AssertUnwindSafe;
use std::sync::Arc;
use std::time::Duration;

use chrono::DateTime;
use chrono::TimeDelta;
use chrono::Utc;
use futures_util::FutureExt;
use tokio::sync::watch;

use crate::store::DeliveryState;
use crate::store::Named;
use crate::store::PendingDelivery;
use crate::store::Settlement;
use crate::store::StoreError;
use crate::telemetry::metrics::DELIVERIES;

use super::lane::Lane;
use super::patience;
use super::worker::AFTER_FAILURE;
use super::worker::Shift;

/// How many are looked up at once; they are read one by one, since a result can have some megabytes.
const PAGE: usize = 10;
/// A command in another process can open deliveries again, and nothing tells this one of it.
const LOOK_AGAIN: TimeDelta = TimeDelta::seconds(5);
const LEDGER_FAILED: &str = "the ledger failed over it; the log has the cause";
const PANICKED: &str = "the gateway failed over it; the log has the cause";

/// How work on one delivery ended.
pub(super) enum End {
    /// It needs no further work, which the ledger is yet to be told.
    Settled(Box<Settlement>),
    /// The ledger has settled it together with its report.
    Written(DeliveryState),
    /// Its inspection has just been met: earlier deliveries about it come first.
    Met,
    /// It is not there any more.
    Gone,
    /// It is to be tried again.
    Later {
        /// Why, in one safe line.
        note: String,
        /// At least so long a pause.
        wait: Option<Duration>,
        /// What it ends as when it has been tried often enough; none if it is never given up.
        last: Option<DeliveryState>,
    },
}

/// What has come of a delivery in one pass.
enum Step {
    Done,
    PutOff,
    Met,
}

/// The worker of a lane's deliveries.
pub(super) struct DeliveryShift {
    lane: Arc<Lane>,
    reopened: watch::Receiver<u64>,
}

impl DeliveryShift {
    pub(super) fn new(lane: &Arc<Lane>) -> Self {
        Self { lane: Arc::clone(lane), reopened: lane.services.store.reopened() }
    }
}

impl Shift for DeliveryShift {
    async fn pass(&mut self, by: DateTime<Utc>) -> Result<Option<DateTime<Utc>>, StoreError> {
        let lane = &self.lane;
        let (store, tenant) = (&lane.services.store, &lane.receiver.tenant);
        let (mut met, mut put_off) = (HashSet::new(), HashSet::new());
        let (mut after, mut is_stuck) = (None, false);
        'pages: loop {
            let page = store.pending_deliveries(tenant, lane.vendor, by, after, PAGE).await?;
            if page.is_empty() {
                break;
            }
            for pending in page {
                after = Some(pending.arrival);
                if put_off.contains(&pending.arrival) {
                    continue;
                }
                match lane.settle(pending, met.contains(&pending.arrival)).await {
                    Ok(Step::Done) => {}
                    Ok(Step::PutOff) => {
                        put_off.insert(pending.arrival);
                    }
                    Ok(Step::Met) => {
                        met.insert(pending.arrival);
                        after = None;
                        continue 'pages;
                    }
                    Err(error) => {
                        tracing::error!(%tenant, delivery = %pending.id, %error, "the ledger does not take what came of a delivery; it is tried again");
                        put_off.insert(pending.arrival);
                        is_stuck = true;
                    }
                }
            }
        }
        if is_stuck {
            return Ok(Some(lane.services.clock.now() + AFTER_FAILURE));
        }
        let next = store.next_delivery_due(tenant, lane.vendor).await?;
        let look_again = lane.services.clock.now() + LOOK_AGAIN;
        Ok(Some(next.map_or(look_again, |next| next.min(look_again))))
    }

    async fn woken(&mut self) {
        tokio::select! {
            () = self.lane.arrived.notified() => {}
            Ok(()) = self.reopened.changed() => {}
        }
    }
}

impl Lane {
    /// Works on one delivery and tells the ledger what came of it.
    async fn settle(&self, pending: PendingDelivery, is_met: bool) -> Result<Step, StoreError> {
        let mut names = Named::default();
        let worked = AssertUnwindSafe(self.apply(pending.id, is_met, &mut names)).catch_unwind().await;
        let (tenant, delivery) = (&self.receiver.tenant, pending.id);
        let end = worked.unwrap_or_else(|_| {
            tracing::error!(%tenant, %delivery, "the gateway panicked over a delivery; it is tried again");
            Ok(End::Later { note: PANICKED.to_owned(), wait: None, last: Some(DeliveryState::Unreadable) })
        });
        let end = end.unwrap_or_else(|error| {
            tracing::error!(%tenant, %delivery, %error, "the ledger failed over a delivery; it is tried again");
            End::Later { note: LEDGER_FAILED.to_owned(), wait: None, last: None }
        });
        let settlement = match end {
            End::Gone => return Ok(Step::Done),
            End::Met => return Ok(Step::Met),
            End::Written(state) => {
                self.count(state);
                return Ok(Step::Done);
            }
            End::Settled(settlement) => *settlement,
            End::Later { note, wait, last } => self.later(pending, note, wait, last),
        };
        let (state, now) = (settlement.state, self.services.clock.now());
        let settlement = Settlement { names, ..settlement };
        self.services.store.settle_delivery(tenant, pending.id, settlement, now).await?;
        if state == DeliveryState::Received {
            return Ok(Step::PutOff);
        }
        if state == DeliveryState::Noted {
            self.called.notify_one();
        }
        self.count(state);
        Ok(Step::Done)
    }

    fn later(
        &self,
        pending: PendingDelivery,
        note: String,
        wait: Option<Duration>,
        last: Option<DeliveryState>,
    ) -> Settlement {
        let state = last.filter(|_| patience::is_spent(pending.attempts)).unwrap_or(DeliveryState::Received);
        let wait = wait.and_then(|wait| TimeDelta::from_std(wait).ok()).unwrap_or_default();
        let pause = patience::pause(pending.attempts).max(wait.min(TimeDelta::hours(1)));
        let next_try_at = Some(self.services.clock.now() + pause);
        Settlement { note: Some(note), next_try_at, ..Settlement::new(state) }
    }

    fn count(&self, state: DeliveryState) {
        metrics::counter!(DELIVERIES, "vendor" => self.vendor, "state" => state.as_str()).increment(1);
    }
}
