//! The domain's port for deliveries, answered by this vendor.

use async_trait::async_trait;
use secrecy::ExposeSecret;
use secrecy::SecretString;
use url::Url;

use crate::domain::inspection::webhooks::WebhookDestination;
use crate::domain::inspection::webhooks::WebhookEvent;
use crate::domain::inspection::webhooks::WebhookSource;
use crate::domain::registry::CallContext;
use crate::error::VendorError;

use super::super::api::users;
use super::super::api::webhooks;
use super::super::error;
use super::super::map;
use super::TchekInspectionSource;

#[async_trait]
impl WebhookSource for TchekInspectionSource {
    async fn destination(&self, context: CallContext) -> Result<WebhookDestination, VendorError> {
        let read = webhooks::get_configuration(self.transport(), context.deadline).await;
        read.map(map::map_destination).map_err(error::interpret)
    }

    async fn set_destination(
        &self,
        url: &Url,
        secret: Option<&SecretString>,
        context: CallContext,
    ) -> Result<WebhookDestination, VendorError> {
        let secret = secret.map(SecretString::expose_secret);
        let set = webhooks::configure(self.transport(), url.as_str(), secret, context.deadline).await;
        set.map(map::map_destination).map_err(error::interpret)
    }

    async fn subscribe(
        &self,
        event: WebhookEvent,
        on: bool,
        context: CallContext,
    ) -> Result<Option<bool>, VendorError> {
        let set = webhooks::subscribe(self.transport(), map::event_name(event), on, context.deadline).await;
        set.map(|subscription| subscription.webhook).map_err(error::interpret)
    }

    async fn check_key(&self, context: CallContext) -> Result<(), VendorError> {
        users::me(self.transport(), context.deadline).await.map_err(error::interpret)
    }
}
