//! Where the vendor delivers to, and which events.

use serde::Serialize;
use tokio::time::Instant;

use crate::error::VendorError;
use crate::transport::Call;
use crate::transport::Method;
use crate::transport::Operation;
use crate::transport::Provenance;
use crate::transport::Transport;
use crate::transport::decode;
use crate::transport::decode::dto;

use super::READ;

const PATH: &str = "/apiV1/eventmanager/configwebhook";

/// Says where deliveries go. An account has one destination: whatever stood there before is replaced.
///
/// Source: vendor documentation, chapter Webhook, "Configuration".
pub(in crate::vendors::tchek) const CONFIGURE: Operation = Operation {
    name: "tchek.webhooks.configure",
    method: Method::Put,
    path: PATH,
    provenance: Provenance::Published,
    ..READ
};

/// Reads where deliveries go.
///
/// Source: vendor documentation, chapter Webhook, "Configuration".
pub(in crate::vendors::tchek) const GET_CONFIGURATION: Operation =
    Operation { name: "tchek.webhooks.get_configuration", path: PATH, provenance: Provenance::Published, ..READ };

/// Switches the deliveries of one event on or off.
///
/// Source: vendor documentation, chapter Webhook, "Configuration"; the vendor's own example misspells the flag.
pub(in crate::vendors::tchek) const SUBSCRIBE: Operation = Operation {
    name: "tchek.webhooks.subscribe",
    method: Method::Put,
    path: "/apiV1/eventmanager/configevent",
    provenance: Provenance::Published,
    ..READ
};

/// The body of [`CONFIGURE`].
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct NewConfigurationDto<'a> {
    #[serde(rename = "webhookUrlV2")]
    url: &'a str,
    /// What each delivery carries in the header `x-api-key`.
    #[serde(skip_serializing_if = "Option::is_none")]
    webhook_header_key: Option<&'a str>,
}

/// The body of [`SUBSCRIBE`].
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct NewSubscriptionDto<'a> {
    event_name: &'a str,
    webhook: bool,
}

dto! {
    /// Where deliveries go.
    pub(in crate::vendors::tchek) struct ConfigurationDto {
        #[serde(rename = "webhookHeaderKey")]
        header_key: String,
        /// The destination of the first generation, whose deliveries have another form.
        #[serde(rename = "webhookUrl")]
        legacy_url: String,
        #[serde(rename = "webhookUrlV2")]
        url: String,
    }
}

dto! {
    /// How one event is told. The mail members are the vendor's own messages and are left as they are.
    pub(in crate::vendors::tchek) struct SubscriptionDto {
        #[serde(rename = "eventName")]
        event_name: String,
        webhook: bool,
    }
}

/// Says where deliveries go.
pub(in crate::vendors::tchek) async fn configure(
    transport: &Transport,
    url: &str,
    header_key: Option<&str>,
    deadline: Instant,
) -> Result<ConfigurationDto, VendorError> {
    let body = NewConfigurationDto { url, webhook_header_key: header_key };
    let reply = transport.call(Call::new(&CONFIGURE, deadline).json(&body)?).await?;
    Ok(decode::json_or_none(&CONFIGURE, &reply)?.unwrap_or_default())
}

/// Reads where deliveries go.
pub(in crate::vendors::tchek) async fn get_configuration(
    transport: &Transport,
    deadline: Instant,
) -> Result<ConfigurationDto, VendorError> {
    let reply = transport.call(Call::new(&GET_CONFIGURATION, deadline)).await?;
    Ok(decode::json_or_none(&GET_CONFIGURATION, &reply)?.unwrap_or_default())
}

/// Switches the deliveries of the event named `event` on or off.
pub(in crate::vendors::tchek) async fn subscribe(
    transport: &Transport,
    event: &str,
    on: bool,
    deadline: Instant,
) -> Result<SubscriptionDto, VendorError> {
    let body = NewSubscriptionDto { event_name: event, webhook: on };
    let reply = transport.call(Call::new(&SUBSCRIBE, deadline).json(&body)?).await?;
    Ok(decode::json_or_none(&SUBSCRIBE, &reply)?.unwrap_or_default())
}
