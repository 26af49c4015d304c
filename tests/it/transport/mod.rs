//! The outbound stack over real sockets: time limits, broken connections, tokens.

mod failures;
mod log_ins;
mod refusals;
mod socket;
mod tokens;
