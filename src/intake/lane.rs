//! One vendor's deliveries to one tenant: a slow vendor, or a tenant with many of them, holds up nobody else.

use std::sync::Arc;
use std::sync::atomic::AtomicBool;
use std::sync::atomic::Ordering;

use tokio::sync::Notify;

use crate::auth::AccountId;
use crate::domain::inspection::source::InspectionSource;
use crate::domain::services::Services;

use super::Receiver;
use super::deliveries::DeliveryShift;
use super::forward::ForwardShift;
use super::poll::PollShift;
use super::status::StatusShift;
use super::worker;

/// One vendor's deliveries to one tenant, and the readings of status that they call for.
#[derive(Debug)]
pub(super) struct Lane {
    pub(super) services: Arc<Services>,
    pub(super) vendor: &'static str,
    pub(super) receiver: Receiver,
    /// A delivery has been kept.
    pub(super) arrived: Notify,
    /// A reading of a status has been called for.
    pub(super) called: Notify,
    /// A delivery that is to be handed on has been kept.
    pub(super) to_forward: Notify,
    deliveries_work: AtomicBool,
    statuses_work: AtomicBool,
    polls_work: AtomicBool,
    forwards_work: AtomicBool,
}

impl Lane {
    pub(super) fn new(services: Arc<Services>, vendor: &'static str, receiver: Receiver) -> Self {
        Self {
            services,
            vendor,
            receiver,
            arrived: Notify::new(),
            called: Notify::new(),
            to_forward: Notify::new(),
            deliveries_work: AtomicBool::new(false),
            statuses_work: AtomicBool::new(false),
            polls_work: AtomicBool::new(false),
            forwards_work: AtomicBool::new(true),
        }
    }

    /// Starts the workers; they end when the process drains.
    pub(super) fn start(self: &Arc<Self>) {
        self.deliveries_work.store(true, Ordering::SeqCst);
        self.statuses_work.store(true, Ordering::SeqCst);
        self.polls_work.store(true, Ordering::SeqCst);
        let lane = Arc::clone(self);
        drop(self.services.shutdown.spawn(async move {
            let shift = DeliveryShift::new(&lane);
            worker::run(shift, &lane.services.clock, &lane.services.shutdown, &lane.deliveries_work).await;
        }));
        let lane = Arc::clone(self);
        drop(self.services.shutdown.spawn(async move {
            let shift = StatusShift::new(&lane);
            worker::run(shift, &lane.services.clock, &lane.services.shutdown, &lane.statuses_work).await;
        }));
        let lane = Arc::clone(self);
        drop(self.services.shutdown.spawn(async move {
            let shift = PollShift::new(&lane);
            worker::run(shift, &lane.services.clock, &lane.services.shutdown, &lane.polls_work).await;
        }));
        let Some(receiver) = self.receiver.forward.clone() else { return };
        let lane = Arc::clone(self);
        drop(self.services.shutdown.spawn(async move {
            let shift = ForwardShift::new(&lane, receiver);
            worker::run(shift, &lane.services.clock, &lane.services.shutdown, &lane.forwards_work).await;
        }));
    }

    /// Whether every worker runs and the ledger answers it.
    pub(super) fn is_working(&self) -> bool {
        let work = [&self.deliveries_work, &self.statuses_work, &self.polls_work, &self.forwards_work];
        work.into_iter().all(|works| works.load(Ordering::SeqCst))
    }

    /// The accounts with these names, each with what asks the vendor in its name; those no longer configured are left out.
    pub(super) fn accounts(&self, names: &[String]) -> Vec<(AccountId, Arc<dyn InspectionSource>)> {
        let accounts = self.receiver.accounts.iter();
        accounts
            .filter(|account| names.iter().any(|name| **name == *account.name))
            .filter_map(|account| {
                let source = self.services.sources.inspections.get(&self.receiver.tenant, account)?;
                Some((account.clone(), source))
            })
            .collect()
    }
}
