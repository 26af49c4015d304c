//! Forgotten passwords.

use serde::Serialize;
use tokio::time::Instant;

use crate::error::VendorError;
use crate::transport::Call;
use crate::transport::Idempotency;
use crate::transport::Method;
use crate::transport::Operation;
use crate::transport::Provenance;
use crate::transport::Transport;
use crate::transport::decode;
use crate::transport::decode::dto;

use super::READ;

/// Sends the mail for a forgotten password. Each call sends another one, so it is sent once.
///
/// Source: Customer API reference, tag Authentication, "Send forgot password mail".
pub(in crate::vendors::jifeline) const REQUEST_RESET: Operation = Operation {
    name: "jifeline.passwords.request_reset",
    method: Method::Post,
    path: "/legacy/api/mobile/authentication/authenticate/forgot/password",
    idempotency: Idempotency::Once,
    success: &[200, 201, 202, 204],
    provenance: Provenance::Published,
    ..READ
};

/// The body of [`REQUEST_RESET`].
#[derive(Serialize)]
struct ResetDto<'a> {
    email_address: &'a str,
}

dto! {
    /// How the password can be set anew.
    struct MethodDto {
        method: String,
    }
}

/// Sends the mail; answers with the vendor's word for the method, if there is one.
pub(in crate::vendors::jifeline) async fn request_reset(
    transport: &Transport,
    email_address: &str,
    deadline: Instant,
) -> Result<Option<String>, VendorError> {
    let call = Call::new(&REQUEST_RESET, deadline).json(&ResetDto { email_address })?;
    let reply = super::send(transport, call).await?;
    Ok(decode::json_or_none::<Option<MethodDto>>(&REQUEST_RESET, &reply)?.flatten().and_then(|answer| answer.method))
}
