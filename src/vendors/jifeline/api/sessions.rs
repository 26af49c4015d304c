//! Logging in.

use secrecy::ExposeSecret;
use secrecy::SecretString;
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

/// Logs in with a connector's number and pincode. Harmless to repeat.
///
/// Source: Customer API reference, tag Authentication, "Log in with connector ID", deprecated.
pub(in crate::vendors::jifeline) const CREATE_BY_CONNECTOR_ID: Operation =
    Operation { name: "jifeline.sessions.create_by_connector_id", path: "/v1/authenticate/pincode", ..CREATE };

/// Logs in with a one-time password, so it is sent once.
///
/// Source: Customer API reference, tag Authentication, "Log in with OTP"; the path is published elsewhere.
pub(in crate::vendors::jifeline) const CREATE_BY_OTP: Operation = Operation {
    name: "jifeline.sessions.create_by_otp",
    path: "/v1/authenticate/otp-login",
    idempotency: Idempotency::Once,
    ..CREATE
};

#[derive(Serialize)]
struct LogInDto<'a> {
    connector_uuid: &'a str,
    pincode: &'a str,
}

/// Both members are strings by the schema, though the samples show numbers.
#[derive(Serialize)]
struct NumberLogInDto<'a> {
    connector_id: &'a str,
    pincode: &'a str,
}

#[derive(Serialize)]
struct OtpDto<'a> {
    otp: &'a str,
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

/// Logs in with the number printed on a connector.
pub(in crate::vendors::jifeline) async fn create_by_connector_id(
    transport: &Transport,
    connector_id: &str,
    pincode: &SecretString,
    deadline: Instant,
) -> Result<TokensDto, VendorError> {
    let body = NumberLogInDto { connector_id, pincode: pincode.expose_secret() };
    let reply = super::send(transport, Call::new(&CREATE_BY_CONNECTOR_ID, deadline).json(&body)?).await?;
    decode::json(&CREATE_BY_CONNECTOR_ID, &reply)
}

/// Logs in with a one-time password.
pub(in crate::vendors::jifeline) async fn create_by_otp(
    transport: &Transport,
    otp: &SecretString,
    deadline: Instant,
) -> Result<TokensDto, VendorError> {
    let body = OtpDto { otp: otp.expose_secret() };
    let reply = super::send(transport, Call::new(&CREATE_BY_OTP, deadline).json(&body)?).await?;
    decode::json(&CREATE_BY_OTP, &reply)
}
