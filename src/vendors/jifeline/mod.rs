//! Jifeline: remote diagnostics over a connector in the car's diagnostic port.
//!
//! REST API of the customer side, documented without methods and paths; which paths are inferred stands at each
//! [`Operation`](crate::transport::Operation). One account is one customer, who logs in with one of its connectors.
//! Reference: <https://customer-api-docs-001.prd.jifeline.cloud>.
//!
//! What to know before changing anything here: ids come as numbers or as strings; times come in four notations; a VIN
//! can have 16 characters; an unknown thing can be a 400, a 403, a 404, `null` or nothing at all.

mod api;
mod auth;
mod error;
mod map;
mod private;
mod source;

use std::collections::BTreeMap;
use std::sync::Arc;

use secrecy::SecretString;

use crate::clock::Clock;
use crate::domain::mileage::MileageUnit;
use crate::domain::ticket::model::TicketState;
use crate::shutdown::Shutdown;
use crate::transport::Transport;
use crate::transport::TransportConfig;
use crate::transport::TransportError;

pub use api::OPERATIONS;
pub use api::VENDOR;
pub use private::PRIVATE;
pub use source::JifelineCartSource;
pub use source::JifelineCatalogueSource;
pub use source::JifelineConnectorSource;
pub use source::JifelineProductSource;
pub use source::JifelineTicketOrdering;
pub use source::JifelineTicketSource;
pub use source::JifelineVehicleSource;

use auth::SessionAuth;

/// The meaning of ticket states where the configuration names none.
///
/// Inferred: the numbers 1 and 7 are documented in samples only, the names belong to another API of the vendor.
pub const DEFAULT_TICKET_STATES: [(i32, TicketState); 2] = [(1, TicketState::Pending), (7, TicketState::Closed)];

/// How one customer account is reached and read.
#[derive(Clone, Debug)]
pub struct JifelineConfig {
    /// Address and limits; at most four calls run at once whatever it says, as the vendor counts per customer.
    pub transport: TransportConfig,
    /// UUID of the connector that logs in.
    pub connector_uuid: String,
    /// Its pincode; leading zeros count.
    pub pincode: SecretString,
    /// The unit of odometer readings, which the vendor does not name.
    pub odometer_unit: MileageUnit,
    /// The meaning of the vendor's numbers of ticket states.
    pub ticket_states: BTreeMap<i32, TicketState>,
}

/// One customer account.
#[derive(Clone, Debug)]
pub struct JifelineClient {
    transport: Transport,
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
        let log_in = Transport::new(&limited, None, clock.clone())?;
        let auth = SessionAuth::new(log_in.clone(), config.connector_uuid, config.pincode, clock, shutdown);
        let transport = log_in.signed_by(Arc::new(auth));
        let reading =
            Arc::new(map::Reading { odometer_unit: config.odometer_unit, ticket_states: config.ticket_states });
        Ok(Self { transport, reading })
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
}
