//! Who may do what: credentials become a [`Session`] before any resolver runs.

mod authenticator;
mod credential;
mod scope;
mod session;

pub use authenticator::Authenticator;
pub use scope::Scope;
pub use session::AccountId;
pub use session::Session;
