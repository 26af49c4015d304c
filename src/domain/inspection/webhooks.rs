//! The port through which a vendor is told where to deliver.

use async_trait::async_trait;
use secrecy::SecretString;
use url::Url;

use crate::domain::registry::CallContext;
use crate::error::VendorError;

/// Where a vendor delivers to.
#[derive(Clone, Debug)]
pub struct WebhookDestination {
    /// The address; none when nothing is delivered.
    pub url: Option<String>,
    /// The address of an older generation of deliveries, which the gateway does not read.
    pub legacy_url: Option<String>,
    /// What every delivery carries; never shown.
    pub secret: Option<SecretString>,
}

/// An event that a vendor can deliver.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum WebhookEvent {
    /// An inspection was created.
    InspectionStarted,
    /// The detection has finished.
    DetectionFinished,
    /// A report was made.
    ReportCreated,
    /// A report was shared again after a change.
    ReportShared,
    /// An inspection was deleted.
    InspectionDeleted,
    /// A token was created.
    TokenCreated,
}

impl WebhookEvent {
    /// Every event.
    pub const ALL: [Self; 6] = [
        Self::InspectionStarted,
        Self::DetectionFinished,
        Self::ReportCreated,
        Self::ReportShared,
        Self::InspectionDeleted,
        Self::TokenCreated,
    ];
}

/// An account whose vendor delivers events.
#[async_trait]
pub trait WebhookSource: Send + Sync + std::fmt::Debug {
    /// Where deliveries go at present.
    async fn destination(&self, context: CallContext) -> Result<WebhookDestination, VendorError>;

    /// Sends deliveries to `url` from now on. There is one destination: the present one is replaced.
    async fn set_destination(
        &self,
        url: &Url,
        secret: Option<&SecretString>,
        context: CallContext,
    ) -> Result<WebhookDestination, VendorError>;

    /// Switches the deliveries of `event` on or off; gives what the vendor says is set now, if it says so.
    async fn subscribe(&self, event: WebhookEvent, on: bool, context: CallContext)
    -> Result<Option<bool>, VendorError>;

    /// Checks that the vendor accepts the account's key.
    async fn check_key(&self, context: CallContext) -> Result<(), VendorError>;
}
