//! What comes in without being asked for by a request: webhook deliveries, and the list of serviced vehicles.

pub mod inbox;
mod process;
pub mod serviced;
mod status;

pub use inbox::Inbox;
pub use inbox::Receiver;
pub use inbox::Refusal;
