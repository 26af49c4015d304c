//! Who may do what: credentials become a [`Session`] before any resolver runs.

mod authenticator;
mod credential;
mod garage;
mod scope;
mod session;
mod vault;

pub use authenticator::Authenticator;
pub use authenticator::FORECOURT_SESSION;
pub use garage::GarageLogIn;
pub use garage::GarageSessionHash;
pub use scope::Scope;
pub use session::AccountId;
pub use session::Session;
pub use vault::KEY_FILE;
pub use vault::Owner;
pub use vault::Vault;
