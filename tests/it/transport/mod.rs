//! The outbound stack over real sockets: time limits, broken connections, tokens.

mod failures;
mod refusals;
mod tokens;
