//! The port through which a garage logs in.

use std::sync::Arc;

use async_trait::async_trait;
use chrono::DateTime;
use chrono::Utc;
use secrecy::SecretString;

use crate::auth::AccountId;
use crate::domain::garage::customer::Customer;
use crate::domain::registry::CallContext;
use crate::domain::services::Sources;
use crate::error::VendorError;
use crate::graphql::Result;

/// What a garage logs in with.
#[derive(Clone, Debug)]
pub enum Means {
    /// A connector of the garage's, by its UUID, and its pincode.
    Connector {
        /// The connector's UUID.
        uuid: String,
        /// Its pincode; leading zeros count.
        pincode: SecretString,
    },
    /// A connector of the garage's, by its number, and its pincode.
    ConnectorNumber {
        /// The number printed on the connector.
        number: String,
        /// Its pincode; leading zeros count.
        pincode: SecretString,
    },
    /// A password that one employee was given for one log-in.
    OneTimePassword(SecretString),
}

/// A garage that the vendor let in.
#[derive(Clone, Debug)]
pub struct Admitted {
    /// The garage's account, the same at every log-in of the same customer.
    pub account: AccountId,
    /// The garage as the vendor's customer.
    pub customer: Arc<Customer>,
    /// What the account serves, by the garage's own log-in.
    pub sources: Arc<Sources>,
    /// What opens the account again; to be sealed before it is kept.
    pub kept: SecretString,
    /// From when on that opens nothing any more; none when it does not end by itself.
    pub good_until: Option<DateTime<Utc>>,
}

/// A vendor whose customers may log in.
#[async_trait]
pub trait GarageDoor: Send + Sync + std::fmt::Debug {
    /// Logs in; none when the vendor does not accept what is shown, whatever is wrong with it.
    async fn log_in(&self, means: &Means, context: CallContext) -> Result<Option<Admitted>>;

    /// Opens an account again with what was kept of a log-in, without a call; none when it cannot be read.
    fn reopen(&self, tenant: &Arc<str>, account: &AccountId, kept: &SecretString) -> Option<Arc<Sources>>;

    /// Lets the vendor send a mail with which a forgotten password is renewed. Sent once.
    async fn request_password_reset(&self, email_address: &str, context: CallContext) -> Result<(), VendorError>;
}
