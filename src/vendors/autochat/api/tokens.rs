//! Access tokens.

use secrecy::ExposeSecret;
use secrecy::SecretString;
use serde::Serialize;
use tokio::time::Instant;

use crate::error::VendorError;
use crate::transport::Call;
use crate::transport::Method;
use crate::transport::Operation;
use crate::transport::Transport;
use crate::transport::decode;
use crate::transport::decode::dto;

use super::READ;

/// Gets an access token for the API. The whole address stands in the configuration: it is another host than the API's.
///
/// Source: vendor text "API documentation", section on authentication.
pub(in crate::vendors::autochat) const CREATE: Operation =
    Operation { name: "autochat.tokens.create", method: Method::Post, path: "", ..READ };

#[derive(Serialize)]
struct ClientDto<'a> {
    client_id: &'a str,
    client_secret: &'a str,
    audience: &'a str,
    grant_type: &'static str,
}

dto! {
    /// A token; the vendor's sample has no life time.
    pub(in crate::vendors::autochat) struct TokenDto {
        access_token: String,
        expires_in: i64,
    }
}

/// Gets a token.
pub(in crate::vendors::autochat) async fn create(
    transport: &Transport,
    client_id: &str,
    client_secret: &SecretString,
    audience: &str,
    deadline: Instant,
) -> Result<TokenDto, VendorError> {
    let client_secret = client_secret.expose_secret();
    let body = ClientDto { client_id, client_secret, audience, grant_type: "client_credentials" };
    let reply = transport.call(Call::new(&CREATE, deadline).json(&body)?).await?;
    decode::json(&CREATE, &reply)
}
