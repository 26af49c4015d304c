//! The domain's ports, answered by this vendor.

mod connectors;
mod tickets;
mod vehicles;

pub use connectors::JifelineConnectorSource;
pub use tickets::JifelineTicketSource;
pub use vehicles::JifelineVehicleSource;
