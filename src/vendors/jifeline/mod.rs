//! Jifeline: remote diagnostics over a connector in the car's diagnostic port.
//!
//! REST API of the customer side, documented without methods and paths; which paths are inferred stands at each
//! [`Operation`]. One account is one customer, who logs in with one of its connectors.
//! Reference: <https://customer-api-docs-001.prd.jifeline.cloud>.
//!
//! What to know before changing anything here: ids come as numbers or as strings; times come in four notations; a VIN
//! can have 16 characters; an unknown thing can be a 400, a 403, a 404, `null` or nothing at all.

mod api;
mod auth;
mod error;
mod kept;
mod log_in;
mod map;
mod private;
mod socket;
mod source;

use std::collections::BTreeMap;
use std::sync::Arc;

use tokio::time::timeout_at;
use url::Url;

use crate::clock::Clock;
use crate::domain::mileage::MileageUnit;
use crate::domain::registry::CallContext;
use crate::domain::ticket::model::TicketState;
use crate::error::VendorError;
use crate::error::VendorErrorKind;
use crate::ids::Ids;
use crate::shutdown::Shutdown;
use crate::transport::Authorize;
use crate::transport::Operation;
use crate::transport::Transport;
use crate::transport::TransportConfig;
use crate::transport::TransportError;
use crate::vendors::TransportMonitor;

pub use api::OPERATIONS;
pub use api::VENDOR;
pub use kept::Kept;
pub use log_in::JifelineLogIn;
pub use log_in::LogIn;
pub use private::PRIVATE;
pub use socket::JifelineSocket;
pub use source::JifelineCartSource;
pub use source::JifelineCatalogueSource;
pub use source::JifelineConnectorSource;
pub use source::JifelineGarageSource;
pub use source::JifelineMessengerSource;
pub use source::JifelineProductSource;
pub use source::JifelineReferenceSource;
pub use source::JifelineStatusSource;
pub use source::JifelineTicketOrdering;
pub use source::JifelineTicketSource;
pub use source::JifelineVehicleSource;

use auth::SessionAuth;
use log_in::Door;

/// The meaning of ticket states where the configuration names none.
///
/// Inferred: the numbers 1 and 7 are documented in samples only, the names belong to another API of the vendor.
pub const DEFAULT_TICKET_STATES: [(i32, TicketState); 2] = [(1, TicketState::Pending), (7, TicketState::Closed)];

/// How one customer account is reached and read.
#[derive(Clone, Debug)]
pub struct JifelineConfig {
    /// Address and limits; at most four calls run at once whatever it says, as the vendor counts per customer.
    pub transport: TransportConfig,
    /// Where the socket answers.
    pub socket_url: Url,
    /// What the account's session is opened with.
    pub log_in: LogIn,
    /// The unit of odometer readings, which the vendor does not name.
    pub odometer_unit: MileageUnit,
    /// The meaning of the vendor's numbers of ticket states.
    pub ticket_states: BTreeMap<i32, TicketState>,
}

/// One customer account.
#[derive(Clone, Debug)]
pub struct JifelineClient {
    transport: Transport,
    auth: Arc<SessionAuth>,
    /// The operation that opens the account's session.
    log_in: &'static Operation,
    socket_url: Url,
    reading: Arc<map::Reading>,
}

impl JifelineClient {
    /// Makes the client of one account; nothing is called yet.
    ///
    /// # Errors
    /// [`TransportError`] when the HTTP client cannot be set up.
    pub fn new(config: JifelineConfig, clock: Clock, shutdown: Shutdown) -> Result<Self, TransportError> {
        let limited = TransportConfig {
            concurrency: config.transport.concurrency.min(api::PARALLEL),
            refusals: error::REFUSALS,
            ..config.transport
        };
        let unsigned = Transport::new(&limited, None, clock.clone())?;
        let door = Door::new(unsigned.clone(), config.log_in);
        let log_in = door.operation();
        let auth = Arc::new(SessionAuth::new(door, clock, shutdown));
        let signer: Arc<dyn Authorize> = Arc::<SessionAuth>::clone(&auth);
        let transport = unsigned.signed_by(signer)?;
        let reading =
            Arc::new(map::Reading { odometer_unit: config.odometer_unit, ticket_states: config.ticket_states });
        Ok(Self { transport, auth, log_in, socket_url: config.socket_url, reading })
    }

    /// Opens the account's session unless it is open already, as every call does that needs it.
    ///
    /// # Errors
    /// What the log-in met.
    pub async fn log_in(&self, context: &CallContext) -> Result<(), VendorError> {
        match timeout_at(context.deadline, self.auth.credential()).await {
            Ok(credential) => credential.map(drop),
            Err(_) => Err(self.log_in.error(VendorErrorKind::Deadline, "the request's time is over")),
        }
    }

    /// What opens the account's session again, for another client in another process; logs in if nobody has yet.
    ///
    /// # Errors
    /// What the log-in met.
    pub async fn kept(&self, context: &CallContext) -> Result<Kept, VendorError> {
        match timeout_at(context.deadline, self.auth.kept()).await {
            Ok(kept) => kept,
            Err(_) => Err(self.log_in.error(VendorErrorKind::Deadline, "the request's time is over")),
        }
    }

    /// The account's vehicles.
    #[must_use]
    pub fn vehicles(&self) -> JifelineVehicleSource {
        JifelineVehicleSource::new(self.clone())
    }

    /// The account's tickets.
    #[must_use]
    pub fn tickets(&self) -> JifelineTicketSource {
        JifelineTicketSource::new(self.clone())
    }

    /// The account's connectors.
    #[must_use]
    pub fn connectors(&self) -> JifelineConnectorSource {
        JifelineConnectorSource::new(self.clone())
    }

    /// The catalogue of vehicles as the account sees it.
    #[must_use]
    pub fn catalogue(&self) -> JifelineCatalogueSource {
        JifelineCatalogueSource::new(self.clone())
    }

    /// What the account can order.
    #[must_use]
    pub fn products(&self) -> JifelineProductSource {
        JifelineProductSource::new(self.clone())
    }

    /// The account's cart.
    #[must_use]
    pub fn cart(&self) -> JifelineCartSource {
        JifelineCartSource::new(self.clone())
    }

    /// The account's orders.
    #[must_use]
    pub fn ordering(&self) -> JifelineTicketOrdering {
        JifelineTicketOrdering::new(self.clone())
    }

    /// The account's own affairs: employees, customer, service centre.
    #[must_use]
    pub fn garage(&self) -> JifelineGarageSource {
        JifelineGarageSource::new(self.clone())
    }

    /// The account's chats, channels and translations.
    #[must_use]
    pub fn messenger(&self) -> JifelineMessengerSource {
        JifelineMessengerSource::new(self.clone())
    }

    /// The countries and currencies that the vendor works with.
    #[must_use]
    pub fn reference(&self) -> JifelineReferenceSource {
        JifelineReferenceSource::new(self.clone())
    }

    /// Watches the account's calls; `sandbox` tells whether the sandbox stands in for the vendor.
    #[must_use]
    pub fn monitor(&self, sandbox: bool) -> TransportMonitor {
        TransportMonitor::new(self.transport.clone(), None, sandbox)
    }

    /// What happens to the account's connectors, tickets and connections.
    #[must_use]
    pub fn statuses(&self) -> JifelineStatusSource {
        JifelineStatusSource::new(self.clone())
    }

    /// A socket of the account's own, which connects when there is something to watch; `ids` spreads its tries.
    #[must_use]
    pub fn socket(&self, ids: Ids) -> JifelineSocket {
        JifelineSocket::new(self, ids)
    }
}
