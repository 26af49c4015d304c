//! The domain's port for the state of an account's calls, answered by the client that makes them.

use async_trait::async_trait;

use crate::domain::operations::model::AccountState;
use crate::domain::operations::model::Circuit;
use crate::domain::operations::model::Quota;
use crate::domain::operations::model::QuotaOrigin;
use crate::domain::operations::source::VendorMonitor;
use crate::transport::CircuitState;
use crate::transport::QuotaLeft;
use crate::transport::ToldLimit;
use crate::transport::Transport;
use crate::transport::WINDOW;

/// Watches the calls of one account.
#[derive(Clone, Debug)]
pub struct TransportMonitor {
    transport: Transport,
    environment: Option<&'static str>,
    sandbox: bool,
}

impl TransportMonitor {
    /// Watches what `transport` and its relatives call.
    pub(super) fn new(transport: Transport, environment: Option<&'static str>, sandbox: bool) -> Self {
        Self { transport, environment, sandbox }
    }
}

#[async_trait]
impl VendorMonitor for TransportMonitor {
    async fn state(&self) -> AccountState {
        let (circuit, held_back_for) = match self.transport.circuit().await {
            CircuitState::Closed => (Circuit::Closed, None),
            CircuitState::HalfOpen => (Circuit::HalfOpen, None),
            CircuitState::Open(left) => (Circuit::Open, Some(left)),
        };
        let reading = self.transport.reading();
        let own = self.transport.quota().map(own_quota);
        AccountState {
            environment: self.environment,
            sandbox: self.sandbox,
            circuit,
            held_back_for,
            quotas: own.into_iter().chain(reading.told.iter().map(told_quota)).collect(),
            in_flight: reading.in_flight,
            window: WINDOW,
            calls: reading.calls,
            failures: reading.failures,
            median: reading.median,
            slowest_twentieth: reading.slowest_twentieth,
            last_success_at: reading.last_success_at,
            last_failure_at: reading.last_failure_at,
            last_failure: reading.last_failure,
        }
    }
}

fn own_quota(left: QuotaLeft) -> Quota {
    Quota {
        origin: QuotaOrigin::Gateway,
        operation: None,
        limit: left.limit,
        remaining: Some(left.remaining),
        resets_at: None,
    }
}

fn told_quota(told: &ToldLimit) -> Quota {
    Quota {
        origin: QuotaOrigin::Vendor,
        operation: Some(told.operation),
        limit: told.limit,
        remaining: told.remaining,
        resets_at: told.resets_at,
    }
}
