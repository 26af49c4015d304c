//! The user that the key belongs to.

use tokio::time::Instant;

use crate::error::VendorError;
use crate::transport::Call;
use crate::transport::Operation;
use crate::transport::Provenance;
use crate::transport::Transport;

use super::READ;

/// Asks who we are; nothing but the status is read, since the vendor publishes no body.
///
/// Source: vendor documentation, "Authentification".
pub(in crate::vendors::tchek) const ME: Operation =
    Operation { name: "tchek.users.me", path: "/apiV1/user", provenance: Provenance::Published, ..READ };

/// Checks that the key is accepted.
pub(in crate::vendors::tchek) async fn me(transport: &Transport, deadline: Instant) -> Result<(), VendorError> {
    transport.call(Call::new(&ME, deadline)).await.map(drop)
}
