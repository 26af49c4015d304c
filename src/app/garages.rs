//! The door at which garages log in: their own clients of the vendor, beside those of the configured accounts.

use std::fmt;
use std::sync::Arc;

use async_trait::async_trait;
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use secrecy::SecretString;
use sha2::Digest;
use sha2::Sha256;

use crate::auth::AccountId;
use crate::clock::Clock;
use crate::domain::garage::customer::Customer;
use crate::domain::garage::session::source::Admitted;
use crate::domain::garage::session::source::GarageDoor;
use crate::domain::garage::session::source::Means;
use crate::domain::garage::source::GarageSource;
use crate::domain::registry::CallContext;
use crate::domain::services::Sources;
use crate::error::Error;
use crate::error::VendorError;
use crate::error::VendorErrorKind;
use crate::graphql::Result;
use crate::shutdown::Shutdown;
use crate::transport::TransportError;
use crate::vendors::jifeline;
use crate::vendors::jifeline::JifelineClient;
use crate::vendors::jifeline::JifelineConfig;
use crate::vendors::jifeline::JifelineLogIn;
use crate::vendors::jifeline::LogIn;

use super::sources::register;

/// What the names of garages' accounts begin with; no name of the configuration can.
const PREFIX: &str = "garage:";

/// Makes the configuration of a client that opens its account with a given log-in.
type Template = Box<dyn Fn(LogIn) -> JifelineConfig + Send + Sync>;

/// The door of one tenant.
pub(super) struct Door {
    tenant: Arc<str>,
    template: Template,
    log_in: JifelineLogIn,
    clock: Clock,
    shutdown: Shutdown,
}

impl fmt::Debug for Door {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Door").field("tenant", &self.tenant).finish_non_exhaustive()
    }
}

impl Door {
    pub(super) fn new(
        tenant: Arc<str>,
        template: Template,
        log_in: JifelineLogIn,
        clock: Clock,
        shutdown: Shutdown,
    ) -> Self {
        Self { tenant, template, log_in, clock, shutdown }
    }

    fn client(&self, log_in: LogIn) -> Result<JifelineClient, TransportError> {
        JifelineClient::new((self.template)(log_in), self.clock.clone(), self.shutdown.clone())
    }

    /// The account of the customer who is logged in. A log-in tells no id of the customer, but its reference is the same
    /// at every log-in of every connector and employee.
    async fn account(
        garage: &dyn GarageSource,
        customer: &Customer,
        context: CallContext,
    ) -> Result<AccountId, VendorError> {
        let user = match &customer.reference {
            Some(_) => None,
            None => Some(garage.user(context).await?),
        };
        let by_client = user.as_ref().and_then(|user| user.client.as_ref()?.reference.clone());
        // Without any reference the user stands for the customer: too narrow an account mixes nothing up.
        let by_user = || user.as_ref().and_then(|user| user.id.as_ref()).map(|id| format!("user:{id}"));
        let name = customer.reference.clone().or(by_client).or_else(by_user);
        let name = name.filter(|name| !name.trim().is_empty()).ok_or_else(|| {
            let message = "the answer does not tell which customer is logged in";
            VendorError::new(jifeline::VENDOR, garage.customer_operation(), VendorErrorKind::Protocol, message)
        })?;
        Ok(AccountId::new(jifeline::VENDOR, format!("{PREFIX}{}", plain(&name))))
    }
}

/// The name as it is when it has plain letters only, else its hash.
fn plain(name: &str) -> String {
    let fits = |byte: u8| byte.is_ascii_alphanumeric() || b"-_.:".contains(&byte);
    if name.len() <= 64 && name.bytes().all(fits) {
        return name.to_owned();
    }
    format!("sha256:{}", URL_SAFE_NO_PAD.encode(Sha256::digest(name.as_bytes())))
}

fn sources_of(tenant: &Arc<str>, account: &AccountId, client: &JifelineClient) -> Arc<Sources> {
    let mut sources = Sources::default();
    register(&mut sources, tenant, account, client);
    Arc::new(sources)
}

fn log_in_of(means: &Means) -> LogIn {
    match means.clone() {
        Means::Connector { uuid, pincode } => LogIn::ConnectorUuid { uuid, pincode },
        Means::ConnectorNumber { number, pincode } => LogIn::ConnectorId { id: number, pincode },
        Means::OneTimePassword(password) => LogIn::OneTimePassword(password),
    }
}

#[async_trait]
impl GarageDoor for Door {
    async fn log_in(&self, means: &Means, context: CallContext) -> Result<Option<Admitted>> {
        let client = self.client(log_in_of(means)).map_err(Error::internal)?;
        match client.log_in(&context).await {
            Ok(()) => {}
            Err(error) if error.kind == VendorErrorKind::Auth => return Ok(None),
            Err(error) => return Err(error.into()),
        }
        let kept = client.kept(&context).await?;
        let garage = client.garage();
        let customer = garage.customer(context.clone()).await?;
        let account = Self::account(&garage, &customer, context).await?;
        Ok(Some(Admitted {
            sources: sources_of(&self.tenant, &account, &client),
            account,
            customer: Arc::new(customer),
            kept: kept.text,
            good_until: kept.good_until,
        }))
    }

    fn reopen(&self, tenant: &Arc<str>, account: &AccountId, kept: &SecretString) -> Option<Arc<Sources>> {
        let client = self.client(LogIn::from_kept(kept)?);
        let client = client.inspect_err(|error| tracing::error!(%error, "a garage's client cannot be made")).ok()?;
        Some(sources_of(tenant, account, &client))
    }

    async fn request_password_reset(&self, email_address: &str, context: CallContext) -> Result<(), VendorError> {
        self.log_in.request_password_reset(email_address, context).await.map(drop)
    }
}
