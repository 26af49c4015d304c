//! The session of a garage, as its client sees it.

use async_graphql::Object;
use chrono::DateTime;
use chrono::Utc;

use crate::auth::AccountId;
use crate::domain::garage::customer::GarageCustomer;
use crate::domain::source_of::Source;
use crate::graphql::scalars::DateTime as Moment;

/// A session that was opened just now.
#[derive(Clone)]
pub struct OpenedSession {
    /// The text that the client presents.
    pub token: String,
    /// From when on it serves no longer.
    pub expires_at: DateTime<Utc>,
    /// The garage's account.
    pub account: AccountId,
    /// The garage as the vendor's customer.
    pub customer: GarageCustomer,
}

/// The session of a garage that logged in: requests that present it are made in the garage's name and see nothing else.
#[Object(name = "GarageSession")]
impl OpenedSession {
    /// What the client sends as `Forecourt-Session` from now on. It is shown here and never again: the gateway keeps only
    /// a hash of it.
    async fn token(&self) -> &str {
        &self.token
    }

    /// From when on the session serves no longer; the garage logs in again then.
    async fn expires_at(&self) -> Moment {
        Moment::from(self.expires_at)
    }

    /// The garage as the vendor's customer.
    async fn customer(&self) -> Option<&GarageCustomer> {
        Some(&self.customer)
    }

    /// The account that the session stands for.
    async fn source(&self) -> Source {
        Source::from(&self.account)
    }
}
