//! Clients of several customers over the same connections.

use std::collections::BTreeMap;
use std::sync::Arc;

use url::Url;

use crate::clock::Clock;
use crate::domain::mileage::MileageUnit;
use crate::domain::ticket::model::TicketState;
use crate::shutdown::Shutdown;
use crate::transport::Authorize;
use crate::transport::Transport;
use crate::transport::TransportConfig;
use crate::transport::TransportError;

use super::JifelineClient;
use super::LogIn;
use super::api;
use super::auth::SessionAuth;
use super::error;
use super::log_in::Door;
use super::map;

/// Makes the clients of customers who are reached and read alike.
#[derive(Clone, Debug)]
pub struct JifelineAccounts {
    transport: Transport,
    socket_url: Url,
    reading: Arc<map::Reading>,
    clock: Clock,
    shutdown: Shutdown,
}

impl JifelineAccounts {
    /// Sets up the connections; nothing is called yet. At most four calls of one customer run at once, whatever
    /// `transport` says, as the vendor counts per customer.
    ///
    /// # Errors
    /// [`TransportError`] when the HTTP client cannot be set up.
    pub fn new(
        transport: TransportConfig,
        socket_url: Url,
        odometer_unit: MileageUnit,
        ticket_states: BTreeMap<i32, TicketState>,
        clock: Clock,
        shutdown: Shutdown,
    ) -> Result<Self, TransportError> {
        let limited = TransportConfig {
            concurrency: transport.concurrency.min(api::PARALLEL),
            refusals: error::REFUSALS,
            ..transport
        };
        let transport = Transport::new(&limited, None, clock.clone())?;
        let reading = Arc::new(map::Reading { odometer_unit, ticket_states });
        Ok(Self { transport, socket_url, reading, clock, shutdown })
    }

    /// Makes the client of the customer whom `log_in` opens; nothing is called yet.
    #[must_use]
    pub fn client(&self, log_in: LogIn) -> JifelineClient {
        let door = Door::new(self.transport.apart(), log_in);
        let log_in = door.operation();
        let auth = Arc::new(SessionAuth::new(door, self.clock.clone(), self.shutdown.clone()));
        let signer: Arc<dyn Authorize> = Arc::<SessionAuth>::clone(&auth);
        JifelineClient {
            transport: self.transport.signed_by(signer),
            auth,
            log_in,
            socket_url: self.socket_url.clone(),
            reading: Arc::clone(&self.reading),
        }
    }
}
