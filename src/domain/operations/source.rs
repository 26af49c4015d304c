//! The port through which the state of an account's calls is asked for.

use async_trait::async_trait;

use super::model::AccountState;

/// Whoever watches the calls of one account.
#[async_trait]
pub trait VendorMonitor: Send + Sync + std::fmt::Debug {
    /// How the account's calls are going; nobody is called for it.
    async fn state(&self) -> AccountState;
}
