//! Logging in.

use secrecy::ExposeSecret;
use secrecy::SecretString;
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

/// Logs in with a connector's UUID and pincode. Harmless to repeat: it only issues another token.
///
/// Source: Customer API reference, tag Authentication, "Log in with connector UUID"; the path is published elsewhere.
pub(in crate::vendors::jifeline) const CREATE: Operation = Operation {
    name: "jifeline.sessions.create",
    method: Method::Post,
    path: "/v2/authenticate/pincode",
    success: &[200, 201],
    provenance: Provenance::Published,
    ..READ
};

#[derive(Serialize)]
struct LogInDto<'a> {
    connector_uuid: &'a str,
    pincode: &'a str,
}

dto! {
    /// The tokens of a session; there is no life time beside them.
    pub(in crate::vendors::jifeline) struct TokensDto {
        id_token: String,
        access_token: String,
    }
}

/// Logs in.
pub(in crate::vendors::jifeline) async fn create(
    transport: &Transport,
    connector_uuid: &str,
    pincode: &SecretString,
    deadline: Instant,
) -> Result<TokensDto, VendorError> {
    let body = LogInDto { connector_uuid, pincode: pincode.expose_secret() };
    let reply = super::send(transport, Call::new(&CREATE, deadline).json(&body)?).await?;
    decode::json(&CREATE, &reply)
}
