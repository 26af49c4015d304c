//! The outbound stack over real sockets: time limits, broken connections, tokens.

mod failures;
mod log_ins;
mod refusals;
mod resilience;
mod socket;
mod tokens;
