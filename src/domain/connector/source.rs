//! The port through which connectors are asked for.

use async_trait::async_trait;

use crate::domain::registry::Answers;
use crate::domain::registry::CallContext;
use crate::error::VendorError;

use super::model::ConnectorId;
use super::model::ConnectorReport;

/// Something that connectors report to.
#[async_trait]
pub trait ConnectorSource: Send + Sync + std::fmt::Debug {
    /// The name of the operation behind [`ConnectorSource::list`].
    fn list_operation(&self) -> &'static str;

    /// All connectors of the account, in the vendor's order.
    async fn list(&self, context: CallContext) -> Result<Vec<ConnectorReport>, VendorError>;

    /// The name of the operation behind [`ConnectorSource::by_id`].
    fn by_id_operation(&self) -> &'static str;

    /// Connectors by their numbers; the source reads single ones or the list, whichever takes fewer calls.
    async fn by_id(&self, ids: Vec<ConnectorId>, context: CallContext) -> Answers<ConnectorId, ConnectorReport>;

    /// The name of the operation behind [`ConnectorSource::by_uuid`].
    fn by_uuid_operation(&self) -> &'static str;

    /// Connectors by their UUIDs.
    async fn by_uuid(&self, uuids: Vec<String>, context: CallContext) -> Answers<String, ConnectorReport>;

    /// The name of the operation behind [`ConnectorSource::dismiss_attention`].
    fn dismiss_attention_operation(&self) -> &'static str;

    /// Ends the call for attention of the connector with this UUID; one that calls for none stays as it is.
    async fn dismiss_attention(&self, uuid: &str, context: CallContext) -> Result<(), VendorError>;
}
