//! What comes in without being asked for by a request: webhook deliveries, and the list of serviced vehicles.

mod apply;
mod deletion;
mod deliveries;
mod forward;
pub mod inbox;
mod lane;
mod matching;
mod order;
mod patience;
mod poll;
pub mod serviced;
mod status;
mod worker;

pub use inbox::Admission;
pub use inbox::Inbox;
pub use inbox::Receiver;
pub use inbox::Refusal;
