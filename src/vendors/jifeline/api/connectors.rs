//! Connectors.

use tokio::time::Instant;

use crate::error::VendorError;
use crate::transport::Call;
use crate::transport::Method;
use crate::transport::Operation;
use crate::transport::Transport;
use crate::transport::decode::Id;
use crate::transport::decode::dto;

use super::READ;

/// Lists the connectors of the customer.
///
/// Source: Customer API reference, tag Connectors, "List connectors"; the path is inferred.
pub(in crate::vendors::jifeline) const LIST: Operation =
    Operation { name: "jifeline.connectors.list", path: "/v1/connectors", ..READ };

/// Reads a connector by its number.
///
/// Source: Customer API reference, tag Connectors, "Connector by id"; the path is inferred.
pub(in crate::vendors::jifeline) const GET: Operation =
    Operation { name: "jifeline.connectors.get", path: "/v1/connectors/{connectorId}", ..READ };

/// Reads a connector by its UUID.
///
/// Source: Customer API reference, tag Connectors, "Connector by UUID"; the path is inferred.
pub(in crate::vendors::jifeline) const GET_BY_UUID: Operation =
    Operation { name: "jifeline.connectors.get_by_uuid", path: "/v2/connectors/{connectorUUID}", ..READ };

/// Ends a connector's call for attention. It has no body either way. Inferred: every success but 200, and that ending
/// it twice does no harm.
///
/// Source: Customer API reference, tag Connectors, "Dismiss call for attention"; the path is inferred.
pub(in crate::vendors::jifeline) const DISMISS_ATTENTION: Operation = Operation {
    name: "jifeline.connectors.dismiss_attention",
    method: Method::Post,
    path: "/v2/connectors/{connectorUUID}/actions/dismiss-call-for-attention",
    success: &[200, 202, 204],
    ..READ
};

dto! {
    /// A connector as it reports itself.
    pub(in crate::vendors::jifeline) struct ConnectorDto {
        id: Id,
        uuid: Id,
        is_online: bool,
        has_wifi: bool,
        supports_doip: bool,
        software_version: Id,
        hardware_version: Id,
        hardware_type: Id,
        vehicle_path_string: String,
        vin_number: Id,
        product_description: String,
    }
}

/// Reads the whole list of connectors.
pub(in crate::vendors::jifeline) async fn list(
    transport: &Transport,
    deadline: Instant,
) -> Result<Vec<ConnectorDto>, VendorError> {
    super::paged(transport, || Call::new(&LIST, deadline)).await
}

/// Reads the connector numbered `id`; none when the body is empty or null.
pub(in crate::vendors::jifeline) async fn get(
    transport: &Transport,
    id: &str,
    deadline: Instant,
) -> Result<Option<ConnectorDto>, VendorError> {
    super::one(transport, Call::new(&GET, deadline).segment(id)).await
}

/// Reads the connector with this `uuid`; none when the body is empty or null.
pub(in crate::vendors::jifeline) async fn get_by_uuid(
    transport: &Transport,
    uuid: &str,
    deadline: Instant,
) -> Result<Option<ConnectorDto>, VendorError> {
    super::one(transport, Call::new(&GET_BY_UUID, deadline).segment(uuid)).await
}

/// Ends the call for attention of the connector with this `uuid`.
pub(in crate::vendors::jifeline) async fn dismiss_attention(
    transport: &Transport,
    uuid: &str,
    deadline: Instant,
) -> Result<(), VendorError> {
    super::send(transport, Call::new(&DISMISS_ATTENTION, deadline).segment(uuid)).await?;
    Ok(())
}
