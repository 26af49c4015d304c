//! Hands deliveries on to a receiver of the tenant's own, byte for byte and in the order of arrival.
//!
//! Nothing waits for it: a receiver that is slow or gone holds up neither the intake nor the ledger's own work.

use std::sync::Arc;

use chrono::DateTime;
use chrono::TimeDelta;
use chrono::Utc;

use crate::store::DeliveryRow;
use crate::store::ForwardDue;
use crate::store::ForwardRow;
use crate::store::ForwardState;
use crate::store::StoreError;
use crate::telemetry::metrics::FORWARDS;
use crate::transport::Handover;
use crate::transport::NotTaken;

use super::lane::Lane;
use super::patience;
use super::worker::Shift;

/// How many are looked up at once; they are read one by one, since a result can have some megabytes.
const PAGE: usize = 10;
/// While a receiver does not answer at all, one delivery is tried so often, and not each of those that wait.
const SILENCE: TimeDelta = TimeDelta::seconds(5);

/// The worker that hands a lane's deliveries on.
pub(super) struct ForwardShift {
    lane: Arc<Lane>,
    receiver: Handover,
}

impl ForwardShift {
    pub(super) fn new(lane: &Arc<Lane>, receiver: Handover) -> Self {
        Self { lane: Arc::clone(lane), receiver }
    }
}

impl Shift for ForwardShift {
    async fn pass(&mut self, by: DateTime<Utc>) -> Result<Option<DateTime<Utc>>, StoreError> {
        let lane = &self.lane;
        let (store, tenant) = (&lane.services.store, &lane.receiver.tenant);
        let mut after = None;
        loop {
            let page = store.forwards_due(tenant, lane.vendor, by, after, PAGE).await?;
            if page.is_empty() {
                return store.next_forward_due(tenant, lane.vendor).await;
            }
            for due in page {
                after = Some(due.arrival);
                if lane.hand_on(&self.receiver, due).await? == Err(NotTaken::Silent) {
                    return Ok(Some(lane.services.clock.now() + SILENCE));
                }
            }
        }
    }

    async fn woken(&mut self) {
        self.lane.to_forward.notified().await;
    }
}

impl Lane {
    /// Tries to hand one delivery on and tells the ledger how that ended.
    async fn hand_on(&self, receiver: &Handover, due: ForwardDue) -> Result<Result<(), NotTaken>, StoreError> {
        let (store, tenant, now) = (&self.services.store, &self.receiver.tenant, self.services.clock.now());
        let attempts = due.attempts + 1;
        let Some(delivery) = store.delivery(tenant, due.delivery_id).await? else { return Ok(Ok(())) };
        let DeliveryRow { id, content_type, body, .. } = delivery;
        let outcome = receiver.send(id, content_type.as_deref(), body).await;
        let (state, label) = match outcome {
            Ok(()) => (ForwardState::Taken, "taken"),
            Err(_) if patience::is_spent(due.attempts) => (ForwardState::GivenUp, "given_up"),
            Err(_) => (ForwardState::Waiting, "failed"),
        };
        metrics::counter!(FORWARDS, "vendor" => self.vendor, "outcome" => label).increment(1);
        let note = outcome.err().map(|failure| failure.to_string());
        if state == ForwardState::GivenUp {
            tracing::warn!(%tenant, delivery = %id, note, "a delivery could not be handed on for days; it is not tried any more");
        }
        let next_try_at = now + patience::pause(due.attempts);
        store.settle_forward(due.arrival, ForwardRow { state, note, attempts, next_try_at }).await?;
        Ok(outcome)
    }
}
