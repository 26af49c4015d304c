//! The service centre.

use chrono::DateTime;
use chrono::Utc;
use tokio::time::Instant;

use crate::error::VendorError;
use crate::transport::Call;
use crate::transport::Operation;
use crate::transport::Transport;
use crate::transport::decode;
use crate::transport::decode::dto;

use super::READ;

/// Reads what is known of the service centre.
///
/// Source: Customer API reference, tag Service center, "Get service center information"; the path is inferred.
pub(in crate::vendors::jifeline) const GET: Operation =
    Operation { name: "jifeline.service_center.get", path: "/v1/service-center", ..READ };

/// Reads whether the service centre works right now.
///
/// Source: Customer API reference, tag Service center, "Get service center status"; the path is inferred.
pub(in crate::vendors::jifeline) const GET_STATUS: Operation =
    Operation { name: "jifeline.service_center.get_status", path: "/v1/service-center/status", ..READ };

dto! {
    /// The service centre.
    pub(in crate::vendors::jifeline) struct ServiceCenterDto {
        name: String,
        payment_by_prepaid_wallet: bool,
        pricing_version: i64,
        primary_background_color: String,
        primary_color: String,
        logo: String,
        service_message: String,
        csat_enabled: bool,
    }
}

dto! {
    /// Its status.
    pub(in crate::vendors::jifeline) struct StatusDto {
        state: String,
        ends_at: DateTime<Utc>,
        message: String,
    }
}

/// Reads the service centre.
pub(in crate::vendors::jifeline) async fn get(
    transport: &Transport,
    deadline: Instant,
) -> Result<ServiceCenterDto, VendorError> {
    decode::json(&GET, &super::send(transport, Call::new(&GET, deadline)).await?)
}

/// Reads its status.
pub(in crate::vendors::jifeline) async fn get_status(
    transport: &Transport,
    deadline: Instant,
) -> Result<StatusDto, VendorError> {
    decode::json(&GET_STATUS, &super::send(transport, Call::new(&GET_STATUS, deadline)).await?)
}
